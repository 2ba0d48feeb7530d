// SPDX-License-Identifier: Apache-2.0

/// What the first four sectors of a device, and the areas they lead to, say about LVM.
public enum PhysicalVolumeReading: Hashable, Sendable {
  /// No label and nothing that was one.
  case none
  /// A label that lvm2 would pass over, and that therefore hides a physical volume: never to be taken for an empty
  /// device.
  case damaged(LabelDamage)
  /// A format that this reader knows of and does not read.
  case unsupported(UnsupportedLabel)
  /// A physical volume.
  case found(PhysicalVolume)
}

/// A sector that is a label, or was one before some of its bytes changed.
public struct LabelDamage: Hashable, Sendable {
  /// What is wrong with the sector; the raw values are stable codes.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// "LABELONE" has wrong bytes while the rest is a label.
    case magic
    /// The checksum over the bytes from 20 on does not match.
    case checksum
    /// The label says that it belongs to another sector.
    case sectorNumber = "sector_number"
    /// The type is not "LVM2 001".
    case type
    /// The type was zeroed and nothing else, which is what `wipefs` does to forget a physical volume on purpose.
    case erased
    /// The header offset points outside the sector.
    case headerOffset = "header_offset"
    /// The physical volume's identifier has characters that identifiers do not have.
    case identifier
    /// The lists of areas do not end inside the sector, or name more areas than any tool writes.
    case areaList = "area_list"
  }

  /// The sector of 512 bytes, 0 to 3.
  public let sector: Int
  /// What is wrong.
  public let kind: Kind
  /// The physical volume that the sector names, as a hint for people; the bytes are not to be trusted.
  public let claimedIdentifier: LVMIdentifier?
}

/// A known format that is not read.
public enum UnsupportedLabel: String, Hashable, Sendable {
  /// The binary format of LVM1 ("HM" at the start of the device), which lvm2 gave up in 2.03.
  case lvm1
}

/// A place on a device.
public struct DeviceArea: Hashable, Sendable {
  /// Start in bytes from the start of the device.
  public let offset: UInt64
  /// Length in bytes; 0 in a list of data areas means "to the end of the device".
  public let size: UInt64

  /// Makes an area.
  public init(offset: UInt64, size: UInt64) {
    self.offset = offset
    self.size = size
  }
}

/// A physical volume as its own label and metadata areas describe it (lvm2 `lib/format_text/layout.h`).
public struct PhysicalVolume: Hashable, Sendable {
  /// The header extension that lvm2 writes since 2.02.99.
  public struct HeaderExtension: Hashable, Sendable {
    /// 1 knows bootloader areas, 2 knows the "used" flag.
    public let version: UInt32
    /// Bit 0: a volume group uses this physical volume.
    public let flags: UInt32
    /// Areas kept free for a bootloader.
    public let bootloaderAreas: [DeviceArea]
  }

  /// The identifier in the header.
  public let identifier: LVMIdentifier
  /// The sector of 512 bytes, 0 to 3, that holds the label in force: the first valid one.
  public let labelSector: Int
  /// The size in bytes that the header claims; lvm2 sets it at creation and on `pvresize`.
  public let headerSize: UInt64
  /// The size of the device in bytes as the caller knows it.
  public let deviceSize: UInt64
  /// Where extents live.
  public let dataAreas: [DeviceArea]
  /// What each metadata area holds, in the order of the header.
  public internal(set) var metadataAreas: [MetadataAreaReading]
  /// The header extension, nil in headers of old tools.
  public let headerExtension: HeaderExtension?
  /// Damaged labels in other sectors than the one in force.
  public let labelDamage: [LabelDamage]

  /// Whether the header says that a volume group uses it; nil when the header is too old to say (extension below
  /// version 2).
  public var isMarkedUsed: Bool? {
    guard let headerExtension, headerExtension.version >= 2 else { return nil }
    return headerExtension.flags & 1 != 0
  }
}
