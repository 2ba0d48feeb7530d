// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The commands that bring a volume group into one place.
@Suite struct ConsolidationTests {
  /// A physical volume: device, its disk, extents in all and taken.
  struct Space {
    var device: String
    var disk: String
    var total: UInt64
    var used: UInt64

    init(_ device: String, on disk: String? = nil, _ total: UInt64, used: UInt64) {
      self.device = device
      self.disk = disk ?? device
      self.total = total
      self.used = used
    }
  }

  static func group(
    _ spaces: [Space], name: String = "data", layout: String = "linear", extent: UInt64 = 4 << 20
  ) -> VolumeGroup {
    var group = VolumeGroup(name: name, uuid: "GROUP-\(name)")
    group.extentSizeBytes = .value(extent)
    let volumes = spaces.enumerated().map { index, space in
      var volume = PhysicalVolume(uuid: "PV\(index)")
      volume.device = .value(space.device)
      volume.duplicateDevices = .value([])
      volume.extentCount = .value(space.total)
      volume.extentsAllocated = .value(space.used)
      volume.missing = .value(false)
      volume.disks = .value([space.disk])
      return volume
    }
    var logical = LogicalVolume(name: "lv", uuid: "LV")
    logical.layout = .value(layout)
    logical.hidden = .value(false)
    logical.physicalVolumes = .value(volumes.map(\.uuid))
    group.physicalVolumes = .value(volumes)
    group.physicalVolumeCount = .value(volumes.count)
    group.logicalVolumes = .value([logical])
    group.logicalVolumeCount = .value(1)
    group.exported = .value(false)
    group.partial = .value(false)
    group.disks = .value(Array(Set(spaces.map(\.disk))).sorted())
    return group
  }

  static func remedy(_ groups: [VolumeGroup], _ reading: Reading = .physicalVolumes) -> [Remedy] {
    var facts = GuestFacts(collectedAt: "", agentVersion: "")
    facts.guest.os.family = .value(.linux)
    facts.volumeGroups = groups
    let judgement = RuleSet.current.judge(facts, scope: .guest, reading: reading)
    return judgement.findings.first {
      $0.rule == "lvm-volume-group-spans-physical-volumes" && $0.subjects.first?.name == groups.first?.name
    }?.remedy ?? []
  }

  static func commands(_ spaces: [Space], _ reading: Reading = .physicalVolumes) -> [String] {
    remedy([group(spaces)], reading).flatMap(\.commands)
  }

  @Test func theExampleOfTheDesign() {
    #expect(
      Self.commands([Space("vdb", 25599, used: 15360), Space("vdc", 12799, used: 5120)]) == [
        "pvmove /dev/vdc /dev/vdb", "vgreduce data /dev/vdc", "pvremove /dev/vdc",
      ])
  }

  @Test func theTargetIsWhereLeastHasToBeMoved() {
    // vdb is larger, but most of the data is on vdc, and vdc holds all of it.
    #expect(
      Self.commands([Space("vdb", 30000, used: 100), Space("vdc", 20000, used: 9000)]) == [
        "pvmove /dev/vdb /dev/vdc", "vgreduce data /dev/vdb", "pvremove /dev/vdb",
      ])
    // Most is on vdc, but only vdb has room for the rest.
    #expect(
      Self.commands([Space("vdb", 30000, used: 100), Space("vdc", 9050, used: 9000)]) == [
        "pvmove /dev/vdc /dev/vdb", "vgreduce data /dev/vdc", "pvremove /dev/vdc",
      ])
  }

  @Test func exactlyFullIsEnough() {
    #expect(
      Self.commands([Space("vdb", 100, used: 60), Space("vdc", 50, used: 40)]).first == "pvmove /dev/vdc /dev/vdb")
    let one = Self.remedy([Self.group([Space("vdb", 100, used: 61), Space("vdc", 50, used: 40)])])
    #expect(one.first?.commands.first == "pvcreate /dev/NEW")
    #expect(one.first?.text.contains("lacks 4 MiB") == true)
    #expect(one.first?.text.contains("at least 408 MiB") == true, "101 extents, and one for the metadata")
  }

  @Test func aTieGoesToTheLargerAndThenToTheFirst() {
    #expect(
      Self.commands([Space("vdb", 100, used: 10), Space("vdc", 200, used: 10)]).first == "pvmove /dev/vdb /dev/vdc")
    #expect(
      Self.commands([Space("vdc", 100, used: 10), Space("vdb", 100, used: 10)]).first == "pvmove /dev/vdc /dev/vdb")
    #expect(
      Self.commands([Space("vdb10", 100, used: 10), Space("vdb9", 100, used: 10)]).first
        == "pvmove /dev/vdb10 /dev/vdb9")
  }

  @Test func emptyPhysicalVolumesAreNotMoved() {
    #expect(
      Self.commands([Space("vdb", 100, used: 0), Space("vdc", 100, used: 10), Space("vdd", 100, used: 5)]) == [
        "vgreduce data /dev/vdb", "pvremove /dev/vdb", "pvmove /dev/vdd /dev/vdc", "vgreduce data /dev/vdd",
        "pvremove /dev/vdd",
      ])
  }

  @Test func aGroupWithoutVolumesIsOnlyReduced() throws {
    let judgement = RuleSet.current.judge(try FactsFixtures.facts("lvm-group-without-volumes"), scope: .guest)
    #expect(
      judgement.findings.first?.remedy.flatMap(\.commands) == ["vgreduce spare /dev/vdc", "pvremove /dev/vdc"])
  }

  @Test func everythingGoesToANewDiskWhereNoneIsLargeEnough() {
    #expect(
      Self.commands([Space("vdb", 100, used: 90), Space("vdc", 100, used: 0), Space("vdd", 100, used: 30)]) == [
        "pvcreate /dev/NEW", "vgextend data /dev/NEW", "pvmove /dev/vdb /dev/NEW", "vgreduce data /dev/vdb",
        "pvremove /dev/vdb", "vgreduce data /dev/vdc", "pvremove /dev/vdc", "pvmove /dev/vdd /dev/NEW",
        "vgreduce data /dev/vdd", "pvremove /dev/vdd",
      ])
  }

  @Test func underTheReadingByDisksPartitionsOfOneDiskAreOnePlace() {
    let spaces = [
      Space("vdb1", on: "vdb", 100, used: 90), Space("vdb2", on: "vdb", 100, used: 40), Space("vdc", 150, used: 50),
    ]
    #expect(
      Self.commands(spaces, .physicalDisks) == [
        "pvmove /dev/vdc /dev/vdb1 /dev/vdb2", "vgreduce data /dev/vdc", "pvremove /dev/vdc",
      ])
    #expect(Self.commands(spaces, .physicalVolumes).first == "pvcreate /dev/NEW")
  }

  @Test func aFullPartitionIsNoDestination() {
    let spaces = [
      Space("vdb1", on: "vdb", 100, used: 100), Space("vdb2", on: "vdb", 100, used: 0), Space("vdc", 150, used: 50),
    ]
    #expect(Self.commands(spaces, .physicalDisks).first == "pvmove /dev/vdc /dev/vdb2")
  }

  @Test(arguments: ["striped", "raid1", "thin", "mirror", "cache"])
  func otherLayoutsGetWordsAndNoCommands(_ layout: String) {
    let group = Self.group([Space("vdb", 100, used: 10), Space("vdc", 100, used: 10)], layout: layout)
    let remedy = Self.remedy([group])
    #expect(!remedy.isEmpty)
    #expect(remedy.allSatisfy { $0.commands.isEmpty })
    #expect(remedy.first?.text.contains("lv (\(layout))") == true)
  }

  @Test(arguments: ["lvm-thin-pool", "lvm-layouts", "many-volumes"]) func layoutsAsRecordedGetNoCommands(
    _ name: String
  ) throws {
    let judgement = RuleSet.current.judge(try FactsFixtures.facts(name), scope: .guest)
    let commands = judgement.findings.filter { $0.outcome == .fail }.flatMap(\.remedy).flatMap(\.commands)
    #expect(commands == [])
  }

  @Test func whatIsNotKnownIsNotComputed() {
    let changes: [(inout VolumeGroup) -> Void] = [
      { $0.extentSizeBytes = .unknown }, { $0.extentSizeBytes = .value(0) }, { $0.logicalVolumes = .unknown },
      {
        $0.logicalVolumes = $0.logicalVolumes.map {
          $0.map {
            var v = $0; v.hidden = .unknown; return v
          }
        }
      },
      {
        $0.logicalVolumes = $0.logicalVolumes.map {
          $0.map {
            var v = $0; v.layout = .unknown; return v
          }
        }
      },
      {
        $0.physicalVolumes = $0.physicalVolumes.map {
          $0.map {
            var v = $0; v.extentCount = .unknown; return v
          }
        }
      },
      {
        $0.physicalVolumes = $0.physicalVolumes.map {
          $0.map {
            var v = $0; v.extentsAllocated = .unknown; return v
          }
        }
      },
      {
        $0.physicalVolumes = $0.physicalVolumes.map {
          $0.map {
            var v = $0; v.device = .none; return v
          }
        }
      },
      {
        $0.physicalVolumes = $0.physicalVolumes.map {
          $0.map {
            var v = $0; v.missing = .value(true); return v
          }
        }
      },
    ]
    for (index, change) in changes.enumerated() {
      var group = Self.group([Space("vdb", 100, used: 10), Space("vdc", 100, used: 10)])
      change(&group)
      let remedy = Self.remedy([group])
      #expect(!remedy.isEmpty, "\(index)")
      #expect(remedy.allSatisfy { $0.commands.isEmpty }, "\(index)")
    }
  }

  @Test func hostileNumbersGiveNoCommands() {
    #expect(Self.commands([Space("vdb", 5, used: 10), Space("vdc", 5, used: 1)]) == [])
    #expect(Self.commands([Space("vdb", .max, used: .max), Space("vdc", .max, used: .max)]) == [])
    let group = Self.group([Space("vdb", 1 << 62, used: 1 << 61), Space("vdc", 9, used: 9)], extent: 1 << 40)
    #expect(Self.remedy([group]).allSatisfy { $0.commands.isEmpty })
  }

  @Test func anExportedGroupIsImportedFirst() throws {
    let judgement = RuleSet.current.judge(try FactsFixtures.facts("lvm-exported-group"), scope: .guest)
    #expect(
      judgement.findings.first?.remedy.flatMap(\.commands) == [
        "vgimport old-data", "pvmove /dev/vdc /dev/vdb", "vgreduce old-data /dev/vdc", "pvremove /dev/vdc",
      ])
  }

  @Test func ofTwoGroupsOfOneNameNoCommandNamesEither() throws {
    let judgement = RuleSet.current.judge(try FactsFixtures.facts("lvm-two-groups-of-one-name"), scope: .guest)
    let commands = judgement.findings.flatMap(\.remedy).flatMap(\.commands)
    #expect(commands == ["vgrename F4I1dw-ft2A-biGT-x7EE-KAJF-xpRK-8IByXN data_F4I1dw"])
  }

  @Test func namesAreQuotedOrLeftOut() {
    let spaces = [Space("/images/my disk.raw", 100, used: 10), Space("/images/it's.raw", 100, used: 5)]
    #expect(
      Self.commands(spaces) == [
        #"pvmove '/images/it'\''s.raw' '/images/my disk.raw'"#, #"vgreduce data '/images/it'\''s.raw'"#,
        #"pvremove '/images/it'\''s.raw'"#,
      ])
    for name in ["-f", "a\nb", "a\\x0ab", "", "\u{202E}x"] {
      let group = Self.group([Space("vdb", 100, used: 10), Space("vdc", 100, used: 5)], name: name)
      #expect(Self.remedy([group]).allSatisfy { $0.commands.isEmpty }, "\(name)")
    }
    for device in ["/a\u{1B}[2J", "/a\\x0a"] {
      #expect(Self.commands([Space("vdb", 100, used: 10), Space(device, 100, used: 5)]) == [], "\(device)")
    }
  }

  @Test func aQuoteWithACombiningMarkStillIsAQuote() {
    let spaces = [Space("vdb", 100, used: 10), Space("/i/'\u{301};reboot", 100, used: 0)]
    #expect(Self.commands(spaces).first == "vgreduce data '/i/'\\''\u{301};reboot'")
  }
}
