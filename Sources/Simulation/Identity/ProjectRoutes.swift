// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// IAM: the projects of whoever asks ("Querying project information").
enum ProjectRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v3/projects", list), CloudRoute("GET", "/v3/auth/projects", list),
  ]

  private static func list(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    let projects = state.projects.all.filter { project in
      (call.caller.projects?.contains(project.text("id")) ?? true)
        && ["name", "domain_id", "parent_id"].allSatisfy { key in
          call.parameter(key).map { project.text(key) == $0 } ?? true
        }
        && (call.parameter("enabled").map { project["enabled"] == .bool($0 == "true") } ?? true)
    }
    let link = ServiceCatalog.base(call) + call.path
    return CloudAnswer(
      .members(
        ("projects", .array(projects.map { .object($0) })),
        ("links", .members(("self", link.json), ("next", .null), ("previous", .null)))))
  }
}
