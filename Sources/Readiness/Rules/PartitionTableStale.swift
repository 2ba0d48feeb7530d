// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `partition-table-stale`: the kernel still uses another partition table than the one on the disk.
  public static let partitionTableStale = StorageRule(
    id: "partition-table-stale", section: .devices,
    reads: ["devices[].partition_table", "devices[].partition_table.stale_partitions"],
    gaps: [], explanation: StaleTable.explanation, words: { _ in StaleTable.words }, severity: Grading.otherTechnology,
    failures: StaleTable.failures, missing: StaleTable.missing
  ).rule
}

enum StaleTable {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    (input.facts.devices ?? []).compactMap { device in
      guard let numbers = device.partitionTable.value?.stalePartitions.value, !numbers.isEmpty else { return nil }
      let values: [String: StatementValue] = [
        "disk": .text(device.path), "partitions": .list(numbers.map { String($0) }),
      ]
      return RuleResult(
        .fail, subjects: [Subject(kind: "device", name: device.path)], title: title.with(values),
        message: message.with(values),
        evidence: [
          Evidence(
            fact: "devices[\(device.name)].partition_table.stale_partitions", value: numbers.json,
            from: "sysfs and the table on \(device.path)")
        ],
        remedy: [
          .init(look.with(values), commands: ["sudo sfdisk -d \(device.path)", "lsblk -b \(device.path)"]),
          .init(reread.with(values), commands: ["sudo partprobe \(device.path)"]),
        ])
    }
  }

  @Sendable static func missing(_ input: RuleInput) -> [Obstacle] {
    (input.facts.devices ?? []).compactMap { device in
      let member: String
      switch device.partitionTable {
      case .unknown: member = "partition_table"
      case .value(let table) where table.stalePartitions.value == nil: member = "partition_table.stale_partitions"
      case .none, .value: return nil
      }
      return .fact("devices[\(device.name)].\(member)", of: Subject(kind: "device", name: device.path))
    }
  }

  static let title = Wording(
    "The kernel uses an old partition table of {disk}", "内核仍在使用 {disk} 的旧分区表")
  static let message = Wording(
    "Partitions that differ between the kernel and the table on the disk: {partitions}. A server made from the image "
      + "starts with the table on the disk: a partition that is in use now may be missing there, or begin elsewhere.",
    "内核与磁盘上的分区表不一致的分区：{partitions}。用该镜像创建的云服务器按磁盘上的分区表启动：现在使用的分区可能"
      + "不存在，或从其他位置开始。")
  static let look = Wording(
    "Compare the table on the disk with what the kernel uses, and find out who changed it.",
    "比较磁盘上的分区表与内核使用的分区，并查明是谁修改了它。")
  static let reread = Wording(
    "If the table on the disk is right, have the kernel read it (partitions in use must be released first, or restart "
      + "the server), and check again.",
    "如果磁盘上的分区表正确，请让内核重新读取（须先停用正在使用的分区，或重启云服务器），然后重新检查。")

  static let words = RuleWords(
    passed: Wording("The kernel uses the partition tables on the disks", "内核使用的分区与磁盘上的分区表一致"),
    passedMessage: Wording(
      "Every partition that the kernel shows is in the table on its disk, at the same place, and none is left out.",
      "内核显示的每个分区都在磁盘的分区表中且位置相同，没有遗漏。"),
    unknown: Wording(
      "Cannot tell whether the kernel uses the partition tables on the disks", "无法判断内核使用的分区是否与磁盘上的分区表一致"))

  static let explanation = RuleExplanation(
    title: Wording("Changed partition table that the kernel has not read", "分区表已修改但内核尚未重新读取"),
    meaning: Wording(
      "Fails for a disk whose table has other partitions than the kernel shows, or the same ones elsewhere. A "
        + "warning; in the profile strict a blocker. What lies on a partition that the kernel does not show cannot be "
        + "known, so that the verdict is undetermined at best.",
      "磁盘上的分区表与内核显示的分区不同或位置不同时不通过。默认为警告；在 strict 配置下为阻断项。内核未显示的分区上有什么"
        + "无法得知，因此结论最多为无法确定。"),
    why: Wording(
      "The server runs on the table that the kernel read when it started, a clone on the one that is on the disk.",
      "云服务器按内核启动时读取的分区表运行，而克隆出的云服务器按磁盘上的分区表运行。"),
    fix: Wording(
      "Have the kernel read the table with partprobe, or restart the server, after making sure that it is right.",
      "确认磁盘上的分区表正确后，用 partprobe 让内核重新读取，或重启云服务器。"),
    source: Sources.partitionTable)
}
