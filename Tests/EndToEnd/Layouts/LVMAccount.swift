// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageGenerator

/// What lvm2's own reports say about the disks of a layout.
struct LVMAccount {
  private(set) var account = Account()
  private let disks: [String: String]
  /// Rows of `pvs -a`, which unlike `fullreport` lists copies too.
  private let rows: [Document]

  static let columns = """
    report {
    vgs_cols_full="vg_name,vg_uuid,vg_seqno,vg_extent_size,vg_exported,vg_partial,vg_systemid"
    pvs_cols_full="pv_uuid,dev_size,pe_start,pv_pe_count,pv_pe_alloc_count,pv_missing"
    lvs_cols_full="lv_name,lv_uuid,lv_size,lv_role,pool_lv,data_lv,metadata_lv,mirror_log,origin"
    segs_cols_full="lv_uuid,segtype,devices,metadata_devices"
    pvsegs_cols_full="pv_uuid,lv_name"
    pvs_cols="pv_name,pv_uuid,pv_fmt,pv_in_use,pv_duplicate,vg_name"
    pvs_sort="pv_name"
    }
    """

  init(_ rig: LayoutRig, attached: [String]) throws {
    let format = "--reportformat json --units b --nosuffix --foreign"
    let outcome = try rig.lvm(
      ["fullreport -a \(format)", "pvs -a \(format)"], visible: attached, settings: Self.columns)
    disks = Dictionary(rig.devices.map { ($1, $0) }) { first, _ in first }
    // Each report ends with a brace that stands two blanks from the left.
    let reports = try outcome.output.components(separatedBy: "\n  }\n").filter { $0.contains("{") }.map {
      try JSONDecoder().decode(Document.self, from: Data(($0 + "\n}").utf8))["report"].list
    }
    rows = reports.count > 1 ? reports[1].flatMap { $0["pv"].list } : []
    for report in reports.first ?? [] where !report["vg"].list.isEmpty { describe(report) }
    describeDisks(outcome.errors)
  }

  private mutating func describeDisks(_ said: String) {
    for row in rows {
      guard let disk = disks[row["pv_name"].word], !row["pv_fmt"].word.isEmpty else { continue }
      switch row["vg_name"].word {
      case "": account["disk \(disk)", "standing"] = row["pv_in_use"].word.isEmpty ? "free" : "unclaimed"
      case "[unknown]": account["disk \(disk)", "standing"] = "unclaimed"
      default: account["disk \(disk)", "standing"] = "member"
      }
    }
    // A device that a group has given up is in no report, only in a warning.
    for (device, disk) in disks where said.contains("outdated PV \(device) ") {
      account["disk \(disk)", "standing"] = "outdated"
    }
  }

  private mutating func describe(_ report: Document) {
    guard let group = report["vg"].list.first else { return }
    let subject = "group \(group["vg_uuid"].word)"
    account[subject, "name"] = group["vg_name"].word
    account[subject, "sequence"] = group["vg_seqno"].word
    account[subject, "extent_size"] = group["vg_extent_size"].word
    account[subject, "exported"] = String(!group["vg_exported"].word.isEmpty)
    account[subject, "partial"] = String(!group["vg_partial"].word.isEmpty)
    account[subject, "system_id"] = group["vg_systemid"].word
    var all: [String] = []
    for row in report["pv"].list {
      let uuid = row["pv_uuid"].word
      let subject = "\(subject) pv \(uuid)"
      let found = rows.filter { $0["pv_uuid"].word == uuid }.compactMap { disks[$0["pv_name"].word] }
      all += found
      account[subject, "devices"] = Account.set(found)
      account[subject, "start"] = row["pe_start"].word
      account[subject, "size"] = row["dev_size"].word
      account[subject, "extents"] = row["pv_pe_count"].word
      account[subject, "allocated"] = row["pv_pe_alloc_count"].word
      account[subject, "missing"] = String(!row["pv_missing"].word.isEmpty)
    }
    account[subject, "disks"] = Account.set(all)
    let walk = ReportedVolumes(report)
    for row in report["lv"].list {
      let subject = "\(subject) lv \(row["lv_uuid"].word)"
      account[subject, "name"] = ReportedVolumes.name(row["lv_name"].word)
      account[subject, "size"] = row["lv_size"].word
      account[subject, "layout"] = walk.layout(of: row)
      account[subject, "hidden"] = String(row["lv_name"].word.hasPrefix("["))
      account[subject, "on"] = Account.set(walk.physicalVolumes(under: ReportedVolumes.name(row["lv_name"].word)))
    }
  }
}

/// The logical volumes of one group as lvm2 reports them, and what they are made of.
struct ReportedVolumes {
  private let volumes: [String: Document]
  private let segments: [String: [Document]]
  private let extents: [String: [String]]
  private let mergingInto: [String: [String]]

  init(_ report: Document) {
    volumes = Dictionary(report["lv"].list.map { (Self.name($0["lv_name"].word), $0) }) { first, _ in first }
    segments = Dictionary(grouping: report["seg"].list) { $0["lv_uuid"].word }
    extents = Dictionary(grouping: report["pvseg"].list) { Self.name($0["lv_name"].word) }
      .mapValues { $0.map(\.["pv_uuid"].word) }
    // A snapshot of the old kind that is hidden is being merged, and its origin needs it.
    let merging = volumes.filter { $1["lv_name"].word.hasPrefix("[") && $1["lv_role"].word.contains("thicksnapshot") }
    mergingInto = Dictionary(grouping: merging.keys) { Self.name(merging[$0]?["origin"].word ?? "") }
  }

  /// A name without the brackets that stand for: a part of another volume.
  static func name(_ word: String) -> String { word.filter { $0 != "[" && $0 != "]" } }

  /// lvm2's type of the segments in the words of the facts.
  func layout(of row: Document) -> String {
    if row["lv_role"].word.contains("thicksnapshot") { return "snapshot" }
    let types = Set((segments[row["lv_uuid"].word] ?? []).map(\.["segtype"].word))
    return types.count == 1 ? (types.first ?? "").replacing("-", with: "_") : "mixed"
  }

  /// Identifiers of the physical volumes below a volume, through every column that names another volume.
  func physicalVolumes(under name: String) -> Set<String> {
    var seen: Set<String> = [name]
    var open = [name]
    var found: Set<String> = []
    while let next = open.popLast(), let row = volumes[next] {
      found.formUnion(extents[next] ?? [])
      var parts = mergingInto[next] ?? []
      // No column of the report names the metadata of an integrity layer.
      if let metadata = volumes["\(next)_imeta"], metadata["lv_role"].word.contains("integrity,metadata") {
        parts.append("\(next)_imeta")
      }
      for column in ["pool_lv", "data_lv", "metadata_lv", "mirror_log", "origin"] { parts.append(row[column].word) }
      for segment in segments[row["lv_uuid"].word] ?? [] {
        for column in ["devices", "metadata_devices"] {
          parts += segment[column].word.split(separator: ",").map { String($0.prefix { $0 != "(" }) }
        }
      }
      for part in parts.map(Self.name) where volumes[part] != nil && seen.insert(part).inserted { open.append(part) }
    }
    return found
  }
}
