// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Waits that cost no wakeup but their end: by the event loop's own clock, which does not jump.
///
/// `Task.sleep` would start libdispatch, which wakes up every second from then on.
enum Pause {
  /// Waits so long; ends early when the task is cancelled.
  static func wait(seconds: Double) async {
    let wait = Wait()
    await withTaskCancellationHandler {
      await withCheckedContinuation { wait.begin($0, seconds: seconds) }
    } onCancel: {
      wait.end()
    }
  }

  private final class Wait: Sendable {
    private enum State {
      case new
      case waiting(CheckedContinuation<Void, Never>, Scheduled<Void>)
      case over
    }

    private let state = Mutex(State.new)

    func begin(_ continuation: CheckedContinuation<Void, Never>, seconds: Double) {
      let nanoseconds = TimeAmount.nanoseconds(Int64(min(max(seconds, 0), 1e9) * 1e9))
      let isOver = state.withLock { state in
        guard case .new = state else { return true }
        // The lock is held until the timer is noted: it cannot end the wait before.
        let timer = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: nanoseconds) { self.end() }
        state = .waiting(continuation, timer)
        return false
      }
      if isOver { continuation.resume() }
    }

    func end() {
      let before = state.withLock { state in
        defer { state = .over }
        return state
      }
      guard case .waiting(let continuation, let timer) = before else { return }
      timer.cancel()
      continuation.resume()
    }
  }
}
