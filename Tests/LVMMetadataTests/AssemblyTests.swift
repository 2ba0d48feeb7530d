// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// Groups that are not whole, and devices whose metadata contradicts itself; each fixture was made by lvm2.
@Suite struct AssemblyTests {
  @Test func theOnlyMemberCarriesTheGroup() throws {
    let group = try #require(try FixtureMachine("linear").assembled().groups.first)
    #expect(group.standing == .current)
    #expect(group.isComplete)
    #expect(group.evidence.map(\.device) == ["d0"])
    #expect(group.evidence.map(\.areaOffset) == [4096])
    #expect(group.evidence.map(\.sequence) == [group.metadata.sequence])
  }

  @Test func freePhysicalVolumes() throws {
    for fixture in ["orphan", "removed"] {
      let assembly = try FixtureMachine(fixture).assembled()
      #expect(assembly.groups.isEmpty)
      #expect(assembly.physicalVolumes.map(\.standing) == [.free])
    }
  }

  @Test func bothCopiesOfOneDeviceAreEvidence() throws {
    let assembly = try FixtureMachine("copies").assembled()
    let group = try #require(assembly.groups.first)
    #expect(group.evidence.map(\.device) == ["d0", "d0"])
    #expect(Set(group.evidence.map(\.areaOffset)).count == 2)
    #expect(group.members.map(\.devices) == [["d0"], ["d1"]])
  }

  @Test func aMissingMember() throws {
    let group = try #require(try FixtureMachine("missing").assembled().groups.first)
    #expect(group.members.map(\.state) == [.found, .missing])
    #expect(group.standing == .current)
  }

  @Test func anIgnoredAreaIsNoEvidence() throws {
    let both = try #require(try FixtureMachine("ignored").assembled().groups.first)
    #expect(both.evidence.map(\.device) == ["d0"])
    #expect(both.olderCopies.isEmpty)
    #expect(both.members.map(\.state) == [.found, .found])
    let alone = try FixtureMachine("ignored-alone").assembled()
    #expect(alone.groups.isEmpty)
    #expect(alone.physicalVolumes.map(\.standing) == [.unclaimed(.markedUsed)])
  }

  @Test func aMemberWithoutAreasIsUnclaimedAlone() throws {
    let assembly = try FixtureMachine("marked-used").assembled()
    #expect(assembly.groups.isEmpty)
    #expect(assembly.physicalVolumes.map(\.standing) == [.unclaimed(.markedUsed)])
  }

  @Test func aRemovedDiskThatCameBackIsOutdated() throws {
    let assembly = try FixtureMachine("outdated").assembled()
    let group = try #require(assembly.groups.first)
    #expect(group.members.flatMap(\.devices) == ["d0", "d1"])
    #expect(group.outdated.map(\.device) == ["d2"])
    #expect(group.outdated.allSatisfy { $0.sequence < group.metadata.sequence })
    #expect(assembly.physicalVolumes.last?.standing == .outdated(in: group.identifier))
  }

  @Test func aRemovedDiskAloneClaimsItsOldGroup() throws {
    // Nothing on this disk tells that it was removed: the group it remembers is whole no more, which is what must show.
    let group = try #require(try FixtureMachine("outdated-alone").assembled().groups.first)
    #expect(group.members.map(\.state) == [.missing, .missing, .found])
    #expect(!group.isComplete)
  }

  @Test func aDiskThatMissedAChangeHasReturned() throws {
    let group = try #require(try FixtureMachine("returned").assembled().groups.first)
    #expect(group.members.map(\.state) == [.found, .returned])
    #expect(group.evidence.map(\.device) == ["d0"])
    #expect(group.olderCopies.map(\.device) == ["d1"])
    #expect(group.outdated.isEmpty)
  }

  @Test(arguments: ["returned-unused", "returned-without-area"])
  func aDiskThatMissedNothingIsFound(fixture: String) throws {
    let group = try #require(try FixtureMachine(fixture).assembled().groups.first)
    #expect(group.metadata.physicalVolumes.map { $0.status.contains(.missing) } == [false, true])
    #expect(group.members.map(\.state) == [.found, .found])
    #expect(group.isComplete)
  }

  @Test func equalSequenceWithDifferentTextIsAmbiguous() throws {
    let assembly = try FixtureMachine("ambiguous").assembled()
    let group = try #require(assembly.groups.first)
    #expect(assembly.groups.count == 1)
    #expect(group.standing == .ambiguous)
    #expect(group.alternatives.count == 1)
    #expect(Set(group.evidence + group.alternatives.flatMap(\.evidence)).map(\.device).sorted() == ["d0", "d1"])
  }

  @Test func twoGroupsOfOneNameStayTwo() throws {
    let assembly = try FixtureMachine("same-name").assembled()
    #expect(assembly.groups.map(\.metadata.name) == ["twin", "twin"])
    #expect(Set(assembly.groups.map(\.identifier)).count == 2)
    #expect(Set(assembly.groups.map { $0.members.flatMap(\.devices) }) == [["d0"], ["d1"]])
  }

  @Test func aCloneIsADuplicate() throws {
    let assembly = try FixtureMachine("cloned").assembled()
    let group = try #require(assembly.groups.first)
    #expect(group.members.map(\.state) == [.duplicated])
    #expect(group.members.map(\.devices) == [["d0", "d1"]])
    #expect(assembly.duplicates.map(\.devices) == [["d0", "d1"]])
    #expect(assembly.duplicates.map(\.identifier) == group.members.map(\.identifier))
  }

  @Test(arguments: [("corrupt-text", "text_checksum"), ("corrupt-area-header", "header_checksum")])
  func damagedMetadataIsReported(fixture: String, code: String) throws {
    let assembly = try FixtureMachine(fixture).assembled()
    #expect(assembly.groups.isEmpty)
    #expect(assembly.unreadable.map(\.reason.code) == [code])
    #expect(assembly.unreadable.map(\.areaOffset) == [4096])
    #expect(assembly.physicalVolumes.map(\.standing) == [.unclaimed(.unreadableMetadata)])
  }

  @Test func damageOfOneCopyStaysWithTheGroup() throws {
    var machine = try FixtureMachine("striped")
    let location = try #require(try machine["d1"].physicalVolume().metadataAreas.first?.committed)
    machine["d1"].change(at: 4096 + location.offset + 50) { $0 ^ 1 }
    let group = try #require(try machine.assembled().groups.first)
    #expect(group.evidence.map(\.device) == ["d0"])
    #expect(group.unreadable.map(\.device) == ["d1"])
    #expect(group.members.map(\.state) == [.found, .found])
  }

  @Test func orderOfInputDoesNotMatter() throws {
    for fixture in ["stack", "ambiguous", "outdated", "same-name"] {
      let volumes = try FixtureMachine(fixture).physicalVolumes()
      let forward = VolumeGroupAssembly.assemble(volumes)
      let backward = VolumeGroupAssembly.assemble(volumes.reversed())
      #expect(forward.groups.map(\.evidence) == backward.groups.map(\.evidence))
      #expect(forward.groups.map(\.members) == backward.groups.map(\.members))
      #expect(forward.physicalVolumes == backward.physicalVolumes)
    }
  }

  /// Texts that were read before are shared, and say what they said.
  @Test func sharedTextsAssembleTheSame() throws {
    for fixture in ["stack", "striped", "ambiguous", "outdated", "same-name"] {
      let read = try FixtureMachine(fixture).physicalVolumes()
      var texts = MetadataTexts()
      var shared = read
      for index in shared.indices { texts.learn(&shared[index].volume) }
      #expect(shared.map(\.volume) == read.map(\.volume))
      let (assembly, plain) = (VolumeGroupAssembly.assemble(shared, texts: texts), VolumeGroupAssembly.assemble(read))
      #expect(assembly.groups.map(\.evidence) == plain.groups.map(\.evidence))
      #expect(assembly.groups.map(\.members) == plain.groups.map(\.members))
      #expect(assembly.physicalVolumes == plain.physicalVolumes)
    }
  }

  @Test func aTruncatedDeviceLosesExtents() throws {
    var machine = try FixtureMachine("linear")
    machine["d0"].size = 8 << 20
    let member = try #require(try machine.assembled().groups.first?.members.first)
    let disagreement = try #require(member.sizeDisagreements.first)
    #expect(disagreement.losesExtents)
    #expect(disagreement.recordedSize == 64 << 20)
    machine["d0"].size = 128 << 20
    let grown = try #require(try machine.assembled().groups.first?.members.first?.sizeDisagreements.first)
    #expect(!grown.losesExtents)
  }
}
