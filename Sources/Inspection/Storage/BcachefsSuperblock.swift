// SPDX-License-Identifier: Apache-2.0

/// The superblock of one device of a bcachefs (struct bch_sb, fs/bcachefs/bcachefs_format.h of the kernel).
struct BcachefsSuperblock: Equatable, Sendable {
  /// Where the first copy lies.
  static let offset: UInt64 = 4096

  /// The file system's uuid that users see.
  var fileSystemUUID: String
  /// How many devices it has, also those that were removed again: their numbers are not used again at once.
  var deviceCount: Int
  /// How often it was written.
  var sequence: UInt64

  /// Reads it; `nil` if there is none.
  init?(parsing bytes: [UInt8]) {
    guard let fields = SuperblockFields(bytes, atLeast: 128), Self.magics.contains(where: { fields.holds($0, at: 24) })
    else { return nil }
    fileSystemUUID = fields.uuid(56)
    sequence = fields.little(112, 8)
    deviceCount = Int(bytes[123])
    guard deviceCount > 0 else { return nil }
  }

  /// bcache's own magic, and the one that bcachefs took since.
  private static let magics: [[UInt8]] = [
    BcacheSuperblock.magic,
    [0xC6, 0x85, 0x73, 0xF6, 0x66, 0xCE, 0x90, 0xA9, 0xD9, 0x6A, 0x60, 0xCF, 0x80, 0x3D, 0xF7, 0xEF],
  ]
}
