// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// What boot loaders' files are read by, besides what configuration files have in common.
extension Collection<UInt8> where SubSequence == Bytes {
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
  /// An ASCII letter.
  var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
