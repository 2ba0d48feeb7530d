// SPDX-License-Identifier: Apache-2.0

/// The flags in the `status` and `flags` arrays of groups and volumes, and behind the `+` of segment types (lvm2
/// `lib/format_text/flags.c`).
public struct StatusFlags: OptionSet, Hashable, Sendable {
  /// The bits; they are this module's own and mean nothing on disk.
  public let rawValue: UInt32

  /// Makes a set from its bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Readable.
  public static let read = StatusFlags(rawValue: 1 << 0)
  /// Writable.
  public static let write = StatusFlags(rawValue: 1 << 1)
  /// Writable, but not by tools that do not know this flag.
  public static let writeLocked = StatusFlags(rawValue: 1 << 2)
  /// Physical volumes may be added to and removed from the group.
  public static let resizeable = StatusFlags(rawValue: 1 << 3)
  /// The group is exported, on its way to another host.
  public static let exported = StatusFlags(rawValue: 1 << 4)
  /// Volumes were missing when the text was written; only old backups have it.
  public static let partial = StatusFlags(rawValue: 1 << 5)
  /// The group belongs to a cluster of the old kind.
  public static let clustered = StatusFlags(rawValue: 1 << 6)
  /// The group is shared between hosts through a lock manager.
  public static let shared = StatusFlags(rawValue: 1 << 7)
  /// A move of extents is in progress.
  public static let pvmove = StatusFlags(rawValue: 1 << 8)
  /// Extents may be allocated on the physical volume.
  public static let allocatable = StatusFlags(rawValue: 1 << 9)
  /// The physical volume was missing when the group was last changed.
  public static let missing = StatusFlags(rawValue: 1 << 10)
  /// The logical volume is for users; without it it is a hidden part of another one.
  public static let visible = StatusFlags(rawValue: 1 << 11)
  /// The logical volume is locked while extents move.
  public static let locked = StatusFlags(rawValue: 1 << 12)
  /// The logical volume serves as a cache for others.
  public static let cacheVolume = StatusFlags(rawValue: 1 << 13)
  /// The text has a flag that is known and that nothing here depends on.
  public static let other = StatusFlags(rawValue: 1 << 14)

  /// The flag with lvm2's name; nil for a name that is not known.
  static func named(_ name: ArraySlice<UInt8>) -> StatusFlags? {
    names.first { known, _ in
      known.utf8CodeUnitCount == name.count && known.withUTF8Buffer { name.elementsEqual($0) }
    }?.1
  }

  /// Frequent ones first: every logical volume has three.
  private static let names: [(StaticString, StatusFlags)] = [
    ("READ", .read), ("WRITE", .write), ("VISIBLE", .visible), ("ALLOCATABLE", .allocatable),
    ("RESIZEABLE", .resizeable),
    ("EXPORTED", .exported), ("PARTIAL", .partial), ("CLUSTERED", .clustered), ("SHARED", .shared), ("PVMOVE", .pvmove),
    ("MISSING", .missing), ("LOCKED", .locked), ("CACHE_VOL", .cacheVolume), ("WRITE_LOCKED", .writeLocked),
    ("ACTIVATION_SKIP", .other), ("CACHE_USES_CACHEVOL", .other), ("CROP_METADATA", .other),
    ("ERROR_WHEN_FULL", .other),
    ("FIXED_MINOR", .other), ("METADATA_FORMAT", .other), ("NOAUTOACTIVATE", .other), ("NOTSYNCED", .other),
    ("REBUILD", .other), ("REMOVE_AFTER_RESHAPE", .other), ("RESHAPE", .other), ("RESHAPE_DATA_OFFSET", .other),
    ("RESHAPE_DELTA_DISKS_MINUS", .other), ("RESHAPE_DELTA_DISKS_PLUS", .other), ("WRITEMOSTLY", .other),
    ("INTEGRITY", .other), ("INTEGRITY_METADATA", .other),
  ]
}
