// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// CBR: the vaults ("Querying a specified vault", "Querying the vault list").
enum VaultRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v3/{project_id}/vaults", list),
    CloudRoute("GET", "/v3/{project_id}/vaults/{vault_id}") { state, call throws(CloudRefusal) in
      let id = call.variable("vault_id")
      guard let vault = state.vaults.visible(id, owner: "project_id", from: call.wall) else {
        throw .backup("BackupService.6105", "The vault does not exist.", status: 404)
      }
      return CloudAnswer(.members(("vault", .object(vault))))
    },
  ]

  private static func list(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let vaults = state.vaults.visible(owner: "project_id", from: call.wall).filter { vault in
      let billing = vault["billing"]?.object ?? JSONObject()
      let ids = call.query.filter { $0.name == "id" }.map(\.value)
      let resources = call.parameter("resource_ids")?.split(separator: ",").map { String($0) }
      return (ids.isEmpty || ids.contains(vault.text("id")))
        && ["name", "enterprise_project_id"].allSatisfy { key in
          call.parameter(key).map { vault.text(key) == $0 } ?? true
        }
        && ["cloud_type", "protect_type", "object_type", "status"].allSatisfy { key in
          call.parameter(key).map { billing.text(key) == $0 } ?? true
        }
        && (resources.map { wanted in
          (vault["resources"]?.array ?? []).contains { wanted.contains($0["id"]?.string ?? "") }
        } ?? true)
    }
    let (shown, offset, limit) = BackupRoutes.page(vaults, call)
    return CloudAnswer(
      .members(
        ("vaults", .array(shown.map { .object($0) })), ("count", vaults.count.json), ("offset", offset.json),
        ("limit", limit.json)))
  }
}
