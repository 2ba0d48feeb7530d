// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// A script of GRUB 2, as `grub.cfg` is one (GRUB manual, "Writing full configuration files directly").
///
/// What may be a secret is left out as it is read: arguments of a kernel that are not looked at, passwords, the words of
/// commands that decide nothing.
public struct GrubScript: Equatable, Sendable {
  indirect enum Statement: Equatable, Sendable {
    /// A command, or an assignment that stands alone.
    case command([GrubWord])
    /// A command with a block behind its words: `menuentry`, `submenu`, and some that show nothing.
    case block([GrubWord], [Statement])
    case choice([Branch], otherwise: [Statement]?, line: Int)
    /// A loop by its keyword; of `for` the words stand before the body.
    case loop(String, condition: [Statement], words: [GrubWord], body: [Statement], line: Int)
    case function([UInt8], [Statement], line: Int)

    var line: Int {
      switch self {
      case .command(let words), .block(let words, _): words.first?.line ?? 0
      case .choice(_, _, let line), .loop(_, _, _, _, let line), .function(_, _, let line): line
      }
    }
  }

  struct Branch: Equatable, Sendable {
    var condition: [Statement]
    var body: [Statement]
  }

  /// What the script does, up to the first statement that does not fit together.
  let statements: [Statement]
  /// The first thing that does not fit together; what stands before it counts.
  public let error: BootFileError?
  /// Whether the file ends before it was meant to: `grub-mkconfig` marks where each of its parts begins and ends, and
  /// ends every line.
  public let isCutOff: Bool

  /// Whether nothing is done at all.
  public var isEmpty: Bool { statements.isEmpty && error == nil }

  /// Reads a script.
  public init(parsing bytes: [UInt8]) {
    var lexer = GrubLexer(bytes)
    let tokens = lexer.run()
    var parser = GrubParser(tokens)
    var parsed: [Statement] = []
    var failure: BootFileError?
    do throws(BootFileError) {
      while let statement = try parser.statement() { parsed.append(statement) }
      if let line = parser.strayLine { throw BootFileError(line: line, .script) }
    } catch {
      failure = error
    }
    if let line = lexer.openQuote, failure == nil {
      // The word with the open quote is the last of the last statement.
      parsed.removeLast(min(parsed.count, 1))
      failure = BootFileError(line: line, .script)
    }
    statements = TellingWords.reduced(parsed)
    error = failure
    isCutOff = lexer.openParts > 0 || Self.endsWithinLine(bytes)
  }

  private static func endsWithinLine(_ bytes: [UInt8]) -> Bool {
    guard let last = bytes.last else { return false }
    // What ends a block ends a script that a person wrote, even without a line break.
    return last != 0x0A && !bytes[...].trimmed.hasSuffix("}") && !bytes[...].trimmed.hasSuffix("fi")
      && !bytes[...].trimmed.hasSuffix("grub.cfg")
  }
}

/// Puts the words of a script together.
struct GrubParser {
  private let tokens: [GrubToken]
  private var at = 0
  private var depth = 0
  /// The line of a brace that closes nothing, once everything else was read.
  private(set) var strayLine: Int?

  /// Blocks lie so deep in each other at most.
  private static let deepest = 48

  init(_ tokens: [GrubToken]) { self.tokens = tokens }

  private static let enders: Set<String> = ["then", "elif", "else", "fi", "do", "done"]

  private var lastLine: Int { tokens.last?.line ?? 1 }

  private mutating func skipEnds() {
    while at < tokens.count, case .end = tokens[at] { at += 1 }
  }

  private var keyword: String? {
    guard at < tokens.count, case .word(let word) = tokens[at] else { return nil }
    return word.keyword
  }

  /// The next statement; `nil` at the end of the script.
  mutating func statement() throws(BootFileError) -> GrubScript.Statement? {
    skipEnds()
    guard at < tokens.count else { return nil }
    if case .close(let line) = tokens[at] {
      strayLine = line
      return nil
    }
    if let keyword, Self.enders.contains(keyword) {
      strayLine = tokens[at].line
      return nil
    }
    return try next()
  }

  private mutating func next() throws(BootFileError) -> GrubScript.Statement {
    depth += 1
    defer { depth -= 1 }
    guard at < tokens.count, depth <= Self.deepest else {
      throw BootFileError(line: at < tokens.count ? tokens[at].line : lastLine, .script)
    }
    let line = tokens[at].line
    switch keyword {
    case "if": return try choice(line)
    case "while", "until", "for": return try loop(line)
    case "function":
      at += 1
      guard at < tokens.count, case .word(let name) = tokens[at], let literal = name.literal else {
        throw BootFileError(line: line, .script)
      }
      at += 1
      skipEnds()
      return .function(literal, try block(), line: line)
    default: return try command(line)
    }
  }

  private mutating func command(_ line: Int) throws(BootFileError) -> GrubScript.Statement {
    var words: [GrubWord] = []
    while at < tokens.count, case .word(let word) = tokens[at] {
      words.append(word)
      at += 1
    }
    guard at < tokens.count, case .open = tokens[at] else {
      guard !words.isEmpty else { throw BootFileError(line: line, .script) }
      return .command(words)
    }
    // The grammar lets every command have a block; SUSE's scripts have one behind `hiddenentry`.
    guard !words.isEmpty else { throw BootFileError(line: tokens[at].line, .script) }
    return .block(words, try block())
  }

  private mutating func block() throws(BootFileError) -> [GrubScript.Statement] {
    guard at < tokens.count, case .open(let line) = tokens[at] else {
      throw BootFileError(line: at < tokens.count ? tokens[at].line : lastLine, .script)
    }
    at += 1
    var statements: [GrubScript.Statement] = []
    while true {
      skipEnds()
      guard at < tokens.count else { throw BootFileError(line: line, .script) }
      if case .close = tokens[at] {
        at += 1
        return statements
      }
      if let keyword, Self.enders.contains(keyword) { throw BootFileError(line: tokens[at].line, .script) }
      statements.append(try next())
    }
  }

  /// Statements up to one of the keywords, which is passed over and returned.
  private mutating func list(
    until enders: Set<String>, from line: Int
  ) throws(BootFileError) -> ([GrubScript.Statement], String) {
    var statements: [GrubScript.Statement] = []
    while true {
      skipEnds()
      guard at < tokens.count else { throw BootFileError(line: line, .script) }
      if case .close(let line) = tokens[at] { throw BootFileError(line: line, .script) }
      if let keyword, Self.enders.contains(keyword) {
        guard enders.contains(keyword) else { throw BootFileError(line: tokens[at].line, .script) }
        at += 1
        return (statements, keyword)
      }
      statements.append(try next())
    }
  }

  private mutating func choice(_ line: Int) throws(BootFileError) -> GrubScript.Statement {
    var branches: [GrubScript.Branch] = []
    at += 1
    while true {
      let condition = try list(until: ["then"], from: line).0
      let (body, ender) = try list(until: ["elif", "else", "fi"], from: line)
      branches.append(GrubScript.Branch(condition: condition, body: body))
      switch ender {
      case "elif": continue
      case "else":
        let otherwise = try list(until: ["fi"], from: line).0
        return .choice(branches, otherwise: otherwise, line: line)
      default: return .choice(branches, otherwise: nil, line: line)
      }
    }
  }

  private mutating func loop(_ line: Int) throws(BootFileError) -> GrubScript.Statement {
    let kind = keyword ?? ""
    at += 1
    var condition: [GrubScript.Statement] = []
    var words: [GrubWord] = []
    if kind == "for" {
      while at < tokens.count, case .word(let word) = tokens[at] {
        words.append(word)
        at += 1
      }
      skipEnds()
      guard words.count >= 2, words[1].keyword == "in", keyword == "do" else {
        throw BootFileError(line: line, .script)
      }
      at += 1
    } else {
      condition = try list(until: ["do"], from: line).0
    }
    let body = try list(until: ["done"], from: line).0
    return .loop(kind, condition: condition, words: words, body: body, line: line)
  }
}
