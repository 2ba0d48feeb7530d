// SPDX-License-Identifier: Apache-2.0

internal import CCompression

/// LZ4 in its legacy form (lz4_Frame_format.md, "Legacy frame"; lib/decompress_unlz4.c), by liblz4: a mark, then blocks,
/// each with its length before it, that unfold to 8 MiB at most.
///
/// The form has no end: it ends with the file, or where the next length is zero, which is padding.
final class LZ4Decoder: SegmentDecoder {
  private(set) var isEnded = false
  private static let magic: UInt32 = 0x184C_2102
  /// What a block unfolds to at most, in bytes.
  private static let blockSize = 8 << 20
  /// The most that a block of that size takes (lz4.h, LZ4_COMPRESSBOUND).
  private static let largestBlock = blockSize + blockSize / 255 + 16

  private var word: UInt32 = 0
  private var wordBytes = 0
  private var hasMagic = false
  /// Bytes of the block that is being gathered; 0 between blocks.
  private var blockBytes = 0
  private var block: [UInt8] = []
  private var unfolded: UnsafeMutableRawBufferPointer?

  deinit { unfolded?.deallocate() }

  func decode(
    _ piece: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> Int {
    var position = 0
    while position < piece.count, !isEnded {
      if blockBytes > 0 {
        let count = min(blockBytes - block.count, piece.count - position)
        block.append(contentsOf: piece[position..<position + count])
        position += count
        if block.count == blockBytes { try unfold(sink) }
      } else {
        word |= UInt32(piece[position]) << UInt32(8 * wordBytes)
        wordBytes += 1
        position += 1
        if wordBytes == 4 { try takeWord() }
      }
    }
    return position
  }

  func finish() throws(ArchiveError) {
    guard isEnded || hasMagic && blockBytes == 0 && word == 0 else {
      throw ArchiveError(.truncated, "the lz4 part is cut off")
    }
  }

  private func takeWord() throws(ArchiveError) {
    let value = word
    word = 0
    wordBytes = 0
    guard hasMagic else {
      guard value == Self.magic else { throw ArchiveError(.malformed, "the lz4 part is damaged") }
      hasMagic = true
      return
    }
    // The mark may stand again before any block.
    if value == Self.magic { return }
    if value == 0 {
      isEnded = true
      return
    }
    guard value <= UInt32(Self.largestBlock) else { throw ArchiveError(.malformed, "the lz4 part is damaged") }
    blockBytes = Int(value)
  }

  private func unfold(_ sink: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void) throws(ArchiveError) {
    let room = unfolded ?? .allocate(byteCount: Self.blockSize, alignment: 16)
    unfolded = room
    let made = block.withUnsafeBytes { bytes in
      LZ4_decompress_safe(
        bytes.baseAddress?.assumingMemoryBound(to: CChar.self), room.baseAddress?.assumingMemoryBound(to: CChar.self),
        Int32(bytes.count), Int32(room.count))
    }
    guard made >= 0 else { throw ArchiveError(.malformed, "the lz4 part is damaged") }
    block.removeAll(keepingCapacity: true)
    blockBytes = 0
    try sink(UnsafeRawBufferPointer(room).first(Int(made)))
  }
}
