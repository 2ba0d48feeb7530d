// SPDX-License-Identifier: Apache-2.0

/// A value of YAML.
indirect enum YAMLNode: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    var key: [UInt8]
    /// The line of the key.
    var line: Int
    /// Whether the key stands in a map in brackets.
    var isInFlow: Bool
    var value: YAMLNode
  }

  case nothing
  /// A scalar; one in quotes is a string whatever it looks like.
  case scalar([UInt8], isQuoted: Bool)
  case list([YAMLNode])
  case map([Entry])

  /// The entries of a map, of each key the last, in their order; nothing is an empty map, anything else none at all.
  var entries: [Entry]? {
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
  var scalar: [UInt8]? {
    guard case .scalar(let bytes, _) = self else { return nil }
    return bytes
  }
}

extension [YAMLNode.Entry] {
  /// The value of a key.
  subscript(_ key: String) -> YAMLNode.Entry? { first { $0.key.elementsEqual(key.utf8) } }
}
