// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-san-policy-not-online-all`: a SAN policy that leaves the new server's data disks offline.
  ///
  /// As with `windows-spanned-volume`, this release can only say that it does not know.
  public static let windowsSANPolicy = WindowsRule(
    id: "windows-san-policy-not-online-all", hazard: .bootFailure, unknown: SANPolicy.unknown,
    remedy: SANPolicy.remedy, explanation: SANPolicy.explanation
  ).rule
}

enum SANPolicy {
  static let unknown = Wording(
    "Cannot tell whether the Windows SAN policy is Online All", "无法判断 Windows SAN 策略是否为 OnlineAll")
  static let remedy = Wording(
    "Look by hand: run diskpart as administrator and enter: san. If the answer is not Online All, enter: "
      + "san policy=OnlineAll.",
    "请人工检查：以管理员身份运行 diskpart，输入 san。如果结果不是“全部联机”(Online All)，请输入 san policy=OnlineAll。")
  static let explanation = RuleExplanation(
    title: Wording("Windows SAN policy other than Online All", "Windows SAN 策略不是 OnlineAll"),
    meaning: Wording(
      "On Windows, the SAN policy must be Online All. On Linux the rule does not apply. This release cannot see the "
        + "policy of a Windows guest and says so.",
      "在 Windows 上，SAN 策略必须为 OnlineAll。该规则不适用于 Linux。"
        + "当前版本无法查看 Windows 云服务器的策略，会如实报告为无法判断。"),
    why: Wording(
      "Under the other policies Windows leaves disks that it meets for the first time offline, so the new server "
        + "comes up without its data disks.",
      "在其他策略下，Windows 会让首次出现的磁盘保持脱机，新云服务器启动后将看不到数据盘。"),
    fix: Wording(
      "In diskpart, as administrator: san policy=OnlineAll.", "以管理员身份在 diskpart 中执行：san policy=OnlineAll。"),
    source: Sources.windowsSANPolicy)
}
