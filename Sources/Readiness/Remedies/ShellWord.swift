// SPDX-License-Identifier: Apache-2.0

/// A name as one word of a POSIX shell's command line.
///
/// Names are the guest owner's: a command that is shown to an administrator must mean what it shows. There is no
/// word for a name that begins with `-`, that holds control characters or marks of text direction, or that was made
/// printable (`\xNN`) and so is not the name itself.
struct ShellWord: Sendable, CustomStringConvertible {
  /// The word, quoted where it needs to be.
  let description: String

  /// The word for a name; `nil` if no command should be given for it.
  init?(_ name: String) {
    guard !name.isEmpty, name.utf8.first != UInt8(ascii: "-"), !name.unicodeScalars.contains(where: Self.isUnsafe),
      !Self.holdsEscape(name)
    else { return nil }
    if name.utf8.allSatisfy(Self.isPlain) {
      description = name
    } else {
      // Inside single quotes everything stands for itself but the quote. By bytes: a quote with a combining mark
      // behind it is another Character, and still ends the word for the shell.
      var quoted: [UInt8] = [UInt8(ascii: "'")]
      for byte in name.utf8 {
        if byte == UInt8(ascii: "'") { quoted.append(contentsOf: #"'\''"#.utf8) } else { quoted.append(byte) }
      }
      quoted.append(UInt8(ascii: "'"))
      description = String(decoding: quoted, as: UTF8.self)
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "@%+=:,./_-".utf8.contains(byte)
    }
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
    default: false
    }
  }

  private static func holdsEscape(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return bytes.indices.dropLast().contains { bytes[$0] == UInt8(ascii: "\\") && bytes[$0 + 1] == UInt8(ascii: "x") }
  }
}
