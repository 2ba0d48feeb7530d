// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// Contradictions that lvm2 makes only by accident.
@Suite struct HandmadeAssemblyTests {
  /// A device that carries `text` as the physical volume with the given number.
  private static func device(_ name: String, _ number: Int, _ text: String?) throws -> (
    device: String, volume: PhysicalVolume
  ) {
    var device = HandmadeDevice()
    device.identifier = Array(GroupText.identifier(number).utf8)
    device.deviceSize = 1 << 30
    if let text { device.commit(Array(text.utf8), at: 512) }
    return (name, try device.device.physicalVolume())
  }

  private static func text(_ physical: [Int], group: Int = 1, sequence: Int = 7) -> String {
    var text = GroupText()
    text.fields = text.fields.replacing(GroupText.identifier(1), with: GroupText.identifier(group))
      .replacing("seqno = 7", with: "seqno = \(sequence)")
    text.physical = physical.map { GroupText.physical($0) }
    return text.text
  }

  @Test func metadataThatNoMemberCarriesIsStale() throws {
    let assembly = VolumeGroupAssembly.assemble([
      try Self.device("d0", 100, nil), try Self.device("d9", 109, Self.text([0, 1])),
    ])
    let group = try #require(assembly.groups.first)
    #expect(group.standing == .stale)
    #expect(group.members.map(\.state) == [.found, .missing])
    #expect(group.outdated.map(\.device) == ["d9"])
    #expect(
      assembly.physicalVolumes.map(\.standing) == [.member(of: [group.identifier]), .outdated(in: group.identifier)])
  }

  @Test func anOlderMemberDoesNotMakeStaleMetadataCurrent() throws {
    let assembly = VolumeGroupAssembly.assemble([
      try Self.device("d0", 100, Self.text([0, 1], sequence: 6)), try Self.device("d9", 109, Self.text([0, 1])),
    ])
    #expect(assembly.groups.map(\.standing) == [.stale])
    #expect(assembly.groups.first?.olderCopies.map(\.device) == ["d0"])
  }

  @Test func theNewestSequenceDecidesWhoIsAMember() throws {
    let assembly = VolumeGroupAssembly.assemble([
      try Self.device("d0", 100, Self.text([0, 1, 2])), try Self.device("d1", 101, Self.text([1], sequence: 8)),
      try Self.device("d2", 102, Self.text([0, 1, 2])),
    ])
    let group = try #require(assembly.groups.first)
    #expect(group.metadata.sequence == 8)
    #expect(group.standing == .current)
    #expect(group.members.map(\.devices) == [["d1"]])
    #expect(group.outdated.map(\.device) == ["d0", "d2"])
  }

  @Test func onePhysicalVolumeInTwoGroups() throws {
    let assembly = VolumeGroupAssembly.assemble([
      try Self.device("d0", 100, Self.text([0, 1], group: 1)), try Self.device("d1", 101, Self.text([0, 1], group: 2)),
    ])
    #expect(assembly.groups.count == 2)
    for group in assembly.groups { #expect(group.members.allSatisfy { $0.otherGroups.count == 1 }) }
    #expect(
      assembly.physicalVolumes.map(\.standing)
        == Array(repeating: .member(of: assembly.groups.map(\.identifier)), count: 2))
  }

  @Test func textThatIsIntactAndNotUnderstood() throws {
    let assembly = VolumeGroupAssembly.assemble([
      try Self.device("d0", 100, Self.text([0, 1])),
      try Self.device("d1", 101, Self.text([0, 1]).replacing("extent_size", with: "extent_sizf")),
      try Self.device("d2", 102, "nonsense {"),
    ])
    let group = try #require(assembly.groups.first)
    #expect(group.evidence.map(\.device) == ["d0"])
    #expect(group.unreadable.map(\.device) == ["d1"])
    #expect(assembly.unreadable.map(\.reason.code) == ["missing_field", "unexpected_end"])
    #expect(assembly.physicalVolumes.last?.standing == .unclaimed(.unreadableMetadata))
  }

  @Test func aDamagedCopyOnARemovedDeviceStillConcernsTheGroup() throws {
    // The removed device has two copies: one old, one that cannot be read and may be newer than all others.
    var removed = HandmadeDevice()
    removed.identifier = Array(GroupText.identifier(102).utf8)
    removed.metadataAreas = [(4096, 65_536), (1 << 20, 65_536)]
    removed.commit(Array(Self.text([0, 2], sequence: 5).utf8), at: 512)
    let assembly = VolumeGroupAssembly.assemble([
      try Self.device("d0", 100, Self.text([0])), ("d2", try removed.device.physicalVolume()),
    ])
    let group = try #require(assembly.groups.first)
    #expect(group.members.map(\.devices) == [["d0"]])
    #expect(group.outdated.map(\.device) == ["d2"])
    #expect(group.unreadable.map(\.reason.code) == ["header_magic"])
  }

  @Test func extentsOfADuplicateAreComparedForEachDevice() throws {
    let text = Self.text([0])
    var small = try Self.device("d1", 100, text)
    var device = HandmadeDevice()
    device.identifier = Array(GroupText.identifier(100).utf8)
    device.deviceSize = 8 << 20
    device.commit(Array(text.utf8), at: 512)
    small.volume = try device.device.physicalVolume()
    let assembly = VolumeGroupAssembly.assemble([try Self.device("d0", 100, text), small])
    let member = try #require(assembly.groups.first?.members.first)
    #expect(member.state == .duplicated)
    #expect(member.sizeDisagreements.map(\.device) == ["d0", "d1"])
    #expect(member.sizeDisagreements.map(\.losesExtents) == [false, true])
  }

  @Test func nothingGivesNothing() {
    let assembly = VolumeGroupAssembly.assemble([])
    #expect(assembly.groups.isEmpty && assembly.physicalVolumes.isEmpty && assembly.duplicates.isEmpty)
  }
}
