// SPDX-License-Identifier: Apache-2.0

public import ConfigurationText
public import Facts

/// An `ifcfg-NAME` file: assignments of the shell, of the network scripts and NetworkManager (initscripts,
/// sysconfig.txt) or of wicked (ifcfg(5)).
public struct IfcfgFile: Equatable, Sendable {
  struct Assignment: Equatable, Sendable {
    var line: Int
    var key: String
    /// `nil` where only a shell can tell.
    var value: [UInt8]?
  }

  private var assignments: [Assignment] = []
  private var generated = false

  /// Why values are not known, by their lines.
  public var errors: [ConfigurationError] {
    assignments.filter { $0.value == nil }.map { ConfigurationError(line: $0.line, .shell) }
  }

  /// Reads the file; assignments that say nothing of addresses are passed over.
  public init(parsing bytes: [UInt8]) {
    for (index, line) in bytes.lines.enumerated() {
      let content = line.trimmed
      if content.first == UInt8(ascii: "#") {
        if content.dropFirst().trimmed.hasPrefix(Self.mark) { generated = true }
        continue
      }
      if content.hasPrefix(". ") || content.hasPrefix("source ") {
        assignments.append(Assignment(line: index + 1, key: ".", value: nil))
        continue
      }
      guard let equals = content.firstIndex(of: UInt8(ascii: "=")) else { continue }
      var key = content[..<equals].text
      if key.hasPrefix("export ") { key = String(key.dropFirst(7)) }
      guard Self.isNeeded(key) else { continue }
      assignments.append(
        Assignment(line: index + 1, key: key, value: ShellValue.parse(content[content.index(after: equals)...])))
    }
  }

  private static let mark = "Created by cloud-init"

  private static func isNeeded(_ key: String) -> Bool {
    needed.contains(key) || isAddress(key)
  }

  private static let needed: Set<String> = [
    "DEVICE", "TYPE", "BOOTPROTO", "ONBOOT", "STARTMODE", "VLAN", "ETHERDEVICE", "BONDING_MASTER", "BRIDGE",
    "BRIDGE_PORTS", "DHCPV6C", "TUNNEL", "INTERFACETYPE", "WIRELESS", "TEAM_CONFIG",
  ]

  private static func isAddress(_ key: String) -> Bool {
    key.hasPrefix("IPADDR")
      && key.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: "_") || (0x41...0x5A).contains($0) })
      || key == "IPV6ADDR" || key == "IPV6ADDR_SECONDARIES"
  }

  /// Whether a file of that name is read: copies that editors and packages leave are not.
  public static func isConfiguration(_ name: String) -> Bool {
    guard name.hasPrefix("ifcfg-"), name.utf8.count > 6 else { return false }
    return !leftovers.contains(where: name.hasSuffix)
  }

  private static let leftovers = [
    "~", ".bak", ".orig", ".old", ".save", ".rpmnew", ".rpmorig", ".rpmsave", ".augnew", ".augtmp", ".scpmbackup",
    ".swp",
  ]

  /// What the file says of its interface.
  public func interface(file: String, stack: NetworkStack) -> NetworkInterface {
    var values: [String: String] = [:]
    for assignment in assignments { values[assignment.key] = assignment.value.map { $0[...].trimmed.text } }
    let suffix = file.split(separator: "/").last.map { String($0.dropFirst("ifcfg-".count)) } ?? ""
    let name = values["DEVICE"].flatMap { $0.isEmpty ? nil : $0 } ?? suffix
    var interface = NetworkInterface(name: name, file: file, stack: stack)
    interface.generated = generated
    var addresses = DistinctAddresses()
    for assignment in assignments where Self.isAddress(assignment.key) {
      let written = (assignment.value ?? [])[...].words
      for address in written { addresses.add(address.text) }
      interface.line = interface.line ?? (written.isEmpty ? nil : assignment.line)
    }
    interface.addresses = addresses.all
    interface.kind = kind(name, values, stack)
    let protocols = values["BOOTPROTO", default: ""].lowercased()
    let asks = ["dhcp", "bootp", "auto6"].contains { protocols.hasPrefix($0) } || Self.isYes(values["DHCPV6C"])
    let isOther = ["autoip", "ibft", "shared", "ppp", "6to4"].contains { protocols.hasPrefix($0) }
    interface.settle(asks: asks, otherwise: isOther ? .other : .none)
    interface.automatic = isAutomatic(values, stack)
    return interface
  }

  private func kind(_ name: String, _ values: [String: String], _ stack: NetworkStack) -> NetworkInterface.Kind {
    let named = InterfaceName.kind(name)
    if named == .loopback { return named }
    if Self.isYes(values["VLAN"]) || values["ETHERDEVICE"]?.isEmpty == false { return .vlan }
    if Self.isYes(values["BONDING_MASTER"]) || values["TEAM_CONFIG"]?.isEmpty == false { return .bond }
    if values["TUNNEL"]?.isEmpty == false { return .virtual }
    // For wicked BRIDGE=yes makes a bridge; for the network scripts BRIDGE=br0 makes a port of one.
    if stack == .wicked, Self.isYes(values["BRIDGE"]) {
      return values["BRIDGE_PORTS", default: ""].isEmpty ? .virtual : .bridge
    }
    guard let type = values["TYPE"] ?? values["INTERFACETYPE"], !type.isEmpty else { return named }
    return InterfaceName.kind(ofType: type)
  }

  private func isAutomatic(_ values: [String: String], _ stack: NetworkStack) -> Bool {
    guard stack == .wicked else { return !Self.isNo(values["ONBOOT"]) }
    // Without the assignment it is "manual" (ifcfg(5)).
    return !["manual", "off", ""].contains(values["STARTMODE", default: ""].lowercased())
  }

  private static func isYes(_ value: String?) -> Bool {
    value.map { ["yes", "y", "true", "t", "1", "on"].contains($0.lowercased()) } ?? false
  }

  private static func isNo(_ value: String?) -> Bool {
    value.map { ["no", "n", "false", "f", "0", "off"].contains($0.lowercased()) } ?? false
  }

  /// The file as it goes into a recording: what was read of it, on its lines, and nothing else.
  public var recorded: [UInt8] {
    var lines = NumberedLines()
    for assignment in assignments {
      switch (assignment.key, assignment.value) {
      case (".", _): lines.put(". -", at: assignment.line)
      case (let key, nil): lines.put(key + "=$-", at: assignment.line)
      case (let key, let value?): lines.put(Array((key + "=").utf8) + ShellValue.quoted(value), at: assignment.line)
      }
    }
    return lines.bytes + Array((generated ? "# \(Self.mark)\n" : "").utf8)
  }
}
