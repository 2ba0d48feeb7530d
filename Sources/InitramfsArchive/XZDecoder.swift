// SPDX-License-Identifier: Apache-2.0

internal import CCompression

/// One stream of xz, or of the older lzma, by liblzma; memory by the dictionary that the stream asks for, which is limited.
final class XZDecoder: SegmentDecoder {
  private(set) var isEnded = false
  private let kind: Compression
  private let stream: UnsafeMutablePointer<lzma_stream>
  private let output: UnsafeMutableRawBufferPointer

  init(_ kind: Compression, memoryBytes: UInt64) throws(ArchiveError) {
    self.kind = kind
    stream = .allocate(capacity: 1)
    // All zero is what LZMA_STREAM_INIT says (lzma/base.h).
    stream.initialize(to: lzma_stream())
    output = .allocate(byteCount: DecodingBuffer.usual, alignment: 16)
    let status =
      kind == .lzma ? lzma_alone_decoder(stream, memoryBytes) : lzma_stream_decoder(stream, memoryBytes, 0)
    guard status == LZMA_OK else { throw ArchiveError(.unsupported, "no memory for \(kind.rawValue)") }
  }

  deinit {
    lzma_end(stream)
    stream.deallocate()
    output.deallocate()
  }

  func decode(
    _ piece: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> Int {
    guard let start = piece.baseAddress, let room = output.baseAddress else { return 0 }
    stream.pointee.next_in = start.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = piece.count
    while !isEnded {
      stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = output.count
      let status = lzma_code(stream, LZMA_RUN)
      let made = output.count - stream.pointee.avail_out
      if made > 0 { try sink(UnsafeRawBufferPointer(output).first(made)) }
      switch status {
      case LZMA_STREAM_END: isEnded = true
      case LZMA_BUF_ERROR: return piece.count
      case LZMA_OK: if stream.pointee.avail_in == 0, made < output.count { return piece.count }
      case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR:
        throw ArchiveError(.unsupported, "its \(kind.rawValue) part takes more memory than is granted")
      case LZMA_OPTIONS_ERROR:
        throw ArchiveError(.unsupported, "its \(kind.rawValue) part has options that are not supported")
      default: throw ArchiveError(.malformed, "the \(kind.rawValue) part is damaged")
      }
    }
    return piece.count - stream.pointee.avail_in
  }

  func finish() throws(ArchiveError) {
    guard isEnded else { throw ArchiveError(.truncated, "the \(kind.rawValue) part is cut off") }
  }
}
