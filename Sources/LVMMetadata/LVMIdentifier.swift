// SPDX-License-Identifier: Apache-2.0

/// The 32-character identifier of a physical volume, volume group or logical volume, which the tools call its UUID.
///
/// Held as 32 bytes without a heap allocation, because a large group has tens of thousands. lvm2 draws the characters
/// from letters, digits, `!` and `#` (`lib/uuid/uuid.c`); other characters are refused.
public struct LVMIdentifier: Hashable, Sendable, Comparable, CustomStringConvertible, LosslessStringConvertible {
  private let first, second, third, fourth: UInt64

  /// How many characters an identifier has, hyphens not counted.
  public static let characterCount = 32

  /// Reads 32 characters as they stand in a physical volume header; nil when one is not allowed or the count is wrong.
  public init?(characters bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.characterCount else { return nil }
    self.init(validating: bytes)
  }

  /// Reads the written form, hyphens anywhere (usually 6-4-4-4-4-4-6); nil when it is not an identifier.
  public init?(written bytes: ArraySlice<UInt8>) {
    guard bytes.count <= 2 * Self.characterCount else { return nil }
    self.init(validating: bytes)
  }

  /// Reads the written form, hyphens anywhere; nil when it is not an identifier.
  public init?(_ description: String) {
    self.init(written: Array(description.utf8)[...])
  }

  private init?(validating bytes: ArraySlice<UInt8>) {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var count = 0
    for byte in bytes {
      if byte == UInt8(ascii: "-") { continue }
      guard Self.isAllowed(byte) else { return nil }
      switch count / 8 {
      case 0: words.0 = words.0 << 8 | UInt64(byte)
      case 1: words.1 = words.1 << 8 | UInt64(byte)
      case 2: words.2 = words.2 << 8 | UInt64(byte)
      case 3: words.3 = words.3 << 8 | UInt64(byte)
      default: return nil
      }
      count += 1
    }
    guard count == Self.characterCount else { return nil }
    (first, second, third, fourth) = words
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "!"), UInt8(ascii: "#"):
      true
    default: false
    }
  }

  /// The form that lvm2 prints: groups of 6-4-4-4-4-4-6 characters.
  public var description: String {
    String(unsafeUninitializedCapacity: 38) { buffer in
      var at = 0
      var count = 0
      for word in [first, second, third, fourth] {
        for shift in stride(from: 56, through: 0, by: -8) {
          if count >= 6, count < 30, (count - 6) % 4 == 0 {
            buffer[at] = UInt8(ascii: "-")
            at += 1
          }
          buffer[at] = UInt8(truncatingIfNeeded: word >> UInt64(shift))
          at += 1
          count += 1
        }
      }
      return at
    }
  }

  /// Orders by the characters, as their bytes compare.
  public static func < (left: Self, right: Self) -> Bool {
    (left.first, left.second, left.third, left.fourth) < (right.first, right.second, right.third, right.fourth)
  }
}
