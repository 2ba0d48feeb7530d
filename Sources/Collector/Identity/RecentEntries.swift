// SPDX-License-Identifier: Apache-2.0

/// A dictionary that forgets: it holds at most a number of entries, the most recent half of them for certain.
///
/// Two dictionaries: when the young one is full it becomes the old one, and the old one is dropped whole. So adding
/// needs no search for what to drop.
struct RecentEntries<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let half: Int
  private var young: [Key: Value] = [:]
  private var old: [Key: Value] = [:]

  init(most: Int) { half = max(1, most / 2) }

  /// How many there are; one that is in both halves counts twice.
  var count: Int { young.count + old.count }

  /// The entry of a key, if it is still there.
  subscript(key: Key) -> Value? {
    get { young[key] ?? old[key] }
    set {
      guard let newValue else {
        young[key] = nil
        old[key] = nil
        return
      }
      if young.count >= half, young[key] == nil {
        old = young
        young = [:]
      }
      young[key] = newValue
    }
  }
}
