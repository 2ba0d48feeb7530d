// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// What `/etc/machine-id`, or D-Bus's file of the same form, holds (machine-id(5)).
public enum MachineIdentifier: Equatable, Sendable {
  /// An id: 32 hexadecimal digits, or a UUID with its dashes; which one is left out.
  case set
  /// Nothing: an id is made at the next start.
  case empty
  /// `uninitialized`: an id is made at the next start, which counts as the first one.
  case uninitialized

  /// Reads the file; `nil` where it makes no sense.
  public init?(parsing bytes: [UInt8]) {
    let content = bytes.prefix { $0 != 0x0A }.trimmed
    if content.isEmpty {
      guard bytes.allSatisfy({ $0.isBlank || $0 == 0x0A }) else { return nil }
      self = .empty
    } else if content.elementsEqual("uninitialized".utf8) {
      self = .uninitialized
    } else {
      let dashes = content.indices.filter { content[$0] == UInt8(ascii: "-") }.map { $0 - content.startIndex }
      let digits = content.filter { $0 != UInt8(ascii: "-") }
      guard digits.count == 32, dashes == [] || dashes == [8, 13, 18, 23], digits.allSatisfy(Self.isHexadecimal),
        digits.contains(where: { $0 != UInt8(ascii: "0") })
      else { return nil }
      self = .set
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    byte.isDigit || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }
}
