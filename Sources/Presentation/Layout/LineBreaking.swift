// SPDX-License-Identifier: Apache-2.0

/// Breaks text into lines of a width.
enum LineBreaking {
  /// Breaks prose.
  ///
  /// It breaks at blanks, and between Chinese characters but not before a closing or behind an opening mark. A single
  /// word that is wider than a line is cut into pieces.
  static func prose(_ text: String, width: Int, first: String, rest: String) -> [String] {
    var lines: [String] = []
    var line = first
    var used = DisplayWidth.of(first)
    let indent = DisplayWidth.of(rest)
    var isEmpty = true
    for unit in units(text, limit: max(8, width - max(indent, used))) {
      let gap = unit.afterBlank && !isEmpty ? 1 : 0
      if !isEmpty, used + gap + unit.width > width {
        lines.append(line)
        line = rest
        used = indent
        isEmpty = true
      }
      if unit.afterBlank, !isEmpty {
        line += " "
        used += 1
      }
      line += unit.text
      used += unit.width
      isEmpty = false
    }
    if !isEmpty || lines.isEmpty { lines.append(line) }
    return lines
  }

  /// What a command is typed into.
  enum Shell {
    /// A shell of Linux.
    case posix
    /// The command prompt of Windows.
    case commandPrompt

    /// What goes on in the next line.
    fileprivate var continuation: String { self == .posix ? " \\" : " ^" }
    fileprivate var quote: Unicode.Scalar { self == .posix ? "'" : "\"" }
  }

  /// Breaks a shell command.
  ///
  /// It breaks only at blanks outside of quotes, with the shell's own ` \` or ` ^`, so that it can be copied as it
  /// stands. A word wider than a line stays whole: cut in two it would be another command.
  static func command(_ command: String, width: Int, indent: String, shell: Shell = .posix) -> [String] {
    var lines: [String] = []
    var line = indent
    var isEmpty = true
    let words = words(of: command, shell)
    for (index, word) in words.enumerated() {
      // Every line but the last also needs room for the continuation.
      let reserve = index == words.count - 1 ? 0 : 2
      if !isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(word) + reserve > width {
        lines.append(line + shell.continuation)
        line = indent + "    "
        isEmpty = true
      }
      line += isEmpty ? word : " " + word
      isEmpty = false
    }
    lines.append(line)
    return lines
  }

  /// The words of a command, quotes kept.
  private static func words(of command: String, _ shell: Shell) -> [String] {
    var words: [String] = []
    var word = ""
    var quoted = false
    var escaped = false
    for scalar in command.unicodeScalars {
      if scalar == " ", !quoted, !escaped {
        if !word.isEmpty { words.append(word) }
        word = ""
        continue
      }
      // Outside of quotes a backslash takes the meaning from a quote: '\'' is how a quote stands in a quoted word.
      if scalar == shell.quote, !escaped { quoted.toggle() }
      escaped = shell == .posix && scalar == "\\" && !quoted && !escaped
      word.unicodeScalars.append(scalar)
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// A piece of text that stays on one line.
  private struct Unit {
    var text = ""
    var width = 0
    var afterBlank = false

    /// Takes off what stands behind the last mark in the second half, and gives it back.
    mutating func splitBehindMark() -> Unit {
      var rest = Unit()
      let scalars = Array(text.unicodeScalars)
      guard let mark = scalars.lastIndex(where: { "./[]-_,:=".unicodeScalars.contains($0) }),
        mark > scalars.count / 2
      else { return rest }
      for scalar in scalars[(mark + 1)...] { rest.append(scalar) }
      let blank = afterBlank
      self = Unit(afterBlank: blank)
      for scalar in scalars[...mark] { append(scalar) }
      return rest
    }

    mutating func append(_ scalar: Unicode.Scalar) {
      text.unicodeScalars.append(scalar)
      width += DisplayWidth.of(scalar)
    }
  }

  private static func units(_ text: String, limit: Int) -> [Unit] {
    var units: [Unit] = []
    var unit = Unit()
    var last: Unicode.Scalar?
    func end(_ afterBlank: Bool) {
      if !unit.text.isEmpty { units.append(unit) }
      unit = Unit(afterBlank: afterBlank)
      last = nil
    }
    for scalar in text.unicodeScalars {
      if scalar == " " {
        end(true)
        continue
      }
      if let last, mayBreak(between: last, and: scalar) { end(false) }
      if unit.width + DisplayWidth.of(scalar) > limit {
        // Too long for any line: cut behind a mark that parts a path or a name, if there is one.
        let rest = unit.splitBehindMark()
        end(false)
        unit = rest
      }
      unit.append(scalar)
      last = scalar
    }
    end(false)
    return units
  }

  private static func mayBreak(between first: Unicode.Scalar, and second: Unicode.Scalar) -> Bool {
    guard DisplayWidth.isWide(first) || DisplayWidth.isWide(second) else { return false }
    return !"，。、；：！？）》】”’…".unicodeScalars.contains(second) && !"（《【“‘".unicodeScalars.contains(first)
      && DisplayWidth.of(second) > 0
  }
}
