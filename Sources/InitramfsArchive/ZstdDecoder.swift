// SPDX-License-Identifier: Apache-2.0

internal import CCompression

/// One frame of zstd (RFC 8878), by libzstd; memory by the window that the frame asks for, which is limited.
final class ZstdDecoder: SegmentDecoder {
  private(set) var isEnded = false
  private let context: OpaquePointer
  private let output: UnsafeMutableRawBufferPointer

  init(windowLog: Int32) throws(ArchiveError) {
    guard let context = ZSTD_createDCtx() else { throw ArchiveError(.unsupported, "no memory for zstd") }
    self.context = context
    output = .allocate(byteCount: DecodingBuffer.usual, alignment: 16)
    _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLog)
  }

  deinit {
    ZSTD_freeDCtx(context)
    output.deallocate()
  }

  func decode(
    _ piece: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> Int {
    var input = ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: 0)
    while !isEnded {
      var room = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      let hint = ZSTD_decompressStream(context, &room, &input)
      if room.pos > 0 { try sink(UnsafeRawBufferPointer(output).first(room.pos)) }
      if ZSTD_isError(hint) != 0 {
        switch ZSTD_getErrorCode(hint) {
        case ZSTD_error_memory_allocation, ZSTD_error_frameParameter_windowTooLarge:
          throw ArchiveError(.unsupported, "its zstd part takes more memory than is granted")
        case ZSTD_error_frameParameter_unsupported, ZSTD_error_version_unsupported, ZSTD_error_dictionary_wrong:
          throw ArchiveError(.unsupported, "its zstd part has options that are not supported")
        default: throw ArchiveError(.malformed, "the zstd part is damaged")
        }
      }
      if hint == 0 {
        isEnded = true
      } else if input.pos == input.size, room.pos < room.size {
        return piece.count
      }
    }
    return input.pos
  }

  func finish() throws(ArchiveError) {
    guard isEnded else { throw ArchiveError(.truncated, "the zstd part is cut off") }
  }
}
