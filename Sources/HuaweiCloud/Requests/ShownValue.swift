// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A value of a request as an error message shows it: plain text, bounded in length.
enum ShownValue {
  /// Most characters of the value that are shown.
  static let longest = 64

  /// A text between quotation marks; what is cut off is marked by an ellipsis behind them.
  static func of(_ text: some StringProtocol) -> String {
    // Not the first 64 `Character`s: one of those can have any number of combining marks.
    let start = text.unicodeScalars.prefix(longest)
    return "\"\(PlainText.from(String(String.UnicodeScalarView(start))))\""
      + (start.endIndex < text.unicodeScalars.endIndex ? "…" : "")
  }

  /// A value in words.
  static func of(_ value: JSON) -> String {
    switch value {
    case .string(let text): of(text)
    case .integer, .unsigned, .number: "the number \(value.text)"
    case .bool(let flag): "the boolean \(flag)"
    case .null: "null"
    case .array, .object: value.kindName
    }
  }

  /// A value in Chinese words.
  static func chinese(_ value: JSON) -> String {
    switch value {
    case .string(let text): of(text)
    case .integer, .unsigned, .number: "数字 \(value.text)"
    case .bool(let flag): "布尔值 \(flag)"
    case .null: "null"
    case .array: "数组"
    case .object: "对象"
    }
  }
}
