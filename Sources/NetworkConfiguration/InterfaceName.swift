// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText
internal import Facts

/// What the name of an interface tells where its configuration does not.
enum InterfaceName {
  /// The kind by convention: `lo`, `bond0`, `eth0.100`, `dummy0`.
  static func kind(_ name: String) -> NetworkInterface.Kind {
    // `eth0:1` is a further address of eth0.
    let base = name.split(separator: ":", maxSplits: 1).first.map(String.init) ?? name
    if base == "lo" { return .loopback }
    for (prefix, kind) in numbered where base.hasPrefix(prefix) {
      let rest = base.dropFirst(prefix.count)
      if !rest.isEmpty, rest.utf8.allSatisfy(\.isDigit) { return kind }
    }
    if virtualPatterns.contains(where: base.hasPrefix) { return .virtual }
    let parts = base.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, let number = parts.last, !number.isEmpty, number.utf8.allSatisfy(\.isDigit) { return .vlan }
    if base.hasPrefix("vlan"), base.utf8.last?.isDigit ?? false { return .vlan }
    return .ethernet
  }

  private static let numbered: [(String, NetworkInterface.Kind)] = [
    ("bond", .bond), ("team", .bond), ("br", .bridge), ("virbr", .virtual), ("docker", .virtual), ("dummy", .virtual),
    ("tun", .virtual), ("tap", .virtual), ("wg", .virtual), ("veth", .virtual), ("gre", .virtual), ("sit", .virtual),
    ("ipip", .virtual), ("vxlan", .virtual), ("ppp", .other), ("wlan", .wireless),
  ]

  /// The virtual cables to containers and virtual machines of systemd-nspawn(1) and systemd-vmspawn(1).
  private static let virtualPatterns = ["ve-", "vb-", "vz-", "vt-", "cni", "flannel", "cali"]

  /// The kind that a word for one names, as the kernel, NetworkManager and the network scripts have it.
  static func kind(ofType type: String) -> NetworkInterface.Kind {
    switch type.lowercased() {
    case "ethernet", "802-3-ethernet", "ether", "infiniband": .ethernet
    case "wireless", "wifi", "802-11-wireless", "wlan": .wireless
    case "bond", "team", "bonding": .bond
    case "bridge", "ovsbridge", "ovs-bridge": .bridge
    case "vlan": .vlan
    case "loopback": .loopback
    case "dummy", "tun", "tap", "wireguard", "ip-tunnel", "ipip", "gre", "gretap", "sit", "vxlan", "geneve", "veth",
      "ip6gre", "ip6tnl", "vti", "vti6", "vrf", "ifb", "vpn", "tunnel", "nlmon", "vcan":
      .virtual
    default: .other
    }
  }
}

extension NetworkInterface {
  /// The same with the method that follows from what is asked for and what is set.
  mutating func settle(asks: Bool, otherwise: Method = .none) {
    method = asks ? .dhcp : !addresses.isEmpty ? .static : otherwise
  }
}
