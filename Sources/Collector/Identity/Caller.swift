// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HummingbirdCore

/// What a caller may do.
enum Role: String, Sendable, CaseIterable, JSONConvertible {
  /// A guest's agent: reports about its own guest.
  case agent
  /// What orders whole images: reads, decides, calls the cloud's API.
  case orchestrator
  /// The people who run the collector: everything.
  case `operator`
}

/// Who sends a request, and on whose behalf it goes on to the cloud.
struct Caller: Sendable {
  /// Without a credentials file there is one project of this name.
  static let implicitProject = "default"
  /// How the names of callers begin that have no entry with a name: `iam:USER@PROJECT` and `key:ACCESS`.
  static let reservedPrefixes = ["iam:", "key:"]

  /// In records and logs: the name of the entry in the credentials file, the cloud's user or the access key.
  var name: String
  /// `nil` without a credentials file: all roles.
  var role: Role?
  /// The projects it may see, at least one.
  var projects: [String]
  /// The only guest that an agent may report about; `nil`: any of its projects.
  var instanceID: String?
  /// As whom its requests go on to the cloud; never with one of our own tokens, and with a key only the same one.
  var cloud: CloudIdentity

  /// Whether this caller has that role; an operator has all.
  func has(_ wanted: Role) -> Bool { role == nil || role == .operator || role == wanted }

  /// Whether there is no credentials file, hence no walls between projects.
  var isImplicit: Bool { role == nil }

  /// The project that a request means: the one named, else the caller's only one.
  func project(named name: String?) throws(CallError) -> String {
    if let name {
      guard projects.contains(name) else {
        let shown = PlainText.from(String(name.prefix(64)))
        throw CallError(
          .forbidden, .foreignProject, "The project \"\(shown)\" is not one of \(self.name)'s.",
          chinese: "项目 \"\(shown)\" 不属于 \(self.name)。")
      }
      return name
    }
    guard projects.count == 1, let only = projects.first else {
      throw CallError(
        .badRequest, .projectNeeded,
        "\(self.name) has \(projects.count) projects: name one in the header X-Project-Id or the query parameter project.",
        chinese: "\(self.name) 有 \(projects.count) 个项目：请用请求头 X-Project-Id 或查询参数 project 指定一个。")
    }
    return only
  }
}

extension Call {
  /// The project that this call means: query parameter `project` or header `X-Project-Id`, else the only one.
  ///
  /// On a signed request both are signed. A token of the cloud has one project, so that naming another one is refused.
  /// Without a credentials file the header is left to the cloud, whose clients always send it.
  func project() throws(CallError) -> String {
    let caller = try identified()
    let (query, header) = (query("project"), caller.isImplicit ? nil : request.headers[.projectID])
    // What is decided in one project must not be done in another: the header goes on to the cloud.
    if let query, let header, query != header {
      throw CallError(
        .badRequest, .wrongValue, "The query parameter project and the header X-Project-Id name different projects.",
        chinese: "查询参数 project 与请求头 X-Project-Id 指定了不同的项目。")
    }
    return try caller.project(named: query ?? header)
  }
}
