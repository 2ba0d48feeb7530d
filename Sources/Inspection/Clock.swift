// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Time stamps for documents, and a clock that does not jump for durations.
public enum Clock {
  /// The time now as RFC 3339 in UTC, to the second.
  public static func timestamp() -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int32, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    let day = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
    return "\(day)T\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))Z"
  }

  static var now: ContinuousClock.Instant { ContinuousClock().now }
}
