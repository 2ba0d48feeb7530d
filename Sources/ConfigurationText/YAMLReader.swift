// SPDX-License-Identifier: Apache-2.0

/// Reads the part of YAML 1.1 in which network configurations are written: maps, lists, the same in brackets, quotes on
/// one line, comments.
///
/// What is beyond that - anchors, tags, block scalars, scalars over several lines - is an error, never a guess.
package struct YAMLReader {
  struct Line {
    var number: Int
    var indent: Int
    var content: Bytes
  }

  /// Lists and maps may lie so deep in each other.
  package static let deepest = 32

  var lines: [Line] = []
  var position = 0

  /// Reads a document; an empty one is nothing.
  package static func parse(_ bytes: [UInt8]) throws(ConfigurationError) -> YAMLNode {
    var reader = YAMLReader()
    try reader.takeLines(bytes)
    guard let first = reader.lines.first else { return .nothing }
    let node = try reader.block(first.indent, depth: 0)
    if let rest = reader.current { throw ConfigurationError(line: rest.number, .indentation) }
    guard case .map = node else { throw ConfigurationError(line: first.number, .notMap) }
    return node
  }

  /// The lines that hold something.
  private mutating func takeLines(_ bytes: [UInt8]) throws(ConfigurationError) {
    var hasBegun = false
    var hasEnded = false
    for (index, raw) in bytes.lines.enumerated() {
      let content = raw.trimmed
      guard let first = content.first, first != UInt8(ascii: "#") else { continue }
      let number = index + 1
      if raw.hasPrefix("---"), raw.count == 3 || raw.dropFirst(3).first?.isBlank ?? false {
        guard !hasBegun, lines.isEmpty else { throw ConfigurationError(line: number, .severalDocuments) }
        hasBegun = true
        guard content.count == 3 || content.dropFirst(3).trimmed.first == UInt8(ascii: "#") else {
          throw ConfigurationError(line: number, .unsupported)
        }
        continue
      }
      if content.elementsEqual("...".utf8), raw.first == UInt8(ascii: ".") {
        hasEnded = true
        continue
      }
      guard !hasEnded else { throw ConfigurationError(line: number, .severalDocuments) }
      let indent = raw.prefix { $0 == 0x20 }.count
      guard raw[raw.index(raw.startIndex, offsetBy: indent)] != 0x09 else {
        throw ConfigurationError(line: number, .tab)
      }
      lines.append(Line(number: number, indent: indent, content: content))
    }
  }

  var current: Line? { position < lines.count ? lines[position] : nil }

  // MARK: blocks

  /// The block that begins on the current line, whose lines are indented by `indent`.
  private mutating func block(_ indent: Int, depth: Int) throws(ConfigurationError) -> YAMLNode {
    guard let line = current else { return .nothing }
    guard depth < Self.deepest else { throw ConfigurationError(line: line.number, .nesting) }
    if Self.isItem(line.content) { return try list(indent, depth: depth) }
    if try Self.key(of: line) != nil { return try map(indent, depth: depth) }
    return try inline(line.content, line, depth: depth)
  }

  private static func isItem(_ content: Bytes) -> Bool {
    content.first == UInt8(ascii: "-") && (content.count == 1 || content.dropFirst().first?.isBlank ?? false)
  }

  private mutating func list(_ indent: Int, depth: Int) throws(ConfigurationError) -> YAMLNode {
    var items: [YAMLNode] = []
    while let line = current, line.indent == indent, Self.isItem(line.content) {
      let rest = line.content.dropFirst()
      let content = rest.trimmed
      if content.isEmpty || content.first == UInt8(ascii: "#") {
        position += 1
        if let next = current, next.indent > indent {
          items.append(try block(next.indent, depth: depth + 1))
        } else {
          items.append(.nothing)
        }
      } else {
        // What stands behind the dash is a block of its own, indented as far as it stands.
        let inner = indent + 1 + rest.prefix(while: \.isBlank).count
        lines[position] = Line(number: line.number, indent: inner, content: content)
        items.append(try block(inner, depth: depth + 1))
      }
    }
    try expectNothingDeeper(than: indent)
    return .list(items)
  }

  private mutating func map(_ indent: Int, depth: Int) throws(ConfigurationError) -> YAMLNode {
    var entries: [YAMLNode.Entry] = []
    while let line = current, line.indent == indent {
      if Self.isItem(line.content) { throw ConfigurationError(line: line.number, .indentation) }
      guard let (key, rest) = try Self.key(of: line) else { throw ConfigurationError(line: line.number, .notMap) }
      var value = YAMLNode.nothing
      if rest.isEmpty || rest.first == UInt8(ascii: "#") {
        position += 1
        if let next = current, next.indent > indent || next.indent == indent && Self.isItem(next.content) {
          value = try block(next.indent, depth: depth + 1)
        }
      } else {
        value = try inline(rest, line, depth: depth + 1)
      }
      entries.append(YAMLNode.Entry(key: key, line: line.number, isInFlow: false, value: value))
    }
    try expectNothingDeeper(than: indent)
    return .map(entries)
  }

  private func expectNothingDeeper(than indent: Int) throws(ConfigurationError) {
    if let line = current, line.indent > indent { throw ConfigurationError(line: line.number, .indentation) }
  }

  /// The key that a line begins with, and what stands behind its colon; `nil` if it begins with none.
  private static func key(of line: Line) throws(ConfigurationError) -> (key: [UInt8], rest: Bytes)? {
    let content = line.content
    guard let first = content.first else { return nil }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      guard let (key, rest) = YAMLScalar.quoted(content) else { throw ConfigurationError(line: line.number, .quote) }
      let behind = rest.trimmed
      guard behind.first == UInt8(ascii: ":"), behind.count == 1 || behind.dropFirst().first?.isBlank ?? false else {
        return nil
      }
      return (key, behind.dropFirst().trimmed)
    }
    if "[{".utf8.contains(first) { return nil }
    guard !YAMLScalar.isReserved(content) else { throw ConfigurationError(line: line.number, .unsupported) }
    guard let colon = YAMLScalar.colon(in: content) else { return nil }
    return (Array(content[..<colon].trimmed), content[content.index(after: colon)...].trimmed)
  }

  /// A value that begins on the current line, behind a key or a dash.
  private mutating func inline(_ content: Bytes, _ line: Line, depth: Int) throws(ConfigurationError) -> YAMLNode {
    guard let first = content.first else { return .nothing }
    switch first {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      lines[position].content = content
      var flow = YAMLFlow(reader: self, line: line.number, depth: depth)
      let node = try flow.collection()
      self = flow.reader
      guard flow.isAtEnd else { throw ConfigurationError(line: current?.number ?? line.number, .flow) }
      position += 1
      return node
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      guard let (text, rest) = YAMLScalar.quoted(content),
        rest.trimmed.isEmpty || rest.first?.isBlank ?? false && rest.trimmed.first == UInt8(ascii: "#")
      else { throw ConfigurationError(line: line.number, .quote) }
      position += 1
      return .scalar(text, isQuoted: true)
    default:
      guard !YAMLScalar.isReserved(content) else { throw ConfigurationError(line: line.number, .unsupported) }
      let text = YAMLScalar.withoutComment(content)
      // A colon here would make a map on the line of its key, which YAML does not allow.
      guard YAMLScalar.colon(in: text) == nil else { throw ConfigurationError(line: line.number, .unsupported) }
      position += 1
      return text.isEmpty ? .nothing : .scalar(Array(text), isQuoted: false)
    }
  }
}
