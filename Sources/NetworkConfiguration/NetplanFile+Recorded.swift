// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

extension NetplanFile {
  /// A file as it goes into a recording: what is read of it, on its lines, without passwords and keys - and of one that
  /// is not understood nothing but what makes it so.
  public static func recorded(_ bytes: [UInt8]) -> [UInt8] {
    do throws(ConfigurationError) { return try NetplanFile(parsing: bytes).recorded } catch {
      return recorded(error)
    }
  }

  private var recorded: [UInt8] {
    var lines = NumberedLines()
    guard let networkLine else {
      let groups = Self.flow(grouped.map { (Array($0.name.utf8), Self.flow($0.members.map(Self.member))) })
      lines.put(Self.flow([(Array("network".utf8), groups)]), at: 1)
      return lines.bytes
    }
    lines.put("network:", at: networkLine)
    for group in grouped {
      let head = Array("  \(group.name):".utf8)
      guard let line = group.line else {
        // The whole of the network stands in brackets.
        lines.put(head + [0x20] + Self.flow(group.members.map(Self.member)), at: networkLine + 1)
        continue
      }
      guard group.members.allSatisfy({ $0.line != nil }) else {
        lines.put(head + [0x20] + Self.flow(group.members.map(Self.member)), at: line)
        continue
      }
      lines.put(head, at: line)
      for definition in group.members {
        let (id, members) = Self.member(definition)
        lines.put(
          Array("    ".utf8) + YAMLScalar.singleQuoted(id) + Array(": ".utf8) + members, at: definition.line ?? 0)
      }
    }
    return lines.bytes
  }

  private var grouped: [(name: String, line: Int?, members: [Definition])] {
    var groups: [(name: String, line: Int?, members: [Definition])] = []
    for definition in definitions {
      if groups.last?.name == definition.group {
        groups[groups.count - 1].members.append(definition)
      } else {
        groups.append((definition.group, definition.groupLine, [definition]))
      }
    }
    return groups
  }

  private static func member(_ definition: Definition) -> (key: [UInt8], value: [UInt8]) {
    var members: [(key: [UInt8], value: [UInt8])] = []
    func put(_ key: String, _ value: [UInt8]?) { if let value { members.append((Array(key.utf8), value)) } }
    put("dhcp4", definition.asks4.map { Array(($0 ? "true" : "false").utf8) })
    put("dhcp6", definition.asks6.map { Array(($0 ? "true" : "false").utf8) })
    put("set-name", definition.name.map(YAMLScalar.singleQuoted))
    put("match", definition.match.map { flow([(Array("name".utf8), YAMLScalar.singleQuoted($0))]) })
    put("activation-mode", definition.activation.map(YAMLScalar.singleQuoted))
    put("dhcp-identifier", definition.clientIdentifier.map(YAMLScalar.singleQuoted))
    put("interfaces", definition.hasMembers.map { Array(($0 ? "['-']" : "[]").utf8) })
    if !definition.addresses.isEmpty {
      let items = definition.addresses.map(YAMLScalar.singleQuoted)
      put("addresses", Array("[".utf8) + Array(items.joined(separator: Array(", ".utf8))) + Array("]".utf8))
    }
    return (definition.id, flow(members))
  }

  /// A map in brackets.
  private static func flow(_ members: [(key: [UInt8], value: [UInt8])]) -> [UInt8] {
    let parts = members.map { YAMLScalar.singleQuoted($0.key) + Array(": ".utf8) + $0.value }
    return Array("{".utf8) + Array(parts.joined(separator: Array(", ".utf8))) + Array("}".utf8)
  }

  /// A text that is not understood for the same reason, on the same line.
  static func recorded(_ error: ConfigurationError) -> [UInt8] {
    var lines = NumberedLines()
    switch error.reason {
    case .tab: lines.put("\t-", at: error.line)
    case .quote: lines.put("-: '", at: error.line)
    case .flow: lines.put("-: [", at: error.line)
    case .unsupported, .notAssignment, .shell, .statement: lines.put("-: &-", at: error.line)
    case .notMap: lines.put("x", at: error.line)
    case .nesting:
      lines.put("-: " + String(repeating: "[", count: YAMLReader.deepest + 1), at: error.line)
    case .value: lines.put("network: {ethernets: {-: {dhcp4: -}}}", at: error.line)
    case .indentation:
      lines.put("-: -", at: error.line - 1)
      lines.put("   -: -", at: error.line)
    case .severalDocuments:
      lines.put("-: -", at: error.line - 1)
      lines.put("---", at: error.line)
    }
    return lines.bytes
  }
}
