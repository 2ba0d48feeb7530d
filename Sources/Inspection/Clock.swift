// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Time stamps for documents, and a clock that does not jump for durations.
public enum Clock {
  /// The time now as RFC 3339 in UTC.
  public static func timestamp() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTCTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000).text
  }

  static var now: ContinuousClock.Instant { ContinuousClock().now }
}
