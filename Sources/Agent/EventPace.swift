// SPDX-License-Identifier: Apache-2.0

/// When to look again after something happened: soon, once for a burst, and never often for long.
///
/// All times are milliseconds on one clock that only rises.
struct EventPace: Sendable {
  /// A burst has ended when nothing more came for so long.
  static let quiet = 100
  /// A burst that does not end is looked at after so long.
  static let longest = 500
  /// So long after the last event is looked once more: udev's rules and what they start have run by then.
  static let settling = 3000
  /// Looks cost time: one in so long can go on for ever.
  static let spacing = 10_000
  /// So many more can be made at once after a quiet time.
  static let most = 30

  private var first: Int?
  private var last: Int?
  /// When to look once more.
  private var again: Int?
  /// The time that the looks made so far would have taken, had they been spaced.
  private var spent = 0

  /// Notes an event.
  mutating func event(at now: Int) {
    first = first ?? now
    last = now
  }

  /// When to look; `nil` if nothing happened.
  var due: Int? {
    let wanted: Int
    if let first, let last {
      wanted = min(last + Self.quiet, first + Self.longest)
    } else if let again {
      wanted = again
    } else {
      return nil
    }
    return max(wanted, spent - Self.most * Self.spacing)
  }

  /// Notes that it was looked.
  mutating func looked(at now: Int) {
    again = last.map { $0 + Self.settling }
    first = nil
    last = nil
    spent = max(spent, now) + Self.spacing
  }
}
