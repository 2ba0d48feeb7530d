// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Bytes of a boot loader's files.
typealias Bytes = ArraySlice<UInt8>

extension Collection<UInt8> where SubSequence == Bytes {
  /// The lines, without their line breaks.
  var lines: [Bytes] { split(separator: 0x0A, omittingEmptySubsequences: false) }

  /// The words between blanks.
  var words: [Bytes] { split(whereSeparator: \.isBlank) }

  /// The same without blanks around it.
  var trimmed: Bytes {
    guard let first = firstIndex(where: { !$0.isBlank }) else { return self[endIndex..<endIndex] }
    var end = endIndex
    while self[index(end, offsetBy: -1)].isBlank { end = index(end, offsetBy: -1) }
    return self[first..<end]
  }

  /// The text, safe to show.
  var text: String { PlainText.from(self) }

  /// Whether they begin with those of a text.
  func hasPrefix(_ text: String) -> Bool { starts(with: text.utf8) }

  /// Whether these are the bytes of a text.
  func isText(_ text: String) -> Bool { elementsEqual(text.utf8) }

  /// A word and what stands behind the blanks after it.
  var headAndRest: (head: Bytes, rest: Bytes) {
    let line = trimmed
    let end = line.firstIndex(where: \.isBlank) ?? line.endIndex
    return (line[..<end], line[end...].trimmed)
  }
}

extension UInt8 {
  /// A blank, a tab or the first half of a line break of another system.
  var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0D }

  /// An ASCII digit.
  var isDigit: Bool { (0x30...0x39).contains(self) }

  /// An ASCII letter.
  var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}

/// A text in which lines stand at their numbers, for the form of a file that goes into a recording.
struct NumberedLines {
  private(set) var bytes: [UInt8] = []
  private var line = 1

  /// Puts a line; one whose number has gone by comes next.
  mutating func put(_ content: some Collection<UInt8>, at number: Int) {
    while line < number {
      bytes.append(0x0A)
      line += 1
    }
    bytes += content
    bytes.append(0x0A)
    line += 1
  }
}
