// SPDX-License-Identifier: Apache-2.0

/// One LVM volume group, read off its physical volumes.
public struct VolumeGroup: Sendable, Equatable, JSONConvertible {
  /// The name; two groups may share one.
  public var name: String
  /// The uuid, the group's identity.
  public var uuid: String
  /// The sequence number of the metadata that these facts are from.
  public var sequence: Observed<UInt64> = .unknown
  /// Size of an extent in bytes.
  public var extentSizeBytes: Observed<UInt64> = .unknown
  /// The physical volumes that the metadata lists.
  public var physicalVolumes: Observed<[PhysicalVolume]> = .unknown
  /// How many the metadata lists: an array that lost an element is noticed.
  public var physicalVolumeCount: Observed<Int> = .unknown
  /// The logical volumes, hidden ones too.
  public var logicalVolumes: Observed<[LogicalVolume]> = .unknown
  /// How many there are.
  public var logicalVolumeCount: Observed<Int> = .unknown
  /// Exported for another machine (vgexport(8)).
  public var exported: Observed<Bool> = .unknown
  /// A physical volume is missing.
  public var partial: Observed<Bool> = .unknown
  /// The system id of a foreign group; `none` if it has none.
  public var systemID: Observed<String> = .unknown
  /// Names of the whole disks that the group lies on.
  public var disks: Observed<[String]> = .unknown
  /// Where these facts were read: device, area, sequence; for the evidence.
  public var source: Observed<String> = .unknown

  /// A group of which only name and uuid are known.
  public init(name: String, uuid: String) {
    self.name = name
    self.uuid = uuid
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    name = try members.required("name")
    uuid = try members.required("uuid")
    sequence = try members.observed("sequence")
    extentSizeBytes = try members.observed("extent_size_bytes")
    physicalVolumes = try members.observed("physical_volumes")
    physicalVolumeCount = try members.observed("physical_volume_count")
    logicalVolumes = try members.observed("logical_volumes")
    logicalVolumeCount = try members.observed("logical_volume_count")
    exported = try members.observed("exported")
    partial = try members.observed("partial")
    systemID = try members.observed("system_id")
    disks = try members.observed("disks")
    source = try members.observed("source")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("disks", disks.jsonIfKnown), ("exported", exported.jsonIfKnown),
      ("extent_size_bytes", extentSizeBytes.jsonIfKnown), ("logical_volume_count", logicalVolumeCount.jsonIfKnown),
      ("logical_volumes", logicalVolumes.jsonIfKnown), ("name", name.json), ("partial", partial.jsonIfKnown),
      ("physical_volume_count", physicalVolumeCount.jsonIfKnown),
      ("physical_volumes", physicalVolumes.jsonIfKnown), ("sequence", sequence.jsonIfKnown),
      ("source", source.jsonIfKnown), ("system_id", systemID.jsonIfKnown), ("uuid", uuid.json))
  }
}

/// One physical volume of a group.
public struct PhysicalVolume: Sendable, Equatable, JSONConvertible {
  /// The uuid, 32 characters in groups of 6-4-4-4-4-4-6.
  public var uuid: String
  /// The device it was found on; `none` if it was found on no device.
  public var device: Observed<String> = .unknown
  /// Every device that carries this uuid, when there is more than one; else empty.
  public var duplicateDevices: Observed<[String]> = .unknown
  /// Size in bytes that the metadata gives the device.
  public var sizeBytes: Observed<UInt64> = .unknown
  /// Where the first extent begins, in bytes.
  public var startBytes: Observed<UInt64> = .unknown
  /// How many extents it has.
  public var extentCount: Observed<UInt64> = .unknown
  /// How many of them are taken.
  public var extentsAllocated: Observed<UInt64> = .unknown
  /// Found on no device, or came back after the group had been changed without it, and lvm2 still counts it as missing.
  public var missing: Observed<Bool> = .unknown
  /// Names of the whole disks it lies on.
  public var disks: Observed<[String]> = .unknown

  /// A physical volume of which only the uuid is known.
  public init(uuid: String) { self.uuid = uuid }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    uuid = try members.required("uuid")
    device = try members.observed("device")
    duplicateDevices = try members.observed("duplicate_devices")
    sizeBytes = try members.observed("size_bytes")
    startBytes = try members.observed("start_bytes")
    extentCount = try members.observed("extent_count")
    extentsAllocated = try members.observed("extents_allocated")
    missing = try members.observed("missing")
    disks = try members.observed("disks")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("device", device.jsonIfKnown), ("disks", disks.jsonIfKnown),
      ("duplicate_devices", duplicateDevices.jsonIfKnown), ("extent_count", extentCount.jsonIfKnown),
      ("extents_allocated", extentsAllocated.jsonIfKnown), ("missing", missing.jsonIfKnown),
      ("size_bytes", sizeBytes.jsonIfKnown), ("start_bytes", startBytes.jsonIfKnown), ("uuid", uuid.json))
  }
}

/// One logical volume of a group.
public struct LogicalVolume: Sendable, Equatable, JSONConvertible {
  /// The name in its group.
  public var name: String
  /// The uuid.
  public var uuid: String
  /// Size in bytes.
  public var sizeBytes: Observed<UInt64> = .unknown
  /// How it is laid out: `linear`, `striped`, `raid1`, `thin` and so on (lvs(8), segment types).
  public var layout: Observed<String> = .unknown
  /// The kernel has it mapped.
  public var active: Observed<Bool> = .unknown
  /// The device it is mapped as; `none` if it is not.
  public var device: Observed<String> = .unknown
  /// A part of another volume.
  public var hidden: Observed<Bool> = .unknown
  /// Uuids of the physical volumes that it lies on, through all its parts.
  public var physicalVolumes: Observed<[String]> = .unknown

  /// A logical volume of which only name and uuid are known.
  public init(name: String, uuid: String) {
    self.name = name
    self.uuid = uuid
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    name = try members.required("name")
    uuid = try members.required("uuid")
    sizeBytes = try members.observed("size_bytes")
    layout = try members.observed("layout")
    active = try members.observed("active")
    device = try members.observed("device")
    hidden = try members.observed("hidden")
    physicalVolumes = try members.observed("physical_volumes")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("active", active.jsonIfKnown), ("device", device.jsonIfKnown), ("hidden", hidden.jsonIfKnown),
      ("layout", layout.jsonIfKnown), ("name", name.json), ("physical_volumes", physicalVolumes.jsonIfKnown),
      ("size_bytes", sizeBytes.jsonIfKnown), ("uuid", uuid.json))
  }
}
