// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// ECS: the servers.
enum ServerRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v1/{project_id}/cloudservers/detail", list),
    CloudRoute("GET", "/v1/{project_id}/cloudservers/{server_id}") { state, call throws(CloudRefusal) in
      CloudAnswer(.members(("server", .object(try found(state, call)))))
    },
    CloudRoute("GET", "/v2.1/{project_id}/servers/detail", list),
    CloudRoute("GET", "/v2.1/{project_id}/servers/{server_id}") { state, call throws(CloudRefusal) in
      CloudAnswer(.members(("server", .object(try foundByNova(state, call)))))
    },
  ]

  /// The server that a path names.
  static func found(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> JSONObject {
    try found(state, call, call.variable("server_id"))
  }

  /// The server of an id.
  static func found(_ state: CloudState, _ call: CloudCall, _ id: String) throws(CloudRefusal) -> JSONObject {
    guard let server = state.servers.visible(id, owner: "tenant_id", from: call.wall) else {
      throw .service("Ecs.0114", "Instance[\(PlainText.from(id))] could not be found.", status: 404)
    }
    return server
  }

  /// The server that a path of Nova's names.
  static func foundByNova(_ state: CloudState, _ call: CloudCall) throws(CloudRefusal) -> JSONObject {
    let id = call.variable("server_id")
    guard let server = state.servers.visible(id, owner: "tenant_id", from: call.wall) else {
      throw .nova(404, "itemNotFound", "Instance \(PlainText.from(id)) could not be found.")
    }
    return server
  }

  /// The list, in pages: `offset` counts pages from 1, `limit` is how many servers a page has.
  private static func list(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let servers = state.servers.visible(owner: "tenant_id", from: call.wall).filter { server in
      (call.parameter("name").map { server.text("name").contains($0) } ?? true)
        && (call.parameter("status").map { server.text("status") == $0 } ?? true)
    }
    let limit = min(1000, max(1, call.parameter("limit").flatMap { Int($0) } ?? 25))
    let page = min(1_000_000, max(1, call.parameter("offset").flatMap { Int($0) } ?? 1))
    let shown = servers.dropFirst((page - 1) * limit).prefix(limit)
    return CloudAnswer(
      .members(("servers", .array(shown.map { .object($0) })), ("count", servers.count.json)))
  }
}
