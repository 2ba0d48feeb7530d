// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What is to be reported: state, not stream.
///
/// A newer snapshot replaces one that was not reported yet.
final class ReportQueue: Sendable {
  private struct State {
    var newest: Snapshot?
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// The newest snapshot; `nil` before the first inspection has ended.
  var newest: Snapshot? { state.withLock(\.newest) }

  /// Puts a snapshot in place of the one before.
  func offer(_ snapshot: Snapshot) { wake { $0.newest = snapshot } }

  private func wake(_ change: (inout State) -> Void) {
    let waiter = state.withLock { state in
      change(&state)
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Waits so long; ends early when `isEnough` says so of the newest snapshot, or when the task is cancelled.
  func wait(seconds: Double, until isEnough: @Sendable @escaping (Snapshot?) -> Bool) async {
    let deadline = ContinuousClock.now + .seconds(max(0, seconds))
    while ContinuousClock.now < deadline, !Task.isCancelled, !isEnough(newest) {
      let timer = Task {
        await Pause.wait(seconds: deadline.secondsLeft)
        self.wake { _ in }
      }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let proceed = state.withLock { state in
            if isEnough(state.newest) || Task.isCancelled || ContinuousClock.now >= deadline { return true }
            state.waiter = continuation
            return false
          }
          if proceed { continuation.resume() }
        }
      } onCancel: {
        self.wake { _ in }
      }
      timer.cancel()
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds from now until then; none if it is over.
  fileprivate var secondsLeft: Double { max(.zero, ContinuousClock.now.duration(to: self)) / .seconds(1) }
}
