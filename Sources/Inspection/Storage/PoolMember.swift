// SPDX-License-Identifier: Apache-2.0

internal import LVMMetadata

/// What one device says of a file system, pool or cache that can lie on several devices.
struct PoolMember: Equatable, Sendable {
  /// What all members have in common, besides their family: an id.
  var set: String
  /// The file system's or pool's own id.
  var uuid: String
  /// Its type in libblkid's words.
  var type: String
  /// The pool's name, where the device tells it.
  var name: String?
  /// How many devices there are, or how many at least.
  var memberCount: Int
  /// Where it is more than one, members that were found may be more than the count says.
  var countIsLeast = false
  /// Which of several members is believed: the higher one.
  var generation: UInt64

  /// What a device says.
  enum Reading: Equatable, Sendable {
    /// Nothing of the kind: it is not of such a type, or all of it lies here.
    case alone
    /// It is one of several, or may be.
    case member(PoolMember)
    /// It is of such a type, and the mark cannot be read.
    case unreadable
  }

  /// The types of which every device carries such a mark.
  static let types = ["btrfs", "zfs_member", "bcachefs", "bcache", "jbd", "xfs_external_log"]

  /// Reads the mark of a device of that type.
  static func read(_ type: String, from source: inout some ByteSource) -> Reading {
    switch type {
    case "btrfs":
      return reading(type, &source, BtrfsSuperblock.offset, 4096, BtrfsSuperblock.init) { block in
        PoolMember(
          set: block.fileSystemUUID, type: type, memberCount: Int(clamping: block.deviceCount),
          generation: block.generation)
      }
    case "bcachefs":
      return reading(type, &source, BcachefsSuperblock.offset, 4096, BcachefsSuperblock.init) { block in
        PoolMember(
          set: block.fileSystemUUID, type: type, memberCount: block.deviceCount, generation: block.sequence)
      }
    case "zfs_member":
      return reading(type, &source, ZFSLabel.offset, ZFSLabel.readSize, ZFSLabel.init) { label in
        PoolMember(
          set: label.poolGUID, type: type, name: label.name, memberCount: label.leastMemberCount, countIsLeast: true,
          generation: label.generation)
      }
    case "bcache":
      return reading(type, &source, BcacheSuperblock.offset, 4096, BcacheSuperblock.init) { block in
        PoolMember(
          set: block.setUUID, type: type, memberCount: block.leastMemberCount, countIsLeast: true,
          generation: UInt64(block.leastMemberCount))
      }
    default: return readJournal(type, from: &source)
    }
  }

  /// File systems that are one device unless their journal lies elsewhere, and such journals.
  private static func readJournal(_ type: String, from source: inout some ByteSource) -> Reading {
    switch type {
    case "ext3", "ext4", "ext4dev", "jbd":
      return reading(type, &source, ExtSuperblock.offset, ExtSuperblock.readSize, ExtSuperblock.init) { block in
        guard let journal = block.isJournal ? block.uuid : block.journalUUID else { return nil }
        // A journal alone may be left over from a file system that is gone.
        return PoolMember(
          set: "journal " + journal, uuid: block.uuid, type: type, memberCount: block.isJournal ? 1 : 2,
          countIsLeast: true, generation: block.isJournal ? 0 : 1)
      }
    case "xfs":
      return reading(type, &source, XFSSuperblock.offset, XFSSuperblock.readSize, XFSSuperblock.init) { block in
        guard block.deviceCount > 1 else { return nil }
        return PoolMember(
          set: "xfs " + block.uuid, uuid: block.uuid, type: type, memberCount: block.deviceCount, generation: 1)
      }
    case "xfs_external_log":
      return reading(type, &source, XFSLog.offset, XFSLog.readSize, XFSLog.init) { log in
        PoolMember(
          set: "xfs " + log.fileSystemUUID, uuid: log.fileSystemUUID, type: type, memberCount: 1, countIsLeast: true,
          generation: 0)
      }
    case "f2fs":
      return reading(type, &source, F2FSSuperblock.offset, F2FSSuperblock.readSize, F2FSSuperblock.init) { block in
        guard block.deviceCount > 1 else { return nil }
        return PoolMember(set: block.uuid, type: type, memberCount: block.deviceCount, generation: 1)
      }
    default: return .alone
    }
  }

  private static func reading<Mark>(
    _ type: String, _ source: inout some ByteSource, _ offset: UInt64, _ count: Int, _ parse: ([UInt8]) -> Mark?,
    _ member: (Mark) -> PoolMember?
  ) -> Reading {
    guard let bytes = try? source.read(at: offset, count: count), let mark = parse(bytes) else { return .unreadable }
    return member(mark).map(Reading.member) ?? .alone
  }

  init(
    set: String, uuid: String? = nil, type: String, name: String? = nil, memberCount: Int, countIsLeast: Bool = false,
    generation: UInt64
  ) {
    self.set = set
    self.uuid = uuid ?? set
    self.type = type
    self.name = name
    self.memberCount = memberCount
    self.countIsLeast = countIsLeast
    self.generation = generation
  }
}
