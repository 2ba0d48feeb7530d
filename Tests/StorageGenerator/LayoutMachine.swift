// SPDX-License-Identifier: Apache-2.0

/// The disks of a layout while it is being made: what is done to them, and what must then be on them.
struct LayoutMachine {
  /// A group as some disks carry it.
  struct Version {
    var number: Int
    var group: PlannedGroup
  }

  /// A wrong byte of a label, by its offset on the disk; the label is in the second sector.
  enum LabelDamage: Int {
    /// In the word that it starts with.
    case magic = 514
    /// In the identifier, which the checksum covers.
    case identifier = 552
  }

  struct Disk {
    var name: String
    var sectors: Int
    var uuid: String?
    /// How many metadata areas it has.
    var areas = 0
    var areIgnored = false
    var isMarkedUsed = false
    var isAttached = true
    /// Whether its first area has a wrong byte.
    var hasDamagedArea = false
    /// Where in the label a byte is wrong.
    var labelDamage: LabelDamage?
    /// What its areas hold, if they count.
    var carried: Version?
  }

  private(set) var script = LayoutScript()
  var disks: [Disk] = []
  private var versionCount = 0

  var names: [String] { disks.map(\.name) }

  mutating func addDisk(sectors: Int) -> String {
    let name = "d\(disks.count)"
    disks.append(Disk(name: name, sectors: sectors))
    script.disks[name] = sectors
    return name
  }

  private mutating func change(_ name: String, _ change: (inout Disk) -> Void) {
    for index in disks.indices where disks[index].name == name { change(&disks[index]) }
  }

  private func disk(_ name: String) -> Disk? { disks.first { $0.name == name } }

  private func members(of group: PlannedGroup) -> [String] { group.members.map(\.disk) }

  mutating func createFree(_ disk: String, uuid: String, options: String, areas: Int) {
    script.act(.lvm("pvcreate -y -ff --uuid \(uuid) --norestorefile \(options) {\(disk)}"), visible: [disk])
    change(disk) {
      $0.uuid = uuid
      $0.areas = areas
    }
  }

  /// Makes a group with all its disks; `areas` and `options` go with its members.
  mutating func create(_ group: inout PlannedGroup, areas: [Int], options: [String]) {
    let text = "{text\(script.texts.count)}"
    script.texts.append(group.text)
    for (position, member) in group.members.enumerated() {
      let options = "--restorefile \(text) --metadatacopies \(areas[position]) \(options[position])"
      script.act(
        .lvm("pvcreate -y -ff --uuid \(member.uuid) \(options) {\(member.disk)}"), visible: members(of: group))
      change(member.disk) {
        $0.uuid = member.uuid
        $0.areas = areas[position]
        $0.isMarkedUsed = true
      }
    }
    script.act(.lvm("vgcfgrestore -y --force -f \(text) \(group.name)"), visible: members(of: group))
    commit(&group, visible: members(of: group))
  }

  /// A command that writes the group's metadata once to every disk that is there; those away are noted as missing.
  mutating func write(_ group: inout PlannedGroup, _ command: String, away: [String] = []) {
    let visible = members(of: group).filter { !away.contains($0) }
    script.act(.lvm(command), visible: visible)
    for index in group.members.indices where away.contains(group.members[index].disk) {
      group.members[index].isMarkedMissing = true
    }
    commit(&group, visible: visible)
  }

  mutating func tag(_ group: inout PlannedGroup, _ tag: String, away: [String] = []) {
    group.tags.append(tag)
    write(&group, "vgchange --addtag \(tag) \(group.name)", away: away)
  }

  mutating func ignoreAreas(of disk: String, in group: inout PlannedGroup) {
    change(disk) {
      $0.areIgnored = true
      $0.carried = nil
    }
    write(&group, "pvchange --metadataignore y {\(disk)}")
  }

  mutating func export(_ group: inout PlannedGroup) {
    group.isExported = true
    write(&group, "vgexport \(group.name)")
  }

  mutating func give(_ group: inout PlannedGroup, to systemID: String) {
    group.systemID = systemID
    write(&group, "vgchange -y --systemid \(systemID) \(group.name)")
  }

  /// Lets the group go on without disks that hold no extents of a volume.
  mutating func reduce(_ group: inout PlannedGroup, away: [String]) {
    let stays = members(of: group).filter { !away.contains($0) }
    script.act(.lvm("vgreduce --removemissing \(group.name)"), visible: stays)
    // Positions in pieces count the physical volumes: those that go must be the last.
    group.members.removeAll { away.contains($0.disk) }
    commit(&group, visible: stays)
  }

  mutating func remove(_ group: PlannedGroup) {
    script.act(.lvm("vgremove -y -ff \(group.name)"), visible: members(of: group))
    for member in group.members {
      change(member.disk) {
        $0.isMarkedUsed = false
        $0.carried = nil
      }
    }
  }

  mutating func copy(_ disk: String) {
    guard var copy = self.disk(disk) else { return }
    let name = addDisk(sectors: copy.sectors)
    copy.name = name
    disks[disks.count - 1] = copy
    script.act(.copy(from: disk, to: name), visible: [])
  }

  mutating func grow(_ disk: String, by sectors: Int) {
    guard let size = self.disk(disk)?.sectors else { return }
    change(disk) { $0.sectors = size + sectors }
    script.act(.grow(disk: disk, sectors: size + sectors), visible: [])
  }

  /// The first area starts 4096 bytes from the start, with a checksum and a magic word.
  mutating func damageArea(of disk: String) {
    change(disk) {
      $0.hasDamagedArea = true
      if $0.areas == 1 { $0.carried = nil }
    }
    script.act(.flip(disk: disk, offset: 4096 + 8), visible: [])
  }

  mutating func damageLabel(of disk: String, _ damage: LabelDamage) {
    change(disk) { $0.labelDamage = damage }
    script.act(.flip(disk: disk, offset: damage.rawValue), visible: [])
  }

  mutating func detach(_ disk: String) { change(disk) { $0.isAttached = false } }

  mutating func finish() { script.attached = disks.filter(\.isAttached).map(\.name) }

  private mutating func commit(_ group: inout PlannedGroup, visible: [String]) {
    group.sequence += 1
    versionCount += 1
    let version = Version(number: versionCount, group: group)
    for name in visible {
      change(name) { if $0.areas > 0, !$0.areIgnored { $0.carried = version } }
    }
  }
}
