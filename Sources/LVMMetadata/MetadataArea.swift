// SPDX-License-Identifier: Apache-2.0

/// A slot of a metadata area header: where a text lies (`struct raw_locn`).
public struct MetadataLocation: Hashable, Sendable {
  /// Start of the text in bytes from the start of the area, past the 512-byte header.
  public let offset: UInt64
  /// Length of the text in bytes, its final NUL included.
  public let size: UInt64
  /// lvm2's checksum over the text.
  public let checksum: UInt32
  /// Bit 0: the area is to be ignored.
  public let flags: UInt32
}

/// The text of one committed copy, with its checksum verified.
public struct MetadataText: Hashable, Sendable {
  /// The text, for ``VolumeGroupMetadata/parse(_:)``.
  public let bytes: [UInt8]
  /// lvm2's checksum over `bytes`.
  public let checksum: UInt32
  /// Whether the text ran past the end of the area and went on behind the area's header.
  public let wrapped: Bool
}

/// Why a metadata area gave no text although it should have one; `code` is stable.
public enum MetadataAreaDamage: Error, Hashable, Sendable {
  /// Reading the device failed.
  case readFailed(ByteSourceError)
  /// The area, or a part that was read, lies beyond the end of the device.
  case beyondDevice
  /// The area is smaller than its own header.
  case areaTooSmall
  /// The header does not start with lvm2's magic.
  case headerMagic
  /// The header's checksum does not match.
  case headerChecksum
  /// The header has another version than 1.
  case headerVersion(UInt32)
  /// The header says that it starts elsewhere.
  case headerStart(UInt64)
  /// The header and the label disagree about the size of the area.
  case headerSize(UInt64)
  /// The committed text does not lie inside the area.
  case locationOutsideArea
  /// The committed text is longer than ``PhysicalVolumeReader/maximumTextSize``, or the texts of this device are in sum
  /// too long.
  case textTooLarge(UInt64)
  /// The text's checksum does not match.
  case textChecksum

  /// A word that stays the same between versions.
  public var code: String {
    switch self {
    case .readFailed: "read_failed"
    case .beyondDevice: "beyond_device"
    case .areaTooSmall: "area_too_small"
    case .headerMagic: "header_magic"
    case .headerChecksum: "header_checksum"
    case .headerVersion: "header_version"
    case .headerStart: "header_start"
    case .headerSize: "header_size"
    case .locationOutsideArea: "location_outside_area"
    case .textTooLarge: "text_too_large"
    case .textChecksum: "text_checksum"
    }
  }
}

/// One metadata area of a physical volume.
public struct MetadataAreaReading: Hashable, Sendable {
  /// What the committed slot led to.
  public enum Content: Hashable, Sendable {
    /// Nothing is committed: the area of a physical volume that is in no group.
    case empty
    /// The area is marked ignored; whatever it holds is old and no evidence, so it is not read.
    case ignored
    /// The committed text.
    case text(MetadataText)
    /// A text is committed, or the header cannot say, and it could not be had.
    case unreadable(MetadataAreaDamage)
  }

  /// Where the label says the area is.
  public let area: DeviceArea
  /// Slot 0, if the header is valid and the slot is in use.
  public let committed: MetadataLocation?
  /// Slot 1: a change that was being written and is never evidence.
  public let precommitted: MetadataLocation?
  /// What was read.
  public internal(set) var content: Content
}
