// SPDX-License-Identifier: Apache-2.0

/// What a server made from the image has in common with this one and may be hurt by, as the guest's files say.
public struct ConfigurationFacts: Sendable, Equatable, JSONConvertible {
  /// What a file with a machine id holds (machine-id(5)).
  public enum MachineID: String, Sendable, CaseIterable, JSONConvertible {
    /// An id.
    case set
    /// Nothing: an id is made at the next start.
    case empty
    /// The word `uninitialized`: an id is made at the next start, which counts as the first one.
    case uninitialized
  }

  /// The ssh server.
  public enum SSHServer: String, Sendable, CaseIterable, JSONConvertible {
    /// It is started at boot, or by the first connection.
    case started
    /// It is installed, and nothing was found that starts it.
    case installed
  }

  /// `/etc/machine-id`; `none` where there is no such file.
  public var machineID: Observed<MachineID> = .unknown
  /// `/var/lib/dbus/machine-id` where it is a file of its own, which then gives a new `/etc/machine-id` its value;
  /// `none` where it is not there or a link.
  public var dbusMachineID: Observed<MachineID> = .unknown
  /// The private ssh host keys, by their paths, sorted; what is in them is never read.
  public var hostKeys: [String]?
  /// The ssh server; `none` where none is installed.
  public var sshServer: Observed<SSHServer> = .unknown
  /// LVM's list of devices; `none` where there is none, and LVM looks at all of them.
  public var lvmDevices: Observed<LVMDevicesFile> = .unknown
  /// The names that multipath gave to disks; empty where it gave none.
  public var multipathBindings: [MultipathBinding]?

  /// The cloud's agents that are installed for a password that is reset from outside, by their services' names, sorted.
  public var passwordResetAgents: [String]?

  /// Facts of which nothing was observed yet.
  public init() {}

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    machineID = try members.observed("machine_id")
    dbusMachineID = try members.observed("dbus_machine_id")
    hostKeys = try members.optional("ssh_host_keys")
    sshServer = try members.observed("ssh_server")
    lvmDevices = try members.observed("lvm_devices_file")
    multipathBindings = try members.optional("multipath_bindings")
    passwordResetAgents = try members.optional("password_reset_agents")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("dbus_machine_id", dbusMachineID.jsonIfKnown), ("lvm_devices_file", lvmDevices.jsonIfKnown),
      ("machine_id", machineID.jsonIfKnown), ("multipath_bindings", multipathBindings?.json),
      ("password_reset_agents", passwordResetAgents?.json), ("ssh_host_keys", hostKeys?.json),
      ("ssh_server", sshServer.jsonIfKnown))
  }
}

/// A name that multipath keeps for the disk of a world-wide name (multipath.conf(5), `bindings_file`).
public struct MultipathBinding: Sendable, Equatable, JSONConvertible {
  /// The name, as below `/dev/mapper`.
  public var alias: String
  /// The disk's world-wide name.
  public var wwid: String
  /// The file.
  public var file: String
  /// The line.
  public var line: Int

  /// A name of a disk.
  public init(alias: String, wwid: String, file: String, line: Int) {
    self.alias = alias
    self.wwid = wwid
    self.file = file
    self.line = line
  }

  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    alias = try members.required("alias")
    wwid = try members.required("wwid")
    file = try members.required("file")
    line = try members.required("line")
  }

  /// The document form.
  public var json: JSON {
    .members(("alias", alias.json), ("file", file.json), ("line", line.json), ("wwid", wwid.json))
  }
}
