// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A JSON document, to be asked for what it may or may not have.
enum Document: Decodable, Equatable {
  case null
  case truth(Bool)
  case number(Int64)
  case fraction(Double)
  case text(String)
  case list([Document])
  case object([String: Document])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .truth(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .number(value)
    } else if let value = try? container.decode(Double.self) {
      self = .fraction(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Document].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: Document].self))
    }
  }

  /// Reads a file.
  init(contentsOf file: URL) throws { self = try JSONDecoder().decode(Document.self, from: Data(contentsOf: file)) }

  /// A member; null if there is none.
  subscript(name: String) -> Document {
    if case .object(let members) = self { return members[name] ?? .null }
    return .null
  }

  /// The elements of a list; none of anything else.
  var list: [Document] {
    if case .list(let elements) = self { return elements }
    return []
  }

  /// The elements of a list as text.
  var texts: [String] { list.map(\.word) }

  /// A word for a single value: what it says, nothing for null.
  var word: String {
    switch self {
    case .null: ""
    case .truth(let value): value ? "true" : "false"
    case .number(let value): String(value)
    case .fraction(let value): String(value)
    case .text(let value): value
    case .list(let elements): elements.map(\.word).joined(separator: ",")
    case .object(let members): members.keys.sorted().joined(separator: ",")
    }
  }

  /// Whether there is nothing.
  var isNull: Bool { self == .null }
}
