// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

@testable import Presentation

@Suite struct StorageTreeTests {
  private func tree(_ facts: GuestFacts) -> StorageTree { StorageTree(RuleSet.current.judge(facts, scope: .guest)) }

  private func disk(_ name: String, parents: [String] = [], kind: Device.Kind = .disk) -> Device {
    var device = Device(name: name, kind: kind)
    device.sizeBytes = .value(1 << 30)
    device.parents = .value(parents)
    device.content = .none
    return device
  }

  private func facts(_ devices: [Device]) -> GuestFacts {
    var facts = GuestFacts(collectedAt: "", agentVersion: "")
    facts.guest.os.family = .value(.linux)
    facts.devices = devices
    return facts
  }

  @Test func partitionsVolumesAndWhatLiesOnThemHangTogether() throws {
    let rows = tree(try FactsFixtures.facts("luks-open-lvm")).rows
    #expect(rows.map(\.name) == ["vda", "└─vda1", "vdb", "└─dm-0", "  └─secret", "    └─keys"])
    #expect(rows.map(\.mounted) == ["", "/", "", "", "", "/srv/keys"])
  }

  @Test func sharedPartsAreDrawnOnce() throws {
    for name in ["lvm-two-disks", "raid1-two-disks", "btrfs-two-disks", "multipath", "lvm-duplicate-physical-volume"] {
      let rows = tree(try FactsFixtures.facts(name)).rows
      let references = rows.filter { $0.remark?.hasPrefix("see above") == true }
      #expect(references.count == 1, "\(name)")
    }
  }

  @Test func culpritsAreMarked() throws {
    let rows = tree(try FactsFixtures.facts("lvm-two-disks")).rows
    #expect(rows.filter { $0.mark == .blocker }.map { $0.name.trimmingTree } == ["vdb", "data", "logs", "vdc", "data"])
    let arrays = tree(try FactsFixtures.facts("raid1-two-disks")).rows
    #expect(arrays.filter { $0.mark == .warning }.map { $0.name.trimmingTree } == ["vdb", "md0", "vdc", "md0"])
    let unseen = tree(try FactsFixtures.facts("luks-closed")).rows
    #expect(unseen.filter { $0.mark == .unseen }.map(\.name) == ["vdb"])
    let lost = tree(try FactsFixtures.facts("lvm-missing-physical-volume")).rows
    #expect(lost.contains { $0.mark == .blocker && $0.name.hasPrefix("uuid ") && $0.remark == "missing PV of data" })
    for name in ["single-disk-ext4", "lvm-one-physical-volume", "multipath"] {
      #expect(tree(try FactsFixtures.facts(name)).rows.allSatisfy { $0.mark == .plain }, "\(name)")
    }
  }

  @Test func hiddenVolumesAreNotShown() throws {
    let names = tree(try FactsFixtures.facts("lvm-thin-pool")).rows.map(\.name.trimmingTree)
    #expect(names == ["vda", "vda1", "vdb", "vms", "mail", "pool", "web", "vdc", "vms"])
  }

  @Test func namesAreInNaturalOrder() {
    let rows = tree(facts(["vdaa", "vdb", "vda10", "vda2", "vda"].map { disk($0) })).rows
    #expect(rows.map(\.name) == ["vda", "vda2", "vda10", "vdb", "vdaa"])
  }

  @Test func manyDisksAreCutAndTheWrongOnesStay() throws {
    var facts = facts((0..<400).map { disk("nvme\($0)n1") })
    var group = VolumeGroup(name: "late", uuid: "G")
    group.physicalVolumes = .value(
      [398, 399].map { number in
        var volume = PhysicalVolume(uuid: "P\(number)")
        volume.device = .value("nvme\(number)n1")
        return volume
      })
    group.physicalVolumeCount = .value(2)
    facts.volumeGroups = [group]
    let tree = tree(facts)
    #expect(tree.rows.count <= StorageTree.rowLimit + 4)
    #expect(tree.moreDisks > 300)
    #expect(tree.rows.contains { $0.name == "nvme398n1" && $0.mark == .blocker })
    #expect(tree.rows.contains { $0.name.trimmingTree == "late" && $0.mark == .blocker })
  }

  @Test func loopsInTheFactsEnd() {
    let devices = [
      disk("a", parents: ["b"]), disk("b", parents: ["c"]), disk("c", parents: ["a"]), disk("self", parents: ["self"]),
      disk("orphan", parents: ["gone"]),
    ]
    let names = tree(facts(devices)).rows.map(\.name.trimmingTree)
    #expect(Set(names).isSuperset(of: ["a", "b", "c", "self", "orphan"]))
    #expect(names.count < 12)
  }

  @Test func aGroupOnItsOwnVolumeEnds() throws {
    var facts = try FactsFixtures.facts("lvm-one-physical-volume")
    let volumes = facts.volumeGroups?[0].physicalVolumes ?? .unknown
    facts.volumeGroups?[0].physicalVolumes = volumes.map {
      $0.map {
        var v = $0; v.device = .value("dm-0"); return v
      }
    }
    let names = tree(facts).rows.map(\.name.trimmingTree)
    #expect(Set(names).isSuperset(of: ["vda", "vda1", "vdb", "data", "db", "logs"]))
  }

  @Test func depthAndWidthAreBounded() {
    var devices = [disk("d0")]
    for depth in 1...5000 { devices.append(disk("d\(depth)", parents: ["d\(depth - 1)"], kind: .other)) }
    #expect(tree(facts(devices)).rows.count <= StorageTree.depthLimit + 2)
    // Everything rests on everything: the rows stay few although the paths are countless.
    let names = (0..<300).map { "x\($0)" }
    let tangled = names.map { name in disk(name, parents: names.filter { $0 != name }) } + [disk("root")]
    #expect(tree(facts(tangled)).rows.count <= StorageTree.rowLimit * 4 + 16)
  }
}

extension String {
  /// The name without the lines of the tree.
  fileprivate var trimmingTree: String { String(drop { "│├└─ ".contains($0) }) }
}
