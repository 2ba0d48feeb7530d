// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// CBR: with whom a backup is shared ("Backup sharing").
enum BackupMemberRoutes {
  private static let path = "/v3/{project_id}/backups/{backup_id}/members"

  static let all: [CloudRoute] = [
    CloudRoute("GET", path) { state, call throws(CloudRefusal) in
      let backup = try BackupRoutes.found(state, call).text("id")
      let members = state.backupMembers.all(of: backup)
      return CloudAnswer(.members(("members", .array(members.map { .object($0) })), ("count", members.count.json)))
    },
    CloudRoute("GET", path + "/{member_id}") { state, call throws(CloudRefusal) in
      CloudAnswer(.members(("member", .object(try found(state, call)))))
    },
    CloudRoute("POST", path, add),
    CloudRoute("PUT", path + "/{member_id}", settle),
    CloudRoute("DELETE", path + "/{member_id}") { state, call throws(CloudRefusal) in
      let member = try found(state, call)
      state.backupMembers.remove(member.text("backup_id"), member.text("dest_project_id"))
      return CloudAnswer(status: 204)
    },
  ]

  private static func found(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> JSONObject {
    let backup = try BackupRoutes.found(state, call)
    guard let member = state.backupMembers[backup.text("id"), call.variable("member_id")] else {
      throw .backup("BackupService.6705", "The share member does not exist.", status: 404)
    }
    return member
  }

  /// Shares a backup with up to 10 projects.
  private static func add(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let backup = try BackupRoutes.found(state, call).text("id")
    let projects = ((try? JSON(parsing: call.body))?["members"]?.array ?? []).compactMap(\.string)
    let known = state.backupMembers.all(of: backup).count
    guard !projects.isEmpty, known + projects.count <= 10 else {
      throw .backup("BackupService.9900", "Parameter verification failed.", status: 400)
    }
    var added: [JSON] = []
    for project in projects {
      let member = JSONObject([
        ("id", call.newUUID().json), ("backup_id", backup.json), ("dest_project_id", project.json),
        ("status", "pending"), ("vault_id", .null), ("image_id", .null), ("created_at", time(call)),
        ("updated_at", .null),
      ])
      if state.backupMembers.insert(member) { added.append(.object(member)) }
    }
    return CloudAnswer(.members(("members", .array(added)), ("count", added.count.json)))
  }

  /// Takes or refuses what was offered.
  private static func settle(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let member = try found(state, call)
    let wanted = try? JSON(parsing: call.body)
    guard let status = wanted?["status"]?.string, ["accepted", "rejected"].contains(status) else {
      throw .backup("BackupService.9900", "Parameter verification failed.", status: 400)
    }
    let (backup, project) = (member.text("backup_id"), member.text("dest_project_id"))
    state.backupMembers.change(backup, project) { object in
      object["status"] = status.json
      object["vault_id"] = wanted?["vault_id"] ?? .null
      object["updated_at"] = time(call)
    }
    return CloudAnswer(.members(("member", state.backupMembers[backup, project].map { .object($0) })))
  }

  /// The service's times name no zone.
  private static func time(_ call: CloudCall) -> JSON { .string(String(call.now.text.dropLast())) }
}
