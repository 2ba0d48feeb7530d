// SPDX-License-Identifier: Apache-2.0

/// A volume group as one metadata text describes it.
///
/// Every reference is resolved and free of loops, every identifier is unique, every count fits: a text for which this
/// does not hold is refused with a ``MetadataError``. What leaves it certain which volumes lie on what is kept in
/// ``inconsistencies`` instead.
public struct VolumeGroupMetadata: Sendable {
  /// Sections may be nested this deep; lvm2 writes six levels.
  public static let maximumDepth = 32
  /// Names are shorter than this many bytes, as in lvm2 (`NAME_LEN`).
  public static let maximumNameLength = 128
  /// More physical volumes are refused; the largest groups in practice have some hundred.
  public static let maximumPhysicalVolumes = 16_384
  /// More logical volumes or segments are refused.
  public static let maximumLogicalVolumes = 262_144
  /// More areas of segments are refused.
  public static let maximumAreas = 2 << 20
  /// The bytes of a sector, the unit of sizes in the text.
  public static let sectorSize: UInt64 = 512

  /// Name; two groups on one machine may share it.
  public let name: String
  /// Identifier, the key of a group.
  public let identifier: LVMIdentifier
  /// Grows by one with every committed change (`seqno`).
  public let sequence: UInt64
  /// "lvm2", or what else the text says; nil when it does not say.
  public let format: String?
  /// Status and other flags.
  public let status: StatusFlags
  /// Size of an extent in sectors of 512 bytes.
  public let extentSize: UInt64
  /// The host that owns the group, nil or empty for none.
  public let systemID: String?
  /// The lock manager of a shared group.
  public let lockType: String?
  /// Why the text was written, as a command line.
  public let reason: String?
  /// The host that wrote the text.
  public let creationHost: String?
  /// When the text was written, seconds since 1970.
  public let creationTime: UInt64?
  /// The physical volumes, in the order of the text.
  public let physicalVolumes: [PhysicalVolumeEntry]
  /// The logical volumes, hidden ones too, in the order of the text.
  public let logicalVolumes: [LogicalVolume]
  /// How many removed logical volumes the text remembers.
  public let historicalVolumeCount: Int
  /// What is wrong with the text although its meaning is clear, at most ``maximumInconsistencies`` of them.
  public let inconsistencies: [MetadataInconsistency]

  /// More inconsistencies are dropped.
  public static let maximumInconsistencies = 64

  let segments: [LogicalVolumeSegment]
  let areas: [SegmentArea]
  /// Distinct sets of indices into ``physicalVolumes``, sorted; each logical volume has the number of one.
  let volumeSets: [[Int32]]
  let logicalVolumeIndex: [String: Int32]

  /// Size of an extent in bytes.
  public var extentSizeInBytes: UInt64 { extentSize * Self.sectorSize }

  /// Whether the group is exported.
  public var isExported: Bool { status.contains(.exported) }
}

/// A member of a group as the group's text describes it.
public struct PhysicalVolumeEntry: Hashable, Sendable {
  /// The key that segments use for it: "pv0".
  public let key: String
  /// Identifier, which finds the device.
  public let identifier: LVMIdentifier
  /// The device's name when the text was written: a hint only.
  public let deviceHint: String?
  /// Status and other flags; `missing` is among them.
  public let status: StatusFlags
  /// Size of the device in sectors when the text was written, 0 when unknown.
  public let deviceSize: UInt64
  /// First sector of the first extent.
  public let extentStart: UInt64
  /// Number of extents.
  public let extentCount: UInt64
  /// Sector and number of sectors kept for a bootloader, 0 for none.
  public let bootloaderStart: UInt64, bootloaderSize: UInt64
  /// Extents that logical volumes use; a lower bound when a segment is of unknown type.
  public internal(set) var allocatedExtents: UInt64
}

/// A logical volume.
public struct LogicalVolume: Hashable, Sendable {
  /// Name, unique in the group.
  public let name: String
  /// Identifier, unique in the group.
  public let identifier: LVMIdentifier
  /// Status and other flags.
  public let status: StatusFlags
  /// Number of extents.
  public let extentCount: UInt64
  /// Size in bytes.
  public let size: UInt64
  /// One word for how it is laid out: lvm2's type of its segments with `_` for `-` ("linear", "striped", "raid1",
  /// "thin_pool"), "snapshot" for a copy-on-write snapshot, "mixed" where segments differ.
  public let layout: String
  /// Whether it is a part of another volume and not for users, or a snapshot that is being merged back.
  public let isHidden: Bool
  /// Whether it only ties a snapshot's store to its origin: an entry of the text that lvm2's tools do not list.
  public let isSnapshotLink: Bool
  let segmentRange: Range<Int32>
  let volumeSet: Int32
}

/// Something wrong with a text whose meaning is nevertheless clear.
public struct MetadataInconsistency: Hashable, Sendable {
  /// What is wrong; the raw values are stable codes.
  public enum Code: String, Hashable, Sendable {
    /// A segment uses extents that the physical volume does not have.
    case extentsBeyondPhysicalVolume = "extents_beyond_physical_volume"
    /// A segment uses extents that the logical volume below does not have.
    case extentsBeyondLogicalVolume = "extents_beyond_logical_volume"
    /// Two segments use the same extents of a physical volume.
    case overlappingExtents = "overlapping_extents"
    /// The extents of a physical volume do not fit its device.
    case extentsBeyondDevice = "extents_beyond_device"
    /// A status flag is unknown, which lvm2 takes as a reason not to touch the group.
    case unknownStatusFlag = "unknown_status_flag"
    /// A segment type, or a flag behind it, is unknown.
    case unknownSegmentType = "unknown_segment_type"
  }

  /// What is wrong.
  public let code: Code
  /// The volume, or the flag, concerned.
  public let subject: String
}
