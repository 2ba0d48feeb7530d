// SPDX-License-Identifier: Apache-2.0

/// A size as diskpart prints it: a whole number, at most one blank, a unit.
///
/// The number and the unit are what every language has in a row, and the end of the Size cell is what all other cells
/// are counted from.
struct SizeToken: Equatable {
  /// Where it is in its line.
  let range: Range<Int>
  /// The index of its number among the line's words.
  let word: Int
  /// The exclusive end of its cell: French pads its one-letter units by one.
  let cellEnd: Int

  /// Units without their prefix: of bytes in the languages that translate them.
  private static let units: Set<String> = [
    "b", "o", "octet", "octets", "byte", "bytes", "б", "байт", "байта", "байтов", "bayt", "bajt", "bajtů", "bájt",
    "bajty", "bajtów", "tavua", "t", "字节",
  ]
  private static let prefixes: Set<Character> = ["k", "m", "g", "t", "p", "к", "м", "г", "т", "п"]

  /// The sizes of a line, from left to right; they do not overlap.
  static func all(in line: Line) -> [SizeToken] {
    var tokens: [SizeToken] = []
    var index = 0
    while index < line.words.count {
      if let (token, used) = token(in: line, at: index) {
        tokens.append(token)
        index += used
      } else {
        index += 1
      }
    }
    return tokens
  }

  private static func token(in line: Line, at index: Int) -> (SizeToken, Int)? {
    let word = line.words[index]
    let digits = word.prefix { Line.isDigit(line.units[$0]) }.count
    guard digits > 0, digits <= 9 else { return nil }
    if digits < word.count {
      // "0B", as pages written by hand have it.
      let unit = line.text(word.dropFirst(digits))
      guard isUnit(unit), unit.utf16.count > 1 || unit.lowercased() == "b" else { return nil }
      return (SizeToken(range: word, word: index, cellEnd: word.upperBound), 1)
    }
    guard index + 1 < line.words.count else { return nil }
    let next = line.words[index + 1]
    let blanks = next.lowerBound - word.upperBound
    guard blanks <= 3, next.count <= 8 else { return nil }
    let unit = line.text(next)
    // French leaves the place of the prefix blank: "0   octets".
    guard blanks == 1 || unit.count >= 4 && isBareUnit(unit) else { return nil }
    guard unit.count == 1, let letter = unit.first, isPrefix(letter) else {
      guard isUnit(unit) else { return nil }
      return (SizeToken(range: word.lowerBound..<next.upperBound, word: index, cellEnd: next.upperBound), 2)
    }
    if index + 2 < line.words.count {
      // "32 G octets"
      let third = line.words[index + 2]
      if third.lowerBound - next.upperBound == 1, third.count <= 8, third.count > 1, isBareUnit(line.text(third)) {
        return (SizeToken(range: word.lowerBound..<third.upperBound, word: index, cellEnd: third.upperBound), 3)
      }
    }
    return (SizeToken(range: word.lowerBound..<next.upperBound, word: index, cellEnd: next.upperBound + 1), 2)
  }

  private static func isPrefix(_ letter: Character) -> Bool {
    letter.lowercased().first.map(prefixes.contains) ?? false
  }

  private static func isBareUnit(_ text: String) -> Bool { units.contains(text.lowercased()) }

  private static func isUnit(_ text: String) -> Bool {
    if isBareUnit(text) { return true }
    guard let first = text.first, isPrefix(first) else { return false }
    return isBareUnit(String(text.dropFirst()))
  }
}
