// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// A word of a GRUB script before its variables are replaced (GRUB manual, "Quoting").
struct GrubWord: Equatable, Sendable {
  enum Part: Equatable, Sendable {
    case text([UInt8])
    /// In double quotes a variable stays one word.
    case variable(String, isQuoted: Bool)
  }

  var parts: [Part] = []
  /// Whether anything of it is quoted: an empty word then stays one, and it is no keyword.
  var isQuoted = false
  var line: Int

  /// The text of a word without variables.
  var literal: [UInt8]? {
    switch parts.count {
    case 0: return []
    case 1:
      guard case .text(let bytes) = parts[0] else { return nil }
      return bytes
    default:
      var all: [UInt8] = []
      for part in parts {
        guard case .text(let bytes) = part else { return nil }
        all += bytes
      }
      return all
    }
  }

  /// The word if it is one that a script's grammar may know.
  var keyword: String? {
    guard !isQuoted, let literal, literal.count <= 16 else { return nil }
    return String(decoding: literal, as: UTF8.self)
  }

  /// Its text with the names of variables in it, to show.
  var written: String {
    let bytes = parts.flatMap { part -> [UInt8] in
      switch part {
      case .text(let bytes): bytes
      case .variable(let name, _): Array("${\(name)}".utf8)
      }
    }
    return bytes[...].text
  }

  mutating func append(_ byte: UInt8) {
    if case .text(var bytes)? = parts.last {
      parts.removeLast()
      bytes.append(byte)
      parts.append(.text(bytes))
    } else {
      parts.append(.text([byte]))
    }
  }
}

/// What a GRUB script is made of.
enum GrubToken: Equatable, Sendable {
  case word(GrubWord)
  case end(line: Int)
  case open(line: Int)
  case close(line: Int)

  var line: Int {
    switch self {
    case .word(let word): word.line
    case .end(let line), .open(let line), .close(let line): line
    }
  }
}

/// Cuts a GRUB script into words.
struct GrubLexer {
  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  private var tokens: [GrubToken] = []
  private var word: GrubWord?
  /// The line on which a quote begins that does not end.
  private(set) var openQuote: Int?
  /// How many parts of the script begin, less those that end, as `grub-mkconfig` marks them in comments.
  private(set) var openParts = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// All tokens.
  mutating func run() -> [GrubToken] {
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case 0x0A:
        finish()
        tokens.append(.end(line: line))
        line += 1
      case UInt8(ascii: ";"):
        finish()
        tokens.append(.end(line: line))
      case _ where byte.isBlank: finish()
      case UInt8(ascii: "#") where word == nil: passComment()
      case UInt8(ascii: "{"):
        finish()
        tokens.append(.open(line: line))
      case UInt8(ascii: "}"):
        finish()
        tokens.append(.close(line: line))
      default: takeInWord(byte)
      }
    }
    finish()
    return tokens
  }

  private mutating func passComment() {
    let start = at - 1
    while at < bytes.count, bytes[at] != 0x0A { at += 1 }
    guard start == 0 || bytes[start - 1] == 0x0A else { return }
    let comment = bytes[start..<at]
    if comment.hasPrefix("### BEGIN ") { openParts += 1 }
    if comment.hasPrefix("### END ") { openParts -= 1 }
  }

  private mutating func finish() {
    if let word { tokens.append(.word(word)) }
    word = nil
  }

  private mutating func takeInWord(_ byte: UInt8) {
    var current = word ?? GrubWord(line: line)
    // Held once, so that it grows in place.
    word = nil
    switch byte {
    case UInt8(ascii: "\\"):
      guard at < bytes.count else { break }
      let next = bytes[at]
      at += 1
      // A line that is joined to the next one begins no word.
      if next == 0x0A {
        line += 1
        if !current.parts.isEmpty || current.isQuoted { word = current }
        return
      }
      current.isQuoted = true
      current.append(next)
    case UInt8(ascii: "'"):
      current.isQuoted = true
      let start = line
      while at < bytes.count, bytes[at] != UInt8(ascii: "'") {
        if bytes[at] == 0x0A { line += 1 }
        current.append(bytes[at])
        at += 1
      }
      if at == bytes.count { openQuote = openQuote ?? start }
      at += 1
    case UInt8(ascii: "\""): takeQuoted(&current)
    case UInt8(ascii: "$"): takeVariable(&current, isQuoted: false)
    default: current.append(byte)
    }
    word = current
  }

  private mutating func takeQuoted(_ current: inout GrubWord) {
    current.isQuoted = true
    let start = line
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "$"): takeVariable(&current, isQuoted: true)
      case UInt8(ascii: "\\") where at < bytes.count && [0x22, 0x24, 0x5C, 0x0A].contains(bytes[at]):
        if bytes[at] == 0x0A { line += 1 } else { current.append(bytes[at]) }
        at += 1
      default:
        if byte == 0x0A { line += 1 }
        current.append(byte)
      }
    }
    openQuote = openQuote ?? start
  }

  private mutating func takeVariable(_ current: inout GrubWord, isQuoted: Bool) {
    let isBraced = at < bytes.count && bytes[at] == UInt8(ascii: "{")
    var end = isBraced ? at + 1 : at
    let start = end
    if end < bytes.count, "?#*@".utf8.contains(bytes[end]) {
      end += 1
    } else if end < bytes.count, bytes[end].isDigit {
      while end < bytes.count, bytes[end].isDigit { end += 1 }
    } else {
      while end < bytes.count, bytes[end].isLetter || bytes[end].isDigit || bytes[end] == UInt8(ascii: "_") { end += 1 }
    }
    let isWhole = end > start && (!isBraced || end < bytes.count && bytes[end] == UInt8(ascii: "}"))
    // A dollar sign before anything else is itself.
    guard isWhole else { return current.append(UInt8(ascii: "$")) }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    current.parts.append(.variable(name, isQuoted: isQuoted))
    if isQuoted { current.isQuoted = true }
    at = isBraced ? end + 1 : end
  }
}
