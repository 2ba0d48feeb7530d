// SPDX-License-Identifier: Apache-2.0

/// A logical volume as it is written, before its references are looked up.
struct WrittenLogicalVolume {
  let name: String
  let nameOffset: Int
  let identifier: LVMIdentifier
  let status: StatusFlags
  let extentCount: UInt64
  let segments: Range<Int32>
}

extension VolumeGroupParser {
  /// Reads the section of a physical volume, whose `{` has just been passed.
  mutating func physicalVolume(_ key: Range<Int>) throws(MetadataError) {
    let text = cursor.text
    let name = String(decoding: text[key], as: UTF8.self)
    guard physicalVolumes.count < VolumeGroupMetadata.maximumPhysicalVolumes else {
      throw MetadataError(code: .tooComplex, offset: key.lowerBound, subject: name)
    }
    volumeFields.reset(start: key.lowerBound, depth: 3)
    try cursor.rest(depth: 3, into: &volumeFields)
    guard physicalVolumeIndex.updateValue(Int32(physicalVolumes.count), forKey: name) == nil else {
      throw MetadataError(code: .duplicatePhysicalVolumeKey, offset: key.lowerBound, subject: name)
    }
    let fields = volumeFields
    // A place on a device is below 2^64 bytes.
    let sectors = UInt64.max / VolumeGroupMetadata.sectorSize
    physicalVolumes.append(
      PhysicalVolumeEntry(
        key: name, identifier: try fields.identifier(in: text), deviceHint: try fields.string("device", in: text),
        status: try flags(of: fields),
        deviceSize: try fields.integer("dev_size", upTo: UInt64(Int64.max), in: text) ?? 0,
        extentStart: try fields.requiredInteger("pe_start", upTo: sectors, in: text),
        extentCount: try fields.requiredInteger("pe_count", in: text),
        bootloaderStart: try fields.integer("ba_start", upTo: sectors, in: text) ?? 0,
        bootloaderSize: try fields.integer("ba_size", upTo: sectors, in: text) ?? 0, allocatedExtents: 0))
  }

  /// Reads the section of a logical volume, whose `{` has just been passed; every section inside is a segment, as for
  /// lvm2.
  mutating func logicalVolume(_ key: Range<Int>) throws(MetadataError) {
    let text = cursor.text
    let name = String(decoding: text[key], as: UTF8.self)
    volumeFields.reset(start: key.lowerBound, depth: 3)
    let first = segments.count
    reading: while true {
      switch try cursor.next(depth: 3, into: &volumeFields) {
      case .value: break
      case .section:
        segmentFields.reset(start: cursor.position, depth: 4)
        try cursor.rest(depth: 4, into: &segmentFields)
        guard segments.count < VolumeGroupMetadata.maximumLogicalVolumes else {
          throw MetadataError(code: .tooComplex, offset: cursor.position, subject: name)
        }
        let segment = try SegmentParser(text: text, fields: segmentFields).parse(into: &areas)
        guard areas.count <= VolumeGroupMetadata.maximumAreas else {
          throw MetadataError(code: .tooComplex, offset: cursor.position, subject: name)
        }
        if !segment.isKnownType { inconsistencies.note(.unknownSegmentType, segment.type) }
        segments.append(segment)
      case .end: break reading
      }
    }
    let count = segments.count - first
    guard count > 0, try volumeFields.requiredInteger("segment_count", in: text) == UInt64(count) else {
      throw MetadataError(code: .segmentCount, offset: key.lowerBound, subject: name)
    }
    let extents = try extentCount(ofSegmentsFrom: first, name: name, offset: key.lowerBound)
    let status = try flags(of: volumeFields)
    logicalVolumes.append(
      WrittenLogicalVolume(
        name: name, nameOffset: key.lowerBound, identifier: try volumeFields.identifier(in: text), status: status,
        extentCount: extents, segments: Int32(first)..<Int32(segments.count)))
  }

  /// Sorts the last segments by start, checks that they follow each other from 0 on, and counts their extents.
  private mutating func extentCount(
    ofSegmentsFrom first: Int, name: String, offset: Int
  ) throws(MetadataError) -> UInt64 {
    // Sorting a slice copies it, and lvm2 writes segments in order.
    let written = segments[first...]
    if !zip(written, written.dropFirst()).allSatisfy({ $0.startExtent < $1.startExtent }) {
      segments.replaceSubrange(first..., with: written.sorted { $0.startExtent < $1.startExtent })
    }
    var next: UInt64 = 0
    for segment in segments[first...] {
      guard segment.startExtent == next else {
        throw MetadataError(code: .segmentOrder, offset: offset, subject: name)
      }
      // Each count fits 32 bits and so does the start of the last one.
      next += segment.extentCount
    }
    guard next <= UInt64(UInt32.max) else {
      throw MetadataError(code: .numberOutOfRange, offset: offset, subject: name)
    }
    return next
  }
}
