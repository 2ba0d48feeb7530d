// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Readiness
import TestSupport
import Testing

@testable import Inspection

/// Devices on devices: what each stack ends in, and what is a member of what.
@Suite struct StackTests {
  private static let mebibyte = 1 << 20

  private func linear() throws -> (size: Int, content: [(offset: Int, bytes: [UInt8])]) {
    let device = try #require(try Fixture.devices("linear").first)
    return (device.size, device.content)
  }

  private func luks() -> (offset: Int, bytes: [UInt8]) { (0, Array("LUKS".utf8) + [0xBA, 0xBE, 0, 1]) }

  /// An md superblock of version 1.2 (4 KiB from the start) or 1.0 (8 KiB before the end).
  private func md(members: Int, end: Int? = nil) -> (offset: Int, bytes: [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    func put(_ value: UInt64, _ width: Int, _ offset: Int) {
      for index in 0..<width { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
    let offset = end.map { ($0 / 512 - 16) / 8 * 8 * 512 } ?? 4096
    put(0xA92B_4EFC, 4, 0)
    put(1, 4, 4)
    bytes.replaceSubrange(16..<32, with: Array(0..<16))
    put(1, 4, 72)
    put(UInt64(members), 4, 92)
    put(UInt64(offset / 512), 8, 144)
    // The sum over the header and the roles of all devices (max_dev is zero), folded (md_p.h).
    var sum: UInt64 = 0
    for word in stride(from: 0, to: 256, by: 4) {
      sum += bytes[word..<(word + 4)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    put((sum & 0xFFFF_FFFF) + (sum >> 32), 4, 216)
    return (offset, bytes)
  }

  private func device(_ name: String, _ facts: GuestFacts) throws -> Device {
    try #require(facts.devices?.first { $0.name == name })
  }

  // MARK: encrypted

  @Test func aGroupInsideAContainer() throws {
    let machine = try RecordedMachine()
    let volume = try linear()
    try machine.addDisk("vdb", size: volume.size + 16 * Self.mebibyte, content: [luks()])
    try machine.addMapping(
      0, name: "open", uuid: "CRYPT-LUKS2-00010203040506070809-open", over: ["vdb"], size: volume.size,
      content: volume.content)
    let facts = try machine.inspected()
    #expect(try device("dm-0", facts).kind == .crypt && device("vdb", facts).content.value?.type == "crypto_LUKS")
    #expect(facts.volumeGroups?.first?.physicalVolumes.value?.first?.device == .value("dm-0"))
    #expect(facts.volumeGroups?.first?.disks == .value(["vdb"]))
    #expect(facts.gaps == [])
  }

  @Test func aLockedContainerMayHideAGroup() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vdb", size: 64 << 20, content: [luks()])
    let gap = try #require(try machine.inspected().gaps?.first)
    #expect(gap.reason == .encrypted && gap.subject == .init(.device, "vdb", member: "inside") && gap.hidesStorage)
  }

  @Test func aContainerInsideAGroup() throws {
    let machine = try RecordedMachine()
    let volume = try linear()
    try machine.addDisk("vdb", size: volume.size, content: volume.content)
    let group = try #require(try machine.inspected().volumeGroups?.first)
    let logical = try #require(group.logicalVolumes.value?.first)
    let uuid = "LVM-" + (group.uuid + logical.uuid).replacing("-", with: "")
    try machine.addMapping(
      0, name: "vg-lv", uuid: uuid, over: ["vdb"], size: Int(logical.sizeBytes.value ?? 0), content: [luks()])
    #expect(try machine.inspected().gaps?.map(\.reason) == [.encrypted])
    try machine.addMapping(
      1, name: "open", uuid: "CRYPT-LUKS1-000102-open", over: ["dm-0"], size: 4 << 20, content: [Fixture.ext4()])
    let open = try machine.inspected()
    #expect(try device("dm-1", open).disks == .value(["vdb"]) && open.gaps == [])
  }

  /// Plain encryption leaves no header: to libblkid, and to us, there is nothing on the disk.
  @Test func plainEncryptionIsNoContainer() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vdb", size: 64 << 20)
    try machine.addMapping(0, name: "plain", uuid: "CRYPT-PLAIN-plain", over: ["vdb"], size: 64 << 20)
    let facts = try machine.inspected()
    #expect(try device("vdb", facts).content == .none && facts.gaps == [])
  }

  // MARK: arrays

  @Test func aRunningArrayAndAGroupOnIt() throws {
    let machine = try RecordedMachine()
    let volume = try linear()
    for name in ["vdb", "vdc"] { try machine.addDisk(name, size: 96 << 20, content: [md(members: 2)]) }
    try machine.addVirtual(
      "md0", over: ["vdb", "vdc"], size: volume.size,
      attributes: [
        "md/level": "raid1", "md/raid_disks": "2", "md/degraded": "0", "md/uuid": "00010203:04050607:08090a0b:0c0d0e0f",
      ], content: volume.content)
    let facts = try machine.inspected()
    let array = try #require(facts.raidArrays?.first)
    #expect(array.name == "md0" && array.level == .value("raid1") && array.members == .value(["vdb", "vdc"]))
    #expect(array.degraded == .value(false) && array.disks == .value(["vdb", "vdc"]))
    #expect(try device("vdb", facts).content.value?.type == "linux_raid_member")
    #expect(facts.volumeGroups?.first?.disks == .value(["vdb", "vdc"]))
    // The members of a mirror with its superblock at the end show the label of what is on the whole.
    #expect(facts.volumeGroups?.first?.physicalVolumes.value?.map(\.device) == [.value("md0")])
    #expect(facts.gaps == [])
  }

  @Test(arguments: [(2, false), (1, true)]) func aStoppedArray(found: Int, degraded: Bool) throws {
    let machine = try RecordedMachine()
    for name in ["vdb", "vdc"].prefix(found) {
      try machine.addDisk(name, size: 96 << 20, content: [md(members: 2, end: 96 << 20)])
    }
    let array = try #require(try machine.inspected().raidArrays?.first)
    #expect(array.uuid == .value("00010203:04050607:08090a0b:0c0d0e0f") && array.memberCount == .value(2))
    #expect(array.members.value?.count == found && array.degraded == .value(degraded))
  }

  @Test func anArrayOfAnotherMakerIsAGap() throws {
    let machine = try RecordedMachine()
    var block = [UInt8](repeating: 0, count: 512)
    block.replaceSubrange(0..<32, with: Array("Intel Raid ISM Cfg Sig. 1.3.00\0\0".utf8))
    try machine.addDisk("vdb", size: 96 << 20, content: [((96 << 20) - 1024, block)])
    let gap = try #require(try machine.inspected().gaps?.first)
    #expect(gap.reason == .unsupported && gap.subject.member == "members" && gap.hidesStorage)
  }

  // MARK: paths

  @Test func aGroupOnAMultipathDeviceIsThereOnce() throws {
    let machine = try RecordedMachine()
    let volume = try linear()
    for name in ["sda", "sdb"] {
      try machine.addDisk(name, size: volume.size, wwid: "naa.600", content: volume.content)
    }
    try machine.addMapping(
      0, name: "mpatha", uuid: "mpath-3600", over: ["sda", "sdb"], size: volume.size, content: volume.content)
    let facts = try machine.inspected()
    #expect(facts.volumeGroups?.count == 1 && facts.volumeGroups?.first?.disks == .value(["dm-0"]))
    #expect(facts.volumeGroups?.first?.physicalVolumes.value?.first?.duplicateDevices == .value([]))
    #expect(facts.gaps?.contains(where: \.hidesStorage) == false)
  }

  @Test func aPathWithoutASignatureIsNoContradiction() throws {
    let machine = try RecordedMachine()
    for name in ["sda", "sdb"] { try machine.addDisk(name, size: 64 << 20, wwid: "naa.600") }
    try machine.addMapping(0, name: "mpatha", uuid: "mpath-3600", over: ["sda", "sdb"], size: 64 << 20)
    let facts = try machine.inspected()
    #expect(facts.gaps == [] && facts.devices?.last?.content.value?.type == "mpath_member")
  }

  /// Two namespaces of one id, as the kernel shows them with nvme_core.multipath=N; a hidden path has no number.
  @Test func pathsOfAnNVMeNamespaceAreOneDisk() throws {
    let machine = try RecordedMachine()
    let volume = try linear()
    for name in ["nvme0n1", "nvme1n1"] {
      try machine.addDisk(name, size: volume.size, wwid: "eui.0001", content: volume.content)
    }
    let hidden = "devices/virtual/nvme-subsystem/nvme-subsys0/nvme0c0n1"
    try machine.write("sys/\(hidden)/size", "0\n")
    try machine.write("sys/\(hidden)/uevent", "DEVTYPE=disk\n")
    try machine.link("sys/class/block/nvme0c0n1", to: "../../\(hidden)")
    let facts = try machine.inspected()
    #expect(facts.devices?.map(\.name) == ["nvme0n1", "nvme1n1"])
    #expect(facts.volumeGroups?.first?.disks == .value(["nvme0n1"]))
    #expect(facts.volumeGroups?.first?.physicalVolumes.value?.first?.duplicateDevices == .value([]))
    #expect(facts.gaps == [])
  }

  @Test func aClonedDiskIsNotAPath() throws {
    let machine = try RecordedMachine()
    let volume = try linear()
    for (name, wwid) in [("sda", "naa.1"), ("sdb", "naa.2")] {
      try machine.addDisk(name, size: volume.size, wwid: wwid, content: volume.content)
    }
    let member = try #require(try machine.inspected().volumeGroups?.first?.physicalVolumes.value?.first)
    #expect(member.duplicateDevices == .value(["sda", "sdb"]))
  }

  // MARK: other drivers

  @Test func aRunningBcacheLiesOnBothDisks() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vdb", size: 400 << 20, content: [Fixture.superblock("bcache-backing")])
    try machine.addDisk("vdc", size: 400 << 20, content: [Fixture.superblock("bcache-cache")])
    try machine.addVirtual("bcache0", over: ["vdb", "vdc"], size: 399 << 20, content: [Fixture.ext4()])
    let facts = try machine.inspected()
    #expect(try device("bcache0", facts).disks == .value(["vdb", "vdc"]))
    #expect(try device("vdb", facts).content.value?.type == "bcache")
    #expect(facts.multiDeviceFileSystems?.first?.members == .value(["vdb", "vdc"]))
    let failed = RuleSet.current.judge(facts, scope: .guest).findings.filter {
      $0.outcome == .fail && $0.hazard == .dataLoss
    }
    #expect(failed.map(\.rule) == ["filesystem-spans-devices"])
  }

  @Test func aTableMadeByHandJoinsDisks() throws {
    let machine = try RecordedMachine()
    for name in ["vdb", "vdc"] { try machine.addDisk(name, size: 64 << 20) }
    try machine.addMapping(
      0, name: "glued", uuid: "", over: ["vdb", "vdc"], size: 128 << 20, content: [Fixture.ext4()])
    let facts = try machine.inspected()
    let failed = RuleSet.current.judge(facts, scope: .guest).findings.filter {
      $0.outcome == .fail && $0.hazard == .dataLoss
    }
    #expect(failed.map(\.rule) == ["filesystem-spans-devices"])
    #expect(failed.first?.subjects.map(\.name) == ["/dev/dm-0"])
  }

  @Test func memoryAndEmptyDevicesAreNothing() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, content: [Fixture.ext4()])
    try machine.addVirtual("zram0", over: [], size: 0)
    try machine.addVirtual("loop0", over: [], size: 0)
    try machine.addVirtual("nbd0", over: [], size: 0)
    try machine.addVirtual("zram1", over: [], size: 16 << 20)
    try machine.swapOn("zram1", kibibytes: 16380)
    let facts = try machine.inspected()
    #expect(try device("zram0", facts).kind == .zram && device("loop0", facts).kind == .loop)
    #expect(try device("zram1", facts).content.value?.type == "swap")
    #expect(facts.gaps?.contains(where: \.hidesStorage) == false)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  /// Reading a device of the segment type `error` fails, and nothing is lost: it lies on no disk.
  @Test(arguments: [([], false), (["vda"], true)]) func aVolumeOfErrorsHidesNothing(parents: [String], hides: Bool)
    throws
  {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, content: [Fixture.ext4()])
    try machine.addMapping(0, name: "vg-errors", uuid: "", over: parents, size: 4 << 20)
    try machine.remove("dev/dm-0")
    let facts = try machine.inspected()
    #expect(facts.gaps?.contains { $0.subject.name == "dm-0" && $0.hidesStorage } == hides)
  }

  // MARK: names and sizes

  @Test func oddNamesStayWhatTheyAre() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("cciss!c0d0", size: 64 << 20, content: [Fixture.ext4()])
    try machine.addMapping(0, name: "odd \u{1B}[31mname", uuid: "CRYPT-PLAIN-x", over: ["cciss!c0d0"], size: 4 << 20)
    let facts = try machine.inspected()
    let disk = try device("cciss!c0d0", facts)
    #expect(disk.path == "/dev/cciss/c0d0" && disk.content.value?.type == "ext4" && disk.kind == .disk)
    #expect(try device("dm-0", facts).dmName == .value("odd \\x1b[31mname"))
  }

  @Test(
    arguments: [
      ([0, 0x80, 0, 8] + Array("  ab-12 ".utf8), "ab-12"), ([0, 0x80, 0, 2] + Array("abcd".utf8), "ab"),
      ([0, 0x80, 0, 2] + Array("  ".utf8), nil),
    ] as [([UInt8], String?)]) func aSCSIDiskTellsItsSerialInAPage(page: [UInt8], serial: String?) throws
  {
    let machine = try RecordedMachine()
    try machine.addDisk("sda", size: 64 << 20)
    try machine.write("sys/class/block/sda/device/vpd_pg80", Data(page))
    let facts = try machine.inspected()
    #expect(try device("sda", facts).serial == Observed(looked: serial))
    #expect(facts.gaps == [])
  }

  @Test(arguments: [[0, 0x83, 0, 2, 97, 98], [0, 0x80, 0xFF, 0xFF], [0, 0x80], []] as [[UInt8]])
  func aPageThatMakesNoSenseIsAHarmlessGap(page: [UInt8]) throws {
    let machine = try RecordedMachine()
    try machine.addDisk("sda", size: 64 << 20)
    try machine.write("sys/class/block/sda/device/vpd_pg80", Data(page))
    let facts = try machine.inspected()
    #expect(try device("sda", facts).serial == .unknown)
    #expect(facts.gaps?.map(\.subject) == [.init(.device, "sda", member: "serial")])
    #expect(facts.gaps?.contains(where: \.hidesStorage) == false)
  }

  @Test func sizesAreExactBeyondWhatDoublesHold() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vdb", size: 64 << 20)
    let size = UInt64(1) << 53 + 512
    try machine.write("sys/class/block/vdb/size", "\(size / 512)\n")
    let facts = try machine.inspected()
    #expect(try device("vdb", facts).sizeBytes == .value(size))
    let again = try GuestFacts(json: JSON(parsing: facts.json.canonicalBytes))
    #expect(again.devices?.first?.sizeBytes == .value(size))
  }

  // MARK: signatures

  @Test func signaturesThatExcludeEachOtherAreNamed() throws {
    let machine = try RecordedMachine()
    // The superblocks of an XFS and of an ext4 on one disk, neither in use.
    try machine.addDisk("vdb", size: 400 << 20, content: [Fixture.superblock("xfs-inside"), Fixture.ext4()])
    let facts = try machine.inspected()
    let gap = try #require(facts.gaps?.first)
    #expect(gap.reason == .ambiguous && gap.hidesStorage && gap.detail.contains("ext4"))
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .undetermined)
  }
}
