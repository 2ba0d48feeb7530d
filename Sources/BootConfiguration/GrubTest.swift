// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// The conditions of `[` and `test` (GRUB manual, "test"), with words that may not be known.
struct GrubTest {
  private let words: [[UInt8]?]
  private var at = 0
  /// Whether files are there, as far as that can be told.
  private let files: [[UInt8]: Bool]
  private var depth = 0

  init(_ words: [[UInt8]?], files: [[UInt8]: Bool]) {
    self.words = words
    self.files = files
  }

  /// The files that a condition asks for.
  static func files(in words: [[UInt8]?]) -> [[UInt8]] {
    words.indices.dropLast().compactMap { index in
      guard let operation = words[index], ["-d", "-e", "-f", "-s"].contains(operation[...].text) else { return nil }
      return words[index + 1]
    }
  }

  /// Whether the condition holds; `nil` where that cannot be told.
  mutating func evaluate() -> Bool? {
    // A word that is not known may be an operator, or vanish.
    guard !words.isEmpty else { return false }
    let result = alternatives()
    return at == words.count ? result : nil
  }

  private func isNext(_ text: String) -> Bool { at < words.count && (words[at]?[...].isText(text) ?? false) }

  private mutating func alternatives() -> Bool? {
    var result = conjunction()
    while isNext("-o") {
      at += 1
      let other = conjunction()
      result = result == true || other == true ? true : result == nil || other == nil ? nil : false
    }
    return result
  }

  private mutating func conjunction() -> Bool? {
    var result = primary()
    while isNext("-a") {
      at += 1
      let other = primary()
      result = result == false || other == false ? false : result == nil || other == nil ? nil : true
    }
    return result
  }

  private mutating func primary() -> Bool? {
    depth += 1
    defer { depth -= 1 }
    guard at < words.count, depth < 32 else {
      at = words.count + 1
      return nil
    }
    if at + 2 < words.count, let operation = words[at + 1].map({ $0[...].text }), Self.binary.contains(operation) {
      defer { at += 3 }
      guard let left = words[at], let right = words[at + 2] else { return nil }
      return Self.compare(left, operation, right)
    }
    if isNext("!") {
      at += 1
      return primary().map(!)
    }
    if isNext("(") {
      at += 1
      let inner = alternatives()
      guard isNext(")") else {
        at = words.count + 1
        return nil
      }
      at += 1
      return inner
    }
    if at + 1 < words.count, let operation = words[at].map({ $0[...].text }), Self.unary.contains(operation) {
      defer { at += 2 }
      guard let word = words[at + 1] else { return nil }
      switch operation {
      case "-n": return !word.isEmpty
      case "-z": return word.isEmpty
      default: return files[word]
      }
    }
    defer { at += 1 }
    return words[at].map { !$0.isEmpty }
  }

  private static let unary: Set<String> = ["-n", "-z", "-d", "-e", "-f", "-s"]
  private static let binary: Set<String> = [
    "=", "==", "!=", "<", ">", "<=", ">=", "-eq", "-ne", "-ge", "-gt", "-le", "-lt", "-nt", "-ot",
  ]

  private static func compare(_ left: [UInt8], _ operation: String, _ right: [UInt8]) -> Bool? {
    switch operation {
    case "=", "==": return left == right
    case "!=": return left != right
    case "<": return left.lexicographicallyPrecedes(right)
    case ">": return right.lexicographicallyPrecedes(left)
    case "<=": return !right.lexicographicallyPrecedes(left)
    case ">=": return !left.lexicographicallyPrecedes(right)
    default:
      guard let one = number(left), let other = number(right) else { return nil }
      switch operation {
      case "-eq": return one == other
      case "-ne": return one != other
      case "-ge": return one >= other
      case "-gt": return one > other
      case "-le": return one <= other
      case "-lt": return one < other
      default: return nil
      }
    }
  }

  static func number(_ word: [UInt8]) -> Int? {
    let isNegative = word.first == UInt8(ascii: "-")
    let digits = word[(isNegative ? 1 : 0)...]
    guard !digits.isEmpty, digits.count < 10, digits.allSatisfy(\.isDigit) else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return isNegative ? -value : value
  }
}
