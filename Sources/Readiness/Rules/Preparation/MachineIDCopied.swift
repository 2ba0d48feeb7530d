// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `machine-id-copied`: a server made from the image asks for its address by this one's id.
  public static let machineIDCopied = PreparationRule(
    id: "machine-id-copied", hazard: .isolation, sections: [.configuration, .network],
    reads: [
      "configuration", "configuration.machine_id", "configuration.dbus_machine_id", "network", "network.interfaces",
      "network.interfaces[]", "counts.network_interfaces", "network.interfaces[].method", "network.interfaces[].stack",
      "network.interfaces[].effective", "network.interfaces[].automatic",
    ],
    explanation: MachineID.explanation, words: MachineID.words, severity: { _ in .note }, blind: .note,
    isHidden: MachineID.isHidden, failures: MachineID.failures, missing: MachineID.missing
  ).rule
}

enum MachineID {
  private static let file = "/etc/machine-id"
  private static let dbusFile = "/var/lib/dbus/machine-id"

  @Sendable static func isHidden(_ gap: Gap) -> Bool {
    let others = ["/etc/ssh", "/etc/systemd/system", "/etc/lvm", "/etc/multipath"]
    if gap.subject.name == Section.network.rawValue { return !UdevRulesGap.is(gap) }
    return !others.contains { gap.subject.member.hasPrefix($0) }
  }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    guard let configuration = input.facts.configuration, let source = Self.source(configuration) else { return [] }
    let interfaces = (input.facts.network?.interfaces ?? []).filter(asksByMachineID)
    guard let first = interfaces.first else { return [] }
    let place = first.line.map { "\(first.file):\($0)" } ?? first.file
    var names: [String] = []
    for name in interfaces.map({ $0.name ?? $0.match ?? "*" }) where !names.contains(name) { names.append(name) }
    let values: [String: StatementValue] = [
      "interfaces": .list(names), "file": .text(source), "place": .text(place),
    ]
    return [
      RuleResult(
        .fail, subjects: [Subject(kind: "file", name: source)], title: title.with(values),
        message: (source == file ? message : fromDBus).with(values),
        evidence: [
          Evidence(
            fact: "configuration.\(source == file ? "machine_id" : "dbus_machine_id")",
            value: ConfigurationFacts.MachineID.set.json, from: source),
          Evidence(
            fact: "network.interfaces[\(first.name ?? first.match ?? "*")].client_identifier",
            value: first.clientIdentifier?.json ?? .null, from: place),
        ],
        remedy: [
          .init(onClone.with(values), commands: anew(configuration)),
          .init(before.with(values), commands: emptied(configuration)),
          .init(byHardwareAddress(first.stack).with(values)),
        ])
    ]
  }

  /// D-Bus's own file would give its id to the new one.
  private static func anew(_ configuration: ConfigurationFacts) -> [String] {
    ["rm -f \(file)"] + link(configuration) + ["systemd-machine-id-setup", "reboot"]
  }

  private static func emptied(_ configuration: ConfigurationFacts) -> [String] {
    ["truncate -s 0 \(file)"] + link(configuration)
  }

  private static func link(_ configuration: ConfigurationFacts) -> [String] {
    configuration.dbusMachineID.value == nil ? [] : ["ln -sf \(file) \(dbusFile)"]
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let configuration = facts.configuration else { return [.section(.configuration, .sectionMissing)] }
    let subject = Subject(kind: "section", name: Section.configuration.rawValue)
    guard configuration.machineID.isKnown else { return [.fact("configuration.machine_id", of: subject)] }
    guard configuration.dbusMachineID.isKnown else { return [.fact("configuration.dbus_machine_id", of: subject)] }
    guard facts.network?.interfaces != nil else { return [.section(.network, .sectionMissing)] }
    return facts.counts?["network_interfaces"] == nil ? [.count(of: "network_interfaces")] : []
  }

  /// The file from which a server made from the image has its id: an empty one is filled with that of D-Bus
  /// (systemd-machine-id-setup(1)); `nil` where it gets one of its own.
  private static func source(_ configuration: ConfigurationFacts) -> String? {
    if configuration.machineID == .value(.set) { return file }
    return configuration.machineID.isKnown && configuration.dbusMachineID == .value(.set) ? dbusFile : nil
  }

  /// Whether an interface names itself to the DHCP server by what is made from the machine id.
  ///
  /// systemd-networkd does unless it is told otherwise (systemd.network(5), `ClientIdentifier=`), and so does netplan,
  /// which writes for it (netplan(5), `dhcp-identifier`). NetworkManager goes by the hardware address unless it is told
  /// otherwise (nm-settings(5), `ipv4.dhcp-client-id`), and so do the clients that ifupdown and the network scripts
  /// start.
  private static func asksByMachineID(_ interface: NetworkInterface) -> Bool {
    guard interface.effective, interface.automatic, interface.method == .dhcp, interface.kind != .virtual,
      interface.kind != .loopback
    else { return false }
    switch interface.stack {
    case .networkd, .netplan: return !["mac"].contains(interface.clientIdentifier)
    case .networkManager: return ["duid", "ipv6-duid", "stable"].contains(interface.clientIdentifier)
    case .ifupdown, .ifcfg, .wicked, .other: return false
    }
  }

  private static func byHardwareAddress(_ stack: NetworkStack) -> Wording {
    switch stack {
    case .netplan: netplan
    case .networkManager: networkManager
    default: networkd
    }
  }

  static let title = Wording(
    "A server made from the image asks for an address by this one's machine id", "用该镜像创建的云服务器会使用本云服务器的 machine-id 申请地址")
  static let message = Wording(
    "{file} is copied, and {interfaces} names itself to the DHCP server by it ({place}). Where a DHCP server goes by "
      + "that, both servers are given one address; this cloud goes by the network card, so that this is seldom felt "
      + "there. The journal and D-Bus have the same id on both as well.",
    "{file} 会被复制，而 {interfaces} 用它向 DHCP 服务器标识自己（{place}）。如果 DHCP 服务器以此分配地址，两台云服务器会得到同一地址；"
      + "该云平台按网卡分配地址，因此一般没有影响。两台云服务器的日志和 D-Bus 也使用相同的标识。")
  static let fromDBus = Wording(
    "/etc/machine-id is empty, and at its first start a server made from the image fills it from {file}, which is "
      + "copied: {interfaces} names itself to the DHCP server by it ({place}), as this server does.",
    "/etc/machine-id 为空，用该镜像创建的云服务器首次启动时会用被复制的 {file} 填充它：{interfaces} 会和本云服务器一样用它向 DHCP 服务器标识自己（{place}）。")
  static let onClone = Wording(
    "On a server made from the image, and not on this one: make a new id and start it again.",
    "在用该镜像创建的云服务器上（而不是在本云服务器上）：生成新的标识并重启。")
  static let before = Wording(
    "Or empty it just before the image is made: every server made from the image makes its own at its first start - "
      + "and so does this one at its next.",
    "或者在制作镜像之前清空它：每台用该镜像创建的云服务器会在首次启动时生成自己的标识，本云服务器在下次启动时也会重新生成。")
  static let netplan = Wording(
    "Or go by the network card: give {interfaces} \"dhcp-identifier: mac\" in {place}.",
    "或者按网卡标识：在 {place} 中为 {interfaces} 设置“dhcp-identifier: mac”。")
  static let networkd = Wording(
    "Or go by the network card: set \"ClientIdentifier=mac\" in the section [DHCPv4] of {place} for {interfaces}.",
    "或者按网卡标识：在 {place} 的 [DHCPv4] 部分为 {interfaces} 设置“ClientIdentifier=mac”。")
  static let networkManager = Wording(
    "Or go by the network card: set \"dhcp-client-id=mac\" in the section [ipv4] of {place} for {interfaces}.",
    "或者按网卡标识：在 {place} 的 [ipv4] 部分为 {interfaces} 设置“dhcp-client-id=mac”。")

  static let words = RuleWords(
    passed: Wording("No interface asks for an address by a machine id that is copied", "没有网卡使用会被复制的 machine-id 申请地址"),
    passedMessage: Wording(
      "A server made from the image makes a machine id of its own, or every interface names itself to the DHCP server "
        + "by its hardware address.",
      "用该镜像创建的云服务器会生成自己的 machine-id，或者所有网卡都使用硬件地址向 DHCP 服务器标识自己。"),
    unknown: Wording(
      "Cannot tell whether an interface asks for an address by a machine id that is copied",
      "无法判断是否有网卡使用会被复制的 machine-id 申请地址"))

  static let explanation = RuleExplanation(
    title: Wording("Machine id as identity for DHCP", "machine-id 用作 DHCP 标识"),
    meaning: Wording(
      "Fails where /etc/machine-id holds an id - or is empty beside a /var/lib/dbus/machine-id of its own, from which "
        + "it would be filled - and an interface that asks for its address names itself by it: with systemd-networkd "
        + "and netplan unless they are told to go by the hardware address, with NetworkManager only if it is told so. "
        + "A note in every profile: every server that has been started once is so.",
      "/etc/machine-id 中有标识（或者它为空而 /var/lib/dbus/machine-id 是独立的文件，会用来填充它），且通过 DHCP 获取地址的网卡用它标识自己时"
        + "不通过：systemd-networkd 和 netplan 默认如此，除非设置为使用硬件地址；NetworkManager 只有明确设置时才如此。在任何配置下均为提示，"
        + "因为启动过的云服务器都是这样。"),
    why: Wording(
      "Two servers with one DHCP identity in one network may be given one address. This cloud gives addresses by "
        + "network card, which keeps it from happening there; in another network it does happen.",
      "同一网络中 DHCP 标识相同的两台服务器可能得到同一地址。该云平台按网卡分配地址，一般不会发生；在其他网络中则会发生。"),
    fix: Wording(
      "Make a new machine id on every server made from the image, or have interfaces named by their hardware address.",
      "在每台用该镜像创建的云服务器上生成新的 machine-id，或者让网卡使用硬件地址标识自己。"),
    source: Sources.machineID)
}

extension Sources {
  static let machineID = Wording(
    "What a server made from the image has in common with this one: the machine id (machine-id(5), systemd.network(5))",
    "用镜像创建的云服务器与本云服务器的共同之处：machine-id（machine-id(5)、systemd.network(5)）")
}
