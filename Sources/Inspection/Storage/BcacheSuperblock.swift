// SPDX-License-Identifier: Apache-2.0

/// The superblock of a backing or cache device of bcache (struct cache_sb_disk, drivers/md/bcache/bcache_ondisk.h of
/// the kernel).
struct BcacheSuperblock: Equatable, Sendable {
  /// Where it lies.
  static let offset: UInt64 = 4096
  static let magic: [UInt8] = [
    0xC6, 0x85, 0x73, 0xF6, 0x4E, 0x1A, 0x45, 0xCA, 0x82, 0x65, 0xF5, 0x7F, 0x48, 0xBA, 0x6D, 0x81,
  ]

  /// The cache set that the device belongs to.
  var setUUID: String
  /// How many devices the data lies on at least: a backing device that has a cache needs it.
  var leastMemberCount: Int
  /// How often it was written.
  var sequence: UInt64

  /// Reads it; `nil` if there is none.
  init?(parsing bytes: [UInt8]) {
    guard let fields = SuperblockFields(bytes, atLeast: 120), fields.holds(Self.magic, at: 24) else { return nil }
    setUUID = fields.uuid(56)
    sequence = fields.little(112, 8)
    switch fields.little(16, 8) {
    case 0, 3, 5: leastMemberCount = 1
    case 1, 4, 6:
      // BDEV_STATE: without a cache, clean, dirty, or stale because its cache was lost.
      let state = fields.little(104, 8) >> 61 & 3
      leastMemberCount = state == 0 ? 1 : 2
    default: return nil
    }
  }
}
