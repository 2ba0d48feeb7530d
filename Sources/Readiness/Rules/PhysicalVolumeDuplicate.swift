// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `lvm-physical-volume-duplicate`: one physical volume on several devices, so that nobody knows which one counts.
  public static let physicalVolumeDuplicate = StorageRule(
    id: "lvm-physical-volume-duplicate", section: .volumeGroups,
    reads: [
      "volume_groups[].physical_volumes", "volume_groups[].physical_volume_count",
      "volume_groups[].physical_volumes[].duplicate_devices",
    ],
    gaps: [.device, .raidArray, .physicalVolume, .volumeGroup],
    explanation: DuplicatePhysicalVolume.explanation, words: { _ in DuplicatePhysicalVolume.words },
    severity: Grading.blocker, failures: DuplicatePhysicalVolume.failures, missing: DuplicatePhysicalVolume.missing
  ).rule
}

enum DuplicatePhysicalVolume {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let groups = input.facts.volumeGroups ?? []
    var owners: [String: Int] = [:]
    for group in groups {
      for uuid in Set((group.physicalVolumes.value ?? []).map(\.uuid)) { owners[uuid, default: 0] += 1 }
    }
    return groups.compactMap { group in
      let volumes = (group.physicalVolumes.value ?? []).filter { volume in
        !(volume.duplicateDevices.value ?? []).isEmpty || owners[volume.uuid, default: 0] > 1
      }
      guard !volumes.isEmpty else { return nil }
      let devices = VolumeGroup.paths(Set(volumes.flatMap(\.knownDevices)))
      let title = (volumes.count == 1 ? one : several).with([
        "group": .text(group.name), "count": .number(volumes.count),
      ])
      return RuleResult(
        .fail, subjects: [group.subject] + volumes.map(\.subject), title: title,
        message: message.with(["group": .text(group.name), "devices": .list(devices)]),
        evidence: volumes.map { evidence($0, group) }, remedy: remedy(group, volumes, devices))
    }
  }

  @Sendable static func missing(_ input: RuleInput) -> [Obstacle] {
    (input.facts.volumeGroups ?? []).flatMap { group in
      var obstacles = group.missingPhysicalVolumes()
      for volume in group.physicalVolumes.value ?? [] where !volume.duplicateDevices.isKnown {
        obstacles.append(.fact(group.fact("physical_volumes[\(volume.label)].duplicate_devices"), of: volume.subject))
      }
      return obstacles
    }
  }

  private static func evidence(_ volume: PhysicalVolume, _ group: VolumeGroup) -> Evidence {
    Evidence(
      fact: group.fact("physical_volumes[\(volume.uuid)].duplicate_devices"),
      value: VolumeGroup.paths(Set(volume.knownDevices)).json, from: group.origin)
  }

  private static func remedy(
    _ group: VolumeGroup, _ volumes: [PhysicalVolume], _ devices: [String]
  ) -> [RuleResult.Step] {
    var steps = [RuleResult.Step(detach.with(["devices": .list(devices)]))]
    // vgimportclone(8) wants all physical volumes of the copy at once: only for a group of one is that certain.
    if group.knownPhysicalVolumeCount == 1, let volume = volumes.first, let kept = volume.device.value {
      let copies = VolumeGroup.paths(Set(volume.knownDevices).subtracting([kept]))
      if copies.count == 1, let copy = copies.first, let path = ShellWord(copy),
        let name = ShellWord("\(group.name)_copy")
      {
        let values: [String: StatementValue] = ["copy": .text(copy), "kept": .text(Device.path(ofName: kept))]
        steps.append(.init(rename.with(values), commands: ["vgimportclone --basevgname \(name) \(path)"]))
      }
    }
    steps.append(.init(Statement(paths)))
    return steps
  }

  static let one = Wording(
    "A physical volume of volume group {group} is there more than once", "卷组 {group} 的 1 个物理卷重复出现")
  static let several = Wording(
    "{count} physical volumes of volume group {group} are there more than once", "卷组 {group} 的 {count} 个物理卷重复出现")
  static let message = Wording(
    "{devices} carry the same LVM identity for {group}: one is a copy of the other, or they are paths to one disk. "
      + "Which of them the new server takes is left to chance, and with it which data it sees.",
    "{devices} 带有卷组 {group} 的同一 LVM 标识：其中一个是另一个的副本，或者它们是同一磁盘的多条路径。"
      + "新云服务器会使用哪一个全凭偶然，看到哪份数据也无法确定。")
  static let detach = Wording(
    "If one of {devices} is a copy (a cloned or restored disk), detach the copy from this server, or wipe it once "
      + "it is certain which one it is.",
    "如果 {devices} 中有一个是副本（克隆或恢复的磁盘），请将副本从该云服务器卸载；在确认无误后也可以清除副本。")
  static let rename = Wording(
    "If {copy} is the copy, {kept} the original, and the copy is needed on this server, give it an identity of its "
      + "own.",
    "如果 {copy} 是副本、{kept} 是原件，且该云服务器仍需要副本，请为副本赋予新的标识。")
  static let paths = Wording(
    "If they are two paths to one disk, put them under device-mapper multipath (multipathd).",
    "如果它们是同一磁盘的两条路径，请启用 device-mapper multipath（multipathd）。")

  static let words = RuleWords(
    passed: Wording("No physical volume is there more than once", "没有重复出现的物理卷"),
    passedMessage: Wording(
      "Each physical volume was found on one device only.", "每个物理卷都只在一个设备上找到。"),
    unknown: Wording(
      "Cannot tell whether a physical volume is there more than once", "无法判断是否有物理卷重复出现"))

  static let explanation = RuleExplanation(
    title: Wording("Physical volume present more than once", "物理卷重复出现"),
    meaning: Wording(
      "Fails for a physical volume whose uuid was found on more than one device, or that more than one volume "
        + "group claims.",
      "同一物理卷 uuid 出现在多个设备上，或被多个卷组声明时不通过。"),
    why: Wording(
      "LVM picks one of the devices by its own preference. On a new server the disks come in another order, and it "
        + "may pick the other one: old data appears in the place of current data.",
      "LVM 会按自己的偏好选择其中一个设备。新云服务器上磁盘顺序不同，可能选中另一个：旧数据会取代当前数据。"),
    fix: Wording(
      "Detach the copied disk, or give the copy an identity of its own with vgimportclone. Paths to one disk belong "
        + "under multipath.",
      "卸载复制出的磁盘，或用 vgimportclone 为副本赋予新的标识。同一磁盘的多条路径应由 multipath 管理。"),
    source: Sources.linuxVolumeGroups)
}

extension PhysicalVolume {
  /// Every device that is known to carry it.
  var knownDevices: [String] { (device.value.map { [$0] } ?? []) + (duplicateDevices.value ?? []) }
}
