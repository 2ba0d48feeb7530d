// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

extension GrubScript {
  /// The script for a recording: every statement on its line, without what may be a secret (`TellingWords`); it gives
  /// the same entries.
  public var recorded: [UInt8] {
    var writer = ScriptWriter()
    writer.put(statements)
    if let error { writer.put("}", at: error.line) }
    writer.endLine()
    // A comment is no end of a script.
    if isCutOff { writer.put("#", at: 0) }
    return writer.bytes
  }
}

/// Writes the statements of a script, each on its line.
private struct ScriptWriter {
  private(set) var bytes: [UInt8] = []
  private var line = 1
  /// Whether something stands on the line that the next statement has to be parted from.
  private var isInLine = false

  mutating func put(_ statements: [GrubScript.Statement]) {
    for statement in statements { put(statement) }
  }

  mutating func put(_ text: String, at line: Int) {
    begin(at: line)
    add(text)
  }

  mutating func endLine() {
    guard isInLine else { return }
    newLine()
  }

  private mutating func newLine() {
    bytes.append(0x0A)
    line += 1
    isInLine = false
  }

  private mutating func begin(at wanted: Int) {
    while line < wanted { newLine() }
    if isInLine { bytes += "; ".utf8 }
    isInLine = true
  }

  private mutating func add(_ text: String) { bytes += text.utf8 }

  private mutating func add(_ words: [GrubWord]) {
    for (index, word) in words.enumerated() {
      if index > 0 { bytes.append(0x20) }
      add(word)
    }
  }

  private mutating func add(_ word: GrubWord) {
    if word.parts.isEmpty { return add("''") }
    // A word that was quoted in part only is quoted in all of it: the same but for keywords, which it is none of.
    if word.isQuoted, word.literal?.isEmpty ?? false { return add("''") }
    for part in word.parts {
      switch part {
      case .variable(let name, let isQuoted): add(isQuoted ? "\"${\(name)}\"" : "${\(name)}")
      case .text(let text):
        if !word.isQuoted, text.allSatisfy(Self.isPlain) {
          bytes += text
        } else {
          bytes.append(UInt8(ascii: "'"))
          for byte in text {
            if byte == 0x0A { line += 1 }
            if byte == UInt8(ascii: "'") { bytes += #"'\''"#.utf8 } else { bytes.append(byte) }
          }
          bytes.append(UInt8(ascii: "'"))
        }
      }
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || "=/.,_-:+()[]!@%".utf8.contains(byte)
  }

  private mutating func block(_ statements: [GrubScript.Statement]) {
    add(" {")
    put(statements)
    begin(at: 0)
    add("}")
  }

  private mutating func put(_ statement: GrubScript.Statement) {
    begin(at: statement.line)
    switch statement {
    case .command(let words): add(words)
    case .block(let words, let body):
      add(words)
      block(body)
    case .function(let name, let body, _):
      add("function ")
      add(GrubWord(parts: [.text(name)], isQuoted: true, line: 0))
      block(body)
    case .loop(let kind, let condition, let words, let body, _):
      add(kind + " ")
      if kind == "for" { add(words) } else { inner(condition) }
      add("; do")
      inner(body)
      add("; done")
    case .choice(let branches, let otherwise, _):
      for (index, branch) in branches.enumerated() {
        add(index == 0 ? "if" : "; elif")
        inner(branch.condition)
        add("; then")
        inner(branch.body)
      }
      if let otherwise {
        add("; else")
        inner(otherwise)
      }
      add("; fi")
    }
  }

  /// Statements behind a keyword.
  private mutating func inner(_ statements: [GrubScript.Statement]) {
    add(" ")
    isInLine = false
    put(statements)
    isInLine = true
  }
}
