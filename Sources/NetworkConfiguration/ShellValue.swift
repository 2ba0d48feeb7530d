// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// The value of an assignment of a POSIX shell, as far as it can be told without one.
enum ShellValue {
  /// The value with its quotes undone; `nil` if it takes a shell to tell: an expansion, a command, an open quote.
  static func parse(_ text: Bytes) -> [UInt8]? {
    var value: [UInt8] = []
    var quote: UInt8?
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      index += 1
      switch (byte, quote) {
      case (UInt8(ascii: "'"), UInt8(ascii: "'")?), (UInt8(ascii: "\""), UInt8(ascii: "\"")?): quote = nil
      case (_, UInt8(ascii: "'")?): value.append(byte)
      case (UInt8(ascii: "$"), _), (UInt8(ascii: "`"), _): return nil
      case (UInt8(ascii: "\\"), _):
        // A backslash at the end of a line joins the next one to it.
        guard index < text.endIndex else { return nil }
        value.append(text[index])
        index += 1
      case (_, _?): value.append(byte)
      case (UInt8(ascii: "'"), nil), (UInt8(ascii: "\""), nil): quote = byte
      // Behind a blank or a semicolon stands another command or a comment.
      case (UInt8(ascii: ";"), nil), (0x20, nil), (0x09, nil), (0x0D, nil): return value
      default: value.append(byte)
      }
    }
    return quote == nil ? value : nil
  }

  /// A value in quotes, so that it is read as it is.
  static func quoted(_ value: [UInt8]) -> [UInt8] {
    let inner = value.flatMap { $0 == UInt8(ascii: "'") ? Array(#"'\''"#.utf8) : [$0] }
    return [UInt8(ascii: "'")] + inner + [UInt8(ascii: "'")]
  }
}
