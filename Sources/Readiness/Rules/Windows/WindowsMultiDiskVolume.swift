// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-multi-disk-volume`: any volume over several disks, by its type or because diskpart lists several disks.
  public static let windowsMultiDiskVolume = WindowsRule(
    id: "windows-multi-disk-volume", hazard: .dataLoss, reads: WindowsVolumes.reads,
    isHidden: WindowsRule.hidesVolumes, explanation: MultiDiskVolume.explanation, words: MultiDiskVolume.words,
    severity: Grading.otherTechnology, failures: MultiDiskVolume.failures, missing: WindowsVolumes.missing
  ).rule
}

enum MultiDiskVolume {
  @Sendable static func failures(_ windows: WindowsFacts) -> [RuleResult] {
    (windows.volumes ?? []).filter(\.liesOnSeveralDisks).map { volume in
      let values: [String: StatementValue] = [
        "volume": .text(volume.title), "kind": .statement(volume.kindText), "word": .text(volume.typeText),
        "disks": .list(volume.disks.value ?? []),
      ]
      return RuleResult(
        .fail, subjects: [volume.subject], title: title.with(values),
        message: (volume.disks.value == nil ? byType : byDisks).with(values),
        evidence: [volume.typeEvidence] + volume.diskEvidence,
        remedy: [
          .init(
            (volume.type.value == .mirror ? breakMirror : copy).with(values),
            commands: ["select volume \(volume.number)", "detail volume"])
        ])
    }
  }

  static let title = Wording(
    "Volume {volume} lies on several disks ({kind})", "卷 {volume} 分布在多块磁盘上（{kind}）")
  static let byType = Wording(
    "Its type is {word}, which needs several disks at once. A whole image takes the disks apart and puts them "
      + "together again on another server; Windows may find them foreign there, and the volume is broken or gone.",
    "其类型为“{word}”，需要同时依赖多块磁盘。整机镜像会将各磁盘拆开，再在新的云服务器上重新组合；"
      + "Windows 可能将其识别为外部磁盘，导致卷损坏或丢失。")
  static let byDisks = Wording(
    "Its type is {word}, and diskpart shows it on disks {disks}. A whole image takes the disks apart and puts them "
      + "together again on another server; Windows may find them foreign there, and the volume is broken or gone.",
    "其类型为“{word}”，diskpart 显示其位于磁盘 {disks} 上。整机镜像会将各磁盘拆开，再在新的云服务器上重新组合；"
      + "Windows 可能将其识别为外部磁盘，导致卷损坏或丢失。")
  static let copy = Wording(
    "Copy the data of volume {volume} to a volume on one disk, then delete it. See first, in diskpart as "
      + "administrator, what is on which disk.",
    "请将卷 {volume} 的数据复制到位于单块磁盘上的卷，然后删除原卷。请先以管理员身份在 diskpart 中查看其所在磁盘。")
  static let breakMirror = Wording(
    "Disks of this cloud are kept redundantly by the cloud itself, so a mirror inside the server adds little. See "
      + "which disks volume {volume} lies on, then take one of them out of it: break disk=N nokeep, with the number "
      + "of the disk whose copy is to go.",
    "云硬盘由云平台自身提供冗余，在云服务器内部再做镜像意义不大。请先查看卷 {volume} 位于哪些磁盘，"
      + "再将其中一块移出镜像：break disk=N nokeep（N 为要移除副本的磁盘编号）。")

  static let words = WindowsRule.Words(
    passed: Wording("No Windows volume lies on several disks", "没有分布在多块磁盘上的 Windows 卷"),
    passedMessage: Wording(
      "diskpart lists every volume, and each lies on one disk.", "diskpart 列出了所有卷，每个卷都只位于一块磁盘上。"),
    unknown: Wording(
      "Cannot tell whether a Windows volume lies on several disks", "无法判断是否有 Windows 卷分布在多块磁盘上"),
    unknownRemedy: WindowsVolumes.lookAgain, unknownLines: WindowsVolumes.lines)

  static let explanation = RuleExplanation(
    title: Wording("Windows volume on several disks", "Windows 卷分布在多块磁盘上"),
    meaning: Wording(
      "Fails for a spanned, striped, mirrored or RAID-5 volume, and for any volume that detail volume or several "
        + "detail disk show on more than one disk, whatever its type word. A warning; in the profile strict a blocker.",
      "跨区卷、带区卷、镜像卷、RAID-5 卷，以及 detail volume 或多个 detail disk 显示位于一块以上磁盘的任何卷（无论类型词是什么）"
        + "均不通过。默认为警告；在 strict 配置下为阻断项。"),
    why: Wording(
      "The cloud's document names spanned volumes only, but the others are taken apart and put together the same way.",
      "云平台的文档只提到跨区卷，但其他类型同样会被拆开再组合，存在同样的风险。"),
    fix: Wording(
      "Copy the data to simple volumes, each on one disk; break mirrors.",
      "将数据复制到各自位于单块磁盘的简单卷；解除镜像。"),
    source: Sources.windowsOtherTechnology)
}
