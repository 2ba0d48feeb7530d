// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A part of what a capture says of a Windows guest besides its storage; each part is there only if it was asked for.
struct WindowsPreparedPart: Sendable {
  /// The members of the facts that it is, as gaps name them.
  let members: Set<String>
  /// Whether anything of it is known.
  let isKnown: @Sendable (WindowsPreparation) -> Bool

  /// Whether a gap is about it; one without a member is about everything.
  @Sendable func isHidden(_ gap: Gap) -> Bool { gap.subject.member.isEmpty || members.contains(gap.subject.member) }

  /// Whether it was asked for: it is known, or a gap tells that it should have been.
  @Sendable func wasAsked(_ facts: GuestFacts) -> Bool {
    if facts.windowsPreparation.map(isKnown) == true { return true }
    return (facts.gaps ?? []).contains { gap in
      Section.windowsPreparation.isTouched(by: gap) && (isHidden(gap) || gap.subject.member == "end")
    }
  }

  /// The preparation as a subject.
  static let subject = Subject(kind: Gap.Kind.section.rawValue, name: Section.windowsPreparation.rawValue)

  /// That a member is not known.
  static func missing(_ member: String) -> Obstacle {
    .fact("\(Section.windowsPreparation.rawValue).\(member)", of: subject)
  }

  /// What to do where something is not known.
  static let lookAgain = RuleResult.Step(
    Statement(
      Wording(
        "Capture it again as administrator with capture-diskpart.ps1 or capture-diskpart.cmd, all of it: besides diskpart "
          + "they ask for adapters, Remote Desktop, drivers, services and how far setup came.",
        "请以管理员身份使用 capture-diskpart.ps1 或 capture-diskpart.cmd 重新完整采集：除 diskpart 外，脚本还会查询网卡、"
          + "远程桌面、驱动、服务以及系统安装状态。")))
}

extension Sources {
  static let windowsDHCP = Wording(
    "Initial configuration before a private image is made, Windows: setting NICs to DHCP",
    "制作私有镜像前的初始化配置（Windows）：设置网卡属性为 DHCP")
  static let windowsRemoteDesktop = Wording(
    "Initial configuration before a private image is made, Windows: enabling remote desktop connection",
    "制作私有镜像前的初始化配置（Windows）：开启远程桌面连接功能")
  static let windowsDrivers = Wording(
    "Initial configuration before a private image is made, Windows: installing guest OS drivers (VirtIO)",
    "制作私有镜像前的初始化配置（Windows）：安装 Guest OS driver（包括 VirtIO 驱动）")
  static let windowsCloudbaseInit = Wording(
    "Initial configuration before a private image is made, Windows: installing and configuring Cloudbase-Init (optional)",
    "制作私有镜像前的初始化配置（Windows）：安装并配置 Cloudbase-Init 工具（可选）")
  static let windowsSetupStates = Wording(
    "Initial configuration before a private image is made, Windows: running Sysprep; Microsoft, Windows Setup States",
    "制作私有镜像前的初始化配置（Windows）：执行 Sysprep；Microsoft 文档 Windows Setup States")
}
