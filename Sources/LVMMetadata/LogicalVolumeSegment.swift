// SPDX-License-Identifier: Apache-2.0

/// A run of extents of a logical volume that is laid out in one way.
public struct LogicalVolumeSegment: Hashable, Sendable {
  /// First extent, counted within the logical volume.
  public let startExtent: UInt64
  /// Number of extents.
  public let extentCount: UInt64
  /// lvm2's name for the type as it stands in the text, flags behind `+` cut off: "striped", "raid1", "thin-pool".
  public let type: String
  /// Whether the reader knows the type, so that the volumes it lies on are known for certain; otherwise every string in
  /// the segment that names a volume of the group was taken for one.
  public let isKnownType: Bool
  /// Where its areas stand in the group's list.
  let areaRange: Range<Int32>
}

/// A volume that a segment lies on or refers to.
public struct SegmentArea: Hashable, Sendable {
  /// Which kind of volume, as an index into the group's list.
  public enum Volume: Hashable, Sendable {
    /// Into ``VolumeGroupMetadata/physicalVolumes``.
    case physical(Int)
    /// Into ``VolumeGroupMetadata/logicalVolumes``.
    case logical(Int)
  }

  /// What the volume is to the segment; the raw values are stable codes.
  public enum Role: String, Hashable, Sendable {
    /// Holds the data, or a stripe or image of it.
    case data
    /// Holds metadata of a raid, pool, cache or integrity layer.
    case metadata
    /// Holds the log of a mirror.
    case log
    /// The pool that the data comes from.
    case pool
    /// The volume below a cache, snapshot, thin snapshot or integrity layer.
    case origin
    /// A read-only origin outside the pool.
    case externalOrigin = "external_origin"
    /// Holds the changes of a snapshot.
    case copyOnWrite = "copy_on_write"
    /// Holds changes that are being merged back.
    case merging
    /// Named in a segment of unknown type.
    case unknown
  }

  /// What the volume is to the segment.
  public let role: Role
  private let isPhysical: Bool
  private let index: Int32
  private let start: UInt32
  private let count: UInt32

  /// The volume.
  public var volume: Volume { isPhysical ? .physical(Int(index)) : .logical(Int(index)) }
  /// First extent on the volume, 0 where the whole volume is meant.
  public var startExtent: UInt64 { UInt64(start) }
  /// Number of extents on the volume, 0 where the whole volume is meant or the type is unknown.
  public var extentCount: UInt64 { UInt64(count) }

  /// Makes an area of sixteen bytes: a group may have a million of them.
  init(role: Role, volume: Volume, start: UInt32, count: UInt32) {
    self.role = role
    self.start = start
    self.count = count
    switch volume {
    case .physical(let number): (isPhysical, index) = (true, Int32(truncatingIfNeeded: number))
    case .logical(let number): (isPhysical, index) = (false, Int32(truncatingIfNeeded: number))
    }
  }
}
