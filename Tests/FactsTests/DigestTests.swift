// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@Suite struct DigestTests {
  @Test func digestsAreSHA256OfCanonicalBytes() {
    #expect(
      Digest.of(bytes: []) == "v1:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(Digest.of(.members(("b", 1), ("a", 2))) == Digest.of(bytes: Array(#"{"a":2,"b":1}"#.utf8)))
    #expect(Digest.hex([0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
  }

  @Test(arguments: FactsFixtures.names) func factsDigestIgnoresWhenAndByWhomOnly(_ name: String) throws {
    let facts = try FactsFixtures.facts(name)
    var later = facts
    later.collectedAt = "2030-01-01T00:00:00Z"
    later.durationMicroseconds += 1
    later.agentVersion = "9.9.9"
    #expect(later.factsDigest == facts.factsDigest)
    later.guest.hostname = .value("another")
    #expect(later.factsDigest != facts.factsDigest)
    #expect(try Digest.ofFacts(FactsFixtures.document(name)) == facts.factsDigest)
  }

  @Test func factsDigestCountsMembersThatThisReleaseDoesNotKnow() throws {
    guard case .object(var document) = try FactsFixtures.document("single-disk-ext4") else { return }
    let digest = Digest.ofFacts(.object(document))
    document["initramfs"] = [1]
    #expect(Digest.ofFacts(.object(document)) != digest)
  }

  @Test func fixturesHaveDigestsOfTheirOwn() throws {
    let digests = try FactsFixtures.names.map { try FactsFixtures.facts($0).factsDigest }
    #expect(Set(digests).count == FactsFixtures.names.count)
  }
}

/// The topology digest says where data lies, whatever the kernel calls the devices today.
@Suite struct TopologyDigestTests {
  static let layouts = ["lvm-two-disks", "lvm-on-raid1", "btrfs-two-disks", "lvm-thin-pool", "luks-open-lvm"]

  /// What must not change the digest.
  static let neutral: [(String, @Sendable (inout GuestFacts) -> Void)] = [
    ("kernel names", { Renaming(["vda": "sdc", "vdb": "sda", "vdc": "sdb", "vda1": "sdc1"]).apply(to: &$0) }),
    (
      "order",
      { facts in
        facts.devices?.reverse()
        facts.volumeGroups = facts.volumeGroups?.reversed().map { group in
          var group = group
          group.physicalVolumes = group.physicalVolumes.map { $0.reversed() }
          group.logicalVolumes = group.logicalVolumes.map { $0.reversed() }
          group.disks = group.disks.map { $0.reversed() }
          return group
        }
        facts.raidArrays = facts.raidArrays?.map { array in
          var array = array
          array.members = array.members.map { $0.reversed() }
          return array
        }
      }
    ),
    (
      "sizes",
      { facts in
        for index in (facts.devices ?? []).indices { facts.devices?[index].sizeBytes = .value(1) }
        eachGroup(&facts) { group in
          group.extentSizeBytes = .value(1)
          eachVolume(&group) { $0.extentsAllocated = .value(1) }
        }
      }
    ),
    (
      "sequence",
      {
        eachGroup(&$0) {
          $0.sequence = .value(9999); $0.source = .value("elsewhere")
        }
      }
    ),
    (
      "mounts",
      { facts in
        facts.mounts = []
        facts.otherMounts = [:]
        facts.swaps = []
        facts.fstab = []
        for index in (facts.devices ?? []).indices { facts.devices?[index].mountPoints = .value([]) }
        facts.countArrays()
      }
    ),
    (
      "active state",
      { facts in
        eachGroup(&facts) { group in
          group.logicalVolumes = group.logicalVolumes.map { volumes in
            volumes.map { volume in
              var volume = volume
              volume.active = .value(false)
              volume.device = .none
              return volume
            }
          }
        }
      }
    ),
    ("time", { $0.collectedAt = "2030-01-01T00:00:00Z" }),
    ("host name", { $0.guest.hostname = .value("other") }),
    ("a harmless gap", { addGap(&$0, Gap(Gap.Subject(.device, "vdb", member: "model"), .unreadable, detail: "x")) }),
    ("the detail of nothing", { $0.visibility = [Visibility(.noUdev, detail: "x")] }),
  ]

  @Test(arguments: layouts, neutral.map(\.0)) func staysTheSame(_ name: String, _ change: String) throws {
    let facts = try FactsFixtures.facts(name)
    var changed = facts
    Self.neutral.first { $0.0 == change }?.1(&changed)
    #expect(changed != facts || change == "order" || change == "sequence" || change == "active state")
    #expect(changed.topologyDigest == facts.topologyDigest)
  }

  /// What must change it.
  static let telling: [(String, @Sendable (inout GuestFacts) -> Void)] = [
    (
      "a physical volume more",
      { facts in
        eachGroup(&facts) { group in
          var volume = PhysicalVolume(uuid: "added0-0000-0000-0000-0000-0000-000000")
          volume.device = .value("vda")
          group.physicalVolumes = group.physicalVolumes.map { $0 + [volume] }
          group.physicalVolumeCount = group.physicalVolumeCount.map { $0 + 1 }
        }
      }
    ),
    (
      "a physical volume lost",
      {
        eachGroup(&$0) {
          eachVolume(&$0) {
            $0.missing = .value(true); $0.device = .none
          }
        }
      }
    ),
    ("a copy", { eachGroup(&$0) { eachVolume(&$0) { $0.duplicateDevices = .value(["vda", "vdb"]) } } }),
    (
      "another disk",
      {
        eachGroup(&$0) {
          $0.disks = .value(["vda"]); eachVolume(&$0) { $0.disks = .value(["vda"]) }
        }
      }
    ),
    ("exported", { eachGroup(&$0) { $0.exported = .value(true) } }),
    (
      "another serial",
      { facts in
        for index in (facts.devices ?? []).indices where facts.devices?[index].kind == .disk {
          facts.devices?[index].serial = .value("other-\(index)")
        }
      }
    ),
    ("a gap", { addGap(&$0, Gap(Gap.Subject(.device, "vdb", member: "content"), .unreadable, detail: "x")) }),
    ("a fact erased", { eachGroup(&$0) { eachVolume(&$0) { $0.duplicateDevices = .unknown } } }),
    ("a section partial", { $0.setState(of: .devices, .partial) }),
    ("counts gone", { $0.counts = nil }),
    ("gaps gone", { $0.gaps = nil }),
    ("another system", { $0.guest.os.family = .value(.windows) }),
    ("no devices", { $0.devices = [] }),
  ]

  @Test(arguments: ["lvm-two-disks", "lvm-on-raid1", "lvm-thin-pool"], telling.map(\.0))
  func changes(_ name: String, _ change: String) throws {
    let facts = try FactsFixtures.facts(name)
    var changed = facts
    Self.telling.first { $0.0 == change }?.1(&changed)
    #expect(changed.topologyDigest != facts.topologyDigest)
  }

  @Test(arguments: ["raid1-two-disks", "btrfs-two-disks"]) func arraysAndFileSystemsCount(_ name: String) throws {
    let facts = try FactsFixtures.facts(name)
    var changed = facts
    for index in (facts.raidArrays ?? []).indices { changed.raidArrays?[index].disks = .value(["vdb"]) }
    for index in (facts.multiDeviceFileSystems ?? []).indices {
      changed.multiDeviceFileSystems?[index].members = .value(["vdb"])
    }
    #expect(changed.topologyDigest != facts.topologyDigest)
  }
}

private func eachGroup(_ facts: inout GuestFacts, _ change: (inout VolumeGroup) -> Void) {
  for index in (facts.volumeGroups ?? []).indices {
    guard var group = facts.volumeGroups?[index] else { continue }
    change(&group)
    facts.volumeGroups?[index] = group
  }
}

private func eachVolume(_ group: inout VolumeGroup, _ change: (inout PhysicalVolume) -> Void) {
  group.physicalVolumes = group.physicalVolumes.map { volumes in
    volumes.map { volume in
      var volume = volume
      change(&volume)
      return volume
    }
  }
}

private func addGap(_ facts: inout GuestFacts, _ gap: Gap) {
  facts.gaps = (facts.gaps ?? []) + [gap]
  facts.countArrays()
}

/// Gives devices other kernel names, wherever they are named.
struct Renaming: Sendable {
  let names: [String: String]

  init(_ names: [String: String]) { self.names = names }

  func apply(to facts: inout GuestFacts) {
    facts.devices = facts.devices?.map { device in
      var device = device
      device.name = new(device.name)
      device.parents = device.parents.map(new)
      device.disks = device.disks.map(new)
      return device
    }
    facts.volumeGroups = facts.volumeGroups?.map { group in
      var group = group
      group.disks = group.disks.map(new)
      eachVolume(&group) { volume in
        volume.device = volume.device.map(new)
        volume.duplicateDevices = volume.duplicateDevices.map(new)
        volume.disks = volume.disks.map(new)
      }
      return group
    }
    facts.raidArrays = facts.raidArrays?.map { array in
      var array = array
      array.members = array.members.map(new)
      array.disks = array.disks.map(new)
      return array
    }
    facts.multiDeviceFileSystems = facts.multiDeviceFileSystems?.map { system in
      var system = system
      system.members = system.members.map(new)
      system.disks = system.disks.map(new)
      return system
    }
    facts.mounts = facts.mounts?.map { mount in
      var mount = mount
      mount.device = new(mount.device)
      return mount
    }
  }

  private func new(_ name: String) -> String { names[name] ?? name }
  private func new(_ names: [String]) -> [String] { names.map(new) }
}
