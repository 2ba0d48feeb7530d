// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// ECS: the disks of a server; where each is attached.
enum BlockDeviceRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v1/{project_id}/cloudservers/{server_id}/block_device") { state, call throws(CloudRefusal) in
      let server = try ServerRoutes.found(state, call)
      let disks = state.disks(of: server.text("id"))
      let free = JSON.integer(Int64(max(0, 24 - disks.count)))
      return CloudAnswer(
        .members(
          ("attachableQuantity", .members(("free_scsi", free), ("free_blk", free), ("free_disk", free))),
          ("volumeAttachments", .array(disks.map { .object($0) }))))
    },
    CloudRoute(
      "GET", "/v1/{project_id}/cloudservers/{server_id}/block_device/{volume_id}"
    ) { state, call throws(CloudRefusal) in
      let server = try ServerRoutes.found(state, call)
      let volume = call.variable("volume_id")
      guard let disk = state.blockDevices[server.text("id"), volume] else {
        throw .service("Ecs.0601", "Volume \(PlainText.from(volume)) is not attached to the server.", status: 404)
      }
      return CloudAnswer(.members(("volumeAttachment", .object(disk))))
    },
    CloudRoute(
      "GET", "/v1/{project_id}/cloudservers/{server_id}/os-volume_attachments"
    ) { state, call throws(CloudRefusal) in native(state, try ServerRoutes.found(state, call)) },
    CloudRoute(
      "GET", "/v2.1/{project_id}/servers/{server_id}/os-volume_attachments"
    ) { state, call throws(CloudRefusal) in native(state, try ServerRoutes.foundByNova(state, call)) },
  ]

  /// The disks with the four members that Nova knows.
  private static func native(_ state: CloudState, _ server: JSONObject) -> CloudAnswer {
    let disks = state.disks(of: server.text("id")).map { disk in
      JSON.members(
        ("device", disk["device"]), ("id", disk["id"] ?? disk["volumeId"]), ("serverId", disk["serverId"]),
        ("volumeId", disk["volumeId"]))
    }
    return CloudAnswer(.members(("volumeAttachments", .array(disks))))
  }
}

extension CloudState {
  /// The disks of a server, in the order in which they were attached.
  func disks(of server: String) -> [JSONObject] { blockDevices.all(of: server) }

  /// The volumes of a server that the volume service knows.
  func volumes(of server: String) -> [JSONObject] {
    disks(of: server).compactMap { volumes[$0.text("volumeId")] }
  }
}
