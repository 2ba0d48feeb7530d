// SPDX-License-Identifier: Apache-2.0

/// How many columns text takes on a terminal.
///
/// Widths after Unicode Standard Annex #11: wide and fullwidth characters take two columns, marks that combine with
/// the character before them and format characters none, everything else one. Ambiguous ones count as one, as
/// wcwidth(3) has it outside of legacy East Asian locales.
enum DisplayWidth {
  /// The columns of a text.
  static func of(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// The columns of one character.
  static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    if isWide(scalar) { return 2 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return 1
    }
  }

  /// Whether a character takes two columns.
  static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F,  // Hangul initial consonants
      0x2E80...0x303E,  // CJK radicals, symbols and punctuation
      0x3041...0xA4CF,  // Kana, Bopomofo, CJK ideographs, Yi
      0xA960...0xA97F,  // Hangul extended
      0xAC00...0xD7A3,  // Hangul syllables
      0xF900...0xFAFF,  // CJK compatibility ideographs
      0xFE30...0xFE6F,  // CJK compatibility forms
      0xFF01...0xFF60, 0xFFE0...0xFFE6,  // fullwidth forms
      0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,  // pictographs
      0x20000...0x3FFFD:  // CJK ideographs of the supplementary planes
      true
    default: false
    }
  }

  /// The text cut to so many columns, `…` standing for what was cut off.
  static func cut(_ text: String, to columns: Int) -> String {
    guard columns > 0 else { return "" }
    // No text is wider than twice its scalars; a short one needs no second look.
    guard of(text) > columns else { return text }
    var result = ""
    var width = 0
    for scalar in text.unicodeScalars {
      let next = of(scalar)
      guard width + next <= columns - 1 else { break }
      result.unicodeScalars.append(scalar)
      width += next
    }
    return result + "…"
  }

  /// The text filled up with blanks to so many columns.
  static func pad(_ text: String, to columns: Int, right: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, columns - of(text)))
    return right ? blanks + text : text + blanks
  }
}
