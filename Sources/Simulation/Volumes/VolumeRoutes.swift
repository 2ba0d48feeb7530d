// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// EVS: the volumes ("Querying details about a disk", "Querying details about all disks").
enum VolumeRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v2/{project_id}/cloudvolumes/detail", list),
    CloudRoute("GET", "/v2/{project_id}/cloudvolumes/{volume_id}") { state, call throws(CloudRefusal) in
      CloudAnswer(.members(("volume", .object(try found(state, call, call.variable("volume_id"))))))
    },
  ]

  private static let owner = "os-vol-tenant-attr:tenant_id"

  /// The volume of an id.
  static func found(_ state: CloudState, _ call: CloudCall, _ id: String) throws(CloudRefusal) -> JSONObject {
    guard let volume = state.volumes.visible(id, owner: owner, from: call.wall) else {
      throw .service("EVS.5404", "Volume \(PlainText.from(id)) could not be found.", status: 404)
    }
    return volume
  }

  /// The list; `count` is of all that fit, whatever the page holds.
  private static func list(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let ids = try wantedIDs(call)
    let volumes = state.volumes.visible(owner: owner, from: call.wall).filter { volume in
      (ids?.contains(volume.text("id")) ?? true) && fits(volume, call)
    }
    let limit = try number(call, "limit", 1...1000) ?? 1000
    let offset = try number(call, "offset", 0...Int.max) ?? 0
    var page = volumes[...]
    if let marker = call.parameter("marker") {
      guard let index = volumes.firstIndex(where: { $0.text("id") == marker }) else {
        throw .service("EVS.5400", "marker \(PlainText.from(marker)) could not be found.")
      }
      page = volumes[(index + 1)...]
    }
    let shown = page.dropFirst(offset).prefix(limit)
    return CloudAnswer(
      .members(
        ("count", volumes.count.json), ("volumes", .array(shown.map { .object($0) })), ("volumes_links", [])))
  }

  /// The ids of `ids=['a','b']`, 60 at most; brackets and quotes may be left out.
  private static func wantedIDs(_ call: CloudCall) throws(CloudRefusal) -> Set<String>? {
    guard let text = call.parameter("ids") else { return nil }
    let ids = text.split(separator: ",").map { part in
      String(part.filter { !"[]'\" ".contains($0) })
    }
    guard ids.count <= 60 else { throw .service("EVS.5400", "ids names more than 60 volumes.") }
    return Set(ids)
  }

  private static func fits(_ volume: JSONObject, _ call: CloudCall) -> Bool {
    let same = [
      "id", "status", "availability_zone", "service_type", "dedicated_storage_id", "dedicated_storage_name",
      "volume_type", "enterprise_project_id",
    ]
    guard same.allSatisfy({ key in call.parameter(key).map { volume.text(key) == $0 } ?? true }) else { return false }
    if let name = call.parameter("name"), !volume.text("name").contains(name) { return false }
    if let shared = call.parameter("multiattach"), volume["multiattach"] != .bool(shared == "true") { return false }
    if let server = call.parameter("server_id") {
      return (volume["attachments"]?.array ?? []).contains { $0["server_id"]?.string == server }
    }
    return true
  }

  private static func number(
    _ call: CloudCall, _ key: String, _ range: ClosedRange<Int>
  ) throws(CloudRefusal) -> Int? {
    guard let text = call.parameter(key) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw .service("EVS.5400", "\(key) must be a whole number of its range, found \(PlainText.from(text)).")
    }
    return value
  }
}
