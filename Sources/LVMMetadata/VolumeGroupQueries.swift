// SPDX-License-Identifier: Apache-2.0

extension VolumeGroupMetadata {
  /// Reads a text out of a metadata area or an archive; see ``MetadataError/Code`` for what is refused.
  ///
  /// Time and memory are linear in the text, which may have ``PhysicalVolumeReader/maximumTextSize`` bytes.
  public static func parse(_ text: [UInt8]) throws(MetadataError) -> VolumeGroupMetadata {
    var parser = try VolumeGroupParser(text)
    return try parser.parse()
  }

  /// The logical volume with `name`, nil when there is none.
  public func logicalVolume(named name: String) -> LogicalVolume? {
    logicalVolumeIndex[name].map { logicalVolumes[Int($0)] }
  }

  /// The segments of a logical volume of this group, by start extent.
  public func segments(of volume: LogicalVolume) -> ArraySlice<LogicalVolumeSegment> {
    segments[Int(volume.segmentRange.lowerBound)..<Int(volume.segmentRange.upperBound)]
  }

  /// The volumes that a segment of this group lies on or refers to.
  public func areas(of segment: LogicalVolumeSegment) -> ArraySlice<SegmentArea> {
    areas[Int(segment.areaRange.lowerBound)..<Int(segment.areaRange.upperBound)]
  }

  /// Indices into ``physicalVolumes`` of everything that a logical volume rests on, through hidden volumes of any
  /// depth, ascending.
  ///
  /// A snapshot rests on its origin too, an origin on a snapshot that is being merged into it, a thin volume on its
  /// external origin: its data cannot be had without them. While extents move, a volume rests on all that the move
  /// touches.
  public func physicalVolumeIndices(of volume: LogicalVolume) -> [Int] {
    volumeSets[Int(volume.volumeSet)].map(Int.init)
  }

  /// Identifiers of the physical volumes that the named logical volume rests on; nil when there is no such volume.
  public func physicalVolumes(ofLogicalVolume name: String) -> [LVMIdentifier]? {
    logicalVolume(named: name).map { volume in
      volumeSets[Int(volume.volumeSet)].map { physicalVolumes[Int($0)].identifier }
    }
  }

  /// Extents that logical volumes use on a physical volume; nil when it is not in this group.
  public func extentsAllocated(onPhysicalVolume identifier: LVMIdentifier) -> UInt64? {
    physicalVolumes.first { $0.identifier == identifier }?.allocatedExtents
  }

  /// Whether a segment of the group is of a type that the reader does not know.
  public var hasUnknownSegmentTypes: Bool { segments.contains { !$0.isKnownType } }
}
