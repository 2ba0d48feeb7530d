// SPDX-License-Identifier: Apache-2.0

/// Which guest this is and what runs in it.
public struct Guest: Sendable, Equatable, JSONConvertible {
  /// The cloud's id of the server; `none` when no source names one.
  public var instanceID: Observed<String> = .unknown
  /// Where the id is from: `configuration`, `cloud_init`, `dmi`, `metadata_service`.
  public var instanceIDSource: Observed<String> = .unknown
  /// The UUID that the hypervisor put into the firmware's tables (SMBIOS, system information), lower case.
  ///
  /// Only root can read it, and no copy of the disk takes it along.
  public var hardwareUUID: Observed<String> = .unknown
  /// The kernel's host name.
  public var hostname: Observed<String> = .unknown
  /// `/etc/machine-id` (machine-id(5)).
  public var machineID: Observed<String> = .unknown
  /// Changes at each boot (`/proc/sys/kernel/random/boot_id`, random(4)).
  public var bootID: Observed<String> = .unknown
  /// The operating system.
  public var os: OperatingSystem = OperatingSystem()
  /// The kernel's release, as `uname -r`.
  public var kernel: Observed<String> = .unknown
  /// The machine's architecture, as `uname -m`.
  public var architecture: Observed<String> = .unknown
  /// `uefi` or `bios`.
  public var firmware: Observed<String> = .unknown
  /// The hypervisor that this runs on, in systemd-detect-virt(1)'s words; `none` if none is recognised.
  public var virtualization: Observed<String> = .unknown

  /// A guest of which nothing is known.
  public init() {}

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    instanceID = try members.observed("instance_id")
    instanceIDSource = try members.observed("instance_id_source")
    hardwareUUID = try members.observed("hardware_uuid")
    hostname = try members.observed("hostname")
    machineID = try members.observed("machine_id")
    bootID = try members.observed("boot_id")
    os = try members.optional("os") ?? OperatingSystem()
    kernel = try members.observed("kernel")
    architecture = try members.observed("architecture")
    firmware = try members.observed("firmware")
    virtualization = try members.observed("virtualization")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("instance_id", instanceID.jsonIfKnown), ("instance_id_source", instanceIDSource.jsonIfKnown),
      ("hardware_uuid", hardwareUUID.jsonIfKnown),
      ("hostname", hostname.jsonIfKnown), ("machine_id", machineID.jsonIfKnown), ("boot_id", bootID.jsonIfKnown),
      ("os", os.json), ("kernel", kernel.jsonIfKnown), ("architecture", architecture.jsonIfKnown),
      ("firmware", firmware.jsonIfKnown), ("virtualization", virtualization.jsonIfKnown))
  }
}

/// The operating system of a guest (os-release(5)).
public struct OperatingSystem: Sendable, Equatable, JSONConvertible {
  /// What decides which rules apply.
  public enum Family: String, Sendable, JSONConvertible {
    /// A Linux kernel.
    case linux
    /// Windows, known by captured diskpart output.
    case windows
  }

  /// The family.
  public var family: Observed<Family> = .unknown
  /// `ID` of os-release.
  public var id: Observed<String> = .unknown
  /// `VERSION_ID` of os-release.
  public var version: Observed<String> = .unknown
  /// `PRETTY_NAME` of os-release.
  public var prettyName: Observed<String> = .unknown

  /// A system of which nothing is known but perhaps its family.
  public init(family: Observed<Family> = .unknown) { self.family = family }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    family = try members.observed("family")
    id = try members.observed("id")
    version = try members.observed("version")
    prettyName = try members.observed("pretty_name")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("family", family.jsonIfKnown), ("id", id.jsonIfKnown), ("version", version.jsonIfKnown),
      ("pretty_name", prettyName.jsonIfKnown))
  }
}

/// Something about where the agent runs that limits what it can see.
public struct Visibility: Sendable, Equatable, JSONConvertible {
  /// What limits the view.
  public enum Limit: String, Sendable, JSONConvertible {
    /// Not run as root and without the right to read block devices.
    case notPrivileged = "not_privileged"
    /// Inside a container: the machine's devices may be hidden.
    case container
    /// The root directory is not the machine's own.
    case chroot
    /// A sandbox, such as that of a hardened service, hides devices or kernel files from a program that runs in it.
    case sandbox
    /// Looking at a recorded machine or at image files, not at the running one.
    case recorded
    /// No udev database: names under /dev/disk may be missing.
    case noUdev = "no_udev"
  }

  /// The limit.
  public var limit: Limit
  /// Where it was seen, for a person.
  public var detail: String

  /// A limit and where it was seen.
  public init(_ limit: Limit, detail: String) {
    self.limit = limit
    self.detail = detail
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    limit = try members.required("limit")
    detail = try members.optional("detail") ?? ""
  }

  /// The document form.
  public var json: JSON { .members(("limit", limit.json), ("detail", detail.json)) }
}
