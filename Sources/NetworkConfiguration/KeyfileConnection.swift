// SPDX-License-Identifier: Apache-2.0

public import ConfigurationText
public import Facts

/// A connection in NetworkManager's keyfile format (nm-settings-keyfile(5)).
public struct KeyfileConnection: Equatable, Sendable {
  private let file: KeyValueFile

  /// Why the file is not understood; NetworkManager then passes over all of it.
  public var error: ConfigurationError? { file.strayLine.map { ConfigurationError(line: $0, .notAssignment) } }

  /// Reads the file.
  public init(parsing bytes: [UInt8]) {
    file = KeyValueFile(parsing: bytes, joinsLines: false, where: Self.isWanted)
  }

  private static func isWanted(_ section: String, _ key: String) -> Bool {
    switch section {
    case "connection":
      [
        "", "interface-name", "type", "autoconnect", "master", "controller", "port-type", "slave-type",
      ].contains(key)
    case "ipv4", "ipv6": ["", "method", "dhcp-client-id"].contains(key) || isAddress(key)
    case "match": ["", "interface-name"].contains(key)
    case ".nmmeta": ["", "nm-generated", "external"].contains(key)
    default: false
    }
  }

  /// `address1`, `addresses`, `addresses2`.
  private static func isAddress(_ key: String) -> Bool {
    let digits = key.utf8.reversed().prefix { $0.isDigit }.count
    return ["address", "addresses"].contains(String(key.dropLast(digits)))
  }

  /// Whether a file of that name is read; only in `/etc` one without the suffix is.
  public static func isConfiguration(_ name: String, needsSuffix: Bool) -> Bool {
    if name.hasPrefix(".") || leftovers.contains(where: name.hasSuffix) { return false }
    return !needsSuffix || name.hasSuffix(".nmconnection")
  }

  private static let leftovers = [
    "~", ".bak", ".orig", ".old", ".rpmnew", ".rpmorig", ".rpmsave", ".swp", ".swpx", ".pem", ".der", ".nmmeta",
  ]

  /// What the connection says of its interface.
  public func interface(file path: String) -> NetworkInterface {
    let name = file.last("connection", "interface-name")
    var interface = NetworkInterface(
      name: name, match: file.last("match", "interface-name"), file: path, stack: .networkManager)
    if let name { interface.kind = InterfaceName.kind(name) }
    if let type = file.last("connection", "type"), interface.kind != .loopback {
      interface.kind = InterfaceName.kind(ofType: type)
    }
    let isPort = ["master", "controller"].contains { file.last("connection", $0) != nil }
    // Where the file does not say, NetworkManager asks - but not for a port.
    let methods = ["ipv4", "ipv6"].map { file.last($0, "method") ?? (isPort ? "disabled" : "auto") }
    for (section, method) in zip(["ipv4", "ipv6"], methods) where ["auto", "manual", "dhcp"].contains(method) {
      for entry in file.entries where entry.section == section && Self.isAddress(entry.key) {
        let written = Self.addresses(in: entry)
        interface.addresses += written
        if !written.isEmpty { interface.line = interface.line ?? entry.line }
      }
    }
    let v6Asks = ["auto", "dhcp"].contains(methods[1])
    if methods[0] == "auto" || v6Asks && interface.addresses.isEmpty && methods[0] != "shared" {
      interface.settle(asks: true)
    } else {
      interface.settle(asks: false, otherwise: methods[0] == "disabled" || methods[0] == "manual" ? .none : .other)
    }
    interface.clientIdentifier = file.last("ipv4", "dhcp-client-id")
    // What NetworkManager wrote down of an interface that others set up (docker0) configures nothing.
    let isNote = ["nm-generated", "external"].contains { file.last(".nmmeta", $0) == "true" }
    interface.automatic =
      !isNote && !["false", "no", "0", "off"].contains(file.last("connection", "autoconnect") ?? "")
    interface.generated = path.split(separator: "/").last?.hasPrefix("cloud-init-") ?? false
    return interface
  }

  /// `address1=192.0.2.5/24,192.0.2.1`, `addresses=192.0.2.5/24;192.0.2.6/24;`, and the old form
  /// `addresses1=192.0.2.5;24;192.0.2.1;`.
  private static func addresses(in entry: KeyValueFile.Entry) -> [String] {
    let parts = entry.text.split(separator: ";").map { part in
      part.prefix { $0 != "," }.trimmingBlanks
    }
    let isOldForm = parts.count > 1 && parts[1].utf8.allSatisfy(\.isDigit)
    return (isOldForm ? Array(parts.prefix(1)) : parts).filter { !$0.isEmpty }
  }

  /// The file as it goes into a recording: without keys, passwords and certificates.
  public var recorded: [UInt8] { file.recorded(withStrayLine: true) }
}

extension Substring {
  fileprivate var trimmingBlanks: String { Array(utf8)[...].trimmed.text }
}
