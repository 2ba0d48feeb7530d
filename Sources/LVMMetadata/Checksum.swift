// SPDX-License-Identifier: Apache-2.0

/// lvm2's checksum: CRC-32 with the reflected polynomial 0xedb88320, started at 0xf597a6cf and not inverted at the end.
///
/// Source: lvm2 `lib/misc/crc.h` (`INITIAL_CRC`) and `lib/misc/crc.c`.
enum Checksum {
  static let initial: UInt32 = 0xf597_a6cf

  /// Sixteen tables of 256: table k advances a byte by k further bytes, so that sixteen bytes take one round.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xedb8_8320 }
      tables[byte] = value
    }
    for index in 256..<(16 * 256) {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xff)]
    }
    return tables
  }()

  /// The checksum of `bytes`, going on from `start` where a text comes in pieces.
  static func crc(_ bytes: ArraySlice<UInt8>, from start: UInt32 = initial) -> UInt32 {
    let tables = tables
    var crc = start
    var index = bytes.startIndex
    while bytes.endIndex - index >= 16 {
      var next: UInt32 = 0
      for step in 0..<16 {
        var byte = bytes[index + step]
        if step < 4 { byte ^= UInt8(truncatingIfNeeded: crc >> UInt32(8 * step)) }
        next ^= tables[(15 - step) * 256 + Int(byte)]
      }
      crc = next
      index += 16
    }
    while index < bytes.endIndex {
      crc = crc >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[index])]
      index += 1
    }
    return crc
  }
}

extension ArraySlice<UInt8> {
  /// The little-endian 32-bit number at `offset` from the start of the slice; nil past its end.
  func littleEndian32(at offset: Int) -> UInt32? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    var value: UInt32 = 0
    for index in (0..<4).reversed() { value = value << 8 | UInt32(self[startIndex + offset + index]) }
    return value
  }

  /// The little-endian 64-bit number at `offset` from the start of the slice; nil past its end.
  func littleEndian64(at offset: Int) -> UInt64? {
    guard offset >= 0, offset <= count - 8 else { return nil }
    var value: UInt64 = 0
    for index in (0..<8).reversed() { value = value << 8 | UInt64(self[startIndex + offset + index]) }
    return value
  }
}
