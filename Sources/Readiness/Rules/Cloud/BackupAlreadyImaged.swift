// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `backup-already-imaged`: an image was made from the backup, or is being made (IMG.0134, IMG.0029).
  public static let backupAlreadyImaged = CloudRule(
    id: "backup-already-imaged", hazard: .dataLoss, forms: [.csbsBackup, .cbrBackup],
    reads: ["backup", "backup.image_ids"], explanation: ImagedBackup.explanation, evaluate: ImagedBackup.evaluate
  ).rule
}

enum ImagedBackup {
  @Sendable static func evaluate(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    let id = input.request.backupID ?? cloud.backup.value?.id ?? ""
    let subjects = [Subject(kind: "backup", name: id)]
    if let images = cloud.backup.value?.imageIDs.value, !images.isEmpty {
      return [
        RuleResult(
          .fail, subjects: subjects, title: Statement(failed),
          message: failedMessage.with(["images": .list(images.map { PlainText.from($0) })]),
          evidence: [Evidence(fact: "backup.image_ids", value: images.json, from: "backup service")],
          remedy: [.init(Statement(explanation.fix))])
      ]
    }
    if let holder = input.request.heldBy {
      return [
        RuleResult(
          .fail, reason: .taskInProgress, subjects: subjects, title: Statement(underWay),
          message: underWayMessage.with(["decision": .text(holder)]),
          evidence: [Evidence(fact: "request.held_by", value: holder.json, from: "this collector's decisions")],
          remedy: [.init(Statement(explanation.fix))])
      ]
    }
    guard cloud.backup.value?.imageIDs.value != nil else {
      return [CloudWords.unknown(.backup, id, fact: "backup.image_ids", cloud, title: explanation.title)]
    }
    return [
      RuleResult(
        .pass, title: Statement(passed), message: Statement(passedMessage),
        evidence: [Evidence(fact: "backup.image_ids", value: [], from: "backup service")])
    ]
  }

  private static let failed = Wording("Backup has an image already", "该备份已制作过镜像")
  private static let failedMessage = Wording(
    "An image was made from this backup: {images}. A backup makes one whole image only.",
    "该备份已制作过镜像：{images}。一个备份只能制作一个整机镜像。")
  private static let underWay = Wording("Backup is being made into an image", "该备份正在制作镜像")
  private static let underWayMessage = Wording(
    "The request of decision {decision} makes an image from this backup; a backup makes one whole image only.",
    "决策 {decision} 对应的请求正在用该备份制作镜像；一个备份只能制作一个整机镜像。")
  private static let passed = Wording("No image was made from the backup", "该备份尚未制作过镜像")
  private static let passedMessage = Wording(
    "The backup service names no image of this backup.", "备份服务没有记录由该备份制作的镜像。")

  static let explanation = RuleExplanation(
    title: failed,
    meaning: Wording(
      "No image may have been made from the backup before, and none may be in the making.",
      "该备份此前不能制作过镜像，也不能正在制作镜像。"),
    why: Wording(
      "The cloud makes one whole image from a backup and refuses a second one.", "云平台只允许一个备份制作一个整机镜像，会拒绝第二次请求。"),
    fix: Wording(
      "Use the image that was made, delete it first, or back the server up again.",
      "请使用已制作的镜像，或先删除该镜像，或重新备份云服务器。"),
    source: CloudSources.oneImage)
}
