// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `lvm-volume-group-spans-physical-volumes`: a volume group made of several physical volumes, or that lies on
  /// several disks under the other reading.
  public static let volumeGroupSpansPhysicalVolumes = StorageRule(
    id: "lvm-volume-group-spans-physical-volumes", section: .volumeGroups,
    reads: [
      "volume_groups[].physical_volumes", "volume_groups[].physical_volume_count", "volume_groups[].disks",
      "volume_groups[].physical_volumes[].disks",
    ],
    gaps: [.device, .raidArray, .physicalVolume, .volumeGroup],
    explanation: VolumeGroupSpans.explanation, words: VolumeGroupSpans.words, severity: Grading.blocker,
    failures: VolumeGroupSpans.failures, missing: VolumeGroupSpans.missing
  ).rule
}

enum VolumeGroupSpans {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let uses = GroupName.uses(input.facts)
    return (input.facts.volumeGroups ?? []).compactMap { group in
      let title: Statement
      switch input.reading {
      case .physicalVolumes:
        guard group.knownPhysicalVolumeCount > 1 else { return nil }
        title = onVolumes.with(["group": .text(group.name), "count": .number(group.knownPhysicalVolumeCount)])
      case .physicalDisks:
        guard group.knownDisks.count > 1 else { return nil }
        title = onDisks.with(["group": .text(group.name), "count": .number(group.knownDisks.count)])
      }
      guard input.explains else { return RuleResult(.fail, title: title, message: Statement(spread)) }
      let volumes = (group.physicalVolumes.value ?? []).map(\.label).sorted(by: NaturalOrder.precedes)
      let message = spread.with([
        "group": .text(group.name), "volumes": .list(volumes), "disks": .list(VolumeGroup.paths(group.knownDisks)),
      ])
      return RuleResult(
        .fail, subjects: [group.subject], title: title, message: message,
        evidence: [group.physicalVolumeEvidence, group.diskEvidence],
        remedy: ConsolidationSteps.remedy(for: group, GroupName(group, uses), input.reading))
    }
  }

  @Sendable static func missing(_ input: RuleInput) -> [Obstacle] {
    (input.facts.volumeGroups ?? []).flatMap { $0.missingPhysicalVolumes() + $0.missingDisks(input.reading) }
  }

  static let onVolumes = Wording(
    "Volume group {group} lies on {count} physical volumes", "卷组 {group} 分布在 {count} 个物理卷上")
  static let onDisks = Wording("Volume group {group} lies on {count} disks", "卷组 {group} 分布在 {count} 块磁盘上")
  static let spread = Wording(
    "Physical volumes: {volumes}; disks below them: {disks}. A whole image takes the disks apart and puts them "
      + "together again on another server; a group that needs several of them at once may come up incomplete or "
      + "not at all, and its data is lost. The cloud cannot see this and accepts the request anyway.",
    "物理卷：{volumes}；所在磁盘：{disks}。整机镜像会将各磁盘拆开，再在新的云服务器上重新组合；"
      + "同时依赖多个物理卷的卷组可能不完整或无法激活，造成数据丢失。云平台无法发现这一点，仍会受理请求。")

  @Sendable static func words(_ reading: Reading) -> RuleWords {
    switch reading {
    case .physicalVolumes:
      RuleWords(
        passed: Wording("No volume group lies on several physical volumes", "没有分布在多个物理卷上的卷组"),
        passedMessage: Wording(
          "Every volume group that was found has one physical volume, or there is none.",
          "找到的每个卷组都只有一个物理卷，或者不存在卷组。"),
        unknown: Wording(
          "Cannot tell whether a volume group lies on several physical volumes",
          "无法判断是否有卷组分布在多个物理卷上"))
    case .physicalDisks:
      RuleWords(
        passed: Wording("No volume group lies on several disks", "没有分布在多块磁盘上的卷组"),
        passedMessage: Wording(
          "Every volume group that was found lies on one disk, or there is none.",
          "找到的每个卷组都只位于一块磁盘上，或者不存在卷组。"),
        unknown: Wording(
          "Cannot tell whether a volume group lies on several disks", "无法判断是否有卷组分布在多块磁盘上"))
    }
  }

  static let explanation = RuleExplanation(
    title: Wording("Volume group on several physical volumes", "卷组分布在多个物理卷上"),
    meaning: Wording(
      "Looks at the LVM metadata on every disk, active or not, and fails for a volume group that lists more than "
        + "one physical volume, found or missing. Under the reading physical-disks it fails only where the group "
        + "lies on more than one whole disk.",
      "检查每块磁盘上的 LVM 元数据（无论是否激活）。卷组列出一个以上物理卷（无论是否找到）时不通过。"
        + "在 physical-disks 解读方式下，仅当卷组位于一块以上磁盘时不通过。"),
    why: Wording(
      "A whole image is made disk by disk. Where a volume group needs several disks at once, the new server can "
        + "come up with a group that is incomplete, and file systems on it are damaged or missing.",
      "整机镜像按磁盘逐块制作。卷组同时依赖多块磁盘时，新云服务器上的卷组可能不完整，其上的文件系统会损坏或丢失。"),
    fix: Wording(
      "Bring the group onto one physical volume: move the extents with pvmove, take the empty physical volumes out "
        + "with vgreduce and pvremove. Where no physical volume is large enough, add a larger disk first "
        + "(pvcreate, vgextend). The finding gives the commands where they can be computed.",
      "将卷组集中到一个物理卷上：用 pvmove 迁移数据，再用 vgreduce 和 pvremove 移除空出的物理卷。"
        + "如果没有足够大的物理卷，请先添加一块更大的云硬盘（pvcreate、vgextend）。能够计算时，检查结果会给出具体命令。"),
    source: Sources.linuxVolumeGroups)
}

/// The clauses that rules are from.
enum Sources {
  static let linuxVolumeGroups = Wording(
    "Create Whole Image, constraints for servers: Linux volume groups",
    "制作整机镜像，使用云服务器的约束：Linux 卷组")
  static let linuxLogicalVolumes = Wording(
    "Create Whole Image, constraints for servers: Linux logical volumes",
    "制作整机镜像，使用云服务器的约束：Linux 逻辑卷")
  static let otherTechnology = Wording(
    "The hazard of Create Whole Image, constraints for servers: Linux volume groups, by other technology",
    "制作整机镜像，使用云服务器的约束：Linux 卷组（由其他技术带来的同类风险）")
  static let partitionTable = Wording(
    "What a server made from the image starts with: the partition table on the disk", "用镜像创建的云服务器启动时使用的数据：磁盘上的分区表")
  static let windowsSpanned = Wording(
    "Create Whole Image, constraints for servers: Windows spanned volumes",
    "制作整机镜像，使用云服务器的约束：Windows 跨区卷")
  static let windowsOtherTechnology = Wording(
    "The hazard of Create Whole Image, constraints for servers: Windows spanned volumes, by other technology",
    "制作整机镜像，使用云服务器的约束：Windows 跨区卷（由其他技术带来的同类风险）")
  static let windowsSANPolicy = Wording(
    "Create Whole Image, constraints for servers: Windows SAN policy",
    "制作整机镜像，使用云服务器的约束：Windows SAN 策略")
  static let dedicatedStorage = Wording(
    "Create Whole Image, constraints for servers: dedicated distributed storage",
    "制作整机镜像，使用云服务器的约束：专属分布式存储")
  static let serverStatus = Wording(
    "Create Whole Image, constraints for servers: server status",
    "制作整机镜像，使用云服务器的约束：云服务器状态")
}
