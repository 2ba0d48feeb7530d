// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-spanned-volume`: a dynamic volume over several disks.
  ///
  /// The facts of this release hold nothing of Windows storage yet: for a Windows guest the rule is unknown, so that
  /// no Windows guest is ever ready because nobody looked.
  public static let windowsSpannedVolume = WindowsRule(
    id: "windows-spanned-volume", hazard: .dataLoss, unknown: SpannedVolume.unknown, remedy: SpannedVolume.remedy,
    explanation: SpannedVolume.explanation
  ).rule
}

enum SpannedVolume {
  static let unknown = Wording(
    "Cannot tell whether a Windows volume spans disks", "无法判断是否存在 Windows 跨区卷")
  static let remedy = Wording(
    "Look by hand: run diskpart as administrator and enter: list volume. No volume may be of the type Spanned.",
    "请人工检查：以管理员身份运行 diskpart，输入 list volume。不得有类型为“跨区”(Spanned) 的卷。")
  static let explanation = RuleExplanation(
    title: Wording("Windows spanned volume", "Windows 跨区卷"),
    meaning: Wording(
      "On Windows, no volume may be of the type Spanned. On Linux the rule does not apply. This release cannot see "
        + "the volumes of a Windows guest and says so.",
      "在 Windows 上，不得存在类型为“跨区”(Spanned) 的卷。该规则不适用于 Linux。"
        + "当前版本无法查看 Windows 云服务器的卷，会如实报告为无法判断。"),
    why: Wording(
      "A spanned volume is made of pieces of several disks; imaged apart and put together, it may come up without "
        + "some of them.",
      "跨区卷由多块磁盘的空间组成；分别制作镜像再组合后，可能缺少其中一部分。"),
    fix: Wording(
      "Copy the data to simple volumes, each on one disk, and delete the spanned volume.",
      "将数据复制到各自位于单块磁盘的简单卷，并删除跨区卷。"),
    source: Sources.windowsSpanned)
}

/// A rule on Windows guests, as far as this release can judge them.
struct WindowsRule: Sendable {
  let id: String
  let hazard: Hazard
  let unknown: Wording
  let remedy: Wording
  let explanation: RuleExplanation

  /// The rule.
  var rule: Rule {
    Rule(
      id: id, scope: .guest, hazard: hazard, reads: ["guest.os.family"], explanation: explanation,
      severity: Grading.blocker, evaluate: { [evaluate($0.facts)] })
  }

  private func evaluate(_ facts: GuestFacts) -> RuleResult {
    switch facts.guest.os.family {
    case .value(.linux):
      return RuleResult(
        .notApplicable, reason: .linuxGuest, title: Statement(explanation.title), message: Statement(Self.linux),
        evidence: [Evidence(fact: "guest.os.family", value: "linux", from: "guest")])
    case .value(.windows):
      return RuleResult(
        .unknown, reason: .windowsFactsMissing, title: Statement(unknown), message: Statement(Self.noFacts),
        evidence: [Evidence(fact: "windows", value: .null, from: "not in the facts")],
        remedy: [.init(Statement(remedy))])
    case .none, .unknown:
      let obstacles = [Obstacle.systemUnknown]
      return RuleResult(
        .unknown, reason: .systemUnknown, title: Statement(unknown), message: Obstacle.message(of: obstacles),
        evidence: obstacles.map(\.evidence), remedy: Obstacle.remedy(of: obstacles, facts))
    }
  }

  static let linux = Wording(
    "The guest runs Linux; this rule is about Windows.", "该云服务器运行 Linux；此规则只针对 Windows。")
  static let noFacts = Wording(
    "The guest runs Windows, and the facts say nothing about its disks and volumes.",
    "该云服务器运行 Windows，而采集结果中没有其磁盘和卷的信息。")
}
