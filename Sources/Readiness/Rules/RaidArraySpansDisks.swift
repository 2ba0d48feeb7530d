// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `raid-array-spans-disks`: an md array over several devices.
  public static let raidArraySpansDisks = StorageRule(
    id: "raid-array-spans-disks", section: .raidArrays,
    reads: ["raid_arrays[].members", "raid_arrays[].member_count", "raid_arrays[].disks"],
    gaps: [.device, .raidArray], explanation: SpreadArray.explanation, words: { _ in SpreadArray.words },
    severity: Grading.otherTechnology, failures: SpreadArray.failures, missing: SpreadArray.missing
  ).rule
}

enum SpreadArray {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    (input.facts.raidArrays ?? []).compactMap { array in
      let spread = Spread(array.members, array.memberCount, array.disks)
      guard spread.places > 1 else { return nil }
      let subject = subject(of: array)
      let values: [String: StatementValue] = [
        "array": .text(subject.name), "level": .text(array.level.value ?? "md"), "count": .number(spread.places),
        "members": .list(spread.memberPaths), "disks": .list(spread.diskPaths),
      ]
      return RuleResult(
        .fail, subjects: [subject], title: title.with(values), message: message.with(values),
        evidence: spread.evidence("raid_arrays[\(array.name)]", from: "md superblocks and kernel"),
        remedy: [.init(remedy.with(values))])
    }
  }

  @Sendable static func missing(_ input: RuleInput) -> [Obstacle] {
    (input.facts.raidArrays ?? []).flatMap { array in
      Spread(array.members, array.memberCount, array.disks)
        .missing("raid_arrays[\(array.name)]", of: subject(of: array))
    }
  }

  /// The array, by the path of its device where it is assembled.
  private static func subject(of array: RAIDArray) -> Subject {
    let assembled = array.name != array.uuid.value
    let name = assembled ? Device.path(ofName: array.name) : array.name
    return Subject(kind: "raid_array", name: name, uuid: array.uuid.value)
  }

  static let title = Wording(
    "RAID array {array} ({level}) lies on {count} devices", "RAID 阵列 {array}（{level}）分布在 {count} 个设备上")
  static let message = Wording(
    "Members found: {members}; disks below them: {disks}. A whole image takes the disks apart; an array whose "
      + "members come from different moments, in another order or not at all can start degraded, resynchronize in "
      + "the wrong direction or not start.",
    "已找到的成员：{members}；所在磁盘：{disks}。整机镜像会将磁盘拆开；成员数据来自不同时刻、顺序改变或缺失时，"
      + "阵列可能降级启动、以错误的方向重新同步，或无法启动。")
  static let remedy = Wording(
    "Disks of this cloud are kept redundantly by the cloud itself, so a mirror inside the server adds little. Copy "
      + "the data of {array} to a file system on one disk, switch /etc/fstab over to it, stop the array with mdadm, "
      + "and check again.",
    "云硬盘由云平台自身提供冗余，在云服务器内部再做镜像意义不大。请将 {array} 的数据复制到单块磁盘的文件系统上，"
      + "在 /etc/fstab 中切换过去，用 mdadm 停止阵列后重新检查。")

  static let words = RuleWords(
    passed: Wording("No RAID array lies on several disks", "没有分布在多块磁盘上的 RAID 阵列"),
    passedMessage: Wording(
      "Every md array that was found has one member, or there is none.", "找到的每个 md 阵列都只有一个成员，或者不存在阵列。"),
    unknown: Wording("Cannot tell whether a RAID array lies on several disks", "无法判断是否有 RAID 阵列分布在多块磁盘上"))

  static let explanation = RuleExplanation(
    title: Wording("RAID array on several disks", "RAID 阵列分布在多块磁盘上"),
    meaning: Wording(
      "Fails for an md array of more than one member, whether all of them were found or not. A warning; in the "
        + "profile strict a blocker.",
      "md 阵列的成员多于一个（无论是否全部找到）时不通过。默认为警告；在 strict 配置下为阻断项。"),
    why: Wording(
      "The cloud's document names volume groups only, but an array is taken apart and put together the same way.",
      "云平台的文档只提到卷组，但阵列同样会被拆开再组合，存在同样的风险。"),
    fix: Wording(
      "Copy the data to a file system on one disk and stop the array.", "将数据复制到单块磁盘的文件系统上，然后停止阵列。"),
    source: Sources.otherTechnology)
}
