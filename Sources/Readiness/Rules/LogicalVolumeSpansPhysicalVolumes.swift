// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `lvm-logical-volume-spans-physical-volumes`: a logical volume whose data lies on several physical volumes, or on
  /// several disks under the other reading.
  public static let logicalVolumeSpansPhysicalVolumes = StorageRule(
    id: "lvm-logical-volume-spans-physical-volumes", section: .volumeGroups,
    reads: [
      "volume_groups[].physical_volumes", "volume_groups[].physical_volume_count",
      "volume_groups[].physical_volumes[].disks", "volume_groups[].logical_volumes",
      "volume_groups[].logical_volume_count", "volume_groups[].logical_volumes[].physical_volumes",
    ],
    gaps: [.device, .raidArray, .physicalVolume, .volumeGroup, .logicalVolume],
    explanation: LogicalVolumeSpans.explanation, words: LogicalVolumeSpans.words, severity: Grading.blocker,
    failures: LogicalVolumeSpans.failures, missing: LogicalVolumeSpans.missing
  ).rule
}

enum LogicalVolumeSpans {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    (input.facts.volumeGroups ?? []).compactMap { group in
      let layout = Layout(group, input.reading)
      let volumes = layout.spread
      guard let first = volumes.first else { return nil }
      guard input.explains else {
        return RuleResult(.fail, title: Statement(explanation.title), message: Statement(message))
      }
      let title: Statement
      if volumes.count == 1 {
        title = (input.reading == .physicalVolumes ? oneOnVolumes : oneOnDisks).with([
          "volume": .text("\(group.name)/\(first.name)"), "count": .number(layout.places(of: first).count),
        ])
      } else {
        title = (input.reading == .physicalVolumes ? severalOnVolumes : severalOnDisks).with([
          "group": .text(group.name), "count": .number(volumes.count),
        ])
      }
      return RuleResult(
        .fail, subjects: volumes.map { $0.subject(in: group) }, title: title,
        message: message.with(["volumes": .list(volumes.map(\.name)), "group": .text(group.name)]),
        evidence: volumes.map(layout.evidence),
        remedy: [RuleResult.Step(withTheGroup.with(["group": .text(group.name)]))])
    }
  }

  @Sendable static func missing(_ input: RuleInput) -> [Obstacle] {
    (input.facts.volumeGroups ?? []).flatMap { group in
      var obstacles = group.missingPhysicalVolumes()
      for volume in group.physicalVolumes.value ?? []
      where !volume.disks.isKnown || (input.reading == .physicalDisks && volume.disks.value?.isEmpty ?? true) {
        obstacles.append(.fact(group.fact("physical_volumes[\(volume.label)].disks"), of: volume.subject))
      }
      if group.logicalVolumes.value == nil { obstacles.append(.fact(group.fact("logical_volumes"), of: group.subject)) }
      if group.logicalVolumeCount.value == nil {
        obstacles.append(.fact(group.fact("logical_volume_count"), of: group.subject))
      }
      for volume in group.logicalVolumes.value ?? [] where !volume.physicalVolumes.isKnown {
        let path = group.fact("logical_volumes[\(volume.name)].physical_volumes")
        obstacles.append(.fact(path, of: volume.subject(in: group)))
      }
      return obstacles
    }
  }

  /// Where the volumes of one group lie.
  private struct Layout {
    let group: VolumeGroup
    let reading: Reading
    let physical: [String: PhysicalVolume]

    init(_ group: VolumeGroup, _ reading: Reading) {
      self.group = group
      self.reading = reading
      physical = Dictionary((group.physicalVolumes.value ?? []).map { ($0.uuid, $0) }) { first, _ in first }
    }

    /// The places that a volume lies in: uuids of physical volumes, or names of disks.
    func places(of volume: LogicalVolume) -> Set<String> {
      let uuids = Set(volume.physicalVolumes.value ?? [])
      guard reading == .physicalDisks else { return uuids }
      return uuids.reduce(into: []) { $0.formUnion(physical[$1]?.disks.value ?? []) }
    }

    /// The volumes that lie in several places: those that people see, and a hidden part only where the visible ones
    /// on the list do not cover it.
    var spread: [LogicalVolume] {
      let all = (group.logicalVolumes.value ?? []).filter { places(of: $0).count > 1 }
      let visible = all.filter { $0.hidden.value != true }
      let covered = Set(visible.flatMap { $0.physicalVolumes.value ?? [] })
      let uncovered = all.filter { $0.hidden.value == true && !covered.isSuperset(of: $0.physicalVolumes.value ?? []) }
      return (visible + uncovered).sorted { NaturalOrder.precedes($0.name, $1.name) }
    }

    func evidence(_ volume: LogicalVolume) -> Evidence {
      let labels = Set(volume.physicalVolumes.value ?? []).map { physical[$0]?.label ?? "uuid \($0)" }
      return Evidence(
        fact: group.fact("logical_volumes[\(volume.name)].physical_volumes"),
        value: labels.sorted(by: NaturalOrder.precedes).json, from: group.origin)
    }
  }

  static let oneOnVolumes = Wording(
    "Logical volume {volume} lies on {count} physical volumes", "逻辑卷 {volume} 分布在 {count} 个物理卷上")
  static let oneOnDisks = Wording(
    "Logical volume {volume} lies on {count} disks", "逻辑卷 {volume} 分布在 {count} 块磁盘上")
  static let severalOnVolumes = Wording(
    "{count} logical volumes of volume group {group} lie on several physical volumes",
    "卷组 {group} 中有 {count} 个逻辑卷分布在多个物理卷上")
  static let severalOnDisks = Wording(
    "{count} logical volumes of volume group {group} lie on several disks",
    "卷组 {group} 中有 {count} 个逻辑卷分布在多块磁盘上")
  static let message = Wording(
    "The data of {volumes} in volume group {group} lies in several places at once. A whole image takes the disks "
      + "apart; if a single one of them comes out later, differently or not at all, that data is damaged.",
    "卷组 {group} 中 {volumes} 的数据同时位于多处。整机镜像会将磁盘拆开；"
      + "只要其中一块磁盘的数据不一致或缺失，这些数据就会损坏。")
  static let withTheGroup = Wording(
    "The steps that bring volume group {group} into one place bring its logical volumes with it; they stand with "
      + "the finding on the group.",
    "将卷组 {group} 集中到一处的步骤会同时处理其逻辑卷；具体步骤见该卷组的检查结果。")

  @Sendable static func words(_ reading: Reading) -> RuleWords {
    switch reading {
    case .physicalVolumes:
      RuleWords(
        passed: Wording("No logical volume lies on several physical volumes", "没有分布在多个物理卷上的逻辑卷"),
        passedMessage: Wording(
          "Every logical volume that was found lies on one physical volume, or there is none.",
          "找到的每个逻辑卷都只位于一个物理卷上，或者不存在逻辑卷。"),
        unknown: Wording(
          "Cannot tell whether a logical volume lies on several physical volumes",
          "无法判断是否有逻辑卷分布在多个物理卷上"))
    case .physicalDisks:
      RuleWords(
        passed: Wording("No logical volume lies on several disks", "没有分布在多块磁盘上的逻辑卷"),
        passedMessage: Wording(
          "Every logical volume that was found lies on one disk, or there is none.",
          "找到的每个逻辑卷都只位于一块磁盘上，或者不存在逻辑卷。"),
        unknown: Wording(
          "Cannot tell whether a logical volume lies on several disks", "无法判断是否有逻辑卷分布在多块磁盘上"))
    }
  }

  static let explanation = RuleExplanation(
    title: Wording("Logical volume on several physical volumes", "逻辑卷分布在多个物理卷上"),
    meaning: Wording(
      "Follows every logical volume through its parts - stripes, mirror legs, thin and cache pools, snapshots - to "
        + "the physical volumes that hold its data, and fails where these are more than one. Under the reading "
        + "physical-disks it fails only where they lie on more than one whole disk.",
      "沿着每个逻辑卷的组成部分（条带、镜像、精简池、缓存池、快照）追踪到存放数据的物理卷，多于一个时不通过。"
        + "在 physical-disks 解读方式下，仅当位于一块以上磁盘时不通过。"),
    why: Wording(
      "A logical volume is one device for its file system. Put together from disks that were imaged apart, it can "
        + "hold parts of different moments, or parts can be missing.",
      "逻辑卷对其文件系统而言是一个设备。由分别制作镜像的磁盘拼合而成时，各部分可能来自不同时刻，也可能缺失。"),
    fix: Wording(
      "Bring the volume group onto one physical volume (see lvm-volume-group-spans-physical-volumes). Mirrors and "
        + "stripes are converted to linear first (lvconvert), or the data is copied to a new volume on one disk.",
      "将卷组集中到一个物理卷上（参见 lvm-volume-group-spans-physical-volumes）。镜像卷和条带卷需先转换为线性卷"
        + "（lvconvert），或将数据复制到单块磁盘上的新逻辑卷。"),
    source: Sources.linuxLogicalVolumes)
}
