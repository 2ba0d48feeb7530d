// SPDX-License-Identifier: Apache-2.0

import Facts
import TestSupport
import Testing

@testable import Inspection

/// Facts of recorded machines: what a stranger's machine would show.
@Suite struct RecordedMachineTests {
  private func facts(_ machine: RecordedMachine) throws -> GuestFacts { try machine.inspected() }

  private func addRootDisk(_ machine: RecordedMachine) throws {
    try machine.addDisk("vda", size: 64 << 20, serial: "root0")
    try machine.addPartition(1, of: "vda", start: 1 << 20, size: 32 << 20, content: [Fixture.ext4()])
    try machine.mount("vda1", on: "/", type: "ext4")
    try machine.write("etc/fstab", "UUID=01020304-0506-0708-090a-0b0c0d0e0f10 / ext4 defaults 0 1\n")
  }

  private func addGroup(_ machine: RecordedMachine, _ fixture: String, _ names: [String]) throws {
    for (device, name) in zip(try Fixture.devices(fixture), names) {
      try machine.addDisk(name, size: device.size, serial: "data-\(name)", content: device.content)
    }
  }

  @Test func anOrdinaryServer() throws {
    let machine = try RecordedMachine()
    try addRootDisk(machine)
    let facts = try facts(machine)
    #expect(facts.gaps == [])
    #expect(facts.devices?.map(\.name) == ["vda", "vda1"])
    let root = try #require(facts.devices?.last)
    #expect(root.content.value?.type == "ext4" && root.content.value?.label == .value("root"))
    #expect(root.mountPoints == .value(["/"]) && root.disks == .value(["vda"]) && root.parents == .value(["vda"]))
    #expect(root.partition.value?.number == 1 && root.partition.value?.startBytes == .value(1 << 20))
    #expect(facts.devices?.first?.serial == .value("root0"))
    #expect(facts.devices?.first?.pciAddress == .value("0000:00:01.0"))
    #expect(facts.fstab?.first?.device == .value("vda1"))
    #expect(facts.guest.instanceID == .value("877a2cda-ba63-4e1e-b95f-e67e48b6129a"))
    #expect(facts.guest.instanceIDSource == .value("dmi"))
    #expect(facts.guest.os.id == .value("debian") && facts.guest.virtualization == .value("kvm"))
    #expect(facts.sections?.values.allSatisfy { $0 == .complete } == true)
  }

  @Test func factsSurviveTheirDocument() throws {
    let machine = try RecordedMachine()
    try addRootDisk(machine)
    try addGroup(machine, "striped", ["vdb", "vdc"])
    let facts = try facts(machine)
    let again = try GuestFacts(json: JSON(parsing: facts.json.canonicalBytes))
    #expect(again == facts)
  }

  @Test func aGroupOverTwoDisks() throws {
    let machine = try RecordedMachine()
    try addRootDisk(machine)
    try addGroup(machine, "striped", ["vdb", "vdc"])
    let group = try #require(try facts(machine).volumeGroups?.first)
    #expect(group.physicalVolumes.value?.map(\.device) == [.value("vdb"), .value("vdc")])
    #expect(group.disks == .value(["vdb", "vdc"]))
    #expect(group.source.value?.hasPrefix("/dev/vdb LVM2 metadata, sequence ") == true)
    #expect(group.partial == .value(false))
  }

  @Test func aMissingMemberIsKnownToBeMissing() throws {
    let machine = try RecordedMachine()
    try addRootDisk(machine)
    let device = try #require(try Fixture.devices("striped").first)
    try machine.addDisk("vdb", size: device.size, content: device.content)
    let group = try #require(try facts(machine).volumeGroups?.first)
    #expect(group.partial == .value(true))
    #expect(group.physicalVolumes.value?.map(\.missing) == [.value(false), .value(true)])
    #expect(group.physicalVolumes.value?.last?.device == Observed<String>.none)
  }

  @Test func aSuspendedDeviceIsNotOpened() throws {
    let machine = try RecordedMachine()
    try addRootDisk(machine)
    try machine.addMapping(0, name: "stuck", uuid: "", over: ["vda"], size: 4 << 20)
    try machine.write("sys/devices/virtual/block/dm-0/dm/suspended", "1\n")
    // Opening it would be seen: there is nothing to open.
    try machine.remove("dev/dm-0")
    let gap = try #require(try facts(machine).gaps?.first { $0.subject.name == "dm-0" })
    #expect(gap.reason == .suspended && gap.hidesStorage)
  }

  @Test(arguments: ["flipped-magic", "flipped-header", "corrupt-text", "corrupt-area-header", "marked-used", "lvm1"])
  func whatMayHideAGroupIsAGap(fixture: String) throws {
    let machine = try RecordedMachine()
    try addRootDisk(machine)
    if fixture == "lvm1" {
      try machine.addDisk(
        "vdb", size: 8 << 20, content: [(0, Array("HM".utf8) + [1, 0] + [UInt8](repeating: 1, count: 508))])
    } else {
      let device = try #require(try Fixture.devices(fixture).first)
      try machine.addDisk("vdb", size: device.size, content: device.content)
    }
    let gaps = try facts(machine).gaps ?? []
    #expect(gaps.contains { $0.hidesStorage })
  }

  @Test func aMountedDiskIsNoPhysicalVolume() throws {
    let machine = try RecordedMachine()
    let device = try #require(try Fixture.devices("linear").first)
    // Some mkfs leave the label in sector 1 of a former physical volume where it is.
    try machine.addDisk("vda", size: device.size, content: device.content + [Fixture.ext4()])
    let unused = try facts(machine)
    #expect(unused.volumeGroups?.count == 1)
    try machine.mount("vda", on: "/", type: "ext4")
    let mounted = try facts(machine)
    #expect(mounted.devices?.first?.content.value?.type == "ext4")
    #expect(mounted.volumeGroups == [])
    #expect(mounted.gaps?.isEmpty == false && mounted.gaps?.contains { $0.hidesStorage } == false)
  }

  @Test func aDiskThatCannotBeOpenedHasItsNatureFromTheKernel() throws {
    let machine = try RecordedMachine()
    try addRootDisk(machine)
    try machine.remove("dev/vda1")
    let facts = try facts(machine)
    #expect(facts.devices?.last?.content.value?.type == "ext4")
    #expect(facts.gaps?.map(\.subject.member) == ["content.uuid"])
    #expect(facts.gaps?.contains { $0.hidesStorage } == false)
  }

  @Test func aDiskThatCannotBeOpenedAndIsNotInUseHides() throws {
    let machine = try RecordedMachine()
    try addRootDisk(machine)
    try machine.addDisk("vdb", size: 8 << 20)
    try machine.remove("dev/vdb")
    #expect(try facts(machine).gaps?.contains { $0.subject.name == "vdb" && $0.hidesStorage } == true)
  }

  @Test func swapIsKnownByTheKernel() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vdb", size: 8 << 20)
    try machine.swapOn("vdb", kibibytes: 8188)
    let facts = try facts(machine)
    #expect(facts.swaps?.first?.device == .value("vdb"))
    #expect(facts.devices?.first?.content.value?.type == "swap")
  }

  @Test func linksDoNotLeadOutOfTheRecording() throws {
    let machine = try RecordedMachine()
    try machine.remove("etc/os-release")
    try machine.link("etc/os-release", to: "../../../../../../../etc/hostname")
    #expect(try facts(machine).guest.os.id == Observed<String>.none)
  }

  @Test func everythingIsMissing() throws {
    let machine = try RecordedMachine()
    try machine.remove("sys")
    try machine.remove("proc")
    let facts = try facts(machine)
    #expect(facts.devices == nil && facts.state(of: .devices) == .absent)
    #expect(facts.gaps?.contains { $0.subject == .init(.section, "devices") } == true)
  }
}
