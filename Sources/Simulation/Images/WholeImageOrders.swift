// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// IMS: the order of a whole image ("Creating a whole image"), held to what the cloud itself checks.
///
/// What the cloud does not look at (volume groups over several disks, spanned volumes) is not looked at here either.
/// Which of several refusals comes first is not documented: here the source's existence, its state, its disks, then
/// the vault.
enum WholeImageOrders {
  static let all = [CloudRoute("POST", WholeImageRequest.path, order)]

  private static func order(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let request: WholeImageRequest
    do throws(RequestViolations) {
      request = try WholeImageRequest(body: call.body)
    } catch {
      throw .service(error.code.rawValue, error.description)
    }
    guard state.images(ownedBy: state.owner(call)) < state.settings.imageQuota else {
      throw .service("IMG.0015", "The quota of private images is used up.")
    }
    // Read from the members, so that a backup of either service is one thing here.
    let server = (request.json["instance_id"]?.string ?? "").lowercased()
    let backup = (request.json["backup_id"]?.string ?? "").lowercased()
    var job: SimulatedJob
    let byCBR: Bool
    if !server.isEmpty {
      byCBR = try check(server: server, request, state, call)
      job = state.newJob(.wholeImageByInstance, call)
      job.source = "server:\(server)"
      job.parameters["backup_id"] = call.newUUID().json
      job.failure = backupFailure(server: server, byCBR: byCBR, state)
    } else {
      byCBR = try check(backup: backup, request, state, call)
      job = state.newJob(.wholeImageByBackup, call)
      job.source = "backup:\(backup)"
      job.parameters["backup_id"] = backup.json
    }
    job.parameters["backup_type"] = byCBR ? "CBR" : "CSBS"
    job.project = call.project
    job.imageName = request.name
    job.imageID = call.newUUID()
    job.parameters["request"] = request.json
    return state.order(job)
  }

  // MARK: - From a server

  /// Refuses what cannot be ordered of a server; whether CBR makes the backup between.
  private static func check(
    server id: String, _ request: WholeImageRequest, _ state: CloudState, _ call: CloudCall
  ) throws(CloudRefusal) -> Bool {
    let vault = (request.json["vault_id"]?.string ?? "").lowercased()
    guard state.hasSources else { return !vault.isEmpty }
    guard let server = state.servers.visible(id, owner: "tenant_id", from: call.wall) else {
      throw .service("IMG.0005", "The server \(id) does not exist.")
    }
    guard ["ACTIVE", "SHUTOFF"].contains(server.text("status")) else {
      throw .service(
        "IMG.0126", "The server must be running or stopped, its status is \(PlainText.from(server.text("status"))).")
    }
    if let task = server["OS-EXT-STS:task_state"]?.string {
      throw .service("IMG.0010", "The server has another task: \(PlainText.from(task)).")
    }
    guard !state.jobs.unfinished.contains(where: { $0.kind.makesWholeImage && $0.source == "server:\(id)" }) else {
      throw .service("IMG.0136", "The server is being backed up.")
    }
    let disks = state.disks(of: id)
    guard disks.contains(where: { $0["bootIndex"] == 0 }) else {
      throw .service("IMG.0119", "The server has no system disk.")
    }
    let volumes = state.volumes(of: id)
    if let dedicated = volumes.first(where: isDedicated) {
      throw .service("IMG.0153", "The disk \(dedicated.text("id")) is on dedicated storage.")
    }
    if let other = volumes.first(where: { $0.text("status") != "in-use" }) {
      throw .service("IMG.0022", "The status of disk \(other.text("id")) is \(other.text("status")).")
    }
    guard !vault.isEmpty else {
      // No public page says which code the absence of the vault has where there is no CSBS.
      if !state.settings.hasCSBS { throw .service("IMG.0190", "Only CBR is supported: vault_id is missing.") }
      return false
    }
    try check(vault: vault, for: id, size: volumes.reduce(0) { $0 + gigabytes($1["size"]) }, state, call)
    return true
  }

  /// DSS and DESS are refused alike.
  private static func isDedicated(_ volume: JSONObject) -> Bool {
    let service = volume.text("service_type")
    return !(service.isEmpty || service == "EVS") || !volume.text("dedicated_storage_id").isEmpty
  }

  private static func check(
    vault id: String, for server: String, size: Int64, _ state: CloudState, _ call: CloudCall
  ) throws(CloudRefusal) {
    guard let vault = state.vaults.visible(id, owner: "project_id", from: call.wall) else {
      throw .service("IMG.0184", "The vault \(PlainText.from(id)) does not exist.")
    }
    guard vault["billing"]?["object_type"]?.string == "server" else {
      throw .service("IMG.0193", "The vault \(id) is not for backups of servers.")
    }
    guard ["available", "lock"].contains(vault["billing"]?["status"]?.string ?? "") else {
      throw .service("IMG.0188", "The vault \(id) is not available.")
    }
    func holds(_ vault: JSONObject) -> Bool {
      (vault["resources"]?.array ?? []).contains { $0["id"]?.string == server }
    }
    guard !state.vaults.all.contains(where: { $0.text("id") != id && holds($0) }) else {
      throw .service("IMG.0183", "The server is associated with another vault.")
    }
    // `used` counts MB, `size` GB.
    let free = gigabytes(vault["billing"]?["size"]) - gigabytes(vault["billing"]?["used"]) / 1024
    guard vault["billing"]?["size"] == nil || free >= size else {
      throw .service("IMG.0182", "The vault \(id) has \(free) GB left, \(size) GB are needed.")
    }
  }

  private static func gigabytes(_ json: JSON?) -> Int64 {
    guard case .integer(let value)? = json, (0...1_000_000_000).contains(value) else { return 0 }
    return value
  }

  /// What the backup services refuse inside the job: shared disks, which the image service does not look at.
  private static func backupFailure(server: String, byCBR: Bool, _ state: CloudState) -> CloudError? {
    let shared = state.volumes(of: server).filter { $0["multiattach"] == true }.count
    if byCBR {
      guard shared > 10 else { return nil }
      return CloudError(code: "BackupService.7107", message: "The server has more than 10 shared disks.")
    }
    guard shared > 0 else { return nil }
    return CloudError(code: "CSBS.6010", message: "A shared disk is attached to the server.")
  }

  // MARK: - From a backup

  /// Refuses what cannot be ordered of a backup; whether it is CBR's.
  private static func check(
    backup id: String, _ request: WholeImageRequest, _ state: CloudState, _ call: CloudCall
  ) throws(CloudRefusal) -> Bool {
    let type = request.json["whole_image_type"]?.string ?? ""
    guard ["", "CBR", "CSBS"].contains(type) else {
      throw .service("IMG.0021", "whole_image_type must be CBR or CSBS, found \"\(PlainText.from(type))\".")
    }
    let byCBR = type == "CBR"
    guard state.hasSources else { return byCBR }
    let item = state.checkpointItems.visible(id, owner: "project_id", from: call.wall)
    let backup = state.backup(id, seenFrom: call.wall)
    guard let found = byCBR ? backup : item else {
      if item != nil || backup != nil {
        throw .service("IMG.0198", "The backup \(id) is none of \(byCBR ? "CBR" : "CSBS").")
      }
      throw .service(byCBR ? "IMG.0020" : "IMG.0127", "The backup \(id) does not exist.")
    }
    guard found.text("resource_type") == "OS::Nova::Server" else {
      throw .service("IMG.0198", "The backup \(id) is not that of a server.")
    }
    guard found.text("status") == "available" else {
      throw .service(byCBR ? "IMG.0032" : "IMG.0132", "The status of the backup is \(found.text("status")).")
    }
    let info = found["extend_info"]
    let isTaken = state.jobs.unfinished.contains { $0.kind.makesWholeImage && $0.source == "backup:\(id)" }
    guard !isTaken, (info?["os_images_data"]?.array ?? []).isEmpty else {
      throw .service(byCBR ? "IMG.0029" : "IMG.0134", "An image was made from the backup \(id).")
    }
    let holdsSystemDisk =
      byCBR
      ? info?["contain_system_disk"] != false
      : (info?["volume_backups"]?.array?.contains { $0["bootable"] == true } ?? true)
    guard holdsSystemDisk else { throw .service("IMG.0033", "The backup \(id) holds no system disk.") }
    if byCBR, let vault = state.vaults[found.text("vault_id")],
      !["available", "lock"].contains(vault["billing"]?["status"]?.string ?? "")
    {
      throw .service("IMG.0188", "The backup's vault is not available.")
    }
    return byCBR
  }
}
