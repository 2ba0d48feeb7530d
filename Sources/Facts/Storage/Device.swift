// SPDX-License-Identifier: Apache-2.0

/// One block device as the kernel names it, with what was found on it.
///
/// Devices form a graph: `parents` are the devices that this one rests on (sysfs `slaves`, the disk of a partition,
/// the disk that a loop's backing file lies on is *not* one).
public struct Device: Sendable, Equatable, JSONConvertible {
  /// What kind of device this is.
  public enum Kind: String, Sendable, JSONConvertible {
    /// A whole disk.
    case disk
    /// A partition of a disk.
    case partition
    /// An LVM logical volume.
    case lvm
    /// A dm-crypt mapping.
    case crypt
    /// A multipath device.
    case multipath
    /// An md array.
    case raid
    /// A loop device.
    case loop
    /// An optical drive.
    case rom
    /// Compressed memory.
    case zram
    /// Anything else: dm of another kind, bcache, nbd, ram, floppy.
    case other
  }

  /// The kernel's name (`vda1`, `dm-0`); for an image file its path.
  public var name: String
  /// `MAJOR:MINOR`.
  public var number: Observed<String> = .unknown
  /// The kind.
  public var kind: Kind
  /// Size in bytes.
  public var sizeBytes: Observed<UInt64> = .unknown
  /// The kernel refuses writes.
  public var readOnly: Observed<Bool> = .unknown
  /// The medium can be taken out.
  public var removable: Observed<Bool> = .unknown
  /// The disk rotates, as far as the kernel knows.
  public var rotational: Observed<Bool> = .unknown
  /// The model that the device reports.
  public var model: Observed<String> = .unknown
  /// The serial number; for a virtio disk of this cloud the first 20 characters of the volume's id.
  public var serial: Observed<String> = .unknown
  /// The world-wide id, in the kernel's form (`naa.…`, `eui.…`, `t10.…`).
  public var wwid: Observed<String> = .unknown
  /// The PCI function that the disk hangs on, `0000:02:02.0`.
  public var pciAddress: Observed<String> = .unknown
  /// The device-mapper name.
  public var dmName: Observed<String> = .unknown
  /// The device-mapper uuid; its prefix tells the subsystem (`LVM-`, `CRYPT-`, `mpath-`).
  public var dmUUID: Observed<String> = .unknown
  /// Names of the devices that this one rests on.
  public var parents: Observed<[String]> = .unknown
  /// Names of the whole disks that this device rests on in the end (its closure); a disk names itself.
  public var disks: Observed<[String]> = .unknown
  /// The partition table on it.
  public var partitionTable: Observed<PartitionTable> = .unknown
  /// What the table of its disk says of this partition.
  public var partition: Observed<Partition> = .unknown
  /// What is on it: file system, swap, member of something; `none` is a device without any signature.
  public var content: Observed<Content> = .unknown
  /// Where it is mounted.
  public var mountPoints: Observed<[String]> = .unknown

  /// A device of which only the name and the kind are known.
  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    name = try members.required("name")
    kind = try members.required("kind")
    number = try members.observed("number")
    sizeBytes = try members.observed("size_bytes")
    readOnly = try members.observed("read_only")
    removable = try members.observed("removable")
    rotational = try members.observed("rotational")
    model = try members.observed("model")
    serial = try members.observed("serial")
    wwid = try members.observed("wwid")
    pciAddress = try members.observed("pci_address")
    dmName = try members.observed("dm_name")
    dmUUID = try members.observed("dm_uuid")
    parents = try members.observed("parents")
    disks = try members.observed("disks")
    partitionTable = try members.observed("partition_table")
    partition = try members.observed("partition")
    content = try members.observed("content")
    mountPoints = try members.observed("mount_points")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("content", content.jsonIfKnown), ("disks", disks.jsonIfKnown), ("dm_name", dmName.jsonIfKnown),
      ("dm_uuid", dmUUID.jsonIfKnown), ("kind", kind.json), ("model", model.jsonIfKnown),
      ("mount_points", mountPoints.jsonIfKnown), ("name", name.json), ("number", number.jsonIfKnown),
      ("parents", parents.jsonIfKnown), ("partition", partition.jsonIfKnown),
      ("partition_table", partitionTable.jsonIfKnown), ("pci_address", pciAddress.jsonIfKnown),
      ("read_only", readOnly.jsonIfKnown), ("removable", removable.jsonIfKnown),
      ("rotational", rotational.jsonIfKnown), ("serial", serial.jsonIfKnown), ("size_bytes", sizeBytes.jsonIfKnown),
      ("wwid", wwid.jsonIfKnown))
  }

  /// The path under `/dev` (a `!` in a kernel name stands for `/`), or the path of an image file.
  public var path: String { Self.path(ofName: name) }

  /// The path of a device of that name.
  public static func path(ofName name: String) -> String {
    if name.contains("/") { return name }
    return "/dev/" + String(name.map { $0 == "!" ? "/" : $0 })
  }
}

/// A partition table on a device.
public struct PartitionTable: Sendable, Equatable, JSONConvertible {
  /// `gpt`, `dos`, or another of libblkid's words.
  public var type: String
  /// The table's id: a GPT disk GUID, an MBR disk signature in 8 hex digits.
  public var uuid: Observed<String>
  /// Numbers of the partitions that the kernel and the table on the disk do not agree about.
  ///
  /// Only one of them has the partition, or it begins or ends elsewhere. The kernel keeps the old table until it is told
  /// to read the new one (partprobe(8)).
  public var stalePartitions: Observed<[Int]>

  /// A table of that type.
  public init(type: String, uuid: Observed<String>, stalePartitions: Observed<[Int]> = .unknown) {
    self.type = type
    self.uuid = uuid
    self.stalePartitions = stalePartitions
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    type = try members.required("type")
    uuid = try members.observed("uuid")
    stalePartitions = try members.observed("stale_partitions")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("stale_partitions", stalePartitions.jsonIfKnown), ("type", type.json), ("uuid", uuid.jsonIfKnown))
  }
}

/// One entry of a partition table.
public struct Partition: Sendable, Equatable, JSONConvertible {
  /// The partition's number, from 1.
  public var number: Int
  /// Where it begins on its disk, in bytes.
  public var startBytes: Observed<UInt64>
  /// The entry's id: a GPT partition GUID, or disk signature and number for MBR.
  public var uuid: Observed<String>
  /// The entry's type: a GUID, or `0x83` for MBR.
  public var type: Observed<String>
  /// The entry's name (GPT).
  public var name: Observed<String>

  /// A partition of that number of which nothing more is known.
  public init(
    number: Int, startBytes: Observed<UInt64> = .unknown, uuid: Observed<String> = .unknown,
    type: Observed<String> = .unknown, name: Observed<String> = .unknown
  ) {
    self.number = number
    self.startBytes = startBytes
    self.uuid = uuid
    self.type = type
    self.name = name
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    number = try members.required("number")
    startBytes = try members.observed("start_bytes")
    uuid = try members.observed("uuid")
    type = try members.observed("type")
    name = try members.observed("name")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("name", name.jsonIfKnown), ("number", number.json), ("start_bytes", startBytes.jsonIfKnown),
      ("type", type.jsonIfKnown), ("uuid", uuid.jsonIfKnown))
  }
}

/// What a device holds.
public struct Content: Sendable, Equatable, JSONConvertible {
  /// `filesystem`, `raid`, `crypto` or `other` (libblkid's USAGE).
  public var usage: String
  /// The type in libblkid's words: `ext4`, `swap`, `LVM2_member`, `crypto_LUKS`.
  public var type: String
  /// Its id.
  public var uuid: Observed<String>
  /// Its label.
  public var label: Observed<String>
  /// Its format's version.
  public var version: Observed<String>

  /// Content of a type.
  public init(
    usage: String, type: String, uuid: Observed<String> = .unknown, label: Observed<String> = .unknown,
    version: Observed<String> = .unknown
  ) {
    self.usage = usage
    self.type = type
    self.uuid = uuid
    self.label = label
    self.version = version
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    usage = try members.required("usage")
    type = try members.required("type")
    uuid = try members.observed("uuid")
    label = try members.observed("label")
    version = try members.observed("version")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("label", label.jsonIfKnown), ("type", type.json), ("usage", usage.json), ("uuid", uuid.jsonIfKnown),
      ("version", version.jsonIfKnown))
  }
}
