// SPDX-License-Identifier: Apache-2.0

/// Something that should have been observed and was not.
///
/// A gap is never dropped: a rule that reads what is missing answers `unknown`.
public struct Gap: Sendable, Equatable, JSONConvertible {
  /// What could not be observed.
  public struct Subject: Sendable, Equatable, JSONConvertible {
    /// `device`, `physical_volume`, `volume_group`, `logical_volume`, `raid_array`, `file_system`, `mount`, `file`,
    /// `section`, `windows_disk`, `windows_volume`.
    public var kind: Kind
    /// The name in its kind: a device's kernel name, a group's uuid, a file's path.
    public var name: String
    /// Which member of it; empty means all of it.
    public var member: String

    /// A subject; `member` names the fact that is missing.
    public init(_ kind: Kind, _ name: String, member: String = "") {
      self.kind = kind
      self.name = name
      self.member = member
    }

    /// Reads the document form; throws where it is not one.
    public init(json: JSON) throws(DocumentError) {
      let members = try json.asObject()
      kind = try members.required("kind")
      name = try members.required("name")
      member = try members.optional("member") ?? ""
    }

    /// The document form.
    public var json: JSON { .members(("kind", kind.json), ("name", name.json), ("member", member.json)) }
  }

  /// What kind of thing a subject is.
  public enum Kind: String, Sendable, JSONConvertible {
    /// A block device.
    case device
    /// An LVM physical volume.
    case physicalVolume = "physical_volume"
    /// An LVM volume group.
    case volumeGroup = "volume_group"
    /// An LVM logical volume.
    case logicalVolume = "logical_volume"
    /// An md array.
    case raidArray = "raid_array"
    /// A file system over several devices.
    case fileSystem = "file_system"
    /// A mount.
    case mount
    /// A file of the guest.
    case file
    /// A whole section of the facts.
    case section
    /// A Windows disk.
    case windowsDisk = "windows_disk"
    /// A Windows volume.
    case windowsVolume = "windows_volume"
  }

  /// Why it could not be observed.
  public enum Reason: String, Sendable, JSONConvertible {
    /// The device did not answer before the deadline.
    case timedOut = "timed_out"
    /// The device is suspended, or rests on one that is.
    case suspended
    /// It could not be read.
    case unreadable
    /// It can be read in more than one way.
    case ambiguous
    /// Two sources contradict each other.
    case inconsistent
    /// It was read and makes no sense.
    case malformed
    /// It is locked, so what is inside is not known.
    case encrypted
    /// It is of a kind that is not understood.
    case unsupported
    /// The agent has no right to read it.
    case notPermitted = "not_permitted"
    /// It is cut off.
    case truncated
  }

  /// What is missing.
  public var subject: Subject
  /// Why.
  public var reason: Reason
  /// What happened, for a person.
  public var detail: String

  /// A gap at a subject.
  public init(_ subject: Subject, _ reason: Reason, detail: String) {
    self.subject = subject
    self.reason = reason
    self.detail = detail
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    subject = try members.required("subject")
    reason = try members.required("reason")
    detail = try members.optional("detail") ?? ""
  }

  /// The document form.
  public var json: JSON {
    .members(("subject", subject.json), ("reason", reason.json), ("detail", detail.json))
  }

  /// Whether what is missing may hide where data lies, so that no data-loss rule may pass.
  ///
  /// The members that cannot are listed; whatever is not on the list, also a member that a later release invents,
  /// hides. A mount or an `/etc/fstab` line says where data is used, never on how many disks it lies.
  public var hidesStorage: Bool {
    switch subject.kind {
    case .mount, .file: false
    case .section: Self.sectionHidesStorage(subject.name) && !["end", "label"].contains(subject.member)
    case .device: !Self.harmlessDeviceMembers.contains(subject.member)
    case .volumeGroup, .logicalVolume, .physicalVolume: !["active", "device"].contains(subject.member)
    case .raidArray, .fileSystem: !["degraded", "label"].contains(subject.member)
    case .windowsDisk, .windowsVolume: !["label", "mount_points", "gpt"].contains(subject.member)
    }
  }

  /// Whether a section of that name says on which disks data lies.
  static func sectionHidesStorage(_ name: String) -> Bool {
    ![
      "mounts", "swaps", "fstab", "guest", "network", "boot", "initramfs", "cloud_init", "configuration",
      "windows_preparation",
    ].contains(name)
  }

  /// The arrays that say on which disks data lies, by the names of their counts.
  static let storageArrays: Set<String> = [
    "devices", "volume_groups", "raid_arrays", "multi_device_filesystems", "windows_disks", "windows_volumes", "gaps",
  ]

  private static let harmlessDeviceMembers: Set<String> = [
    "content.uuid", "content.label", "content.version", "content.signatures", "partition_table.uuid",
    "partition_table.type",
    "partition.uuid", "partition.name", "partition.type", "model", "serial", "wwid", "pci_address", "removable",
    "read_only", "rotational", "mount_points", "dm_name",
  ]
}
