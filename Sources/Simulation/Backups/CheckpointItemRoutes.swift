// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// CSBS: the backups of servers ("Querying a backup", "Querying backups").
enum CheckpointItemRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v1/{project_id}/checkpoint_items", list),
    CloudRoute("GET", "/v1/{project_id}/checkpoint_items/{checkpoint_item_id}") { state, call throws(CloudRefusal) in
      let id = call.variable("checkpoint_item_id")
      guard let item = state.checkpointItems.visible(id, owner: "project_id", from: call.wall) else {
        throw .service("CSBS.3001", "Checkpoint_item (\(PlainText.from(id))) is not found.", status: 404)
      }
      return CloudAnswer(.members(("checkpoint_item", .object(item))))
    },
  ]

  private static func list(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let items = state.checkpointItems.visible(owner: "project_id", from: call.wall).filter { item in
      ["status", "name", "resource_id", "resource_name", "checkpoint_id", "resource_type"].allSatisfy { key in
        call.parameter(key).map { item.text(key) == $0 } ?? true
      }
    }
    let (shown, _, _) = BackupRoutes.page(items, call)
    return CloudAnswer(
      .members(("checkpoint_items", .array(shown.map { .object($0) })), ("count", items.count.json)))
  }
}
