// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension WholeImageRequest {
  /// What the image is to be made from.
  public enum Source: Sendable, Equatable {
    /// A server: its id, in lower case.
    case server(id: String)
    /// A backup: its id, in lower case, and the service that holds it.
    case backup(id: String, type: BackupType)
  }

  /// The service that holds a backup: `whole_image_type`.
  ///
  /// Absent or empty means CSBS. The words are taken as they are documented, in capitals: what the cloud makes of `cbr`
  /// is not, and a backup that is looked for in the wrong service is one that the gate knows nothing of.
  public enum BackupType: String, Sendable, CaseIterable {
    /// Cloud Backup and Recovery.
    case cbr = "CBR"
    /// Cloud Server Backup Service.
    case csbs = "CSBS"
  }

  /// Reads `instance_id`, `backup_id` and `whole_image_type`; `nil` if something is wrong with them.
  ///
  /// The type is checked in both forms; with a server it means nothing. With neither id the backup's is named as missing
  /// if the type tells that a backup was meant.
  static func source(_ fields: inout RequestFields) -> Source? {
    let before = fields.violations.count
    let server = fields.uuid("instance_id", .resourceIDMalformed)
    let backup = fields.uuid("backup_id", .resourceIDMalformed)
    let word = fields.text("whole_image_type", .sourceTypeUnknown) ?? ""
    let type = word.isEmpty ? BackupType.csbs : BackupType(rawValue: word)
    if type == nil {
      fields.violations.append(
        .sourceTypeUnknown, "whole_image_type", "must be CBR or CSBS, found \(ShownValue.of(word))",
        "必须是 CBR 或 CSBS，实际为 \(ShownValue.of(word))")
    }
    guard fields.violations.count == before, let type else { return nil }
    switch (server, backup) {
    case (let id?, nil): return .server(id: id)
    case (nil, let id?): return .backup(id: id, type: type)
    case (nil, nil) where word.isEmpty:
      fields.violations.append(.serverMissing, "instance_id", "is missing, and so is backup_id", "缺失，backup_id 也缺失")
    case (nil, nil):
      fields.violations.append(.backupMissing, "backup_id", "is missing, and so is instance_id", "缺失，instance_id 也缺失")
    case (_?, _?):
      fields.violations.append(
        .creationTypeWrong, "instance_id", "stands beside backup_id; a whole image is made from a server or a backup",
        "与 backup_id 同时出现；整机镜像只能由云服务器或备份之一制作")
    }
    return nil
  }
}
