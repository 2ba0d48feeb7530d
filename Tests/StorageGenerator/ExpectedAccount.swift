// SPDX-License-Identifier: Apache-2.0

extension LayoutMachine {
  /// What must be said about the disks that are attached: by us, or by somebody who does not look at the first word of
  /// a label.
  func account(readsAnyMagic: Bool = false) -> Account {
    var machine = self
    machine.disks = disks.map { disk in
      guard let damage = disk.labelDamage, damage != .magic || !readsAnyMagic else { return disk }
      var disk = disk
      disk.uuid = nil
      disk.carried = nil
      return disk
    }
    return machine.accountOfReadable()
  }

  private func accountOfReadable() -> Account {
    var account = Account()
    let attached = disks.filter(\.isAttached)
    let carried = attached.compactMap(\.carried)
    var listed: Set<String> = []
    for versions in Dictionary(grouping: carried, by: \.group.uuid).values {
      let newest = versions.map(\.group.sequence).max()
      let candidates = versions.filter { $0.group.sequence == newest }
      guard let group = candidates.first?.group else { continue }
      listed.formUnion(candidates.flatMap { $0.group.members.map(\.uuid) })
      if Set(candidates.map(\.number)).count > 1 {
        account["gap volume_group \(group.uuid) physical_volumes", "reason"] = "ambiguous"
        describe(group, isAmbiguous: true, in: &account)
      } else {
        describe(group, isAmbiguous: false, in: &account)
      }
    }
    for disk in attached {
      if disk.labelDamage != nil { account["gap device \(disk.name) content", "reason"] = "malformed" }
      guard let uuid = disk.uuid else { continue }
      let standing: String
      if listed.contains(uuid) {
        standing = "member"
      } else if disk.carried != nil {
        standing = "outdated"
        account["gap device \(disk.name) content.signatures", "reason"] = "inconsistent"
      } else if disk.isMarkedUsed {
        standing = "unclaimed"
        account["gap device \(disk.name) group", "reason"] = "inconsistent"
      } else {
        standing = "free"
      }
      account["disk \(disk.name)", "standing"] = standing
    }
    return account
  }

  private func describe(_ group: PlannedGroup, isAmbiguous: Bool, in account: inout Account) {
    let subject = "group \(group.uuid)"
    let extentBytes = group.extentSectors * 512
    let found = group.members.map { member in
      disks.filter { $0.isAttached && $0.uuid == member.uuid }.map(\.name)
    }
    let allocated = group.allocated
    // A disk that came back counts again if nothing lies on it, or if it carries no metadata that could be older.
    let missing = group.members.indices.map { index in
      let disks = disks.filter { found[index].contains($0.name) }
      guard disks.count == 1, let disk = disks.first else { return disks.isEmpty }
      return group.members[index].isMarkedMissing && allocated[index] > 0 && disk.areas > 0 && !disk.areIgnored
    }
    if disks.contains(where: { disk in disk.isAttached && disk.hasDamagedArea && group.lists(disk.uuid) }) {
      account["gap volume_group \(group.uuid) sequence", "reason"] = "unreadable"
    }
    account[subject, "name"] = group.name
    account[subject, "sequence"] = String(group.sequence)
    account[subject, "extent_size"] = String(extentBytes)
    account[subject, "exported"] = String(group.isExported)
    account[subject, "system_id"] = group.systemID ?? ""
    account[subject, "partial"] = isAmbiguous ? Account.anything : String(missing.contains(true))
    account[subject, "disks"] = Account.set(found.flatMap { $0 })
    for (index, member) in group.members.enumerated() {
      let subject = "\(subject) pv \(member.uuid)"
      account[subject, "devices"] = Account.set(found[index])
      account[subject, "start"] = String(member.extentStart * 512)
      account[subject, "size"] = String(member.sectors * 512)
      account[subject, "extents"] = String(member.extentCount)
      account[subject, "allocated"] = String(allocated[index])
      account[subject, "missing"] = isAmbiguous ? Account.anything : String(missing[index])
    }
    for volume in group.volumes where !volume.isLink {
      let subject = "\(subject) lv \(volume.uuid)"
      account[subject, "name"] = volume.name
      account[subject, "size"] = String(volume.extents * extentBytes)
      account[subject, "layout"] = volume.layout
      account[subject, "hidden"] = String(volume.isHidden)
      account[subject, "on"] = Account.set(group.members(under: volume.name).map { group.members[$0].uuid })
    }
  }
}
