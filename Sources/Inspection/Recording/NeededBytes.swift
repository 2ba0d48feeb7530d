// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LVMMetadata

/// Which of the bytes that were read a recording needs.
///
/// libblkid looks for a hundred kinds of signatures at fixed places, and what is there may be anything: key material of
/// a LUKS container, memory in a swap area, somebody's file. Once it has found what the device holds, only the bytes
/// that this answer depends on are kept: a range is left out if the answer without it is the same. Where it found
/// nothing, everything that it read is kept, since that is what there is to look into.
enum NeededBytes {
  /// A range is not divided below this, in bytes.
  private static let unit = 512
  /// So often a device is probed again at most; the ranges not tried by then are kept.
  private static let mostTrials = 512

  /// A reading whose recording has what a replay needs; `recorded` is the sector size that a recorded source states.
  static func of(
    _ reading: DeviceReading, reads: DeviceReads, request: ProbeRequest, recorded: UInt32?
  ) -> DeviceReading {
    var reading = reading
    let sectorBytes = reads.sectorBytes ?? recorded.map { Int($0) }
    reading.evidence = DeviceEvidence(bytesSuffice: false, sectorBytes: sectorBytes)
    guard !reads.hasFailed, !reads.isOverfull, reading.recording.failures.isEmpty else { return reading }
    var trial = Trial(reading, request, sectorBytes: sectorBytes)
    let all = ByteRecording(regions: reads.regions)
    guard trial?.fill(all.regions) == true, trial?.agrees() == true else { return reading }
    let own = reading.recording.regions
    var kept: [ByteRegion] = []
    for region in all.regions {
      for rest in region.without(own) {
        if reading.isBlank { kept.append(rest) } else { trial?.keepNeeded(of: rest, in: &kept) }
      }
    }
    reading.recording = ByteRecording(regions: kept + own, end: reading.recording.end)
    reading.evidence?.bytesSuffice = true
    return reading
  }

  /// A copy of the device in memory, probed again and again with less in it.
  private struct Trial {
    let file: MemoryFile
    let reading: DeviceReading
    let request: ProbeRequest
    let sectorBytes: UInt32?
    var left = NeededBytes.mostTrials

    init?(_ reading: DeviceReading, _ request: ProbeRequest, sectorBytes: Int?) {
      guard let file = MemoryFile(), let size = off_t(exactly: reading.sizeBytes),
        ftruncate(file.descriptor, size) == 0
      else { return nil }
      self.file = file
      self.reading = reading
      self.sectorBytes = sectorBytes.flatMap { UInt32(exactly: $0) }
      var request = request
      request.offset = 0
      self.request = request
    }

    func fill(_ regions: [ByteRegion]) -> Bool { regions.allSatisfy { file.write($0.bytes, at: $0.offset) } }

    /// Whether libblkid says the same of the copy as of the device.
    mutating func agrees() -> Bool {
      left -= 1
      let outcome = DeviceProbe.read(
        file.descriptor, request, length: reading.sizeBytes, sectorBytes: sectorBytes)
      guard case .read(let again) = outcome else { return false }
      return again.signatures == reading.signatures && again.table == reading.table && again.entries == reading.entries
    }

    /// Adds to `kept` the parts of a region without which the answer would be another.
    mutating func keepNeeded(of region: ByteRegion, in kept: inout [ByteRegion]) {
      guard region.bytes.contains(where: { $0 != 0 }) else { return }
      guard left > 0 else {
        kept.append(region)
        return
      }
      guard file.write([UInt8](repeating: 0, count: region.bytes.count), at: region.offset) else {
        kept.append(region)
        return
      }
      if agrees() { return }
      _ = file.write(region.bytes, at: region.offset)
      guard region.bytes.count > NeededBytes.unit else {
        kept.append(region)
        return
      }
      let half = (region.bytes.count / 2 + NeededBytes.unit - 1) / NeededBytes.unit * NeededBytes.unit
      keepNeeded(of: ByteRegion(offset: region.offset, bytes: Array(region.bytes[..<half])), in: &kept)
      keepNeeded(
        of: ByteRegion(offset: region.offset + UInt64(half), bytes: Array(region.bytes[half...])), in: &kept)
    }
  }
}

extension DeviceReading {
  /// Whether nothing was found on the device.
  fileprivate var isBlank: Bool { signatures == .none && table == nil }
}

extension ByteRegion {
  /// What is left of the region beside others, which are sorted and do not overlap.
  func without(_ others: [ByteRegion]) -> [ByteRegion] {
    var rest: [ByteRegion] = []
    var start = offset
    let end = offset + UInt64(bytes.count)
    func add(upTo stop: UInt64) {
      guard stop > start else { return }
      rest.append(ByteRegion(offset: start, bytes: Array(bytes[Int(start - offset)..<Int(stop - offset)])))
    }
    for other in others {
      let otherEnd = other.offset + UInt64(other.bytes.count)
      guard otherEnd > start, other.offset < end else { continue }
      add(upTo: other.offset)
      start = min(otherEnd, end)
    }
    add(upTo: end)
    return rest
  }
}
