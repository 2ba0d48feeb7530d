// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Real volume groups on real block devices, held against lvm2's own answers.
///
/// Root only.
@Suite(.serialized, .enabled(if: LoopDevices.areAvailable, "needs root and loop devices"))
struct LoopDeviceTests {
  private func inspect() throws -> [String: Any] {
    let outcome = try LiveMachine.look { try Program.run("wholeimage-agent", ["inspect"]) }
    #expect(outcome.status == 0)
    return try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any] ?? [:]
  }

  private func group(_ name: String, in facts: [String: Any]) throws -> [String: Any] {
    let groups = facts["volume_groups"] as? [[String: Any]] ?? []
    return try #require(groups.first { $0["name"] as? String == name })
  }

  @Test func factsAreThoseOfLVM() throws {
    let loops = try LoopDevices(count: 3, mebibytes: 64)
    let name = "wi\(UInt32.random(in: 0...UInt32.max))"
    #expect(try loops.lvm("vgcreate", "-s", "1M", name, loops.paths[0], loops.paths[1]).status == 0)
    #expect(try loops.lvm("pvcreate", loops.paths[2]).status == 0)
    try loops.addVolumes(
      to: name,
      [
        ("one", [("pv0", 0, 8)]), ("two", [("pv0", 8, 8), ("pv1", 0, 8)]),
      ])
    let facts = try inspect()
    let group = try group(name, in: facts)

    let theirs = try #require(try loops.report("vgs", "vg_uuid,vg_seqno,vg_extent_size,pv_count,lv_count").first)
    #expect(group["uuid"] as? String == theirs["vg_uuid"])
    #expect(String(describing: group["sequence"] ?? "") == theirs["vg_seqno"])
    #expect(String(describing: group["extent_size_bytes"] ?? "") == theirs["vg_extent_size"])
    #expect(String(describing: group["physical_volume_count"] ?? "") == theirs["pv_count"])
    #expect(String(describing: group["logical_volume_count"] ?? "") == theirs["lv_count"])

    let volumes = group["physical_volumes"] as? [[String: Any]] ?? []
    for row in try loops.report("pvs", "pv_name,pv_uuid,vg_name,dev_size,pv_pe_count,pv_pe_alloc_count,pe_start") {
      guard row["vg_name"] == name else { continue }
      let volume = try #require(volumes.first { $0["uuid"] as? String == row["pv_uuid"] })
      #expect("/dev/\(volume["device"] ?? "")" == row["pv_name"])
      #expect(String(describing: volume["size_bytes"] ?? "") == row["dev_size"])
      #expect(String(describing: volume["start_bytes"] ?? "") == row["pe_start"])
      #expect(String(describing: volume["extent_count"] ?? "") == row["pv_pe_count"])
      #expect(String(describing: volume["extents_allocated"] ?? "") == row["pv_pe_alloc_count"])
    }
    #expect(volumes.count == 2)

    let logical = group["logical_volumes"] as? [[String: Any]] ?? []
    for row in try loops.report("lvs", "lv_name,lv_uuid,lv_size,segtype,devices") {
      let volume = try #require(logical.first { $0["uuid"] as? String == row["lv_uuid"] })
      #expect(volume["name"] as? String == row["lv_name"])
      #expect(String(describing: volume["size_bytes"] ?? "") == row["lv_size"])
      #expect(volume["layout"] as? String == row["segtype"])
      let uuids = volume["physical_volumes"] as? [String] ?? []
      let devices = volumes.filter { uuids.contains($0["uuid"] as? String ?? "") }.map { "/dev/\($0["device"] ?? "")" }
      let theirs = Set((row["devices"] ?? "").split(separator: ",").map { String($0.prefix { $0 != "(" }) })
      #expect(Set(devices) == theirs)
    }
    #expect(logical.count == 2)
  }

  @Test func aGroupOverTwoDevicesIsRefusedAndOneOverOneIsNot() throws {
    let loops = try LoopDevices(count: 3, mebibytes: 16)
    let bad = "bad\(UInt32.random(in: 0...UInt32.max))"
    let good = "good\(UInt32.random(in: 0...UInt32.max))"
    #expect(try loops.lvm("vgcreate", bad, loops.paths[0], loops.paths[1]).status == 0)
    #expect(try loops.lvm("vgcreate", good, loops.paths[2]).status == 0)
    let outcome = try LiveMachine.look { try Program.run("wholeimage-agent", ["check", "--output", "json"]) }
    #expect(outcome.status == 1)
    let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let findings = report?["findings"] as? [[String: Any]] ?? []
    let failed = findings.filter { $0["outcome"] as? String == "fail" }
    let subjects = failed.flatMap { $0["subjects"] as? [[String: Any]] ?? [] }.compactMap { $0["name"] as? String }
    #expect(subjects.contains(bad) && !subjects.contains(good))
    let finding = try #require(
      failed.first { ($0["title"] as? String)?.contains(bad) == true })
    #expect(finding["rule"] as? String == "lvm-volume-group-spans-physical-volumes")
    #expect(finding["severity"] as? String == "blocker")
  }
}
