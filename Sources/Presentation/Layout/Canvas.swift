// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Lines of a report as they are put together.
struct Canvas {
  /// How a piece of text stands out; never the only sign of what it means.
  enum Style: String {
    /// Headings.
    case bold = "1"
    /// Blockers.
    case red = "1;31"
    /// Ready.
    case green = "1;32"
    /// Warnings and what is unknown.
    case yellow = "33"
  }

  let options: TextOptions
  private(set) var lines: [String] = []

  init(_ options: TextOptions) { self.options = options }

  /// The text in a style, where colours are wanted.
  func styled(_ text: String, _ style: Style?) -> String {
    guard options.color, let style, !text.isEmpty else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }

  /// One line as it is.
  mutating func line(_ text: String, _ style: Style? = nil) { lines.append(styled(text, style)) }

  /// An empty line, but never two.
  mutating func gap() {
    if let last = lines.last, !last.isEmpty { lines.append("") }
  }

  /// A heading with a rule under it.
  mutating func heading(_ text: String) {
    gap()
    line(text, .bold)
    line(String(repeating: "-", count: min(DisplayWidth.of(text), options.width)))
  }

  /// A paragraph with a hanging indent.
  mutating func prose(_ text: String, first: String = "", rest: String? = nil, _ style: Style? = nil) {
    let rest = rest ?? String(repeating: " ", count: DisplayWidth.of(first))
    for broken in LineBreaking.prose(Self.safe(text), width: options.width, first: first, rest: rest) {
      line(broken, style)
    }
  }

  /// A shell command on lines of its own.
  mutating func command(_ text: String, indent: String, shell: LineBreaking.Shell = .posix) {
    lines += LineBreaking.command(Self.safe(text), width: options.width, indent: indent, shell: shell)
  }

  /// The text of all lines, each with its line break.
  var text: String { lines.map { $0 + "\n" }.joined() }

  /// Text that cannot steer the terminal: control characters and marks of text direction as `\xNN`.
  ///
  /// Names come from the guest and may hold anything. An honest agent has made them safe already; here they are not
  /// escaped twice, so a backslash stays as it is.
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) {
        result += PlainText.from(Array(String(Character(scalar)).utf8))
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
