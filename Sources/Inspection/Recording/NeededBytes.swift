// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LVMMetadata

/// Which of the bytes that were read a recording needs.
///
/// libblkid looks for a hundred kinds of signatures at fixed places, and what is there may be anything: key material of
/// a LUKS container, memory in a swap area, somebody's file. Once it has found what the device holds, only the bytes
/// that this answer depends on are kept: a part is zeros if the answer without it is the same. Where it found
/// nothing, everything that it read is kept, since that is what there is to look into.
enum NeededBytes {
  /// A part is not divided below this, in bytes.
  private static let unit = 512
  /// So often a device is probed again at most; the parts not tried by then are kept.
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
    defer { trial?.file.close() }
    let all = ByteRecording(regions: reads.regions)
    guard trial?.fill(all.regions) == true, trial?.agrees() == true else { return reading }
    var own = reading.recording.regions
    var others = all.regions.flatMap { $0.without(own) }
    if !reading.isBlank {
      others = others.compactMap { trial?.needed(of: $0) }
      // What LVM, md and pools say of themselves stays whole. What our readers found nothing in stays in its place, as
      // zeros, since they read it again.
      if trial?.members.isMember == false { own = own.map { trial?.needed(of: $0) ?? $0 } }
    }
    others = RecordedTree.knownSectors(others, size: reading.sizeBytes)
    // The readers' own bytes come last: they count where a sector is shared.
    reading.recording = ByteRecording(regions: others + own, end: reading.recording.end)
    reading.evidence?.bytesSuffice = true
    return reading
  }

  /// A copy of the device in memory, probed again and again with less in it.
  private struct Trial {
    let file: MemoryFile
    let reading: DeviceReading
    let members: MemberReading
    let request: ProbeRequest
    let sectorBytes: UInt32?
    var left = NeededBytes.mostTrials

    init?(_ reading: DeviceReading, _ request: ProbeRequest, sectorBytes: Int?) {
      guard let file = MemoryFile() else { return nil }
      guard let size = off_t(exactly: reading.sizeBytes), ftruncate(file.descriptor, size) == 0 else {
        file.close()
        return nil
      }
      self.file = file
      self.reading = reading
      members = MemberReading(of: reading)
      self.sectorBytes = sectorBytes.flatMap { UInt32(exactly: $0) }
      var request = request
      request.offset = 0
      self.request = request
    }

    func fill(_ regions: [ByteRegion]) -> Bool { regions.allSatisfy { file.write($0.bytes, at: $0.offset) } }

    /// Whether libblkid and our readers say the same of the copy as of the device.
    mutating func agrees() -> Bool {
      left -= 1
      let outcome = DeviceProbe.read(
        file.descriptor, request, length: reading.sizeBytes, sectorBytes: sectorBytes)
      guard case .read(let again) = outcome, MemberReading(of: again) == members else { return false }
      return again.signatures == reading.signatures && again.table == reading.table && again.entries == reading.entries
    }

    /// A region with zeros in the place of the parts without which the answer is the same.
    mutating func needed(of region: ByteRegion) -> ByteRegion {
      var bytes = region.bytes
      clear(0..<bytes.count, of: &bytes, at: region.offset)
      return ByteRegion(offset: region.offset, bytes: bytes)
    }

    private mutating func clear(_ part: Range<Int>, of bytes: inout [UInt8], at offset: UInt64) {
      guard left > 0, bytes[part].contains(where: { $0 != 0 }) else { return }
      let before = Array(bytes[part])
      let zeros = [UInt8](repeating: 0, count: part.count)
      guard file.write(zeros, at: offset + UInt64(part.lowerBound)) else { return }
      if agrees() {
        bytes.replaceSubrange(part, with: zeros)
        return
      }
      _ = file.write(before, at: offset + UInt64(part.lowerBound))
      guard part.count > NeededBytes.unit else { return }
      let half = (part.count / 2 + NeededBytes.unit - 1) / NeededBytes.unit * NeededBytes.unit
      clear(part.lowerBound..<(part.lowerBound + half), of: &bytes, at: offset)
      clear((part.lowerBound + half)..<part.upperBound, of: &bytes, at: offset)
    }
  }
}

extension MemberReading {
  /// From what was recorded of a device.
  fileprivate init(of reading: DeviceReading) {
    var source = MemorySource(reading.recording)
    self.init(of: reading, from: &source)
  }

  /// Whether the device says that it belongs to something.
  fileprivate var isMember: Bool {
    physicalVolume != .success(.none) || arrayMember != nil || pool != .alone
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
