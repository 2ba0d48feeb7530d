// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The superblock of one device of a btrfs (struct btrfs_super_block, include/uapi/linux/btrfs_tree.h).
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
    guard bytes.count >= 0x100, Array(bytes[0x40..<0x48]) == Array("_BHRfS_M".utf8) else { return nil }
    let hex = Array(Digest.hex(bytes[0x20..<0x30]))
    fileSystemUUID = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    deviceCount = Self.longWord(bytes, 0x88)
    generation = Self.longWord(bytes, 0x48)
    guard deviceCount > 0, deviceCount <= 65536 else { return nil }
  }

  private static func longWord(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
    bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
