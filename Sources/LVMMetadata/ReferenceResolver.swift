// SPDX-License-Identifier: Apache-2.0

/// Looks up the names in written segments and notes extents that cannot be as they are written.
struct ReferenceResolver {
  let text: [UInt8]
  let physicalVolumes: [PhysicalVolumeEntry]
  let physicalVolumeIndex: [String: Int32]
  let logicalVolumes: [WrittenLogicalVolume]
  let logicalVolumeIndex: [String: Int32]

  /// A use of extents of a physical volume.
  struct Allocation {
    let volume: Int32
    let start: UInt32
    let count: UInt32
  }

  private(set) var segments: [LogicalVolumeSegment] = []
  private(set) var areas: [SegmentArea] = []
  private(set) var allocations: [Allocation] = []

  init(
    text: [UInt8], physicalVolumes: [PhysicalVolumeEntry], physicalVolumeIndex: [String: Int32],
    logicalVolumes: [WrittenLogicalVolume], logicalVolumeIndex: [String: Int32]
  ) {
    self.text = text
    self.physicalVolumes = physicalVolumes
    self.physicalVolumeIndex = physicalVolumeIndex
    self.logicalVolumes = logicalVolumes
    self.logicalVolumeIndex = logicalVolumeIndex
  }

  mutating func resolve(
    _ written: [WrittenSegment], areas writtenAreas: [WrittenSegment.Area],
    noting inconsistencies: inout InconsistencyList
  ) throws(MetadataError) {
    segments.reserveCapacity(written.count)
    areas.reserveCapacity(writtenAreas.count)
    for (index, volume) in logicalVolumes.enumerated() {
      for segment in written[Int(volume.segments.lowerBound)..<Int(volume.segments.upperBound)] {
        let first = Int32(areas.count)
        for area in writtenAreas[Int(segment.areas.lowerBound)..<Int(segment.areas.upperBound)] {
          try resolve(area, of: Int32(index), noting: &inconsistencies)
        }
        segments.append(
          LogicalVolumeSegment(
            startExtent: segment.startExtent, extentCount: segment.extentCount, type: segment.type,
            isKnownType: segment.isKnownType, areaRange: first..<Int32(areas.count)))
      }
    }
  }

  private mutating func resolve(
    _ area: WrittenSegment.Area, of owner: Int32, noting inconsistencies: inout InconsistencyList
  ) throws(MetadataError) {
    let name = String(decoding: text[area.name], as: UTF8.self)
    let stop = UInt64(area.startExtent) + UInt64(area.extentCount)
    if area.target != .logical, let volume = physicalVolumeIndex[name] {
      areas.append(
        SegmentArea(
          role: area.role, volume: .physical(Int(volume)), start: area.startExtent, count: area.extentCount))
      guard area.extentCount > 0 else { return }
      if stop > physicalVolumes[Int(volume)].extentCount {
        inconsistencies.note(.extentsBeyondPhysicalVolume, name)
      }
      allocations.append(Allocation(volume: volume, start: area.startExtent, count: area.extentCount))
    } else if let volume = logicalVolumeIndex[name] {
      // In a segment of unknown type a word that happens to be the owner's name is no reference.
      if area.target == .perhaps, volume == owner { return }
      if stop > logicalVolumes[Int(volume)].extentCount, area.extentCount > 0 {
        inconsistencies.note(.extentsBeyondLogicalVolume, name)
      }
      areas.append(
        SegmentArea(
          role: area.role, volume: .logical(Int(volume)), start: area.startExtent, count: area.extentCount))
    } else if area.target != .perhaps {
      throw MetadataError(code: .unresolvedReference, offset: area.name.lowerBound, subject: String(name.prefix(128)))
    }
  }

  /// How many extents of each physical volume are in use, after noting extents that are used twice.
  mutating func allocatedExtents(noting inconsistencies: inout InconsistencyList) -> [UInt64] {
    allocations.sort { ($0.volume, $0.start) < ($1.volume, $1.start) }
    var counts = [UInt64](repeating: 0, count: physicalVolumes.count)
    var end: UInt64 = 0
    var current: Int32 = -1
    for allocation in allocations {
      if allocation.volume != current {
        current = allocation.volume
        end = 0
      }
      if UInt64(allocation.start) < end {
        inconsistencies.note(.overlappingExtents, physicalVolumes[Int(current)].key)
      }
      end = max(end, UInt64(allocation.start) + UInt64(allocation.count))
      // At most 2^21 areas of less than 2^32 extents.
      counts[Int(current)] += UInt64(allocation.count)
    }
    return counts
  }
}
