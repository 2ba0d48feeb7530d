// SPDX-License-Identifier: Apache-2.0

/// One md array, assembled by the kernel or known by its members' superblocks (md(4)).
public struct RAIDArray: Sendable, Equatable, JSONConvertible {
  /// The kernel's name (`md0`) or, of an array that is not assembled, its uuid.
  public var name: String
  /// The array's uuid in the superblocks.
  public var uuid: Observed<String> = .unknown
  /// `raid0`, `raid1`, `raid10`, `linear` and so on.
  public var level: Observed<String> = .unknown
  /// Names of the member devices that were found.
  public var members: Observed<[String]> = .unknown
  /// How many members the array has when it is whole.
  public var memberCount: Observed<Int> = .unknown
  /// Names of the whole disks it lies on.
  public var disks: Observed<[String]> = .unknown
  /// A member is missing or failed.
  public var degraded: Observed<Bool> = .unknown

  /// An array of which only the name is known.
  public init(name: String) { self.name = name }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let object = try json.asObject()
    name = try object.required("name")
    uuid = try object.observed("uuid")
    level = try object.observed("level")
    members = try object.observed("members")
    memberCount = try object.observed("member_count")
    disks = try object.observed("disks")
    degraded = try object.observed("degraded")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("degraded", degraded.jsonIfKnown), ("disks", disks.jsonIfKnown), ("level", level.jsonIfKnown),
      ("member_count", memberCount.jsonIfKnown), ("members", members.jsonIfKnown), ("name", name.json),
      ("uuid", uuid.jsonIfKnown))
  }
}

/// One file system that can lie on several devices: btrfs, ZFS, bcachefs.
public struct MultiDeviceFileSystem: Sendable, Equatable, JSONConvertible {
  /// The file system's or pool's uuid.
  public var uuid: String
  /// `btrfs`, `zfs_member`, `bcachefs`, `f2fs`, `bcache`; `ext4` or `xfs` with a journal, log or realtime data on a device
  /// of its own; `jbd` or `xfs_external_log` for such a journal whose file system was not found.
  public var type: String
  /// Its label or the pool's name.
  public var label: Observed<String> = .unknown
  /// Names of the member devices that were found.
  public var members: Observed<[String]> = .unknown
  /// How many members it has when it is whole.
  public var memberCount: Observed<Int> = .unknown
  /// Names of the whole disks it lies on.
  public var disks: Observed<[String]> = .unknown
  /// A member is missing.
  public var degraded: Observed<Bool> = .unknown

  /// A file system of which only uuid and type are known.
  public init(uuid: String, type: String) {
    self.uuid = uuid
    self.type = type
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let object = try json.asObject()
    uuid = try object.required("uuid")
    type = try object.required("type")
    label = try object.observed("label")
    members = try object.observed("members")
    memberCount = try object.observed("member_count")
    disks = try object.observed("disks")
    degraded = try object.observed("degraded")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("degraded", degraded.jsonIfKnown), ("disks", disks.jsonIfKnown), ("label", label.jsonIfKnown),
      ("member_count", memberCount.jsonIfKnown), ("members", members.jsonIfKnown), ("type", type.json),
      ("uuid", uuid.json))
  }
}
