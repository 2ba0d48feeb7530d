// SPDX-License-Identifier: Apache-2.0

/// Lists and maps in brackets, which may go over several lines.
struct YAMLFlow {
  private(set) var reader: YAMLReader
  /// The line on which the outermost bracket stands.
  private let start: Int
  private var depth: Int
  /// What is left of the reader's current line.
  private var rest: Bytes

  /// Begins at the content of the reader's current line.
  init(reader: YAMLReader, line: Int, depth: Int) {
    self.reader = reader
    self.depth = depth
    start = line
    rest = reader.current?.content ?? []
  }

  /// Whether nothing but a comment stands behind the last bracket.
  var isAtEnd: Bool { rest.trimmed.isEmpty || rest.first?.isBlank ?? false && rest.trimmed.first == UInt8(ascii: "#") }

  /// The list or map that begins here.
  mutating func collection() throws(ConfigurationError) -> YAMLNode {
    guard depth < YAMLReader.deepest else { throw ConfigurationError(line: line, .nesting) }
    depth += 1
    defer { depth -= 1 }
    let isMap = try next() == UInt8(ascii: "{")
    let end = isMap ? UInt8(ascii: "}") : UInt8(ascii: "]")
    rest = rest.dropFirst()
    var items: [YAMLNode] = []
    var entries: [YAMLNode.Entry] = []
    while try next() != end {
      if isMap {
        entries.append(try entry())
      } else {
        items.append(try value())
      }
      let behind = try next()
      if behind == UInt8(ascii: ",") {
        rest = rest.dropFirst()
      } else if behind != end {
        throw ConfigurationError(line: line, .flow)
      }
    }
    rest = rest.dropFirst()
    return isMap ? .map(entries) : .list(items)
  }

  private var line: Int { reader.current?.number ?? start }

  /// The next byte that is neither a blank nor part of a comment.
  private mutating func next() throws(ConfigurationError) -> UInt8 {
    var afterBlank = false
    while true {
      while let first = rest.first, first.isBlank {
        rest = rest.dropFirst()
        afterBlank = true
      }
      if let first = rest.first, first != UInt8(ascii: "#") || !afterBlank { return first }
      reader.position += 1
      guard let line = reader.current else { throw ConfigurationError(line: start, .flow) }
      rest = line.content
      afterBlank = true
    }
  }

  private mutating func entry() throws(ConfigurationError) -> YAMLNode.Entry {
    let number = line
    guard let key = try value().scalar else { throw ConfigurationError(line: number, .unsupported) }
    guard try next() == UInt8(ascii: ":") else {
      return YAMLNode.Entry(key: key, line: number, isInFlow: true, value: .nothing)
    }
    rest = rest.dropFirst()
    let behind = try next()
    let isEmpty = behind == UInt8(ascii: ",") || behind == UInt8(ascii: "}")
    return YAMLNode.Entry(key: key, line: number, isInFlow: true, value: isEmpty ? .nothing : try value())
  }

  private mutating func value() throws(ConfigurationError) -> YAMLNode {
    switch try next() {
    case UInt8(ascii: "["), UInt8(ascii: "{"): return try collection()
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      guard let (text, behind) = YAMLScalar.quoted(rest) else { throw ConfigurationError(line: line, .quote) }
      rest = behind
      return .scalar(text, isQuoted: true)
    default:
      guard !YAMLScalar.isReserved(rest) else { throw ConfigurationError(line: line, .unsupported) }
      // The blank behind it stays: it is what makes a comment of what follows.
      let text = plain().trimmed
      guard !text.isEmpty else { throw ConfigurationError(line: line, .flow) }
      rest = rest[text.endIndex...]
      return .scalar(Array(text), isQuoted: false)
    }
  }

  /// A plain scalar: up to a comma, a bracket, a comment, or a colon that ends a key.
  private func plain() -> Bytes {
    var before: UInt8 = 0
    for index in rest.indices {
      let byte = rest[index]
      if ",[]{}".utf8.contains(byte) || byte == UInt8(ascii: "#") && before.isBlank { return rest[..<index] }
      let next = rest.index(after: index)
      if byte == UInt8(ascii: ":"), next == rest.endIndex || rest[next].isBlank || ",[]{}".utf8.contains(rest[next]) {
        return rest[..<index]
      }
      before = byte
    }
    return rest
  }
}
