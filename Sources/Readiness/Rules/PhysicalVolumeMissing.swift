// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `lvm-physical-volume-missing`: a volume group that is incomplete already.
  public static let physicalVolumeMissing = StorageRule(
    id: "lvm-physical-volume-missing", section: .volumeGroups,
    reads: [
      "volume_groups[].physical_volumes", "volume_groups[].physical_volume_count", "volume_groups[].partial",
      "volume_groups[].physical_volumes[].missing",
    ],
    gaps: [.device, .raidArray, .physicalVolume, .volumeGroup],
    explanation: MissingPhysicalVolume.explanation, words: { _ in MissingPhysicalVolume.words },
    severity: Grading.blocker,
    failures: MissingPhysicalVolume.failures, missing: MissingPhysicalVolume.missing
  ).rule
}

enum MissingPhysicalVolume {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let uses = GroupName.uses(input.facts)
    return (input.facts.volumeGroups ?? []).compactMap { group in
      let lost = (group.physicalVolumes.value ?? []).filter(\.isMissing)
      guard !lost.isEmpty || group.partial.value == true else { return nil }
      let title: Statement
      if lost.isEmpty {
        title = incomplete.with(["group": .text(group.name)])
      } else {
        title = (lost.count == 1 ? oneMissing : severalMissing).with([
          "group": .text(group.name), "count": .number(lost.count),
        ])
      }
      let uuids = Set(lost.map(\.uuid))
      let touched = (group.logicalVolumes.value ?? []).filter { volume in
        volume.hidden.value != true && !uuids.isDisjoint(with: volume.physicalVolumes.value ?? [])
      }
      let isBack = !lost.isEmpty && lost.allSatisfy { $0.device.value != nil }
      let message = (isBack ? messageBack : message).with([
        "group": .text(group.name), "volumes": .list(lost.map(\.label)), "touched": .list(touched.map(\.name)),
      ])
      return RuleResult(
        .fail, subjects: [group.subject] + lost.map(\.subject), title: title, message: message,
        evidence: evidence(group, lost), remedy: remedy(group, lost, GroupName(group, uses)))
    }
  }

  @Sendable static func missing(_ input: RuleInput) -> [Obstacle] {
    (input.facts.volumeGroups ?? []).flatMap { group in
      var obstacles = group.missingPhysicalVolumes()
      if group.partial.value == nil { obstacles.append(.fact(group.fact("partial"), of: group.subject)) }
      for volume in group.physicalVolumes.value ?? [] where volume.missing.value == nil {
        obstacles.append(.fact(group.fact("physical_volumes[\(volume.label)].missing"), of: volume.subject))
      }
      return obstacles
    }
  }

  private static func evidence(_ group: VolumeGroup, _ lost: [PhysicalVolume]) -> [Evidence] {
    var evidence = [group.physicalVolumeEvidence]
    if let partial = group.partial.value {
      evidence.append(Evidence(fact: group.fact("partial"), value: partial.json, from: group.origin))
    }
    for volume in lost {
      let fact = group.fact("physical_volumes[\(volume.uuid)].missing")
      evidence.append(Evidence(fact: fact, value: true, from: group.origin))
    }
    return evidence
  }

  private static func remedy(_ group: VolumeGroup, _ lost: [PhysicalVolume], _ name: GroupName) -> [RuleResult.Step] {
    var steps: [RuleResult.Step] = []
    let away = lost.filter { $0.device.value == nil }
    if !away.isEmpty {
      let uuids = away.map(\.uuid)
      steps.append(.init(attach.with(["uuids": .list(uuids), "group": .text(group.name)])))
    }
    // Found again on a device, but the group was changed without it and goes on without it.
    let back = lost.compactMap { $0.device.value.map(Device.path(ofName:)) }
    if !back.isEmpty {
      let commands = name.commands { group in
        back.compactMap { path in ShellWord(path).map { "vgextend --restoremissing \(group) \($0)" } }
      }
      steps.append(.init(restore.with(["devices": .list(back), "group": .text(group.name)]), commands: commands))
    }
    steps.append(
      .init(
        giveUp.with(["group": .text(group.name)]), commands: name.commands { ["vgreduce --removemissing \($0)"] }))
    return steps + name.notes
  }

  static let oneMissing = Wording(
    "A physical volume of volume group {group} is missing", "卷组 {group} 缺失 1 个物理卷")
  static let severalMissing = Wording(
    "{count} physical volumes of volume group {group} are missing", "卷组 {group} 缺失 {count} 个物理卷")
  static let incomplete = Wording("Volume group {group} is incomplete", "卷组 {group} 不完整")
  static let message = Wording(
    "Missing from {group}: {volumes}. Logical volumes that lie there: {touched}. Their data is not on the disks of "
      + "this server, so it cannot be in an image of it; the new server starts with a broken group.",
    "卷组 {group} 缺失：{volumes}。位于其上的逻辑卷：{touched}。这些数据不在该云服务器的磁盘上，"
      + "因此不可能包含在镜像中；新云服务器的卷组从一开始就是损坏的。")
  static let messageBack = Wording(
    "Counted as missing by {group} although found: {volumes}. Logical volumes that lie there: {touched}. The group was "
      + "changed while the disk was away, and LVM does not use what came back; the new server starts with a group "
      + "that is incomplete.",
    "已找到但仍被卷组 {group} 视为缺失：{volumes}。位于其上的逻辑卷：{touched}。该磁盘不在期间卷组发生过变更，"
      + "LVM 不会使用重新出现的磁盘；新云服务器的卷组从一开始就不完整。")
  static let attach = Wording(
    "If the disk still exists, attach it again: {group} is complete as soon as the physical volume with the uuid "
      + "{uuids} is seen.",
    "如果该磁盘仍然存在，请重新挂载：uuid 为 {uuids} 的物理卷出现后，卷组 {group} 即恢复完整。")
  static let restore = Wording(
    "Here again, but still counted as missing by {group}: {devices}. Take it back only if its contents are current: "
      + "where logical volumes were written to without it, what it holds is stale.",
    "{devices} 已重新出现，但卷组 {group} 仍将其视为缺失。仅当其内容仍是最新时才可恢复："
      + "如果缺失期间逻辑卷有过写入，其中的数据已过时。")
  static let giveUp = Wording(
    "To go on without it, take it out of {group}. The command refuses while logical volumes lie on it; adding "
      + "--force deletes those volumes with ALL their data, so restore them from a backup elsewhere first.",
    "如果不再需要它（例如磁盘已永久丢失），请将其从卷组 {group} 中移除。仍有逻辑卷位于其上时命令会拒绝执行；"
      + "加上 --force 会删除这些逻辑卷及其全部数据，请务必先从备份恢复到其他位置。")

  static let words = RuleWords(
    passed: Wording("No volume group misses a physical volume", "没有缺失物理卷的卷组"),
    passedMessage: Wording(
      "All physical volumes that the metadata lists were found.", "元数据中列出的物理卷均已找到。"),
    unknown: Wording(
      "Cannot tell whether a volume group misses a physical volume", "无法判断是否有卷组缺失物理卷"))

  static let explanation = RuleExplanation(
    title: Wording("Physical volume missing from its volume group", "卷组缺失物理卷"),
    meaning: Wording(
      "Fails for a volume group whose metadata lists a physical volume that was found on no device, or that LVM "
        + "itself has marked as missing.",
      "卷组元数据列出的物理卷在任何设备上都找不到，或已被 LVM 标记为缺失时不通过。"),
    why: Wording(
      "An image can hold only what is on the server's disks. Volumes with parts on a missing disk are broken "
        + "already, and a group that is incomplete is not activated at boot by default.",
      "镜像只能包含云服务器磁盘上的数据。部分数据位于缺失磁盘上的逻辑卷已经损坏，而不完整的卷组在启动时默认不会被激活。"),
    fix: Wording(
      "Attach the disk again. If it is gone for good, take it out of the group with vgreduce --removemissing; with "
        + "--force that deletes the volumes on it.",
      "重新挂载该磁盘。如果磁盘已永久丢失，用 vgreduce --removemissing 将其移出卷组；加 --force 会删除其上的逻辑卷。"),
    source: Sources.linuxVolumeGroups)
}

extension PhysicalVolume {
  /// Whether the facts say that it is not there.
  var isMissing: Bool {
    if missing.value == true { return true }
    if case .none = device { return true }
    return false
  }
}
