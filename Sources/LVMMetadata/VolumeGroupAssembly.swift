// SPDX-License-Identifier: Apache-2.0

/// The volume groups that a set of physical volumes makes up, and what each physical volume is to them.
///
/// Groups are keyed by identifier. For each the newest committed copy by sequence number counts, out of all areas that
/// are not ignored; every statement names the device and area that it rests on. All lists have a fixed order that does
/// not depend on the order of input.
public struct VolumeGroupAssembly: Sendable {
  /// Every group that a readable text describes, by name, then identifier.
  public let groups: [AssembledVolumeGroup]
  /// What each physical volume that was passed in is, by device name.
  public let physicalVolumes: [AssembledPhysicalVolume]
  /// Metadata areas whose committed text could not be had or understood, by device name and offset.
  public let unreadable: [UnreadableMetadata]
  /// Identifiers that more than one device carries.
  public let duplicates: [DuplicatePhysicalVolume]

  /// Puts groups together from the physical volumes of a machine.
  ///
  /// Paths to one disk and members of one mirror must have been collapsed before: two entries with one identifier are
  /// two disks here.
  /// `texts` holds what has been understood of their metadata already; the rest is read here.
  public static func assemble(
    _ readings: [(device: String, volume: PhysicalVolume)], texts: MetadataTexts = MetadataTexts()
  ) -> VolumeGroupAssembly {
    var assembler = VolumeGroupAssembler(readings, texts)
    return assembler.assemble()
  }
}

/// Where a copy of a group's metadata was found.
public struct MetadataEvidence: Hashable, Sendable {
  /// The device, as the caller named it.
  public let device: String
  /// The physical volume on that device.
  public let physicalVolume: LVMIdentifier
  /// Start of the metadata area in bytes.
  public let areaOffset: UInt64
  /// Sequence number of the copy.
  public let sequence: UInt64
  /// lvm2's checksum over the copy.
  public let checksum: UInt32
}

/// One volume group.
public struct AssembledVolumeGroup: Sendable {
  /// How far the metadata can be relied on; the raw values are stable codes.
  public enum Standing: String, Hashable, Sendable {
    /// The newest copy is carried by one of its own members.
    case current
    /// The newest sequence number stands on different texts; `metadata` is one of them and `alternatives` are the
    /// others.
    case ambiguous
    /// No member carries the newest copy that was found, only devices that it does not list: what the group is now is
    /// not known.
    case stale
  }

  /// Identifier of the group.
  public var identifier: LVMIdentifier { metadata.identifier }
  /// The newest copy.
  public let metadata: VolumeGroupMetadata
  /// How far it can be relied on.
  public let standing: Standing
  /// Where copies of `metadata` were found.
  public let evidence: [MetadataEvidence]
  /// Other texts with the same sequence number.
  public let alternatives: [(metadata: VolumeGroupMetadata, evidence: [MetadataEvidence])]
  /// Older copies, on members that missed a change or on devices that are members no longer.
  public let olderCopies: [MetadataEvidence]
  /// The members, in the order of the metadata.
  public let members: [AssembledMember]
  /// Devices that carry metadata of this group, none of it new enough to list them: they were removed from the group
  /// while away.
  public let outdated: [MetadataEvidence]
  /// Areas of members, and of devices with other copies of this group, that could not be read and may hold newer
  /// metadata.
  public let unreadable: [UnreadableMetadata]

  /// Whether every member has exactly one device and none has missed a change of volumes that lie on it.
  public var isComplete: Bool { members.allSatisfy { $0.state == .found } }
}

/// A member of a group, as found on the machine.
public struct AssembledMember: Hashable, Sendable {
  /// What was found of the member; the raw values are stable codes.
  public enum State: String, Hashable, Sendable {
    /// One device carries it.
    case found
    /// No device carries it.
    case missing
    /// A device carries it, and the group counts it as missing: it came back after the group had gone on without it.
    /// One on which nothing is allocated, or no metadata area counts, is `found` instead, as for lvm2.
    case returned
    /// Several devices carry it.
    case duplicated
  }

  /// A device that does not have the size that the metadata was written for.
  public struct SizeDisagreement: Hashable, Sendable {
    /// The device.
    public let device: String
    /// The size of the device in bytes.
    public let deviceSize: UInt64
    /// The size in the group's metadata in bytes.
    public let recordedSize: UInt64
    /// The end of the last extent in bytes.
    public let requiredSize: UInt64
    /// Whether extents lie beyond the end of the device; a device that is merely larger or smaller than recorded loses
    /// none.
    public var losesExtents: Bool { deviceSize < requiredSize }
  }

  /// Index into the metadata's ``VolumeGroupMetadata/physicalVolumes``.
  public let index: Int
  /// Identifier.
  public let identifier: LVMIdentifier
  /// What was found.
  public let state: State
  /// The devices that carry it.
  public let devices: [String]
  /// Other groups whose metadata lists it too: at most one can be right.
  public let otherGroups: [LVMIdentifier]
  /// Devices of another size than recorded.
  public let sizeDisagreements: [SizeDisagreement]
}

/// What a physical volume on a device is to the groups.
public struct AssembledPhysicalVolume: Hashable, Sendable {
  /// The physical volume's standing.
  public enum Standing: Hashable, Sendable {
    /// A member of the group; of several when they contradict each other.
    case member(of: [LVMIdentifier])
    /// It carries metadata of the group, which has gone on without it.
    case outdated(in: LVMIdentifier)
    /// In no group, and nothing says that it ever was: free.
    case free
    /// In no group that was found, for the given reason: what it holds is not known.
    case unclaimed(UnclaimedReason)
  }

  /// Why a physical volume that no group claims is not simply free; the raw values are stable codes.
  public enum UnclaimedReason: String, Hashable, Sendable {
    /// Its header says that a group uses it.
    case markedUsed = "marked_used"
    /// It has metadata that could not be read.
    case unreadableMetadata = "unreadable_metadata"
    /// It has no metadata in force, and its header is too old to say whether a group uses it.
    case cannotTell = "cannot_tell"
  }

  /// The device, as the caller named it.
  public let device: String
  /// Identifier.
  public let identifier: LVMIdentifier
  /// What it is.
  public let standing: Standing
}

/// A metadata area that should have given a text and did not.
public struct UnreadableMetadata: Hashable, Sendable {
  /// Why.
  public enum Reason: Hashable, Sendable {
    /// The area or its text is damaged.
    case area(MetadataAreaDamage)
    /// The text is intact and not understood.
    case text(MetadataError)

    /// A word that stays the same between versions.
    public var code: String {
      switch self {
      case .area(let damage): damage.code
      case .text(let error): error.code.rawValue
      }
    }
  }

  /// The device, as the caller named it.
  public let device: String
  /// The physical volume on that device.
  public let physicalVolume: LVMIdentifier
  /// Start of the metadata area in bytes.
  public let areaOffset: UInt64
  /// Why.
  public let reason: Reason
}

/// An identifier that more than one device carries.
public struct DuplicatePhysicalVolume: Hashable, Sendable {
  /// Identifier.
  public let identifier: LVMIdentifier
  /// The devices, sorted.
  public let devices: [String]
}
