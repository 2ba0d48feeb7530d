// SPDX-License-Identifier: Apache-2.0

/// The superblock of one device of a btrfs (struct btrfs_super_block, include/uapi/linux/btrfs_tree.h of the kernel).
struct BtrfsSuperblock: Equatable, Sendable {
  /// Where the first copy lies.
  static let offset: UInt64 = 64 << 10

  /// The file system's uuid.
  var fileSystemUUID: String
  /// How many devices it has.
  var deviceCount: UInt64
  /// How often it was written.
  var generation: UInt64

  /// Reads it; `nil` if there is none.
  init?(parsing bytes: [UInt8]) {
    guard let fields = SuperblockFields(bytes, atLeast: 0x100), fields.holds(Array("_BHRfS_M".utf8), at: 0x40)
    else { return nil }
    fileSystemUUID = fields.uuid(0x20)
    deviceCount = fields.little(0x88, 8)
    generation = fields.little(0x48, 8)
    guard deviceCount > 0, deviceCount <= 65536 else { return nil }
  }
}
