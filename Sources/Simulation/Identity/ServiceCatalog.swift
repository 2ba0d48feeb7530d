// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Where the services are: all of them at the address that was called.
enum ServiceCatalog {
  /// The address that a call was sent to.
  static func base(_ call: CloudCall) -> String { "http://" + (call.header("host") ?? "127.0.0.1") }

  /// The catalog of a token.
  static func json(_ state: CloudState, _ call: CloudCall, project: String?) -> JSON {
    let project = project ?? state.settings.projectID
    let services: [(type: String, name: String, path: String)] = [
      ("identity", "keystone", "/v3"), ("image", "glance", ""), ("imsv1", "ims", ""), ("imsv2", "ims", ""),
      ("ecs", "ecs", "/v1/\(project)"), ("compute", "nova", "/v2.1/\(project)"),
      ("evsv2", "evs", "/v2/\(project)"), ("cbr", "cbr", "/v3/\(project)"), ("csbs", "csbs", "/v1/\(project)"),
    ]
    return .array(
      services.map { service in
        .members(
          ("id", service.type.json), ("type", service.type.json), ("name", service.name.json),
          (
            "endpoints",
            [
              .members(
                ("id", service.type.json), ("interface", "public"), ("region", state.settings.region.json),
                ("region_id", state.settings.region.json), ("url", .string(base(call) + service.path)))
            ]
          ))
      })
  }
}
