// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `whole-image-not-shareable`: only a whole image made from a cloud backup (CBR) that was not itself shared in may be
  /// shared (IMG.0135).
  public static let wholeImageNotShareable = CloudRule(
    id: "whole-image-not-shareable", hazard: .dataLoss, forms: [.share],
    reads: ["image", "image.whole_image", "image.backup_id", "backup", "backup.shared_in"], isDelegable: false,
    explanation: UnshareableImage.explanation, evaluate: UnshareableImage.evaluate
  ).rule
}

enum UnshareableImage {
  @Sendable static func evaluate(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    let title = explanation.title
    let id = input.request.imageID ?? ""
    if case .none = cloud.image { return [WholeImage.missing(id, title)] }
    guard let image = cloud.image.value, let isWhole = image.isWholeImage.value else {
      return [CloudWords.unknown(.image, id, fact: "image.whole_image", cloud, title: title)]
    }
    guard isWhole else {
      return [RuleResult(.pass, title: Statement(WholeImage.none), message: Statement(WholeImage.noneMessage))]
    }
    guard let backupID = image.backupID.value else {
      return [CloudWords.unknown(.image, id, fact: "image.backup_id", cloud, title: title)]
    }
    switch cloud.backup {
    case .none: return [gone(id, backupID)]
    case .unknown: return [CloudWords.unknown(.backup, backupID, fact: "backup", cloud, title: title)]
    case .value(let backup): return [result(id, backup, cloud)]
    }
  }

  private static func result(_ id: String, _ backup: CloudBackup, _ cloud: CloudFacts) -> RuleResult {
    let subjects = [Subject(kind: "image", name: id)]
    let values: [String: StatementValue] = [
      "image": .text(PlainText.from(id)), "backup": .text(PlainText.from(backup.id)),
    ]
    let evidence = [
      Evidence(fact: "backup.service", value: backup.service.json, from: "backup service"),
      Evidence(fact: "backup.shared_in", value: backup.isSharedIn.jsonIfKnown ?? .null, from: "backup service"),
    ]
    if backup.service == .csbs {
      return RuleResult(
        .fail, reason: .wrongKind, subjects: subjects, title: Statement(explanation.title),
        message: madeFromCSBS.with(values), evidence: evidence, remedy: [.init(Statement(explanation.fix))])
    }
    switch backup.isSharedIn.value {
    case true:
      return RuleResult(
        .fail, reason: .wrongKind, subjects: subjects, title: Statement(explanation.title),
        message: sharedIn.with(values), evidence: evidence, remedy: [.init(Statement(explanation.fix))])
    case false:
      return RuleResult(
        .pass, title: Statement(passed), message: passedMessage.with(values), evidence: evidence)
    case nil:
      return CloudWords.unknown(
        .backup, backup.id, fact: "backup.shared_in", cloud, title: explanation.title)
    }
  }

  /// Where the backup's record is gone, nobody can tell whether it was shared in.
  private static func gone(_ id: String, _ backup: String) -> RuleResult {
    RuleResult(
      .unknown, reason: .cloudFactsMissing, subjects: [Subject(kind: "image", name: id)],
      title: Statement(explanation.title), message: goneMessage.with(["backup": .text(PlainText.from(backup))]),
      evidence: [Evidence(fact: "backup", value: .null, from: "backup service")],
      remedy: [.init(Statement(explanation.fix))])
  }

  private static let madeFromCSBS = Wording(
    "Image {image} was made from backup {backup} of the older backup service (CSBS); only one made from a cloud backup "
      + "(CBR) can be shared.",
    "镜像 {image} 由云服务器备份（CSBS）{backup} 制作；只有由云备份（CBR）制作的整机镜像可以共享。")
  private static let sharedIn = Wording(
    "Image {image} was made from backup {backup}, which another tenant shared with this project; it cannot be shared on.",
    "镜像 {image} 由其他租户共享的备份 {backup} 制作，不能再次共享。")
  private static let goneMessage = Wording(
    "The backup {backup} that the image was made from is gone, so it cannot be told whether it was shared in.",
    "制作该镜像的备份 {backup} 已不存在，无法判断它是否来自其他租户的共享。")
  private static let passed = Wording("Whole image may be shared", "整机镜像可以共享")
  private static let passedMessage = Wording(
    "Image {image} was made from cloud backup {backup} of this project's own.", "镜像 {image} 由本项目自有的云备份 {backup} 制作。")

  static let explanation = RuleExplanation(
    title: Wording("Whole image cannot be shared", "整机镜像不能共享"),
    meaning: Wording(
      "A whole image may be shared only if it was made from a cloud backup (CBR) that was not itself shared in.",
      "只有由云备份（CBR）制作、且该备份不是其他租户共享而来的整机镜像才能共享。"),
    why: Wording(
      "The image needs its backup, and the cloud cannot hand on one that is not this project's own.",
      "镜像依赖其备份，云平台无法转交不属于本项目的备份。"),
    fix: Wording(
      "Back the server up with CBR in this project, make a whole image of that backup, and share it.",
      "请在本项目中使用 CBR 备份云服务器，用该备份制作整机镜像后再共享。"),
    source: CloudSources.followOn)
}
