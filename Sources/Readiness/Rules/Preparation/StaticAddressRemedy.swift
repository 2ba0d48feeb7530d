// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How an interface is put on DHCP, in the terms of the files that configure it.
enum StaticAddressRemedy {
  /// What to do; commands only where they are certain to mean this interface and nothing else.
  static func steps(
    _ interface: NetworkInterface, _ values: [String: StatementValue], _ facts: GuestFacts
  ) -> [RuleResult.Step] {
    let commands = ShellWord(interface.file).map { edits(interface, file: $0) } ?? []
    let wording =
      switch interface.stack {
      case .netplan: netplan
      case .networkManager: keyfile
      case .networkd: networkd
      case .ifupdown: ifupdown
      case .ifcfg: ifcfg
      case .wicked: wicked
      case .other: other
      }
    var steps = [RuleResult.Step(wording.with(values), commands: commands)]
    if interface.generated, facts.network?.cloudInit == .value(.disabled) {
      steps.append(.init(enableRendering.with(values)))
    }
    // Otherwise cloud-init writes the address again.
    if interface.generated, facts.network?.cloudInit == .value(.fixed) { steps.append(.init(takeOutOwn.with(values))) }
    return steps
  }

  private static func edits(_ interface: NetworkInterface, file: ShellWord) -> [String] {
    switch interface.stack {
    // Which keys there are in YAML is for a person to see; this finds a slip before the next start does.
    case .netplan: return ["netplan generate"]
    case .networkManager:
      let families = [(4, "."), (6, ":")].filter { family in interface.addresses.contains { $0.contains(family.1) } }
      let changes = families.map {
        "sed -i '/^\\[ipv\($0.0)\\]/,/^\\[/{/^address/d;/^gateway/d;s/^method=.*/method=auto/}' \(file)"
      }
      return changes + ["nmcli connection reload"]
    case .networkd:
      // The addresses stand in a drop-in.
      guard interface.line != nil else { return [] }
      return [
        "sed -i -e '/^\\(Address\\|Gateway\\|DHCP\\)=/d' -e 's/^\\[Network\\]/&\\nDHCP=yes/' \(file)",
        "networkctl reload",
      ]
    case .ifupdown: return interface.line.map { ["sed -i '\($0)s/static/dhcp/' \(file)"] } ?? []
    // Files of that suffix are not read.
    case .ifcfg, .wicked:
      return [
        "sed -i.bak -e '/^[[:blank:]]*\\(IPADDR\\|NETMASK\\|PREFIX\\|GATEWAY\\|IPV6ADDR\\|BOOTPROTO\\)/d' "
          + "-e '$aBOOTPROTO=dhcp' \(file)"
      ]
    case .other: return []
    }
  }

  static let netplan = Wording(
    "In {file} give {interface} \"dhcp4: true\" and take out its \"addresses\", \"routes\" and gateway. It is used from "
      + "the next start on; the connection at hand stays.",
    "在 {file} 中为 {interface} 设置“dhcp4: true”，并删除其“addresses”“routes”和网关。下次启动时生效，当前连接不受影响。")
  static let keyfile = Wording(
    "In the section [ipv4] of {file} set \"method=auto\" and take out every \"address\" and \"gateway\"; likewise in [ipv6]. "
      + "The connection at hand stays as it is until it is brought up anew.",
    "在 {file} 的 [ipv4] 部分设置“method=auto”，并删除所有“address”和“gateway”；[ipv6] 同样处理。重新激活之前，当前连接不受影响。")
  static let networkd = Wording(
    "In {file} set \"DHCP=yes\" in [Network], and take out \"Address=\", \"Gateway=\" and the sections [Address] and [Route].",
    "在 {file} 的 [Network] 部分设置“DHCP=yes”，并删除“Address=”“Gateway=”以及 [Address]、[Route] 部分。")
  static let ifupdown = Wording(
    "In {file} write \"iface {interface} inet dhcp\" in the place of the stanza of {interface}. It is used from the next "
      + "start on.",
    "在 {file} 中将 {interface} 的配置段改为“iface {interface} inet dhcp”。下次启动时生效。")
  static let ifcfg = Wording(
    "In {file} set BOOTPROTO=dhcp and take out IPADDR, NETMASK, PREFIX and GATEWAY (a copy of the file stays beside it, "
      + "and is not read). It is used from the next start on.",
    "在 {file} 中设置 BOOTPROTO=dhcp，并删除 IPADDR、NETMASK、PREFIX 和 GATEWAY（旁边会保留一份不会被读取的备份）。下次启动时生效。")
  static let wicked = Wording(
    "In {file} set BOOTPROTO=dhcp and take out IPADDR, NETMASK and PREFIXLEN, and the default route from "
      + "/etc/sysconfig/network/routes (a copy of the file stays beside it). It is used from the next start on.",
    "在 {file} 中设置 BOOTPROTO=dhcp，并删除 IPADDR、NETMASK 和 PREFIXLEN，同时删除 /etc/sysconfig/network/routes 中的默认路由"
      + "（旁边会保留一份备份）。下次启动时生效。")
  static let other = Wording(
    "Set {interface} to DHCP in {file}.", "在 {file} 中将 {interface} 改为 DHCP。")
  static let takeOutOwn = Wording(
    "Take the network's configuration out of cloud-init's own files too, or cloud-init writes the address again: the file "
      + "that \"grep -l ^network: /etc/cloud/cloud.cfg /etc/cloud/cloud.cfg.d/*.cfg\" names (installers write "
      + "90-installer-network.cfg).",
    "还需从 Cloud-Init 自身的配置文件中删除网络配置，否则 Cloud-Init 会再次写入该地址：运行"
      + "“grep -l ^network: /etc/cloud/cloud.cfg /etc/cloud/cloud.cfg.d/*.cfg”可找到该文件（安装程序会写入 90-installer-network.cfg）。"
  )
  static let enableRendering = Wording(
    "Or let cloud-init write the network again: take \"network: {config: disabled}\" out of /etc/cloud, and remove "
      + "/etc/cloud/cloud-init.disabled where it is.",
    "或让 Cloud-Init 重新生成网络配置：从 /etc/cloud 中删除“network: {config: disabled}”，若存在 /etc/cloud/cloud-init.disabled 也一并删除。")
}
