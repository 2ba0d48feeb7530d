// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-remote-desktop-off`: Windows refuses connections of Remote Desktop.
  public static let windowsRemoteDesktopOff = PreparationRule(
    id: "windows-remote-desktop-off", hazard: .isolation, sections: [.windowsPreparation],
    reads: ["windows_preparation", "windows_preparation.remote_desktop"],
    explanation: RemoteDesktopOff.explanation, words: RemoteDesktopOff.words, severity: { _ in .warning },
    blind: .warning, isHidden: RemoteDesktopOff.part.isHidden, family: .windows,
    wasAsked: RemoteDesktopOff.part.wasAsked, lookAgain: WindowsPreparedPart.lookAgain,
    failures: RemoteDesktopOff.failures, missing: RemoteDesktopOff.missing
  ).rule
}

enum RemoteDesktopOff {
  static let part = WindowsPreparedPart(members: ["remote_desktop"]) { $0.remoteDesktop.isKnown }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    guard input.facts.windowsPreparation?.remoteDesktop.value == false else { return [] }
    return [
      RuleResult(
        .fail, subjects: [WindowsPreparedPart.subject], title: Statement(title), message: Statement(message),
        evidence: [
          Evidence(
            fact: "windows_preparation.remote_desktop", value: false, from: "capture: reg query, fDenyTSConnections")
        ],
        remedy: [.init(Statement(remedy), commands: commands)])
    ]
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    facts.windowsPreparation?.remoteDesktop.value == nil ? [WindowsPreparedPart.missing("remote_desktop")] : []
  }

  /// The group of firewall rules goes by the number of its name, which is the same in every language.
  private static let commands = [
    #"reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f"#,
    #"netsh advfirewall firewall set rule group="@FirewallAPI.dll,-28752" new enable=yes"#,
  ]

  static let title = Wording("Remote Desktop is off", "远程桌面未开启")
  static let message = Wording(
    "Windows refuses connections of Remote Desktop. A server made from the image is reached through the cloud's console "
      + "alone, and one of a flavor with GPU, of which the console shows no screen, not at all.",
    "Windows 拒绝远程桌面连接。用该镜像创建的云服务器只能通过云平台的控制台访问；GPU 加速型云服务器的控制台可能没有画面，将完全无法访问。")
  static let remedy = Wording(
    "Turn Remote Desktop on and let it through the firewall, in a command prompt as administrator. Where a group policy "
      + "turns it off, change the policy.",
    "以管理员身份在命令提示符中开启远程桌面并放行防火墙。如果是由组策略关闭的，请修改组策略。")

  static let words = RuleWords(
    passed: Wording("Remote Desktop is on", "远程桌面已开启"),
    passedMessage: Wording(
      "Windows accepts connections of Remote Desktop (fDenyTSConnections is 0).",
      "Windows 接受远程桌面连接（fDenyTSConnections 为 0）。"),
    unknown: Wording("Cannot tell whether Remote Desktop is on", "无法判断远程桌面是否开启"))

  static let explanation = RuleExplanation(
    title: Wording("Remote Desktop off", "远程桌面未开启"),
    meaning: Wording(
      "Reads fDenyTSConnections in a capture, the group policy's value before the server's own, and fails where it is not "
        + "0. It does not look at the firewall. A warning in every profile. On Linux it does not apply.",
      "读取采集内容中的 fDenyTSConnections（组策略的值优先于本机的值），不为 0 时不通过。不检查防火墙。"
        + "在任何配置下均为警告。不适用于 Linux。"),
    why: Wording(
      "Nobody can sign in to a server made from the image over the network; the guide to images requires Remote Desktop.",
      "无法通过网络登录用该镜像创建的云服务器；镜像制作指南要求开启远程桌面。"),
    fix: Wording(
      "Allow remote connections in the system's settings, and the group Remote Desktop in the firewall.",
      "在系统设置中允许远程连接，并在防火墙中放行“远程桌面”规则组。"),
    source: Sources.windowsRemoteDesktop)
}
