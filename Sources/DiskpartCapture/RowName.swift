// SPDX-License-Identifier: Apache-2.0

/// What a row begins with: perhaps the mark of the focus, the word for disk or volume, and the number.
///
/// The word need not be known. Marks of quotations and comments may stand before it.
struct RowName {
  /// The row has the focus (`* `).
  var hasFocus = false
  /// The word before the number, in lower case; of several the last.
  var noun = ""
  /// The number.
  var number: Int
  /// The number counts missing disks (`M0`).
  var countsMissing = false
  /// The first word behind the number.
  var next: Int

  /// Words before the number, marks not counted; more of them are no row.
  private static let nounLimit = 2

  /// The name that the line begins with, if any.
  init?(_ line: Line) {
    var nouns = 0
    for (index, range) in line.words.enumerated() {
      guard nouns <= Self.nounLimit else { return nil }
      let text = line.text(range)
      if nouns > 0, let (value, missing) = Self.number(line, range) {
        number = value
        countsMissing = missing
        next = index + 1
        return
      }
      if text == "*", nouns == 0 {
        hasFocus = true
      } else if text.unicodeScalars.contains(where: \.properties.isAlphabetic) {
        // A path or a prompt is no name.
        guard !text.contains(where: { ":\\>=/".contains($0) }) else { return nil }
        nouns += 1
        noun = text.lowercased()
      } else if nouns > 0 || index > 1 {
        return nil
      }
    }
    return nil
  }

  private static func number(_ line: Line, _ range: Range<Int>) -> (Int, Bool)? {
    if let value = line.number(range) { return (value, false) }
    guard range.count > 1, line.units[range.lowerBound] == 0x4D, let value = line.number(range.dropFirst()) else {
      return nil
    }
    return (value, true)
  }
}
