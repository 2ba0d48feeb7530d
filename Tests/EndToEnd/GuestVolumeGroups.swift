// SPDX-License-Identifier: Apache-2.0

import Foundation

/// LVM of a guest as lvm2 itself reports it, beside the agent's.
struct GuestVolumeGroups {
  private let groups: [Document]
  private let volumes: [Document]
  private let logical: [Document]
  private let segments: [Document]
  private let devices: GuestDevices

  init(_ observation: GuestObservation, _ devices: GuestDevices) throws {
    func rows(_ file: String, _ kind: String) throws -> [Document] {
      try observation.document(file)["report"].list.flatMap { $0[kind].list }
    }
    groups = try rows("vgs.json", "vg")
    volumes = try rows("pvs.json", "pv")
    logical = try rows("lvs.json", "lv")
    segments = try rows("segments.json", "seg")
    self.devices = devices
  }

  /// Where they differ.
  func differences(_ observation: GuestObservation) -> Differences {
    var differences = Differences()
    let ours = observation.facts["volume_groups"].list
    differences.compare("volume groups", agent: ours.map(\.["uuid"].word), guest: groups.map(\.["vg_uuid"].word))
    for group in ours {
      guard let theirs = groups.first(where: { $0["vg_uuid"] == group["uuid"] }) else { continue }
      compare(group, theirs, &differences)
      comparePhysicalVolumes(group, &differences)
      // lvs says nothing about the volumes of an exported group.
      if group["exported"].word == "true" { continue }
      for volume in group["logical_volumes"].list { compare(volume, of: group, &differences) }
      let hidden = group["logical_volumes"].list.map(\.["uuid"].word)
      let all = logical.filter { $0["vg_uuid"] == group["uuid"] }.map(\.["lv_uuid"].word)
      differences.compare("volumes of \(group["name"].word)", agent: hidden, guest: all)
    }
    return differences
  }

  private func compare(_ group: Document, _ theirs: Document, _ differences: inout Differences) {
    let name = group["name"].word
    let facts = [
      ("vg_name", "name"), ("vg_seqno", "sequence"), ("vg_extent_size", "extent_size_bytes"),
      ("pv_count", "physical_volume_count"), ("vg_systemid", "system_id"),
    ]
    for (their, our) in facts {
      differences.compare("group \(name) \(our)", agent: group[our].word, guest: theirs[their].word)
    }
    for (their, our) in [("vg_exported", "exported"), ("vg_partial", "partial")] {
      let said = theirs[their].word.isEmpty ? "false" : "true"
      differences.compare("group \(name) \(our)", agent: group[our].word, guest: said)
    }
    let members = volumes.filter { $0["vg_uuid"] == group["uuid"] }.compactMap { devices.names[$0["pv_name"].word] }
    let disks = members.reduce(into: Set<String>()) { $0.formUnion(devices.disks(of: $1)) }
    differences.compare("group \(name) disks", agent: group["disks"].texts, guest: disks)
  }

  private func comparePhysicalVolumes(_ group: Document, _ differences: inout Differences) {
    let name = group["name"].word
    let rows = volumes.filter { $0["vg_uuid"] == group["uuid"] }
    // A copy of a disk has a row of its own, which says that it is one.
    let theirs = rows.filter { $0["pv_duplicate"].word.isEmpty }
    let ours = group["physical_volumes"].list
    differences.compare(
      "physical volumes of \(name)", agent: ours.map(\.["uuid"].word), guest: theirs.map(\.["pv_uuid"].word))
    for volume in ours {
      guard let row = theirs.first(where: { $0["pv_uuid"] == volume["uuid"] }) else { continue }
      let what = "physical volume \(volume["uuid"].word) of \(name)"
      let device = devices.names[row["pv_name"].word] ?? ""
      differences.compare("\(what) device", agent: volume["device"].word, guest: device)
      let facts = [
        ("pe_start", "start_bytes"), ("pv_pe_count", "extent_count"), ("pv_pe_alloc_count", "extents_allocated"),
      ]
      for (their, our) in facts {
        differences.compare("\(what) \(our)", agent: volume[our].word, guest: row[their].word)
      }
      let missing = row["pv_missing"].word.isEmpty ? "false" : "true"
      differences.compare("\(what) missing", agent: volume["missing"].word, guest: missing)
      guard !device.isEmpty else { continue }
      differences.compare("\(what) size", agent: volume["size_bytes"].word, guest: row["dev_size"].word)
      let all = rows.filter { $0["pv_uuid"] == volume["uuid"] }.compactMap { devices.names[$0["pv_name"].word] }
      differences.compare(
        "\(what) duplicates", agent: volume["duplicate_devices"].texts, guest: all.count > 1 ? all : [])
      let disks = all.reduce(into: Set<String>()) { $0.formUnion(devices.disks(of: $1)) }
      differences.compare("\(what) disks", agent: volume["disks"].texts, guest: disks)
    }
  }

  private func compare(_ volume: Document, of group: Document, _ differences: inout Differences) {
    guard let row = row(of: volume["uuid"].word, in: group["uuid"].word) else { return }
    let what = "volume \(group["name"].word)/\(volume["name"].word)"
    let isHidden = row["lv_name"].word.hasPrefix("[")
    differences.compare("\(what) name", agent: volume["name"].word, guest: Self.name(row))
    differences.compare("\(what) hidden", agent: volume["hidden"].word, guest: isHidden ? "true" : "false")
    differences.compare("\(what) size", agent: volume["size_bytes"].word, guest: row["lv_size"].word)
    let number = "\(row["lv_kernel_major"].word):\(row["lv_kernel_minor"].word)"
    let device = number.hasPrefix("-1") ? "" : devices.names[number] ?? number
    differences.compare("\(what) device", agent: volume["device"].word, guest: device)
    let isActive = row["lv_active"].word == "active"
    differences.compare("\(what) active", agent: volume["active"].word, guest: isActive ? "true" : "false")
    let types = Set(segments(of: volume["uuid"].word, in: group["uuid"].word).map(\.["segtype"].word))
    if types.count == 1 {
      // lvs shows the changes of a snapshot as a plain volume, and says what they are in the volume's layout.
      let isStore = row["lv_role"].word.contains("snapshot") && !row["lv_role"].word.contains("thin")
      let type = isStore && types == ["linear"] ? "snapshot" : types.first ?? ""
      // Words of a document are in snake_case: thin_pool is what lvs calls thin-pool.
      differences.compare("\(what) layout", agent: volume["layout"].word, guest: type.replacing("-", with: "_"))
    }
    var seen: Set<String> = []
    differences.compare(
      "\(what) physical volumes", agent: volume["physical_volumes"].texts,
      guest: physicalVolumes(of: volume["uuid"].word, in: group["uuid"].word, &seen))
    let waitsForMerge = logical.contains { $0["origin_uuid"] == volume["uuid"] && !$0["lv_merging"].word.isEmpty }
    guard isActive, !device.isEmpty, !device.contains(":"), !waitsForMerge else { return }
    let below = devices.below(device)
    let used = volumes.filter {
      $0["vg_uuid"] == group["uuid"] && below.contains(devices.names[$0["pv_name"].word] ?? "")
    }.map(\.["pv_uuid"].word)
    differences.compare("\(what) mapped on", agent: volume["physical_volumes"].texts, guest: used)
  }

  // A copied group keeps the identifiers of its volumes: only with the group's are they one of a kind.

  private func row(of volume: String, in group: String) -> Document? {
    logical.first { $0["lv_uuid"].word == volume && $0["vg_uuid"].word == group }
  }

  private func segments(of volume: String, in group: String) -> [Document] {
    segments.filter { $0["lv_uuid"].word == volume && $0["vg_uuid"].word == group }
  }

  /// The physical volumes below a volume, through everything that lvm2's report says it is made of.
  private func physicalVolumes(of uuid: String, in group: String, _ seen: inout Set<String>) -> Set<String> {
    guard seen.insert(uuid).inserted, let row = row(of: uuid, in: group) else { return [] }
    let siblings = logical.filter { $0["vg_uuid"].word == group }
    var found: Set<String> = []
    var parts: Set<String> = []
    for segment in segments(of: uuid, in: group) {
      for area in (segment["devices"].word + "," + segment["metadata_devices"].word).split(separator: ",") {
        let name = String(area.prefix { $0 != "(" })
        if let volume = volumes.first(where: { $0["pv_name"].word == name && $0["vg_uuid"].word == group }) {
          found.insert(volume["pv_uuid"].word)
        } else {
          parts.formUnion(siblings.filter { Self.name($0) == name }.map(\.["lv_uuid"].word))
        }
      }
    }
    // Changes that are to be merged back belong to the volume from then on, whether the kernel has begun or not.
    parts.formUnion(
      siblings.filter { $0["origin_uuid"].word == uuid && !$0["lv_merging"].word.isEmpty }.map(\.["lv_uuid"].word))
    for reference in ["data_lv_uuid", "metadata_lv_uuid", "mirror_log_uuid", "pool_lv_uuid", "origin_uuid"] {
      if !row[reference].word.isEmpty { parts.insert(row[reference].word) }
    }
    parts.formUnion(siblings.filter { $0["lv_parent"].word == Self.name(row) }.map(\.["lv_uuid"].word))
    for part in parts { found.formUnion(physicalVolumes(of: part, in: group, &seen)) }
    return found
  }

  /// The name of a volume, without the brackets that stand for: a part of another volume.
  private static func name(_ row: Document) -> String {
    row["lv_name"].word.trimmingCharacters(in: ["[", "]"])
  }
}
