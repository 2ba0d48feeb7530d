// SPDX-License-Identifier: Apache-2.0

/// A file system of the ext family whose journal lies on another device, or that journal
/// (Documentation/filesystems/ext4/super.rst of the kernel).
struct ExtSuperblock: Equatable, Sendable {
  static let offset: UInt64 = 1024
  static let readSize = 256

  /// The file system's own uuid, or the journal's.
  var uuid: String
  /// The uuid of the journal device; `nil` if the journal lies within the file system, or there is none.
  var journalUUID: String?
  /// It is a journal and nothing else.
  var isJournal: Bool

  /// Reads it; `nil` if there is none.
  init?(parsing bytes: [UInt8]) {
    guard let fields = SuperblockFields(bytes, atLeast: Self.readSize), fields.holds([0x53, 0xEF], at: 0x38)
    else { return nil }
    uuid = fields.uuid(0x68)
    isJournal = fields.little(0x60, 4) & 0x8 != 0
    let hasJournal = fields.little(0x5C, 4) & 0x4 != 0
    // A journal within has the number of an inode.
    guard !isJournal, hasJournal, fields.little(0xE0, 4) == 0, fields.isSet(0xD0..<0xE0) else { return }
    journalUUID = fields.uuid(0xD0)
  }
}

/// An XFS whose log or realtime data lies on another device (xfs(5); struct xfs_dsb, fs/xfs/libxfs/xfs_format.h of the
/// kernel).
struct XFSSuperblock: Equatable, Sendable {
  static let offset: UInt64 = 0
  static let readSize = 256

  /// The file system's uuid.
  var uuid: String
  /// On how many devices it lies.
  var deviceCount: Int

  /// Reads it; `nil` if there is none.
  init?(parsing bytes: [UInt8]) {
    guard let fields = SuperblockFields(bytes, atLeast: Self.readSize), fields.holds(Array("XFSB".utf8), at: 0)
    else { return nil }
    uuid = fields.uuid(32)
    let hasRealtime = fields.big(16, 8) > 0
    let hasLogOutside = fields.big(48, 8) == 0
    deviceCount = 1 + (hasRealtime ? 1 : 0) + (hasLogOutside ? 1 : 0)
  }
}

/// The log of an XFS on a device of its own, which names its file system in every record
/// (struct xlog_rec_header, fs/xfs/libxfs/xfs_log_format.h of the kernel).
struct XFSLog: Equatable, Sendable {
  static let offset: UInt64 = 0
  /// Where libblkid looks for a record too: the first 256 KiB.
  static let readSize = 256 << 10

  /// The uuid of the file system.
  var fileSystemUUID: String

  /// Finds the first record; `nil` if there is none.
  init?(parsing bytes: [UInt8]) {
    var start = 0
    while start + 512 <= bytes.count {
      defer { start += 512 }
      guard bytes[start] == 0xFE, bytes[start + 1] == 0xED, bytes[start + 2] == 0xBA, bytes[start + 3] == 0xBE,
        let fields = SuperblockFields(Array(bytes[start..<(start + 512)]), atLeast: 512)
      else { continue }
      fileSystemUUID = fields.uuid(304)
      return
    }
    return nil
  }
}
