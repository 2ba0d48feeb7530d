// SPDX-License-Identifier: Apache-2.0

/// Bytes that the guest's owner controls, made into text that is safe to show and to compare.
public enum PlainText {
  /// Valid UTF-8 as it is; control characters and bytes that are not UTF-8 as `\xNN`, two lower-case digits.
  ///
  /// A backslash that stands before `x` becomes `\x5c`, so that two different byte strings never give one text.
  /// Control characters are U+0000 to U+001F, U+007F to U+009F, U+2028 and U+2029, and the marks that turn the
  /// direction of text (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), with which a name could hide its
  /// end from a reader.
  public static func from(_ bytes: some Collection<UInt8>) -> String {
    if bytes.withContiguousStorageIfAvailable(isPlain) ?? false { return String(decoding: bytes, as: UTF8.self) }
    var result = ""
    let input = Array(bytes)
    var index = 0
    while index < input.count {
      guard let (scalar, length) = scalar(in: input, at: index) else {
        result += escape(input[index])
        index += 1
        continue
      }
      if isUnsafe(scalar) || (scalar == "\\" && index + 1 < input.count && input[index + 1] == UInt8(ascii: "x")) {
        for byte in input[index..<(index + length)] { result += escape(byte) }
      } else {
        result.unicodeScalars.append(scalar)
      }
      index += length
    }
    return result
  }

  private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    for byte in bytes where byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\\") { return false }
    return true
  }

  /// The same for text that is UTF-8 already.
  public static func from(_ text: some StringProtocol) -> String { from(Array(text.utf8)) }

  /// The same for a path of Windows, where a backslash before `x` is one of its separators and stays.
  public static func fromWindowsPath(_ path: String) -> String {
    path.unicodeScalars.reduce(into: "") { result, scalar in
      if isUnsafe(scalar) {
        for byte in String(scalar).utf8 { result += escape(byte) }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func escape(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// The scalar whose UTF-8 form starts there, with its length in bytes; `nil` if there is none.
  private static func scalar(in bytes: [UInt8], at index: Int) -> (Unicode.Scalar, Int)? {
    let length: Int
    switch bytes[index] {
    case 0..<0x80: length = 1
    case 0xC2..<0xE0: length = 2
    case 0xE0..<0xF0: length = 3
    case 0xF0..<0xF5: length = 4
    default: return nil
    }
    guard index + length <= bytes.count,
      let text = String(validating: bytes[index..<(index + length)], as: UTF8.self),
      let scalar = text.unicodeScalars.first
    else { return nil }
    return (scalar, length)
  }
}
