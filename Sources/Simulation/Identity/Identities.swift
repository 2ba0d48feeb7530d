// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A token of IAM.
struct Token: Sendable, Equatable, JSONConvertible {
  /// The token itself.
  var id: String
  /// The project it is for; `nil` for none.
  var project: String?
  /// When it ends, RFC 3339; `nil`: never.
  var expiresAt: String?
  /// The user's name.
  var user: String
  /// The names of the user's roles in the project.
  var roles: [String]
  /// Whether it was given out here, and is not the state's own.
  var isIssued = false

  init(id: String, project: String?, expiresAt: String?, user: String, roles: [String]) {
    self.id = id
    self.project = project
    self.expiresAt = expiresAt
    self.user = user
    self.roles = roles
  }

  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try members.refuseMembers(except: "id", "project_id", "expires_at", "user", "roles", "issued")
    id = try members.required("id")
    project = try members.optional("project_id")
    expiresAt = try members.optional("expires_at")
    user = try members.optional("user") ?? "simulated"
    roles = try members.optional("roles") ?? ["te_admin"]
    isIssued = try members.optional("issued") ?? false
    if let expiresAt, UTCTime(rfc3339: expiresAt) == nil {
      throw DocumentError(path: "expires_at", reason: "expected a moment of RFC 3339")
    }
  }

  var json: JSON {
    .members(
      ("id", id.json), ("project_id", project?.json), ("expires_at", expiresAt?.json), ("user", user.json),
      ("roles", roles.json), ("issued", isIssued ? true : nil))
  }

  /// Whether it is good at a moment.
  func isValid(at now: UTCTime) -> Bool {
    guard let expiresAt else { return true }
    return UTCTime(rfc3339: expiresAt).map { now < $0 } ?? false
  }
}

/// An access key with its secret.
struct AccessKey: Sendable, Equatable, JSONConvertible {
  /// What a signature names.
  var access: String
  /// What it is made with.
  var secret: String
  /// The projects that the key's user works in.
  var projects: [String]
  /// The user's name.
  var user: String

  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try members.refuseMembers(except: "access", "secret", "project_ids", "user")
    access = try members.required("access")
    secret = try members.required("secret")
    projects = try members.required("project_ids")
    user = try members.optional("user") ?? "simulated"
  }

  var json: JSON {
    .members(("access", access.json), ("secret", secret.json), ("project_ids", projects.json), ("user", user.json))
  }
}

/// A user with a password.
struct User: Sendable, Equatable, JSONConvertible {
  /// The user's name.
  var name: String
  /// The account's name.
  var domain: String
  /// The password.
  var password: String
  /// The projects that the user works in.
  var projects: [String]
  /// The names of the user's roles in them.
  var roles: [String]

  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    try members.refuseMembers(except: "name", "domain", "password", "project_ids", "roles")
    name = try members.required("name")
    domain = try members.optional("domain") ?? "simulated"
    password = try members.required("password")
    projects = try members.required("project_ids")
    roles = try members.optional("roles") ?? ["te_admin"]
  }

  var json: JSON {
    .members(
      ("name", name.json), ("domain", domain.json), ("password", password.json), ("project_ids", projects.json),
      ("roles", roles.json))
  }
}
