// SPDX-License-Identifier: Apache-2.0

internal import CCompression

/// One member of gzip (RFC 1952), by zlib; a window of 32 KiB.
final class GzipDecoder: SegmentDecoder {
  private(set) var isEnded = false
  private let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableRawBufferPointer

  init() throws(ArchiveError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    output = .allocate(byteCount: DecodingBuffer.usual, alignment: 16)
    // 15: the largest window; 16: with gzip's header and checksum (zlib.h, inflateInit2).
    guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw ArchiveError(.unsupported, "no memory for gzip")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  func decode(
    _ piece: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> Int {
    guard let start = piece.baseAddress, let room = output.baseAddress else { return 0 }
    // zlib does not write to its input.
    stream.pointee.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(piece.count)
    while !isEnded {
      stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(output.count)
      let status = inflate(stream, Z_NO_FLUSH)
      let made = output.count - Int(stream.pointee.avail_out)
      if made > 0 { try sink(UnsafeRawBufferPointer(output).first(made)) }
      switch status {
      case Z_STREAM_END: isEnded = true
      // Nothing more to be had of this piece.
      case Z_BUF_ERROR: return piece.count
      case Z_OK: if stream.pointee.avail_in == 0, made < output.count { return piece.count }
      case Z_MEM_ERROR: throw ArchiveError(.unsupported, "no memory for gzip")
      default: throw ArchiveError(.malformed, "the gzip part is damaged")
      }
    }
    return piece.count - Int(stream.pointee.avail_in)
  }

  func finish() throws(ArchiveError) {
    guard isEnded else { throw ArchiveError(.truncated, "the gzip part is cut off") }
  }
}
