// SPDX-License-Identifier: Apache-2.0

/// A sentence in every language of the reports; `{name}` marks where a value goes.
public struct Wording: Sendable, Hashable {
  /// English.
  public var english: String
  /// Chinese, simplified characters.
  public var chinese: String

  /// The same sentence in both languages, with the same placeholders.
  public init(_ english: String, _ chinese: String) {
    self.english = english
    self.chinese = chinese
  }

  /// The sentence in a language.
  public func text(in language: Language) -> String {
    switch language {
    case .english: english
    case .chinese: chinese
    }
  }

  /// The sentence with values in the place of its placeholders.
  public func with(_ values: [String: StatementValue]) -> Statement { Statement(self, values) }

  /// The names of the placeholders in a text.
  public static func placeholders(in text: String) -> Set<String> {
    var names: Set<String> = []
    _ = replacingPlaceholders(in: text) { name in
      names.insert(name)
      return ""
    }
    return names
  }

  /// The text with every `{name}` replaced; what a value holds is not looked at again.
  static func replacingPlaceholders(in text: String, _ value: (String) -> String?) -> String {
    var result = ""
    var rest = text[...]
    // Bytes: to look for characters takes ten times as long, and in a report of many findings that counts.
    while let open = rest.utf8.firstIndex(of: UInt8(ascii: "{")) {
      result += rest[..<open]
      let inside = rest[rest.utf8.index(after: open)...]
      guard let close = inside.utf8.firstIndex(of: UInt8(ascii: "}")), let value = value(String(inside[..<close]))
      else {
        result += "{"
        rest = inside
        continue
      }
      result += value
      rest = inside[inside.utf8.index(after: close)...]
    }
    return result + rest
  }
}

/// A value in a sentence.
public enum StatementValue: Sendable, Equatable {
  /// A name, the same in every language.
  case text(String)
  /// A count.
  case number(Int)
  /// Names, joined in the manner of the language; a long list is cut, the report holds all of it elsewhere.
  case list([String])
  /// A number of bytes, for people.
  case bytes(UInt64)
  /// A sentence or a word that is translated itself.
  case statement(Statement)
}

/// A sentence with its values, not yet in any language.
public struct Statement: Sendable, Equatable {
  /// The sentence.
  public var wording: Wording
  /// What its placeholders stand for.
  public var values: [String: StatementValue]

  /// A sentence with its values.
  public init(_ wording: Wording, _ values: [String: StatementValue] = [:]) {
    self.wording = wording
    self.values = values
  }

  /// The sentence in a language.
  public func text(in language: Language) -> String {
    Wording.replacingPlaceholders(in: wording.text(in: language)) { name in
      switch values[name] {
      case .text(let text): text
      case .number(let number): String(number)
      case .list(let names): Self.joined(names, in: language)
      case .bytes(let count): ByteSize.text(count)
      case .statement(let statement): statement.text(in: language)
      case nil: nil
      }
    }
  }

  /// How many names of a list are written out.
  static let listLimit = 8

  /// Names as an enumeration: `a, b and c`, `a、b 和 c`.
  static func joined(_ names: [String], in language: Language) -> String {
    let shown = Array(names.prefix(names.count > listLimit + 1 ? listLimit : names.count))
    let more = names.count - shown.count
    switch language {
    case .english:
      if more > 0 { return shown.joined(separator: ", ") + " and \(more) more" }
      guard let last = shown.last, shown.count > 1 else { return shown.first ?? "none" }
      return shown.dropLast().joined(separator: ", ") + " and " + last
    case .chinese:
      if more > 0 { return shown.joined(separator: "、") + " 等 \(names.count) 个" }
      guard let last = shown.last, shown.count > 1 else { return shown.first ?? "无" }
      return shown.dropLast().joined(separator: "、") + " 和 " + last
    }
  }
}
