// SPDX-License-Identifier: Apache-2.0

/// A device that exists only as recorded regions.
///
/// A read inside the regions answers from them, a read that failed when it was recorded fails again, a read past the
/// known end comes back short, and any other read is an error with ``ByteSourceError/notRecordedCode``: zeros are never
/// made up.
public struct MemorySource: ByteSource, Sendable {
  private let recording: ByteRecording

  /// A source that replays a recording.
  public init(_ recording: ByteRecording) {
    self.recording = recording
  }

  /// A source over regions; `end` is the size of the device in bytes, where it is known.
  public init(regions: [ByteRegion], end: UInt64? = nil) {
    recording = ByteRecording(regions: regions, end: end)
  }

  /// Reads from the regions; fewer bytes only at the known end of the device.
  public mutating func read(at offset: UInt64, count: Int) throws(ByteSourceError) -> [UInt8] {
    if let failed = recording.failures.first(where: { $0.offset == offset && $0.count == count }) { throw failed.error }
    var wanted = count
    if let end = recording.end {
      guard offset < end else { return [] }
      wanted = Int(min(UInt64(max(count, 0)), end - offset))
    }
    guard wanted > 0 else { return [] }
    guard let region = recording.region(holding: offset) else { throw Self.notRecorded(offset, count) }
    let from = Int(offset - region.offset)
    guard region.bytes.count - from >= wanted else { throw Self.notRecorded(offset, count) }
    return Array(region.bytes[from..<(from + wanted)])
  }

  private static func notRecorded(_ offset: UInt64, _ count: Int) -> ByteSourceError {
    ByteSourceError(
      code: ByteSourceError.notRecordedCode, description: "\(count) bytes at offset \(offset) are not in the recording")
  }
}
