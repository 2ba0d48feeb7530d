// SPDX-License-Identifier: Apache-2.0

extension VolumeGroupParser {
  /// Makes the group of what has been read: looks up references, checks that identifiers are unique, computes closures
  /// and layouts.
  mutating func group(named name: String, header: ConfigurationFields) throws(MetadataError) -> VolumeGroupMetadata {
    let text = cursor.text
    let fields = groupFields
    let extentSize = try fields.requiredInteger("extent_size", in: text)
    guard extentSize > 0 else { throw fields.missing("extent_size") }
    try requireDistinctPhysicalVolumes()
    let index = try indexLogicalVolumes()

    var resolver = ReferenceResolver(
      text: text, physicalVolumes: physicalVolumes, physicalVolumeIndex: physicalVolumeIndex,
      logicalVolumes: logicalVolumes, logicalVolumeIndex: index)
    try resolver.resolve(segments, areas: areas, noting: &inconsistencies)
    for (volume, count) in resolver.allocatedExtents(noting: &inconsistencies).enumerated() {
      physicalVolumes[volume].allocatedExtents = count
    }
    try checkExtentsFit(extentSize: extentSize)
    let snapshots = Snapshots(volumes: logicalVolumes, segments: resolver.segments, areas: resolver.areas)
    let closure = try closure(of: resolver, snapshots: snapshots)
    let volumes = try self.volumes(
      of: resolver, sets: closure.setOfVolume, extentSize: extentSize, snapshots: snapshots)

    return VolumeGroupMetadata(
      name: name, identifier: try fields.identifier(in: text), sequence: try fields.requiredInteger("seqno", in: text),
      format: try fields.string("format", in: text), status: try flags(of: fields), extentSize: extentSize,
      systemID: try fields.string("system_id", in: text), lockType: try fields.string("lock_type", in: text),
      reason: try header.string("description", in: text), creationHost: try header.string("creation_host", in: text),
      creationTime: try header.integer("creation_time", upTo: UInt64(Int64.max), in: text),
      physicalVolumes: physicalVolumes, logicalVolumes: volumes, historicalVolumeCount: historicalVolumeCount,
      inconsistencies: inconsistencies.items, segments: resolver.segments, areas: resolver.areas,
      volumeSets: closure.sets, logicalVolumeIndex: index)
  }

  private func requireDistinctPhysicalVolumes() throws(MetadataError) {
    var seen: Set<LVMIdentifier> = []
    for volume in physicalVolumes where !seen.insert(volume.identifier).inserted {
      throw MetadataError(code: .duplicatePhysicalVolume, offset: 0, subject: volume.identifier.description)
    }
  }

  private func indexLogicalVolumes() throws(MetadataError) -> [String: Int32] {
    var index: [String: Int32] = [:]
    var seen: Set<LVMIdentifier> = []
    index.reserveCapacity(logicalVolumes.count)
    seen.reserveCapacity(logicalVolumes.count)
    for (number, volume) in logicalVolumes.enumerated() {
      guard index.updateValue(Int32(number), forKey: volume.name) == nil, seen.insert(volume.identifier).inserted else {
        throw MetadataError(code: .duplicateLogicalVolume, offset: volume.nameOffset, subject: volume.name)
      }
    }
    return index
  }

  /// Refuses extents beyond 2^64 bytes, and notes those that do not fit the size that the text gives their device.
  private mutating func checkExtentsFit(extentSize: UInt64) throws(MetadataError) {
    for volume in physicalVolumes {
      // Both factors fit 32 bits.
      let (end, overflow) = volume.extentStart.addingReportingOverflow(volume.extentCount * extentSize)
      guard !overflow, end <= UInt64.max / VolumeGroupMetadata.sectorSize else {
        throw MetadataError(code: .numberOutOfRange, offset: 0, subject: volume.key)
      }
      if volume.deviceSize > 0, end > volume.deviceSize { inconsistencies.note(.extentsBeyondDevice, volume.key) }
    }
  }

  private func closure(
    of resolver: ReferenceResolver, snapshots: Snapshots
  ) throws(MetadataError) -> VolumeClosure {
    let ranges = logicalVolumes.map { volume in
      let segments = resolver.segments[Int(volume.segments.lowerBound)..<Int(volume.segments.upperBound)]
      // Areas of one volume follow each other, because its segments were resolved one after the other.
      return (segments.first?.areaRange.lowerBound ?? 0)..<(segments.last?.areaRange.upperBound ?? 0)
    }
    var closure = VolumeClosure(
      areas: resolver.areas, areaRanges: ranges, physicalVolumeCount: physicalVolumes.count)
    for (store, origin) in snapshots.own { closure.addEdge(from: store, to: origin) }
    for (store, origin) in snapshots.merging { closure.addEdge(from: origin, to: store) }
    let volumes = logicalVolumes
    try closure.compute { volumes[$0].name }
    for (store, origin) in snapshots.merging { closure.share(setOf: origin, with: store) }
    return closure
  }

  private func volumes(
    of resolver: ReferenceResolver, sets: [Int32], extentSize: UInt64, snapshots: Snapshots
  ) throws(MetadataError) -> [LogicalVolume] {
    let merging = Set(snapshots.merging.map(\.store))
    let own = Set(snapshots.own.map(\.store))
    var volumes: [LogicalVolume] = []
    volumes.reserveCapacity(logicalVolumes.count)
    for (number, written) in logicalVolumes.enumerated() {
      let segments = resolver.segments[Int(written.segments.lowerBound)..<Int(written.segments.upperBound)]
      let (size, overflow) = (extentSize * VolumeGroupMetadata.sectorSize)
        .multipliedReportingOverflow(by: written.extentCount)
      guard !overflow else {
        throw MetadataError(code: .numberOutOfRange, offset: written.nameOffset, subject: written.name)
      }
      // lvm2 writes the store of a snapshot without the flag and shows it to users until it is being merged.
      let isMerging = merging.contains(Int32(number))
      let isStore = isMerging || own.contains(Int32(number))
      volumes.append(
        LogicalVolume(
          name: written.name, identifier: written.identifier, status: written.status, extentCount: written.extentCount,
          size: size, layout: isStore ? "snapshot" : Self.layout(of: segments),
          isHidden: isStore ? isMerging : !written.status.contains(.visible),
          isSnapshotLink: segments.allSatisfy { $0.type == "snapshot" },
          segmentRange: written.segments, volumeSet: sets[number]))
    }
    return volumes
  }

  private static func layout(of segments: ArraySlice<LogicalVolumeSegment>) -> String {
    guard let first = segments.first.map(layout) else { return "mixed" }
    return segments.dropFirst().allSatisfy { layout(of: $0) == first } ? first : "mixed"
  }

  /// lvm2's word for the type, which for one stripe is "linear".
  private static func layout(of segment: LogicalVolumeSegment) -> String {
    if segment.type == "striped" { return segment.areaRange.count == 1 ? "linear" : "striped" }
    return String(segment.type.map { $0 == "-" ? "_" : $0 })
  }
}

/// Which volumes hold the changes of which origins: pairs of indices of logical volumes, out of the hidden volumes of
/// type "snapshot".
private struct Snapshots {
  private(set) var own: [(store: Int32, origin: Int32)] = []
  private(set) var merging: [(store: Int32, origin: Int32)] = []

  init(volumes: [WrittenLogicalVolume], segments: [LogicalVolumeSegment], areas: [SegmentArea]) {
    for segment in segments where segment.type == "snapshot" && segment.isKnownType {
      var origin: Int32?
      var ownStore: Int32?
      var mergingStore: Int32?
      for area in areas[Int(segment.areaRange.lowerBound)..<Int(segment.areaRange.upperBound)] {
        guard case .logical(let index) = area.volume else { continue }
        switch area.role {
        case .origin: origin = Int32(index)
        case .copyOnWrite: ownStore = Int32(index)
        case .merging: mergingStore = Int32(index)
        default: break
        }
      }
      guard let origin else { continue }
      if let ownStore { own.append((ownStore, origin)) }
      if let mergingStore { merging.append((mergingStore, origin)) }
    }
  }
}
