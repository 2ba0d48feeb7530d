// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText
public import Facts

/// A `.network` file of systemd-networkd with its drop-ins (systemd.network(5)).
public struct NetworkdFile: Equatable, Sendable {
  private let file: KeyValueFile

  /// Reads the file; what networkd passes over is passed over here too.
  public init(parsing bytes: [UInt8]) {
    file = KeyValueFile(parsing: bytes, joinsLines: true, where: Self.isWanted)
  }

  private static func isWanted(_ section: String, _ key: String) -> Bool { needed[section]?.contains(key) ?? false }

  private static let needed: [String: Set<String>] = [
    "Match": ["", "Name", "Type", "Kind", "Driver", "Virtualization"],
    "Link": ["", "Unmanaged", "ActivationPolicy"],
    "Network": ["", "DHCP", "Address"],
    "Address": ["", "Address"],
    // The second is the name that both sections had before version 244.
    "DHCPv4": ["", "ClientIdentifier"], "DHCP": ["", "ClientIdentifier"],
  ]

  /// What the file and its drop-ins, in their order, say; `kinds` are those of the interfaces that `.netdev` files make.
  public func interface(
    file path: String, dropIns: [NetworkdFile] = [], kinds: [String: NetworkInterface.Kind] = [:]
  ) -> NetworkInterface {
    let parts = [file] + dropIns.map(\.file)
    func last(_ section: String, _ key: String) -> String? { parts.compactMap { $0.last(section, key) }.last }
    let pattern = last("Match", "Name")
    // A single name without a pattern is the interface's; anything else finds one.
    let isName = pattern.map { $0.utf8.allSatisfy { !"*?[]! ".utf8.contains($0) } } ?? false
    var interface = NetworkInterface(
      name: isName ? pattern : nil, match: isName ? nil : pattern, file: path, stack: .networkd)
    interface.kind = kind(pattern, last, kinds)
    for entry in file.entries where entry.key == "Address" {
      interface.line = interface.line ?? entry.line
    }
    interface.addresses = Self.addresses(parts)
    let words = (last("Network", "DHCP") ?? "no").lowercased()
    interface.settle(asks: ["yes", "y", "true", "t", "1", "on", "both", "ipv4", "ipv6", "v4", "v6"].contains(words))
    interface.clientIdentifier =
      last("DHCPv4", "ClientIdentifier")?.lowercased() ?? last("DHCP", "ClientIdentifier")?.lowercased()
    let isUnmanaged = ["yes", "y", "true", "t", "1", "on"].contains((last("Link", "Unmanaged") ?? "").lowercased())
    let policy = last("Link", "ActivationPolicy") ?? "up"
    interface.automatic = !isUnmanaged && !["manual", "down", "always-down"].contains(policy)
    interface.generated = path.split(separator: "/").last?.contains("cloud-init") ?? false
    return interface
  }

  /// All addresses that are set: an empty assignment in [Network] takes back those before it.
  private static func addresses(_ parts: [KeyValueFile]) -> [String] {
    var addresses = DistinctAddresses()
    for entry in parts.flatMap(\.entries) where entry.key == "Address" {
      if !entry.value.isEmpty {
        addresses.add(entry.text)
      } else if entry.section == "Network" {
        addresses = DistinctAddresses()
      }
    }
    return addresses.all
  }

  private func kind(
    _ pattern: String?, _ last: (String, String) -> String?, _ kinds: [String: NetworkInterface.Kind]
  ) -> NetworkInterface.Kind {
    // Without a container around it, such a file matches nothing.
    if let place = last("Match", "Virtualization"), ["container", "yes", "!vm"].contains(place) { return .virtual }
    for key in ["Kind", "Type", "Driver"] {
      guard let word = last("Match", key) else { continue }
      let kind = InterfaceName.kind(ofType: word)
      if kind != .other { return kind }
    }
    guard let pattern else { return .ethernet }
    return kinds[pattern] ?? InterfaceName.kind(pattern)
  }

  /// The file as it goes into a recording: what was read of it.
  public var recorded: [UInt8] { file.recorded(withStrayLine: false) }
}

/// A `.netdev` file of systemd-networkd: an interface that it makes (systemd.netdev(5)).
public struct NetdevFile: Equatable, Sendable {
  private let file: KeyValueFile

  /// Reads its name and kind; keys of tunnels are passed over.
  public init(parsing bytes: [UInt8]) {
    file = KeyValueFile(parsing: bytes, joinsLines: true) { $0 == "NetDev" && ["", "Name", "Kind"].contains($1) }
  }

  /// The interface and its kind; `nil` where the file says neither.
  public var interface: (name: String, kind: NetworkInterface.Kind)? {
    guard let name = file.last("NetDev", "Name"), let kind = file.last("NetDev", "Kind") else { return nil }
    return (name, InterfaceName.kind(ofType: kind))
  }

  /// The file as it goes into a recording: what was read of it.
  public var recorded: [UInt8] { file.recorded(withStrayLine: false) }
}
