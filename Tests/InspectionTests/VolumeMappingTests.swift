// SPDX-License-Identifier: Apache-2.0

import Facts
import TestSupport
import Testing

@testable import Inspection

/// What the kernel has mapped against what the metadata on disk says.
@Suite struct VolumeMappingTests {
  /// A machine with one group on `vdb`, a disk beside it, and the group's first volume.
  private struct Scene {
    let machine: RecordedMachine
    let group: VolumeGroup
    let volume: LogicalVolume

    init() throws {
      machine = try RecordedMachine()
      let device = try #require(try Fixture.devices("linear").first)
      try machine.addDisk("vdb", size: device.size, content: device.content)
      try machine.addDisk("vdc", size: 64 << 20)
      group = try #require(try machine.inspected().volumeGroups?.first)
      volume = try #require(group.logicalVolumes.value?.first)
    }

    /// Maps a layer of the volume.
    func map(_ index: Int, _ suffix: String = "", over parents: [String], more bytes: Int = 0) throws {
      let uuid = "LVM-" + (group.uuid + volume.uuid).replacing("-", with: "") + suffix
      let size = Int(volume.sizeBytes.value ?? 0) + bytes
      try machine.addMapping(index, name: "vg-\(volume.name)\(suffix)", uuid: uuid, over: parents, size: size)
    }

    func mappedVolume() throws -> LogicalVolume {
      try #require(try machine.inspected().volumeGroups?.first?.logicalVolumes.value?.first)
    }

    func mappingGaps() throws -> [Gap] {
      try #require(try machine.inspected().gaps).filter { $0.subject.member == "mapping" && $0.hidesStorage }
    }
  }

  @Test func aMappedVolumeIsActive() throws {
    let scene = try Scene()
    #expect(scene.volume.active == .value(false) && scene.volume.device == Observed<String>.none)
    try scene.map(0, over: ["vdb"])
    let after = try scene.machine.inspected()
    #expect(try scene.mappedVolume().device == .value("dm-0") && scene.mappedVolume().active == .value(true))
    #expect(after.devices?.first { $0.name == "dm-0" }?.kind == .lvm)
    #expect(after.devices?.first { $0.name == "dm-0" }?.disks == .value(["vdb"]))
    #expect(after.gaps == [])
  }

  @Test func aMappingOfAnotherSizeIsAGap() throws {
    let scene = try Scene()
    try scene.map(0, over: ["vdb"], more: 512)
    #expect(try scene.mappingGaps().count == 1)
  }

  @Test func aMappingOnAnotherDiskIsAGap() throws {
    let scene = try Scene()
    try scene.map(0, over: ["vdb", "vdc"])
    let gap = try #require(try scene.mappingGaps().first)
    #expect(gap.detail.contains("/dev/vdc") && gap.subject.name == scene.volume.uuid)
  }

  /// A volume of the segment types `zero` or `error` has no device below it.
  @Test func aMappingOverNothingIsNoOtherDisk() throws {
    let scene = try Scene()
    try scene.map(0, over: [])
    #expect(try scene.mappingGaps().isEmpty)
  }

  @Test func theLayersOfAVolumeAreNoMembersOfAnything() throws {
    let scene = try Scene()
    try scene.map(0, "-real", over: ["vdb"])
    try scene.map(1, over: ["dm-0"])
    let after = try scene.machine.inspected()
    #expect(after.gaps?.contains { $0.hidesStorage } == false)
    #expect(try scene.mappedVolume().device == .value("dm-1"))
    #expect(after.volumeGroups?.first?.disks == .value(["vdb"]))
    // Nothing is left unknown of what was not opened.
    #expect(after.devices?.contains { !$0.content.isKnown || !$0.partitionTable.isKnown } == false)
  }

  /// An external origin that only thin volumes use.
  @Test func aVolumeWithOnlyItsLowerLayerIsNotActive() throws {
    let scene = try Scene()
    try scene.map(0, "-real", over: ["vdb"])
    #expect(try scene.mappedVolume().active == .value(false))
    #expect(try scene.mappedVolume().device == Observed<String>.none)
  }

  /// lvs(8) names a pool by the layer that its thin volumes use, a cache volume by its whole.
  @Test(arguments: [
    (["-pool", "-tpool"], 1), (["-tpool", "-pool"], 0), (["-cdata", "-cmeta", "-cvol"], 2), (["-tdata"], 0),
    (["-vpool", ""], 1),
  ]) func theDeviceIsTheOneThatLVMNames(suffixes: [String], expected: Int) throws {
    let scene = try Scene()
    for (index, suffix) in suffixes.enumerated() { try scene.map(index, suffix, over: ["vdb"]) }
    #expect(try scene.mappedVolume().device == .value("dm-\(expected)"))
  }

  @Test func aMappingThatTheDiskDoesNotKnowIsAGap() throws {
    let scene = try Scene()
    let uuid = "LVM-" + String(repeating: "a", count: 64)
    try scene.machine.addMapping(0, name: "vg-gone", uuid: uuid, over: ["vdb"], size: 4 << 20)
    let gaps = try #require(try scene.machine.inspected().gaps)
    let gap = try #require(gaps.first { $0.subject.name == "dm-0" && $0.subject.member == "group" })
    #expect(gap.reason == .inconsistent && gap.hidesStorage)
  }
}
