// SPDX-License-Identifier: Apache-2.0

/// One line of a capture: its UTF-16 code units and the words in it.
struct Line {
  /// No line of diskpart's is longer: rows have a hundred code units, folders 260.
  static let longest = 1024

  /// The code units, trailing blanks too.
  let units: [UInt16]
  /// Where the words are: runs without blanks.
  let words: [Range<Int>]

  /// The line of these code units.
  init(_ units: [UInt16]) {
    self.units = units
    var words: [Range<Int>] = []
    var start: Int?
    for (index, unit) in units.enumerated() {
      if Self.isBlank(unit) {
        if let first = start { words.append(first..<index) }
        start = nil
      } else if start == nil {
        start = index
      }
    }
    if let first = start { words.append(first..<units.count) }
    self.words = words
  }

  /// A line of that text.
  init(_ text: String) { self.init(Array(text.utf16)) }

  /// Space and tab.
  static func isBlank(_ unit: UInt16) -> Bool { unit == 0x20 || unit == 9 }

  /// A decimal digit.
  static func isDigit(_ unit: UInt16) -> Bool { unit >= 0x30 && unit <= 0x39 }

  /// The line without the date and the time that a log puts before it, in brackets or not.
  var withoutTimestamp: Line {
    let marks = Set("-:.,/+[]TZ".utf16)
    let stamps = words.prefix(2).prefix { word in
      Self.isDigit(units[word.lowerBound]) || units[word.lowerBound] == 0x5B
    }.prefix { word in units[word].allSatisfy { Self.isDigit($0) || marks.contains($0) } }
    guard let last = stamps.last, units[last].count(where: { $0 == 0x3A }) > 1 else { return self }
    return Line(Array(units[last.upperBound...]))
  }

  /// Nothing but blanks, and perhaps the mark of a quotation or comment.
  var isBlank: Bool {
    words.isEmpty || words.count == 1 && units[words[0]].allSatisfy { [0x23, 0x2F, 0x3B, 0x3E, 0x7C].contains($0) }
  }

  /// Where the last word ends.
  var end: Int { words.last?.upperBound ?? 0 }

  /// The whole text without blanks at its ends.
  var text: String { text(0..<units.count) }

  /// The text of a range without blanks at its ends; what lies outside of the line is empty.
  func text(_ range: Range<Int>) -> String {
    var range = range.clamped(to: 0..<units.count)
    while let first = range.first, Self.isBlank(units[first]) { range = range.dropFirst() }
    while let last = range.last, Self.isBlank(units[last]) { range = range.dropLast() }
    return String(decoding: units[range], as: UTF16.self)
  }

  /// A word by its place; empty if there is none.
  func word(_ index: Int) -> String { words.indices.contains(index) ? text(words[index]) : "" }

  /// Whether all of a range is blank; what lies outside of the line is.
  func isBlank(_ range: Range<Int>) -> Bool {
    range.clamped(to: 0..<units.count).allSatisfy { Self.isBlank(units[$0]) }
  }

  /// The number that a word is, if it is one of at most nine digits.
  func number(_ range: Range<Int>) -> Int? {
    guard !range.isEmpty, range.count <= 9 else { return nil }
    var value = 0
    for index in range {
      guard Self.isDigit(units[index]) else { return nil }
      value = value * 10 + Int(units[index] - 0x30)
    }
    return value
  }

  /// Whether runs of several blanks are in it, as in a table that kept its columns.
  var hasWideBlanks: Bool { zip(words, words.dropFirst()).contains { $1.lowerBound - $0.upperBound > 1 } }
}
