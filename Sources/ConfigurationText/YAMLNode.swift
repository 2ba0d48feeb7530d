// SPDX-License-Identifier: Apache-2.0

/// A value of YAML.
package indirect enum YAMLNode: Equatable, Sendable {
  /// A key with its value.
  package struct Entry: Equatable, Sendable {
    /// The key.
    package var key: [UInt8]
    /// The line of the key.
    package var line: Int
    /// Whether the key stands in a map in brackets.
    package var isInFlow: Bool
    /// The value.
    package var value: YAMLNode
  }

  /// An empty document or value.
  case nothing
  /// A scalar; one in quotes is a string whatever it looks like.
  case scalar([UInt8], isQuoted: Bool)
  /// A list.
  case list([YAMLNode])
  /// A map, with keys that stand in it twice.
  case map([Entry])

  /// The entries of a map, of each key the last, in their order; nothing is an empty map, anything else none at all.
  package var entries: [Entry]? {
    switch self {
    case .nothing: return []
    case .map(let entries):
      var last: [[UInt8]: Int] = [:]
      for (index, entry) in entries.enumerated() { last[entry.key] = index }
      return entries.indices.filter { last[entries[$0].key] == $0 }.map { entries[$0] }
    case .scalar, .list: return nil
    }
  }

  /// The text of a scalar.
  package var scalar: [UInt8]? {
    guard case .scalar(let bytes, _) = self else { return nil }
    return bytes
  }
}

extension [YAMLNode.Entry] {
  /// The value of a key.
  package subscript(_ key: String) -> YAMLNode.Entry? { first { $0.key.elementsEqual(key.utf8) } }
}
