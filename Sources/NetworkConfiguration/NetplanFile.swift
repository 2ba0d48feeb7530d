// SPDX-License-Identifier: Apache-2.0

public import ConfigurationText
internal import Facts

/// One file of netplan(5).
public struct NetplanFile: Equatable, Sendable {
  /// What a file says of one interface; what it leaves open is `nil`.
  struct Definition: Equatable, Sendable {
    var group: String
    var id: [UInt8]
    /// The line of its key, where that does not stand in brackets.
    var line: Int?
    var groupLine: Int?
    var match: [UInt8]?
    var name: [UInt8]?
    var asks4: Bool?
    var asks6: Bool?
    var addresses: [[UInt8]] = []
    var hasMembers: Bool?
    var activation: [UInt8]?
    var clientIdentifier: [UInt8]?
  }

  private(set) var definitions: [Definition] = []
  private(set) var networkLine: Int?

  /// Reads the file.
  public init(parsing bytes: [UInt8]) throws(ConfigurationError) {
    guard let network = try YAMLReader.parse(bytes).entries?["network"] else { return }
    networkLine = network.isInFlow ? nil : network.line
    for group in try Self.entries(network) where Self.kinds[group.key[...].text] != nil {
      for entry in try Self.entries(group) {
        var definition = try Self.definition(entry, group.key[...].text)
        definition.groupLine = group.isInFlow ? nil : group.line
        definitions.append(definition)
      }
    }
  }

  private static func entries(_ entry: YAMLNode.Entry) throws(ConfigurationError) -> [YAMLNode.Entry] {
    guard let entries = entry.value.entries else { throw ConfigurationError(line: entry.line, .notMap) }
    return entries
  }

  /// The groups of interfaces, and what those in them are made of.
  static let kinds: [String: NetworkInterface.Kind] = [
    "ethernets": .ethernet, "wifis": .wireless, "modems": .other, "bonds": .bond, "bridges": .bridge, "vlans": .vlan,
    "tunnels": .virtual, "dummy-devices": .virtual, "virtual-ethernets": .virtual, "vrfs": .virtual,
    "nm-devices": .other,
  ]

  private static func definition(_ entry: YAMLNode.Entry, _ group: String) throws(ConfigurationError) -> Definition {
    var definition = Definition(group: group, id: entry.key, line: entry.isInFlow ? nil : entry.line)
    for member in try entries(entry) {
      switch member.key[...].text {
      case "dhcp4": definition.asks4 = try truth(member)
      case "dhcp6": definition.asks6 = try truth(member)
      case "addresses": definition.addresses = try addresses(member)
      case "set-name": definition.name = try scalar(member)
      case "match": definition.match = try match(member)
      case "dhcp-identifier": definition.clientIdentifier = try scalar(member)
      case "activation-mode": definition.activation = try scalar(member)
      case "interfaces":
        switch member.value {
        case .list(let members): definition.hasMembers = !members.isEmpty
        case .nothing: definition.hasMembers = false
        case .scalar, .map: throw ConfigurationError(line: member.line, .value)
        }
      default: break
      }
    }
    return definition
  }

  /// The pattern of the name; that of a hardware address finds one card and says nothing of its name.
  private static func match(_ member: YAMLNode.Entry) throws(ConfigurationError) -> [UInt8]? {
    guard let name = try entries(member)["name"] else { return nil }
    return try scalar(name)
  }

  private static func truth(_ member: YAMLNode.Entry) throws(ConfigurationError) -> Bool {
    guard let word = member.value.scalar.map({ $0[...].text.lowercased() }) else {
      throw ConfigurationError(line: member.line, .value)
    }
    if ["true", "yes", "on", "y"].contains(word) { return true }
    if ["false", "no", "off", "n"].contains(word) { return false }
    throw ConfigurationError(line: member.line, .value)
  }

  private static func scalar(_ member: YAMLNode.Entry) throws(ConfigurationError) -> [UInt8]? {
    switch member.value {
    case .nothing: return nil
    case .scalar(let text, _): return text
    case .list, .map: throw ConfigurationError(line: member.line, .value)
    }
  }

  /// Addresses, each alone or as the key of its options.
  private static func addresses(_ member: YAMLNode.Entry) throws(ConfigurationError) -> [[UInt8]] {
    let items: [YAMLNode]
    switch member.value {
    case .nothing: return []
    case .list(let list): items = list
    case .scalar, .map: throw ConfigurationError(line: member.line, .value)
    }
    var addresses: [[UInt8]] = []
    for item in items {
      switch item {
      case .scalar(let text, _): addresses.append(text)
      case .map(let entries): addresses += entries.map(\.key)
      case .nothing, .list: throw ConfigurationError(line: member.line, .value)
      }
    }
    return addresses
  }
}
