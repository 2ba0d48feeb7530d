// SPDX-License-Identifier: Apache-2.0

/// The superblock of an F2FS, which alone says on how many devices the file system lies (struct f2fs_super_block,
/// include/linux/f2fs_fs.h of the kernel): the further devices carry no mark at all.
struct F2FSSuperblock: Equatable, Sendable {
  static let offset: UInt64 = 1024
  static let readSize = 3072

  /// The file system's uuid.
  var uuid: String
  /// How many devices it has.
  var deviceCount: Int

  /// Reads it; `nil` if there is none.
  init?(parsing bytes: [UInt8]) {
    guard let fields = SuperblockFields(bytes, atLeast: Self.readSize), fields.holds([0x10, 0x20, 0xF5, 0xF2], at: 0)
    else { return nil }
    uuid = fields.uuid(108)
    // Eight entries of a path of 64 bytes and a count of segments; none at all for a single device.
    let paths = (0..<8).filter { bytes[2201 + $0 * 68] != 0 }
    deviceCount = max(1, paths.count)
  }
}
