// SPDX-License-Identifier: Apache-2.0

/// A source that passes reads on to another one and keeps what came back.
///
/// A helper process runs a reader over it and ships the ``recording``; the parent runs the same reader over a
/// ``MemorySource`` and sees the same bytes, short reads and errors. Sendable when the wrapped source is.
public struct RecordingSource<Source: ByteSource>: ByteSource {
  /// What has been read so far.
  public private(set) var recording = ByteRecording()
  private var source: Source
  private let byteLimit: Int

  /// Wraps `source`; a read that would take the recording above `byteLimit` bytes (default 96 MiB, room for the largest
  /// texts that ``PhysicalVolumeReader`` accepts) is refused with ``ByteSourceError/recordingFullCode``.
  public init(_ source: Source, byteLimit: Int = 96 << 20) {
    self.source = source
    self.byteLimit = byteLimit
  }

  /// Reads from the wrapped source and keeps the bytes, the short read or the error.
  public mutating func read(at offset: UInt64, count: Int) throws(ByteSourceError) -> [UInt8] {
    do throws(ByteSourceError) {
      guard count <= byteLimit - recording.byteCount else {
        throw ByteSourceError(
          code: ByteSourceError.recordingFullCode, description: "the recording is limited to \(byteLimit) bytes")
      }
      let bytes = try source.read(at: offset, count: count)
      recording.insert(ByteRegion(offset: offset, bytes: bytes))
      if bytes.count < count {
        let (end, overflow) = offset.addingReportingOverflow(UInt64(bytes.count))
        if !overflow { recording.noteEnd(end) }
      }
      return bytes
    } catch {
      recording.noteFailure(FailedRead(offset: offset, count: count, error: error))
      throw error
    }
  }
}

extension RecordingSource: Sendable where Source: Sendable {}
