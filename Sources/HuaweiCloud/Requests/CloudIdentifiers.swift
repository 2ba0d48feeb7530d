// SPDX-License-Identifier: Apache-2.0

/// The forms of the cloud's identifiers.
public enum CloudIdentifiers {
  /// Whether this is a UUID in groups of 8-4-4-4-12 hexadecimal digits: servers, backups, vaults, volumes, images.
  public static func isUUID(_ text: some StringProtocol) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    for (index, byte) in bytes.enumerated() {
      switch index {
      case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return false }
      default: guard isHexDigit(byte) else { return false }
      }
    }
    return true
  }

  /// Whether this can be a project's or a job's id in a path.
  ///
  /// Every public sample has 32 hexadecimal digits, but no document promises it, so letters, digits, `-` and `_` up to
  /// 64 are let through: nothing in them can leave the path segment.
  public static func isPathIdentifier(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { isHexDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
