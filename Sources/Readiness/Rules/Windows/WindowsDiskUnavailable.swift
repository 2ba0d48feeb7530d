// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-disk-unavailable`: a disk that is foreign, missing or offline; a note, since it may be meant so.
  public static let windowsDiskUnavailable = WindowsRule(
    id: "windows-disk-unavailable", hazard: .dataLoss, reads: ["windows.disks", "counts.windows_disks"],
    isHidden: UnavailableDisk.isHidden, explanation: UnavailableDisk.explanation, words: UnavailableDisk.words,
    severity: { _ in .note }, failures: UnavailableDisk.failures, missing: UnavailableDisk.missing
  ).rule
}

enum UnavailableDisk {
  @Sendable static func failures(_ windows: WindowsFacts) -> [RuleResult] {
    (windows.disks ?? []).compactMap { disk in
      guard let text = text(of: disk) else { return nil }
      let values: [String: StatementValue] = ["disk": .text(disk.name), "size": .text(disk.sizeText)]
      return RuleResult(
        .fail, subjects: [disk.subject], title: text.title.with(values), message: text.message.with(values),
        evidence: [disk.statusEvidence],
        remedy: [.init(text.remedy.with(values), commands: text.lines(disk))])
    }
  }

  @Sendable static func missing(_ windows: WindowsFacts, _ facts: GuestFacts) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    if facts.counts?["windows_disks"] == nil { obstacles.append(.count(of: "windows_disks")) }
    if windows.disks == nil { obstacles.append(.fact("windows.disks", of: .windows)) }
    return obstacles
  }

  @Sendable static func isHidden(_ gap: Gap) -> Bool {
    guard WindowsRule.hidesVolumes(gap) else { return false }
    return gap.subject.kind == .windowsDisk || gap.subject.kind == .section && gap.subject.member != "volumes"
  }

  private struct Text {
    var title: Wording
    var message: Wording
    var remedy: Wording
    var lines: (WindowsDisk) -> [String]
  }

  private static func text(of disk: WindowsDisk) -> Text? {
    switch disk.kind {
    case .foreign:
      Text(title: foreign, message: foreignMessage, remedy: importIt) { ["select disk \($0.name)", "import"] }
    case .missing: Text(title: lost, message: lostMessage, remedy: attach) { _ in ["rescan", "list disk"] }
    case .offline:
      Text(title: offline, message: offlineMessage, remedy: online) { ["select disk \($0.name)", "online disk"] }
    case .online, .noMedia, nil: nil
    }
  }

  static let foreign = Wording("Disk {disk} is a foreign dynamic disk", "磁盘 {disk} 是外部动态磁盘")
  static let foreignMessage = Wording(
    "Disk {disk}, {size}, belongs to a group of dynamic disks of another machine. Windows does not show the volumes on "
      + "it, and will not on the new server.",
    "磁盘 {disk}（{size}）属于另一台机器的动态磁盘组。Windows 不显示其中的卷，在新云服务器上同样不会显示。")
  static let importIt = Wording(
    "Import it, if its data is wanted; else detach it from the server.", "如需其中的数据，请导入；否则请从云服务器卸载。")
  static let lost = Wording("Dynamic disk {disk} is missing", "动态磁盘 {disk} 缺失")
  static let lostMessage = Wording(
    "Other dynamic disks know of disk {disk}, and it is not there. What lay on it cannot be in an image.",
    "其他动态磁盘记录了磁盘 {disk}，但该磁盘不存在。其上的数据不可能包含在镜像中。")
  static let attach = Wording(
    "Attach the disk again, or remove the volumes that need it.", "请重新挂载该磁盘，或移除依赖它的卷。")
  static let offline = Wording("Disk {disk} is offline", "磁盘 {disk} 处于脱机状态")
  static let offlineMessage = Wording(
    "Disk {disk}, {size}, is not in use. It is part of the image all the same; volumes on it are not shown here.",
    "磁盘 {disk}（{size}）未被使用。它仍会包含在镜像中；其上的卷不会在此显示。")
  static let online = Wording("Bring it online, if it is meant to be.", "如应联机，请将其联机。")

  static let words = WindowsRule.Words(
    passed: Wording("No Windows disk is foreign, missing or offline", "没有外部、缺失或脱机的 Windows 磁盘"),
    passedMessage: Wording("diskpart lists no such disk.", "diskpart 没有列出此类磁盘。"),
    unknown: Wording(
      "Cannot tell whether a Windows disk is foreign, missing or offline", "无法判断是否有外部、缺失或脱机的 Windows 磁盘"),
    unknownRemedy: WindowsVolumes.lookAgain, unknownLines: WindowsVolumes.lines)

  static let explanation = RuleExplanation(
    title: Wording("Windows disk foreign, missing or offline", "Windows 磁盘为外部、缺失或脱机状态"),
    meaning: Wording(
      "Notes every disk that diskpart lists as foreign, missing or offline. A note in every profile; where such a disk "
        + "may hide a spanned volume, the rule on these cannot tell.",
      "提示 diskpart 列出的每块外部、缺失或脱机的磁盘。在任何配置下都只是提示；当此类磁盘可能隐藏跨区卷时，相应规则会给出“无法判断”。"),
    why: Wording(
      "What Windows does not use, it does not show: nobody has looked at the data on such a disk.",
      "Windows 不使用的磁盘也不会显示其内容：没有人检查过其上的数据。"),
    fix: Wording(
      "Import foreign disks, attach missing ones, bring offline ones online, or detach what is not wanted.",
      "导入外部磁盘，重新挂载缺失的磁盘，将脱机磁盘联机，或卸载不需要的磁盘。"),
    source: Sources.windowsOtherTechnology)
}
