// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-spanned-volume`: a dynamic volume made of pieces of several disks, one behind the other.
  public static let windowsSpannedVolume = WindowsRule(
    id: "windows-spanned-volume", hazard: .dataLoss, reads: WindowsVolumes.reads,
    isHidden: WindowsRule.hidesVolumes, explanation: SpannedVolume.explanation, words: SpannedVolume.words,
    severity: Grading.blocker, failures: SpannedVolume.failures, missing: WindowsVolumes.missing
  ).rule
}

enum SpannedVolume {
  @Sendable static func failures(_ windows: WindowsFacts) -> [RuleResult] {
    (windows.volumes ?? []).filter { $0.type.value == .spanned }.map { volume in
      let values: [String: StatementValue] = [
        "volume": .text(volume.title), "size": .text(volume.sizeText), "disks": .list(volume.disks.value ?? []),
      ]
      return RuleResult(
        .fail, subjects: [volume.subject], title: title.with(values),
        message: (volume.disks.value == nil ? message : messageWithDisks).with(values),
        evidence: [volume.typeEvidence] + volume.diskEvidence, remedy: remedy(volume))
    }
  }

  private static func remedy(_ volume: WindowsVolume) -> [RuleResult.Step] {
    let values: [String: StatementValue] = ["volume": .text(volume.title), "size": .text(volume.sizeText)]
    return [
      .init(copy.with(values), commands: ["select volume \(volume.number)", "detail volume"]),
      .init(delete.with(values), commands: ["select volume \(volume.number)", "delete volume"]),
    ]
  }

  static let title = Wording("Volume {volume} is a spanned volume", "卷 {volume} 是跨区卷")
  static let message = Wording(
    "Volume {volume}, {size}, is made of pieces of several disks, one behind the other. A whole image takes the disks "
      + "apart and puts them together again on another server, where Windows may find them foreign or find only some "
      + "of them; the volume is then lost. The cloud cannot see this and accepts the request anyway.",
    "卷 {volume}（{size}）由多块磁盘的空间依次拼接而成。整机镜像会将各磁盘拆开，再在新的云服务器上重新组合，"
      + "Windows 可能将其识别为外部磁盘，或只找到其中一部分，卷随之丢失。云平台无法发现这一点，仍会受理请求。")
  static let messageWithDisks = Wording(
    "Volume {volume}, {size}, lies on disks {disks}, one behind the other. A whole image takes the disks apart and "
      + "puts them together again on another server, where Windows may find them foreign or find only some of them; "
      + "the volume is then lost. The cloud cannot see this and accepts the request anyway.",
    "卷 {volume}（{size}）依次位于磁盘 {disks} 上。整机镜像会将各磁盘拆开，再在新的云服务器上重新组合，"
      + "Windows 可能将其识别为外部磁盘，或只找到其中一部分，卷随之丢失。云平台无法发现这一点，仍会受理请求。")
  static let copy = Wording(
    "Copy the data of volume {volume} to a volume on one disk (attach a disk of at least {size}) and give that volume "
      + "the drive letter. See first, in diskpart as administrator, what is on which disk.",
    "请将卷 {volume} 的数据复制到位于单块磁盘上的卷（必要时挂载一块不小于 {size} 的磁盘），并把盘符分配给新卷。"
      + "请先以管理员身份在 diskpart 中查看其所在磁盘。")
  static let delete = Wording(
    "Only when the copy is verified: delete the spanned volume. This destroys what is still on volume {volume}.",
    "仅在确认副本完整之后：删除该跨区卷。此操作会销毁卷 {volume} 上仍有的数据。")

  static let words = WindowsRule.Words(
    passed: Wording("No Windows volume is spanned", "没有 Windows 跨区卷"),
    passedMessage: Wording(
      "diskpart lists every volume, and none of them can be spanned.", "diskpart 列出了所有卷，其中没有跨区卷。"),
    unknown: Wording("Cannot tell whether a Windows volume spans disks", "无法判断是否存在 Windows 跨区卷"),
    unknownRemedy: WindowsVolumes.lookAgain, unknownLines: WindowsVolumes.lines)

  static let explanation = RuleExplanation(
    title: Wording("Windows spanned volume", "Windows 跨区卷"),
    meaning: Wording(
      "Reads captured diskpart output and fails for a volume of the type Spanned. It cannot tell where a type word is "
        + "not known and a dynamic disk is there, where a foreign, missing or offline dynamic disk may hide volumes, "
        + "and where the capture is cut. On Linux it does not apply.",
      "读取采集到的 diskpart 输出，存在类型为“跨区”(Spanned) 的卷时不通过。存在动态磁盘而类型词无法识别、"
        + "外部/缺失/脱机的动态磁盘可能隐藏了卷，或采集内容不完整时，无法判断。不适用于 Linux。"),
    why: Wording(
      "A spanned volume is made of pieces of several disks; imaged apart and put together, it may come up without "
        + "some of them.",
      "跨区卷由多块磁盘的空间组成；分别制作镜像再组合后，可能缺少其中一部分。"),
    fix: Wording(
      "Copy the data to simple volumes, each on one disk, and delete the spanned volume.",
      "将数据复制到各自位于单块磁盘的简单卷，并删除跨区卷。"),
    source: Sources.windowsSpanned)
}
