// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Everything that the simulated cloud knows: one JSON document (`packaging/simulator/README.md`).
struct CloudState: Sendable, Equatable {
  var settings = CloudSettings()
  /// Tokens that are good, also those given out here.
  var tokens: [Token] = []
  /// Access keys that are good.
  var keys: [AccessKey] = []
  /// Users who can ask for a token with a password.
  var users: [User] = []
  var projects = WireTable()
  var servers = WireTable()
  var blockDevices = WireTable(keys: ["serverId", "volumeId"])
  var volumes = WireTable()
  var backups = WireTable()
  var backupMembers = WireTable(keys: ["backup_id", "dest_project_id"])
  var checkpointItems = WireTable()
  var vaults = WireTable()
  var images = WireTable()
  var imageMembers = WireTable(keys: ["image_id", "member_id"])
  var jobs = JobTable()
  var faults: [Fault] = []

  /// A cloud with nothing in it.
  init() {}

  /// Whether whoever asks must say who it is: the state names somebody who may.
  var isGuarded: Bool { !keys.isEmpty || !users.isEmpty || tokens.contains { !$0.isIssued } }

  /// Whether orders are checked against what there is.
  ///
  /// A state that names no server and no backup takes every order, so that a collector can be tried out without one.
  var hasSources: Bool { !servers.isEmpty || !backups.isEmpty || !checkpointItems.isEmpty }
}

extension CloudState: JSONConvertible {
  /// Reads a state; every member may be missing, an unknown one is refused with its path.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try members.refuseMembers(
      except: "settings", "tokens", "keys", "users", "projects", "servers", "block_devices", "volumes", "backups",
      "backup_members", "checkpoint_items", "vaults", "images", "image_members", "jobs", "faults")
    settings = try members.optional("settings") ?? settings
    tokens = try members.optional("tokens") ?? []
    keys = try members.optional("keys") ?? []
    users = try members.optional("users") ?? []
    projects = try Self.table(members, "projects", .project)
    servers = try Self.table(members, "servers", .server)
    blockDevices = try Self.table(members, "block_devices", .blockDevice, keys: blockDevices.keys)
    volumes = try Self.table(members, "volumes", .volume)
    backups = try Self.table(members, "backups", .backup)
    backupMembers = try Self.table(members, "backup_members", .backupMember, keys: backupMembers.keys)
    checkpointItems = try Self.table(members, "checkpoint_items", .checkpointItem)
    vaults = try Self.table(members, "vaults", .vault)
    images = try Self.table(members, "images", .image)
    imageMembers = try Self.table(members, "image_members", .imageMember, keys: imageMembers.keys)
    jobs = JobTable(try members.optional("jobs") ?? [], settings: settings)
    faults = try members.optional("faults") ?? []
  }

  var json: JSON {
    .members(
      ("settings", settings.json), ("tokens", tokens.json), ("keys", keys.json), ("users", users.json),
      ("projects", projects.json), ("servers", servers.json), ("block_devices", blockDevices.json),
      ("volumes", volumes.json), ("backups", backups.json), ("backup_members", backupMembers.json),
      ("checkpoint_items", checkpointItems.json), ("vaults", vaults.json), ("images", images.json),
      ("image_members", imageMembers.json), ("jobs", jobs.json), ("faults", faults.json))
  }

  private static func table(
    _ members: JSONObject, _ key: String, _ shape: WireShape, keys: [String] = ["id"]
  ) throws(DocumentError) -> WireTable {
    do throws(DocumentError) {
      return try WireTable(json: members[key], keys: keys, shape: shape)
    } catch {
      throw error.under(key)
    }
  }
}
