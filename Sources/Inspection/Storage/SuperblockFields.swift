// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Fixed fields of a superblock, by their offset in bytes.
///
/// Every read lies within the bytes that the caller has asked for and counted.
struct SuperblockFields {
  let bytes: [UInt8]

  /// The fields of a superblock that is at least `count` bytes long; `nil` if it is cut off.
  init?(_ bytes: [UInt8], atLeast count: Int) {
    guard bytes.count >= count else { return nil }
    self.bytes = bytes
  }

  /// Whether the bytes at an offset are these.
  func holds(_ magic: [UInt8], at offset: Int) -> Bool { bytes[offset..<(offset + magic.count)].elementsEqual(magic) }

  /// A number of `count` bytes, the lowest first.
  func little(_ offset: Int, _ count: Int) -> UInt64 {
    bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A number of `count` bytes, the highest first.
  func big(_ offset: Int, _ count: Int) -> UInt64 {
    bytes[offset..<(offset + count)].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Sixteen bytes as a uuid in its usual form.
  func uuid(_ offset: Int) -> String {
    let hex = Array(Digest.hex(bytes[offset..<(offset + 16)]))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
  }

  /// Whether some byte in the range is not zero.
  func isSet(_ range: Range<Int>) -> Bool { bytes[range].contains { $0 != 0 } }
}
