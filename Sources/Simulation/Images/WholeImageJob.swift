// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// What the making of a whole image leaves in the cloud, and when.
///
/// When the job begins to run, the image is in the list (`queued`) and its backup names it; at the end it is `active`,
/// or gone again. Of a server a backup is made on the way.
extension CloudState {
  mutating func beginWholeImage(_ job: SimulatedJob) {
    let backup = job.parameters["backup_id"]?.string ?? ""
    if job.kind == .wholeImageByInstance { makeBackup(backup, job) }
    let request = job.parameters["request"]
    let tags = ImageTag.all(in: request ?? .null)
    let server = job.source.split(separator: ":").last.map { String($0) } ?? ""
    let isOfServer = job.kind == .wholeImageByInstance
    images.insert(
      JSONObject([
        ("id", job.imageID.json), ("name", job.imageName.json), ("status", "queued"),
        ("owner", (job.project.isEmpty ? settings.projectID : job.project).json), ("visibility", "private"),
        ("protected", false), ("container_format", "bare"), ("disk_format", "zvhd2"), ("min_disk", 40),
        ("min_ram", request?["min_ram"] ?? 0), ("max_ram", request?["max_ram"].map { .string($0.text) }),
        ("created_at", Self.time(job.began)), ("updated_at", Self.time(job.began)),
        ("enterprise_project_id", request?["enterprise_project_id"] ?? "0"), ("tags", tags.map(\.text).json),
        ("file", .string("/v2/images/\(job.imageID)/file")), ("self", .string("/v2/images/\(job.imageID)")),
        ("schema", "/v2/schemas/image"), ("virtual_env_type", "FusionCompute"), ("__imagetype", "private"),
        ("__isregistered", "true"), ("__platform", "Other"), ("__os_bit", "64"), ("__image_source_type", "uds"),
        ("__os_type", servers[sourceServer(of: job)]?["metadata"]?["os_type"] ?? "Linux"),
        ("__whole_image", "true"), ("__backup_id", backup.json), ("__description", request?["description"] ?? ""),
        ("__data_origin", .string((isOfServer ? "instance," : "server_backup,") + server)),
      ]))
    if !isOfServer { note(image: job.imageID, on: backup, isMade: true) }
  }

  mutating func endWholeImage(_ job: SimulatedJob, _ now: UTCTime) {
    let backup = job.parameters["backup_id"]?.string ?? ""
    guard job.failure == nil else {
      images.remove(job.imageID)
      note(image: job.imageID, on: backup, isMade: false)
      if job.kind == .wholeImageByInstance {
        backups.change(backup) { $0["status"] = "error" }
        checkpointItems.change(backup) { $0["status"] = "error" }
      }
      return
    }
    images.change(job.imageID) { image in
      image["status"] = "active"
      image["updated_at"] = Self.time(now)
      image["active_at"] = Self.time(now)
    }
    guard job.kind == .wholeImageByInstance else { return }
    backups.change(backup) { $0["status"] = "available" }
    checkpointItems.change(backup) { $0["status"] = "available" }
    note(image: job.imageID, on: backup, isMade: true)
  }

  /// The server that an image shows: the ordered one, or the backup's.
  private func sourceServer(of job: SimulatedJob) -> String {
    let id = job.source.split(separator: ":").last.map { String($0) } ?? ""
    if job.kind == .wholeImageByInstance { return id }
    return (backups[id] ?? checkpointItems[id])?.text("resource_id") ?? ""
  }

  /// The backup between server and image: CBR's where the order named a vault.
  private mutating func makeBackup(_ id: String, _ job: SimulatedJob) {
    let server = sourceServer(of: job)
    guard servers[server] != nil else { return }
    let project = job.project.isEmpty ? settings.projectID : job.project
    let common: [(String, JSON?)] = [
      ("id", id.json), ("name", job.imageName.json), ("status", "protecting"), ("project_id", project.json),
      ("resource_id", server.json), ("resource_type", "OS::Nova::Server"), ("created_at", Self.time(job.began)),
    ]
    let disks = disks(of: server)
    if job.parameters["backup_type"] == "CBR" {
      let info = JSON.members(
        ("supported_restore_mode", "backup"), ("contain_system_disk", true), ("os_images_data", []))
      let children = disks.map { disk in
        JSON.members(
          ("id", CloudCall.uuid(of: childID(id, disk)).json), ("resource_type", "OS::Cinder::Volume"),
          ("resource_id", disk["volumeId"]), ("status", "available"),
          ("extend_info", .members(("bootable", .bool(disk["bootIndex"] == 0)))))
      }
      backups.insert(
        JSONObject(
          common + [
            ("image_type", "backup"), ("provider_id", "0daac4c5-6707-4851-97ba-169e36266b66"),
            ("vault_id", job.parameters["request"]?["vault_id"]?.string.map { .string($0.lowercased()) }),
            ("extend_info", info),
            ("children", .array(children)),
          ]))
    } else {
      let backups = disks.map { disk in
        JSON.members(
          ("id", CloudCall.uuid(of: childID(id, disk)).json), ("status", "available"),
          ("bootable", .bool(disk["bootIndex"] == 0)), ("source_volume_id", disk["volumeId"]),
          ("source_volume_size", disk["size"]))
      }
      let info = JSON.members(
        ("supported_restore_mode", "backup"), ("image_type", "backup"), ("os_images_data", []),
        ("volume_backups", .array(backups)))
      checkpointItems.insert(JSONObject(common + [("checkpoint_id", id.json), ("extend_info", info)]))
    }
  }

  /// The id of a disk's part of a backup: the same for the same backup and disk.
  private func childID(_ backup: String, _ disk: JSONObject) -> String {
    String(Digest.of(.string(backup + disk.text("volumeId"))).dropFirst(3).prefix(32))
  }

  /// A time as the image service writes it: without a fraction.
  static func time(_ moment: UTCTime) -> JSON { .string(moment.text.prefix(19) + "Z") }

  /// The project that a new image belongs to.
  func owner(_ call: CloudCall) -> String { call.project.isEmpty ? settings.projectID : call.project }

  /// How many private images a project has.
  func images(ownedBy project: String) -> Int {
    images.all.filter { $0.text("owner") == project && $0.text("visibility") != "public" }.count
  }
}
