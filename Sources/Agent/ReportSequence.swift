// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Numbers reports: each is greater than the one before, over restarts of the daemon too, until the server restarts.
final class ReportSequence: Sendable {
  private let last = Mutex(0)

  /// The next number: milliseconds of the boot clock, or one more than the last.
  func next(at now: Int = BootClock.milliseconds) -> Int {
    last.withLock {
      $0 = max(now, $0 + 1)
      return $0
    }
  }
}
