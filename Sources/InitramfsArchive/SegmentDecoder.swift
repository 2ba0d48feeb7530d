// SPDX-License-Identifier: Apache-2.0

/// What decodes one compressed part of an archive, piece by piece.
protocol SegmentDecoder: AnyObject {
  /// Whether the part has ended; nothing may be decoded any more.
  var isEnded: Bool { get }

  /// Decodes a piece, and passes on what comes out of it; returns how many bytes of the piece belong to the part, which
  /// are all of them as long as it has not ended.
  func decode(
    _ piece: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> Int

  /// Says that the file ends here; throws if the part needed more.
  func finish() throws(ArchiveError)
}

/// The ways in which the kernel lets a part be compressed, by the first two bytes (lib/decompress.c).
enum Compression: String, CaseIterable {
  case gzip, bzip2, lzma, xz, lzo, lz4, zstd

  /// The kind that a part beginning with these bytes is of; `nil` if it is none.
  init?(magic first: UInt8, _ second: UInt8) {
    switch (first, second) {
    case (0x1F, 0x8B), (0x1F, 0x9E): self = .gzip
    case (0x42, 0x5A): self = .bzip2
    case (0x5D, 0x00): self = .lzma
    case (0xFD, 0x37): self = .xz
    case (0x89, 0x4C): self = .lzo
    case (0x02, 0x21): self = .lz4
    case (0x28, 0xB5): self = .zstd
    default: return nil
    }
  }

  /// A decoder for one part; throws where there is none for its kind.
  func decoder(_ limits: ArchiveLimits) throws(ArchiveError) -> any SegmentDecoder {
    switch self {
    case .gzip: try GzipDecoder()
    case .lzma: try XZDecoder(.lzma, memoryBytes: limits.memoryBytes)
    case .xz: try XZDecoder(.xz, memoryBytes: limits.memoryBytes)
    case .lz4: LZ4Decoder()
    case .zstd: try ZstdDecoder(windowLog: limits.windowLog)
    case .bzip2, .lzo: throw ArchiveError(.unsupported, "compressed with \(rawValue), which is not read here")
    }
  }
}

/// Memory that decoders write into.
enum DecodingBuffer {
  /// Bytes of output that are passed on at once.
  static let usual = 64 << 10
}

extension UnsafeRawBufferPointer {
  /// What lies behind the first bytes.
  func after(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[count...]) }
  /// The first bytes.
  func first(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[..<count]) }
}
