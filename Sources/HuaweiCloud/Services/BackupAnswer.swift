// SPDX-License-Identifier: Apache-2.0

public import Facts

extension CloudBackup {
  /// The path of a backup: `GET /v3/{project_id}/backups/{backup_id}` (CBR API reference, "Querying a Backup"),
  /// `GET /v1/{project_id}/checkpoint_items/{checkpoint_item_id}` (CSBS API reference, "Querying a Backup").
  public static func path(_ service: BackupService, project: String, id: String) -> String {
    switch service {
    case .cbr: "/v3/\(project)/backups/\(id)"
    case .csbs: "/v1/\(project)/checkpoint_items/\(id)"
    }
  }

  /// The path and query of the backups of a server that other tenants shared with a project (`own_type=shared`).
  public static func sharedInPath(project: String, server: String?, offset: Int, limit: Int) -> String {
    let filter = server.map { "&resource_id=\($0)" } ?? ""
    return "/v3/\(project)/backups?limit=\(limit)&offset=\(offset)&own_type=shared\(filter)"
  }

  /// Reads the answer; `nil` if it is not about that backup.
  public init?(answer: JSON, id: String, service: BackupService) {
    let member = service == .cbr ? "backup" : "checkpoint_item"
    guard let backup = answer[member], backup["id"]?.string?.lowercased() == id else { return nil }
    self.init(id: id, service: service)
    status = backup.answeredText("status")
    resourceType = backup.answeredText("resource_type")
    serverID = backup.answeredID("resource_id")
    vaultID = service == .cbr ? backup.answeredID("vault_id") : .none
    project = backup.answeredText("project_id")
    createdAt = backup.answeredText("created_at")
    completedAt = backup.answeredText("protected_at")
    if completedAt.value == nil { completedAt = backup.answeredText("updated_at") }
    let more = backup["extend_info"]
    if case .object? = more, let more {
      // Where no image was made, the member is left out.
      let images = more.answeredIDs("os_images_data", member: "image_id")
      imageIDs = images.isKnown ? .value(images.value ?? []) : .unknown
    }
    switch service {
    case .cbr:
      containsSystemDisk = more?.answeredFlag("contain_system_disk") ?? .unknown
      volumeIDs = Self.volumes(in: backup["children"], member: "resource_id")
    case .csbs:
      let volumes = more?["volume_backups"]
      volumeIDs = Self.volumes(in: volumes, member: "source_volume_id")
      containsSystemDisk = Self.anyBootable(in: volumes)
      // The older service shares no backups between tenants.
      isSharedIn = .value(false)
    }
  }

  /// Whether a page of the list of backups that were shared in names this one; `nil` if the answer is not such a list.
  public static func isNamed(_ id: String, inList answer: JSON) -> (found: Bool, count: Int)? {
    guard let backups = answer["backups"]?.array else { return nil }
    return (backups.contains { $0["id"]?.string?.lowercased() == id }, backups.count)
  }

  /// A backup of a server without a single volume is no answer.
  private static func volumes(in json: JSON?, member: String) -> Observed<[String]> {
    guard let elements = json?.array, !elements.isEmpty else { return .unknown }
    var ids: [String] = []
    for element in elements {
      guard let id = element.answeredID(member).value else { return .unknown }
      ids.append(id)
    }
    return .value(ids)
  }

  private static func anyBootable(in json: JSON?) -> Observed<Bool> {
    guard let elements = json?.array, !elements.isEmpty else { return .unknown }
    let flags = elements.map { $0.answeredFlag("bootable") }
    if flags.contains(where: { $0.value == true }) { return .value(true) }
    return flags.allSatisfy(\.isKnown) ? .value(false) : .unknown
  }
}
