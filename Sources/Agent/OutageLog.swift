// SPDX-License-Identifier: Apache-2.0

/// What of a long outage is logged: its beginning, another reason at most once an hour, its end.
struct OutageLog: Sendable {
  /// Another reason is worth a line after so many milliseconds.
  static let pause = 3_600_000

  private var reason: String?
  private var lastLine: Int?

  /// Whether there is an outage.
  var isOut: Bool { reason != nil }

  /// Notes a failure at a time of the boot clock; true if it is to be logged.
  mutating func failed(_ reason: String, at now: Int) -> Bool {
    defer { self.reason = reason }
    guard let before = self.reason, let lastLine else {
      self.lastLine = now
      return true
    }
    guard reason != before, now - lastLine >= Self.pause else { return false }
    self.lastLine = now
    return true
  }

  /// Notes that all is well; true if the end of an outage is to be logged.
  mutating func worked() -> Bool {
    defer {
      reason = nil
      lastLine = nil
    }
    return isOut
  }
}
