// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Bytes of configuration files.
package typealias Bytes = ArraySlice<UInt8>

extension Collection<UInt8> where SubSequence == Bytes {
  /// The lines, without their line breaks.
  package var lines: [Bytes] { split(separator: 0x0A, omittingEmptySubsequences: false) }

  /// The words between blanks.
  package var words: [Bytes] { split(whereSeparator: \.isBlank) }

  /// The same without blanks around it.
  package var trimmed: Bytes {
    guard let first = firstIndex(where: { !$0.isBlank }) else { return self[endIndex..<endIndex] }
    var end = endIndex
    while self[index(end, offsetBy: -1)].isBlank { end = index(end, offsetBy: -1) }
    return self[first..<end]
  }

  /// The text, safe to show.
  package var text: String { PlainText.from(self) }

  /// Whether these are the bytes of an ASCII text, whatever the case of its letters.
  package func isWord(_ word: String) -> Bool { elementsEqual(word.utf8) { $0.lowercased == $1.lowercased } }

  /// Whether they begin with those of a text.
  package func hasPrefix(_ text: String) -> Bool { starts(with: text.utf8) }
}

extension UInt8 {
  /// A blank, a tab or the first half of a line break of another system.
  package var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0D }

  /// An ASCII digit.
  package var isDigit: Bool { (0x30...0x39).contains(self) }

  fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }
}

/// A text in which lines stand at their numbers, for the form of a file that goes into a recording.
package struct NumberedLines {
  /// The text so far.
  package private(set) var bytes: [UInt8] = []
  private var line = 1

  /// An empty text.
  package init() {}

  /// Puts a line; one whose number has gone by comes next.
  package mutating func put(_ content: some Collection<UInt8>, at number: Int) {
    while line < number {
      bytes.append(0x0A)
      line += 1
    }
    bytes += content
    bytes.append(0x0A)
    line += 1
  }

  /// The same for a text.
  package mutating func put(_ content: String, at number: Int) { put(content.utf8, at: number) }
}
