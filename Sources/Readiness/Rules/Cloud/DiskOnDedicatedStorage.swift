// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `disk-on-dedicated-storage`: a disk of the server lies on dedicated distributed storage (IMG.0153).
  public static let diskOnDedicatedStorage = CloudRule(
    id: "disk-on-dedicated-storage", hazard: .dataLoss, forms: [.server],
    reads: [
      "server", "server.attachments", "volumes", "volumes[].service_type", "volumes[].dedicated_storage_id",
    ],
    explanation: DedicatedStorage.explanation, evaluate: DedicatedStorage.evaluate
  ).rule
}

enum DedicatedStorage {
  @Sendable static func evaluate(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    let title = explanation.title
    guard case .value(let server) = cloud.server, let attachments = server.attachments.value else {
      return [
        CloudWords.unknown(.server, input.request.serverID, fact: "server.attachments", cloud, title: title)
      ]
    }
    let disks = DiskMatching(input.facts, cloud)
    var failed: [RuleResult] = []
    var unknown: [RuleResult] = []
    for attachment in attachments {
      let id = attachment.volumeID
      guard let volume = cloud.volume(id), let isDedicated = volume.isOnDedicatedStorage else {
        unknown.append(
          CloudWords.unknown(.volume, id, fact: "volumes[\(id)].service_type", cloud, title: title))
        continue
      }
      if isDedicated { failed.append(result(volume, attachment, disks)) }
    }
    // A server without any disk was not looked at rightly.
    if attachments.isEmpty {
      unknown.append(CloudWords.unknown(.server, server.id, fact: "server.attachments", cloud, title: title))
    }
    let bad = failed.isEmpty ? unknown : failed
    guard bad.isEmpty else { return bad }
    return [
      RuleResult(
        .pass, title: Statement(passed), message: passedMessage.with(["count": .number(attachments.count)]))
    ]
  }

  private static func result(
    _ volume: CloudVolume, _ attachment: CloudServer.Attachment, _ disks: DiskMatching
  ) -> RuleResult {
    let device = disks.device(of: volume.id) ?? attachment.device.value ?? "?"
    let values: [String: StatementValue] = [
      "volume": .text(PlainText.from(volume.id)), "device": .text(PlainText.from(device)),
      "type": .text(PlainText.from(volume.serviceType.value ?? "DSS")),
    ]
    return RuleResult(
      .fail, subjects: [Subject(kind: "volume", name: volume.id)], title: failed.with(values),
      message: failedMessage.with(values),
      evidence: [
        Evidence(
          fact: "volumes[\(volume.id)].service_type", value: volume.serviceType.value?.json ?? .null,
          from: "block storage service"),
        Evidence(
          fact: "volumes[\(volume.id)].dedicated_storage_id", value: volume.dedicatedStorageID.value?.json ?? .null,
          from: "block storage service"),
      ],
      remedy: [.init(Statement(explanation.fix))])
  }

  private static let passed = Wording("No disk on dedicated distributed storage", "没有磁盘位于专属分布式存储")
  private static let passedMessage = Wording(
    "The cloud says that all {count} disks of the server lie on common storage.", "云平台显示该云服务器的 {count} 块磁盘均位于普通存储。")
  private static let failed = Wording("Disk {device} lies on dedicated storage", "磁盘 {device} 位于专属存储")
  private static let failedMessage = Wording(
    "Disk {device} is volume {volume}, which lies on dedicated storage ({type}). The cloud cannot take it into a whole "
      + "image.",
    "磁盘 {device} 对应云硬盘 {volume}，位于专属存储（{type}），云平台无法将其制作进整机镜像。")

  static let explanation = RuleExplanation(
    title: Wording("Disk on dedicated distributed storage", "磁盘位于专属分布式存储"),
    meaning: Wording(
      "No disk of the server may lie on dedicated distributed storage (DSS) or dedicated enterprise storage (DESS).",
      "云服务器的任何磁盘都不能位于专属分布式存储（DSS）或专属企业存储（DESS）。"),
    why: Wording(
      "The cloud cannot take such disks into a whole image and refuses the request.",
      "云平台无法将此类磁盘制作进整机镜像，会拒绝请求。"),
    fix: Wording(
      "Move the data to an ordinary cloud disk (EVS) and detach the dedicated one.",
      "将数据迁移到普通云硬盘（EVS），并卸载专属存储磁盘。"),
    source: Sources.dedicatedStorage)
}
