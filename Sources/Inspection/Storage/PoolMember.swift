// SPDX-License-Identifier: Apache-2.0

internal import LVMMetadata

/// What one device says of a file system or pool that can lie on several: btrfs, ZFS or bcachefs.
struct PoolMember: Equatable, Sendable {
  /// The file system's or pool's own id.
  var uuid: String
  /// The pool's name, where the device tells it.
  var name: String?
  /// How many devices there are; for a ZFS pool of several vdevs at least so many.
  var memberCount: Int
  /// Which of several members was written last: the higher one.
  var generation: UInt64

  /// The types, in libblkid's words.
  static let types = ["btrfs", "zfs_member", "bcachefs"]

  /// Reads the mark of a device of that type; `nil` if the type has none, or it cannot be read.
  init?(of type: String, from source: inout some ByteSource) {
    switch type {
    case "btrfs":
      guard let bytes = try? source.read(at: BtrfsSuperblock.offset, count: 4096),
        let block = BtrfsSuperblock(parsing: bytes)
      else { return nil }
      self.init(
        uuid: block.fileSystemUUID, memberCount: Int(clamping: block.deviceCount), generation: block.generation)
    case "bcachefs":
      guard let bytes = try? source.read(at: BcachefsSuperblock.offset, count: 4096),
        let block = BcachefsSuperblock(parsing: bytes)
      else { return nil }
      self.init(uuid: block.fileSystemUUID, memberCount: block.deviceCount, generation: block.sequence)
    case "zfs_member":
      guard let bytes = try? source.read(at: ZFSLabel.offset, count: ZFSLabel.readSize),
        let label = ZFSLabel(parsing: bytes)
      else { return nil }
      self.init(
        uuid: label.poolGUID, name: label.name, memberCount: label.leastMemberCount, generation: label.generation)
    default: return nil
    }
  }

  init(uuid: String, name: String? = nil, memberCount: Int, generation: UInt64) {
    self.uuid = uuid
    self.name = name
    self.memberCount = memberCount
    self.generation = generation
  }
}
