// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Token buckets by name, in a table that never grows: constant time and memory, however many names there are.
///
/// A bucket is one number, the time when it will be full again (the generic cell rate algorithm, ITU-T I.371, annex A).
/// A bucket that is full says nothing, so its place is free. Where all places for a name are taken by others, the one
/// that is soonest full is given up: a flood of new names lets a few requests too many through and never refuses the
/// request of another name.
final class RateTable: Sendable {
  /// Places among which a name's bucket can be.
  static let ways = 8

  private struct Bucket {
    /// The name's hash, seeded anew in each process, so that nobody can choose names that meet.
    var tag: Int
    /// When it is full again, in microseconds.
    var full: Int64
  }

  let limit: RateLimit
  private let sets: Int
  private let buckets: Mutex<[Bucket]>

  /// A table for about that many names at a time.
  init(_ limit: RateLimit, places: Int) {
    self.limit = limit
    sets = max(1, places / Self.ways)
    buckets = Mutex([Bucket](repeating: Bucket(tag: 0, full: .min), count: sets * Self.ways))
  }

  /// Takes one from a name's bucket; if it is empty, nothing is taken, and the answer is how many milliseconds to wait.
  ///
  /// The time is that of a clock that only goes on, in milliseconds.
  func take(_ name: some Hashable, at uptime: Int64) -> Int64? { look(name, uptime, takes: true) }

  /// How many milliseconds to wait until there is one in a name's bucket; `nil` if there is one now.
  func wait(_ name: some Hashable, at uptime: Int64) -> Int64? { look(name, uptime, takes: false) }

  private func look(_ name: some Hashable, _ uptime: Int64, takes: Bool) -> Int64? {
    var hasher = Hasher()
    hasher.combine(name)
    let tag = hasher.finalize()
    let now = uptime * 1000
    let interval = limit.interval
    let first = Int(tag.magnitude % UInt(sets)) * Self.ways
    return buckets.withLock { buckets in
      var place = first
      for index in first..<(first + Self.ways) {
        if buckets[index].tag == tag {
          place = index
          break
        }
        if buckets[index].full < buckets[place].full { place = index }
      }
      // Never further ahead than an empty bucket, whatever the clock did.
      let own = buckets[place].tag == tag ? min(buckets[place].full, now + limit.burst * interval) : now
      let full = max(own, now)
      let ahead = full - now - (limit.burst - 1) * interval
      guard ahead <= 0 else { return (ahead + 999) / 1000 }
      if takes { buckets[place] = Bucket(tag: tag, full: full + interval) }
      return nil
    }
  }
}
