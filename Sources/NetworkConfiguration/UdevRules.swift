// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText
internal import Facts

/// A rule file of udev (udev(7)), as far as it gives network interfaces their names.
public struct UdevRules: Equatable, Sendable {
  /// The names that are bound to hardware addresses, in their order.
  public private(set) var names: [String] = []
  /// Whether such bindings are written for cards that are new.
  public private(set) var generates = false

  /// Reads the file.
  public init(parsing bytes: [UInt8]) {
    var pending: [UInt8] = []
    for raw in bytes.lines {
      let line = pending + raw.trimmed
      pending = []
      if line.first == UInt8(ascii: "#") { continue }
      if line.last == UInt8(ascii: "\\") {
        pending = Array(line.dropLast())
      } else {
        take(line[...])
      }
    }
    take(pending[...])
  }

  private mutating func take(_ rule: Bytes) {
    var bindsAddress = false
    var name: String?
    for token in Self.tokens(rule) {
      guard let end = token.firstIndex(where: { "=!+-:".utf8.contains($0) }),
        let open = token.firstIndex(of: UInt8(ascii: "\"")), end < open
      else { continue }
      let key = token[..<end].trimmed.text
      let operation = token[end..<open].trimmed.text
      let value = token[token.index(after: open)...].prefix { $0 != UInt8(ascii: "\"") }
      switch (key, operation) {
      case ("ATTR{address}", "=="), ("ATTRS{address}", "=="), ("SYSFS{address}", "=="): bindsAddress = true
      case ("NAME", "="), ("NAME", ":="): name = value.text
      case (_, "="), (_, "=="), (_, "+="):
        let isProgram = key.hasPrefix("IMPORT") || key == "PROGRAM" || key.hasPrefix("RUN")
        if isProgram, value.text.contains("write_net_rules") { generates = true }
      default: break
      }
    }
    if bindsAddress, let name, !name.isEmpty { names.append(name) }
  }

  /// The parts of a rule between commas that stand outside of quotes.
  private static func tokens(_ rule: Bytes) -> [Bytes] {
    var tokens: [Bytes] = []
    var start = rule.startIndex
    var isQuoted = false
    for index in rule.indices {
      if rule[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
      guard rule[index] == UInt8(ascii: ","), !isQuoted else { continue }
      tokens.append(rule[start..<index].trimmed)
      start = rule.index(after: index)
    }
    return tokens + [rule[start...].trimmed]
  }

  /// Whether a file of that name in `/etc/udev/rules.d` is of the kind that an image must not carry.
  public static func isPersistentNames(_ name: String) -> Bool {
    name.hasSuffix(".rules") && name.contains("persistent") && name.contains("net")
  }
}
