// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-static-address`: an adapter of a Windows guest keeps an address that belongs to this server.
  public static let windowsStaticAddress = PreparationRule(
    id: "windows-static-address", hazard: .isolation, sections: [.windowsPreparation],
    reads: [
      "windows_preparation", "windows_preparation.adapters", "windows_preparation.adapters[]",
      "windows_preparation.adapters[].dhcp", "windows_preparation.adapters[].addresses", "counts.windows_adapters",
    ],
    explanation: WindowsStaticAddress.explanation, words: WindowsStaticAddress.words, severity: { _ in .warning },
    blind: .warning, isHidden: WindowsStaticAddress.part.isHidden, family: .windows,
    wasAsked: WindowsStaticAddress.part.wasAsked, lookAgain: WindowsPreparedPart.lookAgain,
    failures: WindowsStaticAddress.failures, missing: WindowsStaticAddress.missing
  ).rule
}

enum WindowsStaticAddress {
  static let part = WindowsPreparedPart(members: ["adapters"]) { $0.adapters != nil }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    (input.facts.windowsPreparation?.adapters ?? []).compactMap { adapter in
      guard adapter.dhcp.value == false, !staysInside(adapter) else { return nil }
      let addresses = adapter.addresses.filter(belongsToServer)
      guard !addresses.isEmpty else { return nil }
      let values: [String: StatementValue] = ["adapter": .text(adapter.name), "addresses": .list(addresses)]
      return RuleResult(
        .fail, subjects: [Subject(kind: "interface", name: adapter.name)], title: title.with(values),
        message: message.with(values),
        evidence: [
          Evidence(
            fact: "windows_preparation.adapters[\(adapter.name)].dhcp", value: false, from: "capture: adapters"),
          Evidence(
            fact: "windows_preparation.adapters[\(adapter.name)].addresses", value: addresses.json,
            from: "capture: adapters"),
        ],
        remedy: [.init(remedy.with(values), commands: commands(adapter))])
    }
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let adapters = facts.windowsPreparation?.adapters else { return [WindowsPreparedPart.missing("adapters")] }
    if facts.counts?["windows_adapters"] == nil { return [.count(of: "windows_adapters")] }
    return adapters.filter { !$0.dhcp.isKnown }.map { WindowsPreparedPart.missing("adapters[\($0.name)].dhcp") }
  }

  /// DHCP gives addresses of IPv4; those that an adapter takes itself where nobody answers it are nobody's.
  private static func belongsToServer(_ address: String) -> Bool {
    !address.contains(":") && !address.hasPrefix("169.254.") && StaticAddress.belongsToServer(address)
  }

  /// Whether an adapter leads nowhere but into this server, as those of switches for containers and of tunnels: without
  /// a gateway, and made by a program.
  private static func staysInside(_ adapter: WindowsAdapter) -> Bool {
    guard adapter.gateways.isEmpty else { return false }
    let text = "\(adapter.name) \(adapter.description)".lowercased()
    // A part of a real card that the host hands through.
    guard !text.contains("virtual function") else { return false }
    return [
      "virtual ethernet", "vethernet", "loopback", "tap-", "tunnel", "wireguard", "virtualbox", "vmnet", "isatap",
      "teredo", "wan miniport", "vpn",
    ]
    .contains { text.contains($0) }
  }

  /// By its number, else by its name, where that can stand in quotation marks.
  private static func commands(_ adapter: WindowsAdapter) -> [String] {
    let isPlain = !adapter.name.contains { "\"%^&|<>!\\".contains($0) }
    guard let name = adapter.index.map(String.init) ?? (isPlain ? "\"\(adapter.name)\"" : nil) else { return [] }
    return [
      "netsh interface ipv4 set address name=\(name) source=dhcp",
      "netsh interface ipv4 set dnsservers name=\(name) source=dhcp",
    ]
  }

  static let title = Wording("{adapter} has the static address {addresses}", "{adapter} 使用静态地址 {addresses}")
  static let message = Wording(
    "DHCP is off for {adapter}, and its address is {addresses}. A server made from the image comes up with this server's "
      + "address: it is not reached at the address that the cloud gives to it, gets no data from the metadata service, "
      + "and may answer in this server's place.",
    "{adapter} 未启用 DHCP，其地址为 {addresses}。用该镜像创建的云服务器会沿用本云服务器的地址：无法通过云平台分配的地址访问，"
      + "无法获取元数据，还可能与本云服务器的地址冲突。")
  static let remedy = Wording(
    "Set {adapter} to DHCP, in a command prompt as administrator. The connection that you work through may break: use the "
      + "cloud's console.",
    "以管理员身份在命令提示符中将 {adapter} 设置为 DHCP。当前连接可能中断，请使用云平台的控制台（VNC）操作。")

  static let words = RuleWords(
    passed: Wording("No Windows adapter has an address of its own", "没有 Windows 网卡使用静态地址"),
    passedMessage: Wording(
      "Every adapter that leads to other servers gets its address by DHCP, or has none.",
      "所有对外通信的网卡都通过 DHCP 获取地址，或没有地址。"),
    unknown: Wording("Cannot tell whether a Windows adapter has a static address", "无法判断是否有 Windows 网卡使用静态地址"))

  static let explanation = RuleExplanation(
    title: Wording("Static address on a Windows adapter", "Windows 网卡使用静态地址"),
    meaning: Wording(
      "Reads the adapters in a capture and fails for each - not only the first - that has an IPv4 address and DHCP off. "
        + "Adapters that lead only into the server itself, as those of container switches and tunnels, are left out. A "
        + "warning in every profile. On Linux it does not apply.",
      "读取采集内容中的网卡信息，任一网卡（不仅是第一块）有 IPv4 地址且未启用 DHCP 时不通过。只通向服务器内部的网卡"
        + "（容器虚拟交换机、隧道等）除外。在任何配置下均为警告。不适用于 Linux。"),
    why: Wording(
      "The cloud gives every server its own address and expects DHCP to hand it over. With its parent's address a clone "
        + "is not reachable, and initial passwords cannot be injected.",
      "云平台为每台云服务器分配各自的地址，并通过 DHCP 下发。克隆出的云服务器若沿用原地址则无法访问，也无法注入初始密码。"),
    fix: Wording(
      "Set every adapter to obtain its address and its DNS servers by DHCP.", "将所有网卡设置为通过 DHCP 自动获取地址和 DNS 服务器。"),
    source: Sources.windowsDHCP)
}
