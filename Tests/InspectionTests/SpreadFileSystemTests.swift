// SPDX-License-Identifier: Apache-2.0

import Facts
import LVMMetadata
import TestSupport
import Testing

@testable import Inspection

/// File systems, journals and caches over several devices, by superblocks that their own tools wrote.
@Suite struct SpreadFileSystemTests {
  private func read(_ type: String, _ fixture: String) throws -> PoolMember.Reading {
    let block = try Fixture.superblock(fixture)
    var bytes = block.bytes
    // The log's reader asks for more than a fixture needs to hold.
    if type == "xfs_external_log" { bytes += [UInt8](repeating: 0, count: XFSLog.readSize - bytes.count) }
    var source = MemorySource(regions: [ByteRegion(offset: UInt64(block.offset), bytes: bytes)])
    return PoolMember.read(type, from: &source)
  }

  private static let four = "44444444-4444-4444-8444-444444444444"
  private static let eight = "88888888-8888-4888-8888-888888888888"

  @Test(arguments: [
    ("ext4", "ext4-outside", "22222222-2222-4222-8222-222222222222", 2),
    ("jbd", "ext4-journal", "11111111-1111-4111-8111-111111111111", 1),
    ("xfs", "xfs-outside", four, 3), ("xfs_external_log", "xfs-log", four, 1),
    ("f2fs", "f2fs-two", "66666666-6666-4666-8666-666666666666", 2),
    ("bcache", "bcache-cache", eight, 1), ("bcache", "bcache-backing", eight, 1),
    ("btrfs", "btrfs-two", "99999999-9999-4999-8999-999999999999", 2),
  ]) func tellsItsMembers(type: String, fixture: String, uuid: String, count: Int) throws {
    guard case .member(let member) = try read(type, fixture) else {
      Issue.record("no member")
      return
    }
    #expect(member.uuid == uuid && member.memberCount == count)
  }

  @Test(arguments: [("ext4", "ext4-inside"), ("xfs", "xfs-inside"), ("f2fs", "f2fs-one")])
  func aWholeFileSystemIsAlone(type: String, fixture: String) throws {
    #expect(try read(type, fixture) == .alone)
  }

  /// A backing device in use says so by its state: clean (1) or dirty (2).
  @Test(arguments: [1, 2, 3]) func aBackingDeviceWithACacheNeedsIt(state: UInt8) throws {
    var block = try Fixture.superblock("bcache-backing").bytes
    block[111] = block[111] & 0x9F | state << 5
    #expect(BcacheSuperblock(parsing: block)?.leastMemberCount == 2)
  }

  @Test(arguments: [
    ("ext4", "ext4-outside"), ("jbd", "ext4-journal"), ("xfs", "xfs-outside"), ("f2fs", "f2fs-two"),
    ("bcache", "bcache-cache"), ("btrfs", "btrfs-two"),
  ]) func aCutIsUnreadable(type: String, fixture: String) throws {
    let block = try Fixture.superblock(fixture)
    for count in [0, 1, 64, 119] {
      var source = MemorySource(
        regions: [ByteRegion(offset: UInt64(block.offset), bytes: Array(block.bytes.prefix(count)))],
        end: UInt64(block.offset + count))
      #expect(PoolMember.read(type, from: &source) == .unreadable)
    }
  }

  private func system(_ disks: [String]) throws -> [MultiDeviceFileSystem] {
    let machine = try RecordedMachine()
    for (index, fixture) in disks.enumerated() {
      try machine.addDisk("vd\(["b", "c", "d"][index])", size: 400 << 20, content: [Fixture.superblock(fixture)])
    }
    return try #require(try machine.inspected().multiDeviceFileSystems)
  }

  @Test func anExt4WithItsJournalElsewhere() throws {
    let system = try #require(try system(["ext4-outside", "ext4-journal"]).first)
    #expect(system.type == "ext4" && system.uuid == "22222222-2222-4222-8222-222222222222")
    #expect(system.members == .value(["vdb", "vdc"]) && system.memberCount == .value(2))
    #expect(system.disks == .value(["vdb", "vdc"]) && system.degraded == .value(false))
  }

  @Test func anExt4WhoseJournalIsNotThere() throws {
    let system = try #require(try system(["ext4-outside", "ext4-inside"]).first)
    #expect(system.members == .value(["vdb"]) && system.memberCount == .value(2) && system.degraded == .value(true))
  }

  @Test func anXFSWithLogAndRealtimeDataElsewhere() throws {
    let systems = try system(["xfs-log", "xfs-outside"])
    let system = try #require(systems.first)
    #expect(systems.count == 1 && system.type == "xfs")
    #expect(system.members == .value(["vdb", "vdc"]) && system.memberCount == .value(3))
  }

  @Test func aBackingDeviceAndItsCache() throws {
    let system = try #require(try system(["bcache-cache", "bcache-backing"]).first)
    #expect(system.type == "bcache" && system.members == .value(["vdb", "vdc"]) && system.memberCount == .value(2))
  }
}
