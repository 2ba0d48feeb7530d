// SPDX-License-Identifier: Apache-2.0

/// A backup of a server as the cloud's backup services know it.
public struct CloudBackup: Sendable, Equatable {
  /// Its id.
  public var id: String
  /// Which service holds it.
  public var service: BackupService
  /// `available` and others.
  public var status: Observed<String> = .unknown
  /// What it is a backup of: `OS::Nova::Server` for a server.
  public var resourceType: Observed<String> = .unknown
  /// The server that it was made of.
  public var serverID: Observed<String> = .unknown
  /// The images made from it.
  public var imageIDs: Observed<[String]> = .unknown
  /// Whether the system disk is part of it.
  public var containsSystemDisk: Observed<Bool> = .unknown
  /// Whether another tenant shared it with this project.
  public var isSharedIn: Observed<Bool> = .unknown
  /// The project that holds the record.
  public var project: Observed<String> = .unknown
  /// The vault that it lies in.
  public var vaultID: Observed<String> = .unknown
  /// When it was begun, as the cloud writes it.
  public var createdAt: Observed<String> = .unknown
  /// When it was complete, as the cloud writes it.
  public var completedAt: Observed<String> = .unknown
  /// The volumes that are part of it.
  public var volumeIDs: Observed<[String]> = .unknown

  /// A backup of which only the id is known yet.
  public init(id: String, service: BackupService) {
    self.id = id
    self.service = service
  }
}

/// A service of the cloud that keeps backups of servers.
public enum BackupService: String, Sendable, CaseIterable, JSONConvertible {
  /// Cloud Backup and Recovery.
  case cbr
  /// Cloud Server Backup Service, the older one.
  case csbs
}

extension CloudBackup: JSONConvertible {
  /// Reads the document form; throws where it is not one.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    id = try members.required("id")
    service = try members.required("service")
    status = try members.observed("status")
    resourceType = try members.observed("resource_type")
    serverID = try members.observed("server_id")
    imageIDs = try members.observed("image_ids")
    containsSystemDisk = try members.observed("contains_system_disk")
    isSharedIn = try members.observed("shared_in")
    project = try members.observed("project")
    vaultID = try members.observed("vault_id")
    createdAt = try members.observed("created_at")
    completedAt = try members.observed("completed_at")
    volumeIDs = try members.observed("volume_ids")
  }

  /// The document form.
  public var json: JSON {
    .members(
      ("completed_at", completedAt.jsonIfKnown), ("contains_system_disk", containsSystemDisk.jsonIfKnown),
      ("created_at", createdAt.jsonIfKnown), ("id", id.json), ("image_ids", imageIDs.jsonIfKnown),
      ("project", project.jsonIfKnown), ("resource_type", resourceType.jsonIfKnown),
      ("server_id", serverID.jsonIfKnown), ("service", service.json), ("shared_in", isSharedIn.jsonIfKnown),
      ("status", status.jsonIfKnown), ("vault_id", vaultID.jsonIfKnown), ("volume_ids", volumeIDs.jsonIfKnown))
  }
}
