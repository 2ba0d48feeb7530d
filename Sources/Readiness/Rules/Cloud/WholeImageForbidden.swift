// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `whole-image-exported`: a whole image cannot be exported to a file (IMG.0128).
  public static let wholeImageExported = ForbiddenOperation(
    id: "whole-image-exported", form: .export, code: "IMG.0128",
    title: Wording("Export of a whole image", "导出整机镜像"),
    message: Wording("Image {image} was made of a whole server and cannot be exported.", "镜像 {image} 是整机镜像，不能导出。"),
    fix: Wording(
      "Export an image of the system disk and images of the data disks instead.", "请改为分别导出系统盘镜像和数据盘镜像。")
  ).rule

  /// `whole-image-copied-in-region`: a whole image cannot be copied within its region (IMG.0130).
  public static let wholeImageCopiedInRegion = ForbiddenOperation(
    id: "whole-image-copied-in-region", form: .copyInRegion, code: "IMG.0130",
    title: Wording("Copy of a whole image within its region", "区域内复制整机镜像"),
    message: Wording(
      "Image {image} was made of a whole server and cannot be copied within its region.", "镜像 {image} 是整机镜像，不能在区域内复制。"),
    fix: Wording(
      "Copy it to another region, or make another whole image from a new backup.", "请使用跨区域复制，或用新的备份再制作一个整机镜像。")
  ).rule

  /// `whole-image-published`: a whole image cannot be published in the market (IMG.0131).
  public static let wholeImagePublished = ForbiddenOperation(
    id: "whole-image-published", form: .publish, code: "IMG.0131",
    title: Wording("Publication of a whole image", "发布整机镜像"),
    message: Wording(
      "Image {image} was made of a whole server and cannot be published in the market.", "镜像 {image} 是整机镜像，不能发布为市场镜像。"),
    fix: Wording("Publish an image of a system disk instead.", "请改为发布系统盘镜像。")
  ).rule
}

/// A rule that forbids an operation on every whole image and on no other.
struct ForbiddenOperation {
  let id: String
  let form: ImageRequest.Form
  /// The cloud's code for the same refusal.
  let code: String
  let title: Wording
  let message: Wording
  let fix: Wording

  var rule: Rule {
    let explanation = RuleExplanation(
      title: title, meaning: Self.meaning,
      why: Wording(Self.why.english + " (\(code))", Self.why.chinese + "（\(code)）"),
      fix: fix, source: CloudSources.followOn)
    let (message, fix) = (message, fix)
    return CloudRule(
      id: id, hazard: .dataLoss, forms: [form], reads: ["image", "image.whole_image"], isDelegable: false,
      explanation: explanation
    ) { cloud, input in
      [Self.result(cloud, input, title: explanation.title, message: message, fix: fix)]
    }.rule
  }

  private static func result(
    _ cloud: CloudFacts, _ input: RuleInput, title: Wording, message: Wording, fix: Wording
  ) -> RuleResult {
    let id = input.request.imageID ?? ""
    if case .none = cloud.image { return WholeImage.missing(id, title) }
    guard let isWhole = cloud.image.value?.isWholeImage.value else {
      return CloudWords.unknown(.image, id, fact: "image.whole_image", cloud, title: title)
    }
    let evidence = [Evidence(fact: "image.whole_image", value: .bool(isWhole), from: "image service")]
    guard isWhole else {
      return RuleResult(
        .pass, title: Statement(WholeImage.none), message: Statement(WholeImage.noneMessage), evidence: evidence)
    }
    return RuleResult(
      .fail, subjects: [Subject(kind: "image", name: id)], title: Statement(title),
      message: message.with(["image": .text(PlainText.from(id))]), evidence: evidence, remedy: [.init(Statement(fix))])
  }

  private static let meaning = Wording(
    "The image must not be one that was made of a whole server.", "该镜像不能是整机镜像。")
  private static let why = Wording(
    "Such an image is a backup of several disks, and the cloud refuses this operation on it.",
    "整机镜像由多块磁盘的备份组成，云平台会拒绝该操作。")
}

/// What the rules on operations with images say in common.
enum WholeImage {
  static let none = Wording("Not a whole image", "不是整机镜像")
  static let noneMessage = Wording("The image was not made of a whole server.", "该镜像不是整机镜像。")
  private static let absent = Wording("No such image", "没有此镜像")
  private static let absentMessage = Wording(
    "The image service knows no image {image} that this caller may see.", "镜像服务中没有该调用者可见的镜像 {image}。")
  private static let check = Wording("Check the image's id and the project.", "请检查镜像 ID 以及所属项目。")

  static func missing(_ id: String, _ title: Wording) -> RuleResult {
    RuleResult(
      .fail, reason: .noSuchThing, subjects: [Subject(kind: "image", name: id)], title: Statement(absent),
      message: absentMessage.with(["image": .text(PlainText.from(id))]),
      evidence: [Evidence(fact: "image", value: .null, from: "image service")], remedy: [.init(Statement(check))])
  }
}
