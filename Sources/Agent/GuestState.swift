// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The newest snapshot, and those who wait for the next one.
actor GuestState {
  /// The newest snapshot; `nil` before the first inspection has ended.
  private(set) var snapshot: Snapshot?
  /// Why the last inspection failed; `nil` if it did not.
  private(set) var failure: String?
  private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  private var nextWaiter = 0
  private var isStopping = false
  /// More waiting polls than this are answered at once: half of the connections that there can be, so that those who
  /// do not wait are always heard.
  private static let mostWaiters = PollConnections.most / 2

  /// Takes in the outcome of an inspection.
  func publish(_ snapshot: Snapshot) {
    let changed = self.snapshot?.entityTag != snapshot.entityTag
    self.snapshot = snapshot
    failure = nil
    if changed { wakeAll() }
  }

  /// Notes that an inspection failed; the last snapshot stays, and grows old.
  func note(failure: String) {
    self.failure = failure
    wakeAll()
  }

  /// Ends every wait, those to come too: the daemon is to stop.
  func stop() {
    isStopping = true
    wakeAll()
  }

  /// The snapshot once it is another than the one of that tag, at the latest when the time is over.
  func snapshot(otherThan entityTag: String?, seconds: Double) async -> Snapshot? {
    guard snapshot?.entityTag == entityTag, waiters.count < Self.mostWaiters, !isStopping else { return snapshot }
    let waiter = nextWaiter
    nextWaiter += 1
    let timer = Task {
      await Pause.wait(seconds: seconds)
      self.wake(waiter)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { continuation.resume() } else { waiters[waiter] = continuation }
      }
    } onCancel: {
      Task { await self.wake(waiter) }
    }
    timer.cancel()
    return snapshot
  }

  private func wake(_ waiter: Int) { waiters.removeValue(forKey: waiter)?.resume() }

  private func wakeAll() {
    let all = waiters
    waiters = [:]
    for continuation in all.values { continuation.resume() }
  }
}
