// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// CBR: the backups ("Querying a specified backup", "Querying all backups").
enum BackupRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v3/{project_id}/backups", list),
    CloudRoute("GET", "/v3/{project_id}/backups/{backup_id}") { state, call throws(CloudRefusal) in
      CloudAnswer(.members(("backup", .object(try found(state, call)))))
    },
    CloudRoute("DELETE", "/v3/{project_id}/backups/{backup_id}", delete),
  ]

  static let missing = CloudRefusal.backup("BackupService.6200", "The backup does not exist.", status: 404)

  /// The backup that a path names: the project's own, or one that is shared with it.
  static func found(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> JSONObject {
    guard let backup = state.backup(call.variable("backup_id"), seenFrom: call.wall) else { throw missing }
    return backup
  }

  private static func list(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let ownership = call.parameter("own_type") ?? "private"
    guard ["private", "shared", "all_granted"].contains(ownership) else {
      throw .backup("BackupService.9900", "own_type must be private, shared or all_granted.", status: 400)
    }
    // With no wall the path's project still tells the own from the shared.
    let project = call.variable("project_id")
    let backups = state.backups.all.filter { backup in
      let member = state.backupMembers[backup.text("id"), project]
      let wanted = call.parameter("member_status").map { member?.text("status") == $0 } ?? true
      let isShared = member != nil && wanted
      let isOwn = member == nil && state.backups.visible(backup.text("id"), owner: "project_id", from: call.wall) != nil
      switch ownership {
      case "private": return isOwn && fits(backup, call)
      case "shared": return isShared && fits(backup, call)
      default: return (isOwn || isShared) && fits(backup, call)
      }
    }
    let (shown, offset, limit) = page(backups, call)
    return CloudAnswer(
      .members(
        ("backups", .array(shown.map { .object($0) })), ("count", backups.count.json), ("offset", offset.json),
        ("limit", limit.json)))
  }

  private static func fits(_ backup: JSONObject, _ call: CloudCall) -> Bool {
    let same = [
      "checkpoint_id", "image_type", "name", "parent_id", "resource_az", "resource_id", "resource_name",
      "resource_type", "status", "vault_id", "enterprise_project_id",
    ]
    return same.allSatisfy { key in call.parameter(key).map { backup.text(key) == $0 } ?? true }
  }

  /// A page of a list: `offset` and `limit`, or what follows `marker`.
  static func page(_ objects: [JSONObject], _ call: CloudCall) -> ([JSONObject], Int, Int) {
    let offset = min(1_000_000_000, max(0, call.parameter("offset").flatMap { Int($0) } ?? 0))
    let limit = min(1000, max(1, call.parameter("limit").flatMap { Int($0) } ?? 1000))
    var rest = objects[...]
    if let marker = call.parameter("marker"), let index = objects.firstIndex(where: { $0.text("id") == marker }) {
      rest = objects[(index + 1)...]
    }
    return (Array(rest.dropFirst(offset).prefix(limit)), offset, limit)
  }

  private static func delete(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let backup = try found(state, call)
    guard (backup["extend_info"]?["os_images_data"]?.array ?? []).isEmpty else {
      throw .backup("BackupService.6204", "An image has been created using the backup.", status: 400)
    }
    state.backups.remove(backup.text("id"))
    return CloudAnswer(status: 204)
  }
}

extension CloudState {
  /// A backup, if a project has it or has accepted it or been offered it.
  func backup(_ id: String, seenFrom wall: String?) -> JSONObject? {
    if let own = backups.visible(id, owner: "project_id", from: wall) { return own }
    guard let wall, backupMembers[id, wall] != nil else { return nil }
    return backups[id]
  }

  /// Whether a backup comes from another project than the one that asks.
  func isSharedIn(_ id: String, for project: String) -> Bool { backupMembers[id, project] != nil }

  /// Notes on a backup which image was made of it, or takes the note off.
  mutating func note(image: String, on backup: String, isMade: Bool) {
    func renoted(_ object: inout JSONObject) {
      var info = object["extend_info"]?.object ?? JSONObject()
      var made = (info["os_images_data"]?.array ?? []).filter { $0["image_id"]?.string != image }
      if isMade { made.append(.members(("image_id", image.json))) }
      info["os_images_data"] = .array(made)
      object["extend_info"] = .object(info)
    }
    backups.change(backup, with: renoted)
    checkpointItems.change(backup, with: renoted)
  }
}
