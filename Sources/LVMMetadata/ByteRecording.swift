// SPDX-License-Identifier: Apache-2.0

/// A run of bytes at an absolute offset of a device.
public struct ByteRegion: Hashable, Sendable {
  /// Where the run starts, in bytes from the start of the device.
  public let offset: UInt64
  /// The bytes themselves.
  public let bytes: [UInt8]

  /// Makes a region.
  public init(offset: UInt64, bytes: [UInt8]) {
    self.offset = offset
    self.bytes = bytes
  }
}

/// A read that failed, kept so that a replay fails in the same way.
public struct FailedRead: Hashable, Sendable {
  /// Where the read started, in bytes.
  public let offset: UInt64
  /// How many bytes were asked for.
  public let count: Int
  /// The error that the source gave.
  public let error: ByteSourceError

  /// Makes a failed read.
  public init(offset: UInt64, count: Int, error: ByteSourceError) {
    self.offset = offset
    self.count = count
    self.error = error
  }
}

/// Everything that a reader learnt from a device: regions, failures, and where the device ended if a read met its end.
///
/// Regions are sorted by offset, do not overlap and do not touch. Where reads disagree, the later one counts.
public struct ByteRecording: Hashable, Sendable {
  /// The regions read, by offset.
  public private(set) var regions: [ByteRegion] = []
  /// The reads that failed, in their order.
  public private(set) var failures: [FailedRead] = []
  /// The size of the device in bytes, known when a read came back short.
  public private(set) var end: UInt64?
  /// How many bytes the regions hold.
  public private(set) var byteCount = 0

  /// An empty recording.
  public init() {}

  /// A recording of known regions; overlapping and adjacent ones are merged, empty ones and those past 2^64 are
  /// dropped.
  public init(regions: [ByteRegion], failures: [FailedRead] = [], end: UInt64? = nil) {
    for region in regions { insert(region) }
    self.failures = failures
    self.end = end
  }

  mutating func noteFailure(_ failure: FailedRead) {
    failures.append(failure)
  }

  mutating func noteEnd(_ offset: UInt64) {
    end = min(end ?? offset, offset)
  }

  /// Adds a region, merging it with every region that it overlaps or touches.
  mutating func insert(_ region: ByteRegion) {
    guard !region.bytes.isEmpty, UInt64.max - region.offset >= UInt64(region.bytes.count) else { return }
    let stop = region.offset + UInt64(region.bytes.count)
    let first = regions.firstIndex { $0.offset + UInt64($0.bytes.count) >= region.offset } ?? regions.endIndex
    let last = regions[first...].firstIndex { $0.offset > stop } ?? regions.endIndex
    var start = region.offset
    var bytes = region.bytes
    for old in regions[first..<last] {
      let oldStop = old.offset + UInt64(old.bytes.count)
      if old.offset < start {
        bytes = Array(old.bytes[..<Int(start - old.offset)]) + bytes
        start = old.offset
      }
      if oldStop > stop { bytes += old.bytes[(old.bytes.count - Int(oldStop - stop))...] }
      byteCount -= old.bytes.count
    }
    byteCount += bytes.count
    regions.replaceSubrange(first..<last, with: [ByteRegion(offset: start, bytes: bytes)])
  }

  /// The region that holds `offset`, found by bisection.
  func region(holding offset: UInt64) -> ByteRegion? {
    var low = 0
    var high = regions.count
    while low < high {
      let middle = (low + high) / 2
      if regions[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let candidate = regions[low - 1]
    return offset - candidate.offset < UInt64(candidate.bytes.count) ? candidate : nil
  }
}
