// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `network-static-address`: an interface keeps an address that belongs to this server.
  public static let networkStaticAddress = PreparationRule(
    id: "network-static-address", hazard: .isolation, sections: [.network],
    reads: [
      "network", "network.interfaces", "network.interfaces[]", "counts.network_interfaces",
      "network.interfaces[].addresses", "network.interfaces[].method", "network.interfaces[].kind",
      "network.interfaces[].automatic", "network.interfaces[].effective", "network.interfaces[].generated",
      "network.cloud_init",
    ],
    explanation: StaticAddress.explanation, words: StaticAddress.words, severity: { _ in .warning }, blind: .warning,
    isHidden: { !UdevRulesGap.is($0) }, failures: StaticAddress.failures, missing: StaticAddress.missing
  ).rule
}

/// Gaps at rules of udev, which say nothing of addresses.
enum UdevRulesGap {
  /// Whether a gap is one of them.
  @Sendable static func `is`(_ gap: Gap) -> Bool { gap.subject.member.hasPrefix("/etc/udev/") }
}

enum StaticAddress {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let renders = input.facts.network?.cloudInit == .value(.renders)
    return (input.facts.network?.interfaces ?? []).compactMap { interface in
      guard interface.effective, interface.automatic, isReal(interface) else { return nil }
      // What cloud-init wrote for this server it writes anew for the next one - unless it is told not to.
      if interface.generated, renders { return nil }
      let addresses = interface.addresses.filter(belongsToServer)
      guard !addresses.isEmpty else { return nil }
      return result(interface, addresses, isFrozen: interface.generated, input.facts)
    }
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let network = facts.network, network.interfaces != nil else {
      return [.section(.network, .sectionMissing)]
    }
    if facts.counts?["network_interfaces"] == nil { return [.count(of: "network_interfaces")] }
    // Whether cloud-init writes anew what it wrote has to be known, also where it wrote nothing yet.
    guard network.cloudInit.isKnown else {
      return [.fact("network.cloud_init", of: Subject(kind: "section", name: Section.network.rawValue))]
    }
    return []
  }

  /// Whether what is sent through an interface reaches other servers.
  ///
  /// Bonds, bridges with ports and VLANs carry the
  /// server's address instead of the cards below them; a dummy, a tunnel and a bridge without ports do not.
  private static func isReal(_ interface: NetworkInterface) -> Bool {
    switch interface.kind {
    case .ethernet, .wireless, .bond, .bridge, .vlan, .other: true
    case .loopback, .virtual: false
    }
  }

  /// Whether an address is the server's own: not one that every host has, that is chosen on the link, or that stands
  /// for "any" (systemd.network(5) then takes one that is free).
  static func belongsToServer(_ address: String) -> Bool {
    let host = address.prefix { $0 != "/" && $0 != " " }.lowercased()
    if host.isEmpty || host == "0.0.0.0" || host == "::" || host == "::1" { return false }
    return !host.hasPrefix("127.") && !["fe8", "fe9", "fea", "feb"].contains { host.hasPrefix($0) }
  }

  private static func result(
    _ interface: NetworkInterface, _ addresses: [String], isFrozen: Bool, _ facts: GuestFacts
  ) -> RuleResult {
    let name = interface.name ?? interface.match ?? "*"
    let place = interface.line.map { "\(interface.file):\($0)" } ?? interface.file
    let values: [String: StatementValue] = [
      "interface": .text(name), "file": .text(place), "addresses": .list(addresses),
    ]
    return RuleResult(
      .fail, subjects: [Subject(kind: "interface", name: name)], title: title.with(values),
      message: message(interface, isFrozen, facts).with(values),
      evidence: [
        Evidence(fact: "network.interfaces[\(name)].addresses", value: addresses.json, from: place)
      ],
      remedy: StaticAddressRemedy.steps(interface, values, facts))
  }

  private static func message(_ interface: NetworkInterface, _ isFrozen: Bool, _ facts: GuestFacts) -> Wording {
    if interface.method == .dhcp { return besideDHCP }
    guard isFrozen else { return message }
    return facts.network?.cloudInit == .value(.fixed) ? fixed : frozen
  }

  static let title = Wording("{interface} has the static address {addresses}", "{interface} 使用静态地址 {addresses}")
  static let message = Wording(
    "{file} sets {addresses}. A server made from the image comes up with this server's address: it is not reached at "
      + "the address that the cloud gives to it, gets no data from cloud-init's metadata service, and may answer in this "
      + "server's place.",
    "{file} 设置了 {addresses}。用该镜像创建的云服务器会沿用本云服务器的地址：无法通过云平台分配的地址访问，"
      + "Cloud-Init 无法获取元数据，还可能与本云服务器的地址冲突。")
  static let besideDHCP = Wording(
    "{file} sets {addresses} besides what DHCP gives. A server made from the image takes it along, and two servers then "
      + "claim one address.",
    "{file} 在 DHCP 之外还设置了 {addresses}。用该镜像创建的云服务器会沿用该地址，导致两台云服务器地址冲突。")
  static let frozen = Wording(
    "cloud-init wrote {file} with {addresses} and has since been told to leave the network alone: a server made from the "
      + "image keeps this server's address.",
    "Cloud-Init 在 {file} 中写入了 {addresses}，之后其网络配置被禁用：用该镜像创建的云服务器会沿用本云服务器的地址。")
  static let fixed = Wording(
    "cloud-init wrote {file} with {addresses} because its own configuration says so (network: in /etc/cloud/cloud.cfg or "
      + "cloud.cfg.d), whatever the cloud gives: it writes the same on a server made from the image, which keeps this "
      + "server's address.",
    "Cloud-Init 按照自身配置（/etc/cloud/cloud.cfg 或 cloud.cfg.d 中的 network:）在 {file} 中写入了 {addresses}，与云平台分配的"
      + "地址无关：在用该镜像创建的云服务器上会写入同样的内容，沿用本云服务器的地址。")

  static let words = RuleWords(
    passed: Wording("No interface has an address of its own", "没有网卡使用静态地址"),
    passedMessage: Wording(
      "No network configuration that is in use sets an address for an interface that reaches other servers, or "
        + "cloud-init writes it anew for every server.",
      "生效的网络配置没有为对外通信的网卡设置静态地址，或者 Cloud-Init 会为每台云服务器重新生成配置。"),
    unknown: Wording("Cannot tell whether an interface has a static address", "无法判断是否有网卡使用静态地址"))

  static let explanation = RuleExplanation(
    title: Wording("Static address on an interface", "网卡使用静态地址"),
    meaning: Wording(
      "Fails for every interface - not only the first - whose configuration sets an address and is used when the server "
        + "starts: files of NetworkManager, netplan, ifupdown, systemd-networkd, wicked and the network scripts. Loopback, "
        + "dummies, tunnels and bridges without ports are left out, and so is what cloud-init writes anew for every "
        + "server. A warning in every profile.",
      "任一网卡（不仅是第一块）的生效配置设置了静态地址时不通过；检查 NetworkManager、netplan、ifupdown、systemd-networkd、"
        + "wicked 以及 network-scripts 的配置文件。回环接口、dummy、隧道和没有端口的网桥除外，Cloud-Init 会为每台云服务器"
        + "重新生成的配置也除外。在任何配置下均为警告。"),
    why: Wording(
      "The cloud gives every server its own address and expects DHCP to hand it over. With its parent's address a clone "
        + "is not reachable, and initial passwords and keys cannot be injected.",
      "云平台为每台云服务器分配各自的地址，并通过 DHCP 下发。克隆出的云服务器若沿用原地址则无法访问，也无法注入初始密码和密钥。"),
    fix: Wording(
      "Set every interface to DHCP, without taking the connection that you work through away.",
      "将所有网卡改为 DHCP 方式获取地址，注意不要中断当前使用的连接。"),
    source: Sources.configuringDHCP)
}

extension Sources {
  static let configuringDHCP = Wording(
    "Initial configuration before a private image is made: Configuring DHCP",
    "制作私有镜像前的初始化配置：设置网卡属性为 DHCP")
  static let networkRuleFiles = Wording(
    "Initial configuration before a private image is made: Deleting Files from the Network Rule Directory",
    "制作私有镜像前的初始化配置：清理网络规则文件")
}
