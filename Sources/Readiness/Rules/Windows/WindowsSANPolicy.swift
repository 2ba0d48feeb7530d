// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-san-policy-not-online-all`: a SAN policy that leaves the new server's data disks offline.
  public static let windowsSANPolicy = WindowsRule(
    id: "windows-san-policy-not-online-all", hazard: .bootFailure, reads: ["windows.san_policy"],
    isHidden: WindowsRule.hidesPolicy, explanation: SANPolicyRule.explanation, words: SANPolicyRule.words,
    severity: Grading.blocker, failures: SANPolicyRule.failures, missing: SANPolicyRule.missing
  ).rule
}

enum SANPolicyRule {
  @Sendable static func failures(_ windows: WindowsFacts) -> [RuleResult] {
    guard let policy = windows.sanPolicy.value, policy != .onlineAll else { return [] }
    let values: [String: StatementValue] = ["policy": .text(name(of: policy))]
    return [
      RuleResult(
        .fail, subjects: [.windows], title: title.with(values), message: Statement(consequence(of: policy)),
        evidence: [evidence(windows)], remedy: [.init(Statement(remedy), commands: lines)])
    ]
  }

  @Sendable static func missing(_ windows: WindowsFacts, _ facts: GuestFacts) -> [Obstacle] {
    guard windows.sanPolicy.value == nil else { return [] }
    guard let text = windows.sanPolicyText.value else { return [.fact("windows.san_policy", of: .windows)] }
    return [
      Obstacle(
        reason: .factMissing, subject: .windows,
        evidence: Evidence(fact: "windows.san_policy_text", value: text.json, from: "diskpart: san"),
        sentence: unknownText.with(["text": .text(text)]), gap: nil)
    ]
  }

  private static func evidence(_ windows: WindowsFacts) -> Evidence {
    Evidence(
      fact: "windows.san_policy", value: windows.sanPolicy.value?.json ?? .null,
      from: "diskpart: san" + (windows.sanPolicyText.value.map { ", \($0)" } ?? ""))
  }

  private static func name(of policy: SANPolicy) -> String {
    switch policy {
    case .onlineAll: "Online All"
    case .offlineShared: "Offline Shared"
    case .offlineInternal: "Offline Internal"
    case .offlineAll: "Offline All"
    }
  }

  /// What the policy does to the disks of the new server.
  private static func consequence(of policy: SANPolicy) -> Wording {
    switch policy {
    case .onlineAll: words.passedMessage
    case .offlineShared:
      Wording(
        "The disks of the new server are new to Windows. Under this policy those on a shared bus (SCSI, iSCSI, SAS, "
          + "Fibre Channel) stay offline and read-only, so data disks attached as SCSI are not there when it starts.",
        "对 Windows 而言，新云服务器的磁盘都是新磁盘。在此策略下，共享总线（SCSI、iSCSI、SAS、FC）上的磁盘保持脱机且只读，"
          + "因此以 SCSI 方式挂载的数据盘在启动后不可用。")
    case .offlineInternal:
      Wording(
        "The disks of the new server are new to Windows. Under this policy those on an internal bus stay offline and "
          + "read-only, all but the boot disk, so its data disks are not there when it starts. (The cloud's document "
          + "says that all disks stay offline under it.)",
        "对 Windows 而言，新云服务器的磁盘都是新磁盘。在此策略下，除启动磁盘外，内部总线上的磁盘保持脱机且只读，"
          + "因此数据盘在启动后不可用。（云平台的文档称在此策略下所有磁盘均保持脱机。）")
    case .offlineAll:
      Wording(
        "The disks of the new server are new to Windows. Under this policy all of them but the boot disk stay offline "
          + "and read-only, so its data disks are not there when it starts.",
        "对 Windows 而言，新云服务器的磁盘都是新磁盘。在此策略下，除启动磁盘外的所有磁盘都保持脱机且只读，"
          + "因此数据盘在启动后不可用。")
    }
  }

  static let title = Wording("The Windows SAN policy is {policy}", "Windows SAN 策略为 {policy}")
  static let remedy = Wording(
    "In diskpart, as administrator. It takes effect for disks found from then on; bring disks that are offline now "
      + "online by hand.",
    "以管理员身份在 diskpart 中执行。该设置对之后新发现的磁盘生效；当前已脱机的磁盘需手动联机。")
  static let lines = ["san policy=OnlineAll", "san"]
  static let unknownText = Wording(
    "diskpart says \"{text}\", which is in none of the word lists.", "diskpart 显示“{text}”，该文字不在词表中。")

  static let words = WindowsRule.Words(
    passed: Wording("The Windows SAN policy is Online All", "Windows SAN 策略为 Online All（全部联机）"),
    passedMessage: Wording(
      "All disks of the new server come online.", "新云服务器的所有磁盘都会联机。"),
    unknown: Wording(
      "Cannot tell whether the Windows SAN policy is Online All", "无法判断 Windows SAN 策略是否为 OnlineAll"),
    unknownRemedy: Wording(
      "Look by hand: run diskpart as administrator and enter the first line; if the answer is not Online All, enter "
        + "the second. A capture has to hold the answer to san.",
      "请人工检查：以管理员身份运行 diskpart，输入第一行；如果结果不是“全部联机”(Online All)，再输入第二行。"
        + "采集内容中必须包含 san 命令的结果。"),
    unknownLines: ["san", "san policy=OnlineAll"])

  static let explanation = RuleExplanation(
    title: Wording("Windows SAN policy other than Online All", "Windows SAN 策略不是 OnlineAll"),
    meaning: Wording(
      "Reads the answer of san in captured diskpart output and fails for each of the three policies that are not "
        + "Online All: Offline Shared, Offline Internal, Offline All. A change counts only with its success line. On "
        + "Linux it does not apply.",
      "读取采集到的 diskpart 输出中 san 命令的结果，策略为 Offline Shared、Offline Internal 或 Offline All 时不通过。"
        + "仅当出现成功提示时，策略更改才算生效。不适用于 Linux。"),
    why: Wording(
      "Under the other policies Windows leaves disks that it meets for the first time offline, so the new server "
        + "comes up without its data disks.",
      "在其他策略下，Windows 会让首次出现的磁盘保持脱机，新云服务器启动后将看不到数据盘。"),
    fix: Wording(
      "In diskpart, as administrator: san policy=OnlineAll.", "以管理员身份在 diskpart 中执行：san policy=OnlineAll。"),
    source: Sources.windowsSANPolicy)
}
