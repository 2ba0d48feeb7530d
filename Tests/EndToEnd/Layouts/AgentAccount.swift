// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageGenerator

/// What the agent says about the disks of a layout.
struct AgentAccount {
  private(set) var account = Account()
  /// Names of disks by the agent's names of devices.
  private let disks: [String: String]

  /// Out of facts, of which only what is about these devices, and about groups on them, is taken.
  init(_ facts: Document, disks: [String: String]) {
    self.disks = disks
    let groups = facts["volume_groups"].list.filter { group in
      group["disks"].texts.contains { disks[$0] != nil }
    }
    for group in groups { describe(group) }
    let members = Set(groups.flatMap { $0["physical_volumes"].list }.flatMap { devices(of: $0) })
    for device in facts["devices"].list where device["content"]["type"].word == "LVM2_member" {
      guard let disk = disks[device["name"].word] else { continue }
      account["disk \(disk)", "standing"] = members.contains(disk) ? "member" : "free"
    }
    let uuids = Set(
      (groups + groups.flatMap { $0["physical_volumes"].list + $0["logical_volumes"].list }).map(\.["uuid"].word))
    for gap in facts["gaps"].list {
      let name = gap["subject"]["name"].word
      guard gap["subject"]["kind"].word != "section", disks[name] != nil || uuids.contains(name) else { continue }
      let member = gap["subject"]["member"].word
      account["gap \(gap["subject"]["kind"].word) \(disks[name] ?? name) \(member)", "reason"] = gap["reason"].word
      guard let disk = disks[name] else { continue }
      if member == "group" { account["disk \(disk)", "standing"] = "unclaimed" }
      if member == "content.signatures" { account["disk \(disk)", "standing"] = "outdated" }
    }
  }

  private func devices(of volume: Document) -> [String] {
    let copies = volume["duplicate_devices"].texts
    return (copies.isEmpty ? [volume["device"].word] : copies).filter { !$0.isEmpty }.map { disks[$0] ?? $0 }
  }

  private mutating func describe(_ group: Document) {
    let subject = "group \(group["uuid"].word)"
    account[subject, "name"] = group["name"].word
    account[subject, "sequence"] = group["sequence"].word
    account[subject, "extent_size"] = group["extent_size_bytes"].word
    account[subject, "exported"] = group["exported"].word
    account[subject, "partial"] = group["partial"].word
    account[subject, "system_id"] = group["system_id"].word
    account[subject, "disks"] = Account.set(group["disks"].texts.map { disks[$0] ?? $0 })
    for volume in group["physical_volumes"].list {
      let subject = "\(subject) pv \(volume["uuid"].word)"
      account[subject, "devices"] = Account.set(devices(of: volume))
      account[subject, "start"] = volume["start_bytes"].word
      account[subject, "size"] = volume["size_bytes"].word
      account[subject, "extents"] = volume["extent_count"].word
      account[subject, "allocated"] = volume["extents_allocated"].word
      account[subject, "missing"] = volume["missing"].word
    }
    for volume in group["logical_volumes"].list {
      let subject = "\(subject) lv \(volume["uuid"].word)"
      account[subject, "name"] = volume["name"].word
      account[subject, "size"] = volume["size_bytes"].word
      account[subject, "layout"] = volume["layout"].word
      account[subject, "hidden"] = volume["hidden"].word
      account[subject, "on"] = Account.set(volume["physical_volumes"].texts)
    }
  }
}
