// SPDX-License-Identifier: Apache-2.0

/// How long to wait before the next try: full jitter under a ceiling that doubles, so that ten thousand guests that
/// lost their collector together do not come back together.
struct Backoff: Equatable, Sendable {
  /// Ceiling after the first failure, in seconds.
  static let first = 2.0
  /// The highest ceiling, in seconds.
  static let most = 300.0

  /// How many tries failed in a row.
  private(set) var failures = 0

  /// Notes a failed try and gives the seconds to wait; never less than what the collector asked for.
  mutating func next(retryAfter: Double?, random: (ClosedRange<Double>) -> Double = { .random(in: $0) }) -> Double {
    failures = min(failures + 1, 32)
    let ceiling = min(Self.most, Self.first * Double(1 << min(failures - 1, 16)))
    let jittered = random(0...ceiling)
    // What a stranger's header says may be no number at all.
    guard let retryAfter, retryAfter.isFinite else { return jittered }
    return min(max(retryAfter, 0), 3600) + jittered
  }

  /// Notes a try that worked.
  mutating func reset() { failures = 0 }
}
