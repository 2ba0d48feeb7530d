// SPDX-License-Identifier: Apache-2.0

internal import Facts

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
    guard bytes.count >= 128, Self.magics.contains(Array(bytes[24..<40])) else { return nil }
    let hex = Array(Digest.hex(bytes[56..<72]))
    fileSystemUUID = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    sequence = bytes[112..<120].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    deviceCount = Int(bytes[123])
    guard deviceCount > 0 else { return nil }
  }

  /// bcache's own magic, and the one that bcachefs took since.
  private static let magics: [[UInt8]] = [
    [0xC6, 0x85, 0x73, 0xF6, 0x4E, 0x1A, 0x45, 0xCA, 0x82, 0x65, 0xF5, 0x7F, 0x48, 0xBA, 0x6D, 0x81],
    [0xC6, 0x85, 0x73, 0xF6, 0x66, 0xCE, 0x90, 0xA9, 0xD9, 0x6A, 0x60, 0xCF, 0x80, 0x3D, 0xF7, 0xEF],
  ]
}
