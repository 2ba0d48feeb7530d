// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension PlainText {
  /// Bytes without blanks and line breaks around them, made safe to show.
  static func trimmed(_ bytes: [UInt8]) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D || byte == 0 }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return from(bytes[first...last])
  }

  /// Undoes the octal escapes of mountinfo, swaps and fstab (`\040` for a blank, getmntent(3)).
  static func unescapingOctal(_ field: ArraySlice<UInt8>) -> String {
    guard field.contains(UInt8(ascii: "\\")) else { return from(field) }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "7")
    var result: [UInt8] = []
    var index = field.startIndex
    while index < field.endIndex {
      if field[index] == UInt8(ascii: "\\"), index + 3 < field.endIndex,
        (UInt8(ascii: "0")...UInt8(ascii: "3")).contains(field[index + 1]), digits.contains(field[index + 2]),
        digits.contains(field[index + 3])
      {
        let high = (field[index + 1] - 48) << 6
        result.append(high | (field[index + 2] - 48) << 3 | (field[index + 3] - 48))
        index += 4
      } else {
        result.append(field[index])
        index += 1
      }
    }
    return from(result)
  }
}

extension Collection where Element == UInt8, SubSequence == ArraySlice<UInt8> {
  /// The lines, without their line breaks.
  var lines: [ArraySlice<UInt8>] { split(separator: 0x0A, omittingEmptySubsequences: false) }

  /// The fields between blanks and tabs.
  var fields: [ArraySlice<UInt8>] { split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }) }
}
