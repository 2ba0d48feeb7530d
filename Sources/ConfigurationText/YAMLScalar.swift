// SPDX-License-Identifier: Apache-2.0

/// The scalars of YAML.
package enum YAMLScalar {
  /// Whether a plain scalar may not begin so: anchors, tags, block scalars and the like.
  static func isReserved(_ content: Bytes) -> Bool {
    guard let first = content.first else { return false }
    if "&*!|>%@`]},".utf8.contains(first) { return true }
    return first == UInt8(ascii: "?") && (content.count == 1 || content.dropFirst().first?.isBlank ?? false)
      || content.hasPrefix("<<:")
  }

  /// The colon behind a plain key: at the end, or before a blank; not in a comment.
  static func colon(in content: Bytes) -> Bytes.Index? {
    var before: UInt8 = 0
    for index in content.indices {
      let byte = content[index]
      if byte == UInt8(ascii: "#"), before.isBlank { return nil }
      let next = content.index(after: index)
      if byte == UInt8(ascii: ":"), next == content.endIndex || content[next].isBlank { return index }
      before = byte
    }
    return nil
  }

  /// A plain scalar without the comment behind it.
  static func withoutComment(_ content: Bytes) -> Bytes {
    var before: UInt8 = 0x20
    for index in content.indices {
      if content[index] == UInt8(ascii: "#"), before.isBlank { return content[..<index].trimmed }
      before = content[index]
    }
    return content.trimmed
  }

  /// A scalar in quotes that ends on its line, and what stands behind it; `nil` if it does not end.
  ///
  /// Of escapes only those of the quote and the backslash are undone: no name or address needs others.
  static func quoted(_ content: Bytes) -> (text: [UInt8], rest: Bytes)? {
    guard let quote = content.first else { return nil }
    var text: [UInt8] = []
    var index = content.index(after: content.startIndex)
    while index < content.endIndex {
      let byte = content[index]
      let next = content.index(after: index)
      let following = next < content.endIndex ? content[next] : nil
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), let following {
        if following != quote, following != byte { text.append(byte) }
        text.append(following)
        index = content.index(after: next)
      } else if byte == quote, quote == UInt8(ascii: "'"), following == quote {
        text.append(byte)
        index = content.index(after: next)
      } else if byte == quote {
        return (text, content[next...])
      } else {
        text.append(byte)
        index = next
      }
    }
    return nil
  }

  /// A scalar in single quotes.
  package static func singleQuoted(_ text: [UInt8]) -> [UInt8] {
    let quote = UInt8(ascii: "'")
    return [quote] + text.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }
}
