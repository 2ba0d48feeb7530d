// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// Our answers against lvm2's own about the same bytes.
@Suite struct OracleTests {
  /// Fixtures about which lvm2 and this reader must agree in everything; the others are in ``AssemblyTests``.
  static let agreeing = [
    "empty-group", "linear", "exported", "striped", "missing", "missing-first", "ignored", "copies", "wrapped",
    "outdated",
    "outdated-alone", "returned", "returned-unused",
    "returned-without-area", "same-name", "stack", "pvmove",
  ]

  @Test(arguments: agreeing) func groupsAgree(fixture: String) throws {
    let machine = try FixtureMachine(fixture)
    let assembly = try machine.assembled()
    #expect(assembly.groups.count == machine.report.groups.count)
    for report in machine.report.groups {
      let summary = try #require(report.summary)
      let group = try #require(assembly.groups.first { $0.identifier.description == summary["vg_uuid"] })
      let metadata = group.metadata
      #expect(metadata.name == summary["vg_name"])
      #expect(metadata.sequence == summary.number("vg_seqno"))
      #expect(metadata.extentSizeInBytes == summary.number("vg_extent_size"))
      #expect(metadata.physicalVolumes.map(\.extentCount).reduce(0, +) == summary.number("vg_extent_count"))
      let used = metadata.physicalVolumes.map(\.allocatedExtents).reduce(0, +)
      #expect((summary.number("vg_extent_count") ?? 0) - used == summary.number("vg_free_count"))
      #expect(metadata.isExported == (summary["vg_exported"] == "exported"))
      #expect(UInt64(metadata.physicalVolumes.count) == summary.number("pv_count"))
      #expect(UInt64(metadata.logicalVolumes.count { !$0.isHidden }) == summary.number("lv_count"))
      let missing = group.members.count { $0.state == .missing || $0.state == .returned }
      #expect(UInt64(missing) == summary.number("vg_missing_pv_count"))
      #expect(group.isComplete == (summary["vg_partial"] == ""))
      #expect(metadata.inconsistencies.isEmpty)
    }
  }

  @Test(arguments: agreeing) func physicalVolumesAgree(fixture: String) throws {
    let machine = try FixtureMachine(fixture)
    let assembly = try machine.assembled()
    for report in machine.report.groups {
      let group = try #require(assembly.groups.first { $0.identifier.description == report.summary?["vg_uuid"] })
      #expect(group.members.count == report.pv?.count)
      for row in report.pv ?? [] {
        let member = try #require(group.members.first { $0.identifier.description == row["pv_uuid"] })
        let entry = group.metadata.physicalVolumes[member.index]
        #expect(member.devices == (row["pv_name"] == "[unknown]" ? [] : [row["pv_name"]]))
        #expect((member.state == .missing || member.state == .returned) == (row["pv_missing"] == "missing"))
        #expect(entry.extentCount == row.number("pv_pe_count"))
        #expect(entry.allocatedExtents == row.number("pv_pe_alloc_count"))
        #expect(group.metadata.extentsAllocated(onPhysicalVolume: member.identifier) == entry.allocatedExtents)
        #expect(entry.extentStart * 512 == row.number("pe_start"))
        #expect(entry.extentCount * group.metadata.extentSizeInBytes == row.number("pv_size"))
        #expect(member.sizeDisagreements.isEmpty)
        for device in member.devices {
          let volume = try machine[device].physicalVolume()
          #expect(volume.deviceSize == row.number("dev_size"))
          #expect(UInt64(volume.metadataAreas.count) == row.number("pv_mda_count"))
          #expect(UInt64(volume.metadataAreas.count { $0.content != .ignored }) == row.number("pv_mda_used_count"))
          #expect(volume.isMarkedUsed == (row["pv_in_use"] == "used"))
        }
      }
    }
  }

  @Test(arguments: agreeing) func logicalVolumesAgree(fixture: String) throws {
    let machine = try FixtureMachine(fixture)
    let assembly = try machine.assembled()
    for report in machine.report.groups {
      let group = try #require(assembly.groups.first { $0.identifier.description == report.summary?["vg_uuid"] })
      let listed = group.metadata.logicalVolumes.filter { !$0.isSnapshotLink }
      #expect(Set(listed.map(\.name)) == Set((report.lv ?? []).map { $0.name("lv_name") }))
      for row in report.lv ?? [] {
        let volume = try #require(group.metadata.logicalVolume(named: row.name("lv_name")))
        #expect(volume.identifier.description == row["lv_uuid"])
        #expect(volume.size == row.number("lv_size"))
        #expect(volume.isHidden == row.isHidden, "\(volume.name)")
        let types = Set(report.segments(of: row).map { ($0["segtype"] ?? "").replacing("-", with: "_") })
        let layout = types.count == 1 ? types.first : "mixed"
        #expect(volume.layout == (row.roles.contains("thicksnapshot") ? "snapshot" : layout), "\(volume.name)")
        #expect(group.metadata.segments(of: volume).count == report.segments(of: row).count)
      }
    }
  }

  @Test(arguments: ["linear", "striped", "copies", "same-name", "stack", "pvmove", "ignored", "outdated", "exported"])
  func closuresAgree(fixture: String) throws {
    let machine = try FixtureMachine(fixture)
    let assembly = try machine.assembled()
    for report in machine.report.groups {
      let group = try #require(assembly.groups.first { $0.identifier.description == report.summary?["vg_uuid"] })
      for row in report.lv ?? [] {
        let name = row.name("lv_name")
        let identifiers = try #require(group.metadata.physicalVolumes(ofLogicalVolume: name))
        let devices = identifiers.flatMap { identifier in
          group.members.first { $0.identifier == identifier }?.devices ?? []
        }
        #expect(Set(devices) == report.deviceNames(under: name), "\(name)")
      }
    }
  }

  @Test(arguments: ["linear", "striped", "stack", "pvmove"]) func extentsAgree(fixture: String) throws {
    let machine = try FixtureMachine(fixture)
    let assembly = try machine.assembled()
    for report in machine.report.groups {
      let metadata = try #require(assembly.groups.first { $0.identifier.description == report.summary?["vg_uuid"] })
        .metadata
      // Each row of lvm2's `pvseg` is a run of extents with the volume that uses it, or with none.
      let expected = Set(
        (report.pvseg ?? []).filter { $0["lv_name"] != "" }.map { row in
          "\(row["pv_uuid"] ?? "") \(row["pvseg_start"] ?? "") \(row["pvseg_size"] ?? "") \(row.name("lv_name"))"
        })
      var found: Set<String> = []
      for volume in metadata.logicalVolumes {
        for segment in metadata.segments(of: volume) {
          for area in metadata.areas(of: segment) {
            guard case .physical(let index) = area.volume else { continue }
            let identifier = metadata.physicalVolumes[index].identifier
            found.insert("\(identifier) \(area.startExtent) \(area.extentCount) \(volume.name)")
          }
        }
      }
      #expect(!expected.isEmpty && found == expected)
    }
  }
}
