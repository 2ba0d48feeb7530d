// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A page in the making: well-formed XML that browsers read as HTML.
///
/// Names of elements and attributes are literals of this program; every text and every value of an attribute is
/// escaped here and nowhere else, so that nothing from a guest can become markup.
struct Markup {
  /// How many characters of one text are written; a guest may name a volume by a megabyte.
  static let textLimit = 2048

  private(set) var source = ""

  /// An element with its content; an attribute without a value is left out.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
    _ content: (inout Markup) -> Void
  ) {
    open(name, attributes)
    source += ">"
    content(&self)
    source += "</\(name)>"
  }

  /// An element that holds a text.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], _ text: String
  ) {
    element(name, attributes) { $0.text(text) }
  }

  /// An element that never has content.
  mutating func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:]) {
    open(name, attributes)
    source += " />"
  }

  /// Text that is shown as it is.
  mutating func text(_ text: String) { source += Self.escaped(text) }

  /// Markup of this program's own.
  mutating func literal(_ markup: StaticString) { source += markup.description }

  private mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) {
    source += "<\(name)"
    for (attribute, value) in attributes {
      if let value { source += " \(attribute)=\"\(Self.escaped(value))\"" }
    }
  }

  /// The text with nothing in it that means something in a page, and no character that could mislead a reader or is
  /// none in XML 1.0 (section 2.2).
  static func escaped(_ text: String) -> String {
    var result = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
      guard count < textLimit else { return result + "…" }
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\u{FFFE}", "\u{FFFF}": for byte in String(scalar).utf8 { result += PlainText.from([byte]) }
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{61C}", "\u{200E}"..."\u{200F}", "\u{2028}"..."\u{202E}",
        "\u{2066}"..."\u{2069}":
        result += PlainText.from(Array(String(scalar).utf8))
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
