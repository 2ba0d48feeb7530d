// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `backup-with-shared-volume`: the backup holds a volume that several servers may use (CSBS only).
  public static let backupWithSharedVolume = CloudRule(
    id: "backup-with-shared-volume", hazard: .dataLoss, forms: [.csbsBackup],
    reads: ["backup", "backup.volume_ids", "volumes", "volumes[].shared"], explanation: SharedVolume.explanation,
    evaluate: SharedVolume.evaluate
  ).rule
}

enum SharedVolume {
  @Sendable static func evaluate(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    let title = explanation.title
    let id = input.request.backupID ?? cloud.backup.value?.id
    guard let volumes = cloud.backup.value?.volumeIDs.value, !volumes.isEmpty else {
      return [CloudWords.unknown(.backup, id, fact: "backup.volume_ids", cloud, title: title)]
    }
    let disks = DiskMatching(input.facts, cloud)
    var failed: [RuleResult] = []
    var unknown: [RuleResult] = []
    for id in volumes {
      switch cloud.volume(id)?.isShared.value {
      case true: failed.append(result(id, disks))
      case false: break
      case nil where cloud.volumes.isKnown && cloud.volume(id) == nil && !cloud.gaps.contains { $0.id == id }:
        unknown.append(gone(id))
      case nil: unknown.append(CloudWords.unknown(.volume, id, fact: "volumes[\(id)].shared", cloud, title: title))
      }
    }
    let bad = failed.isEmpty ? unknown : failed
    guard bad.isEmpty else { return bad }
    return [
      RuleResult(.pass, title: Statement(passed), message: passedMessage.with(["count": .number(volumes.count)]))
    ]
  }

  private static func result(_ id: String, _ disks: DiskMatching) -> RuleResult {
    let device = disks.device(of: id).map { PlainText.from($0) }
    let values: [String: StatementValue] = ["volume": .text(PlainText.from(id)), "device": .text(device ?? "")]
    return RuleResult(
      .fail, subjects: [Subject(kind: "volume", name: id)], title: failed.with(values),
      message: (device == nil ? failedUnseenMessage : failedMessage).with(values),
      evidence: [Evidence(fact: "volumes[\(id)].shared", value: true, from: "block storage service")],
      remedy: [.init(Statement(explanation.fix))])
  }

  /// The backup's record does not say whether a volume was shared, and the volume cannot be asked any more.
  private static func gone(_ id: String) -> RuleResult {
    RuleResult(
      .unknown, reason: .cloudFactsMissing, subjects: [Subject(kind: "volume", name: id)],
      title: Statement(explanation.title), message: goneMessage.with(["volume": .text(PlainText.from(id))]),
      evidence: [Evidence(fact: "volumes[\(id)]", value: .null, from: "block storage service")],
      remedy: [.init(Statement(backUpAgain))])
  }

  private static let passed = Wording("No shared volume in the backup", "备份中没有共享云硬盘")
  private static let passedMessage = Wording(
    "None of the {count} volumes in the backup is shared.", "备份中的 {count} 块云硬盘均不是共享云硬盘。")
  private static let failed = Wording("Backup holds a shared volume", "备份中有共享云硬盘")
  private static let failedMessage = Wording(
    "Volume {volume} (disk {device}) may be used by several servers at once; a backup with it makes no whole image.",
    "云硬盘 {volume}（磁盘 {device}）为共享云硬盘；含有共享云硬盘的备份不能制作整机镜像。")
  private static let failedUnseenMessage = Wording(
    "Volume {volume} may be used by several servers at once; a backup with it makes no whole image.",
    "云硬盘 {volume} 为共享云硬盘；含有共享云硬盘的备份不能制作整机镜像。")
  private static let goneMessage = Wording(
    "Volume {volume} does not exist any more, and the backup does not say whether it was shared.",
    "云硬盘 {volume} 已不存在，备份中也没有记录它是否为共享云硬盘。")
  private static let backUpAgain = Wording(
    "Back the server up again and use that backup.", "请重新备份云服务器，并使用新的备份。")

  static let explanation = RuleExplanation(
    title: failed,
    meaning: Wording(
      "A backup of the older backup service (CSBS) must not hold a shared volume.", "云服务器备份（CSBS）中不能含有共享云硬盘。"),
    why: Wording(
      "What another server writes meanwhile is in the backup half done, and the cloud refuses to make an image of it.",
      "其他云服务器同时写入会使备份中的数据不完整，云平台会拒绝用其制作镜像。"),
    fix: Wording(
      "Detach the shared volume, back the server up again and use that backup.", "请卸载共享云硬盘，重新备份云服务器并使用新的备份。"),
    source: CloudSources.csbsConstraints)
}
