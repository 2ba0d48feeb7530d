// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// IAM: what a token is, and a new one ("Verifying a token", "Obtaining a user token").
enum TokenRoutes {
  static let all: [CloudRoute] = [
    CloudRoute("GET", "/v3/auth/tokens", isOpen: true, show),
    CloudRoute("POST", "/v3/auth/tokens", isOpen: true, issue),
    CloudRoute("GET", "/v3", isOpen: true) { _, call throws(CloudRefusal) in
      CloudAnswer(.members(("version", version(call))))
    },
  ]

  private static func show(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    if state.isGuarded {
      let asker = call.header("x-auth-token")
      guard state.tokens.contains(where: { $0.id == asker && $0.isValid(at: call.now) }) else { throw unauthorized }
    }
    guard let subject = call.header("x-subject-token"),
      let token = state.tokens.first(where: { $0.id == subject && $0.isValid(at: call.now) })
    else { throw .identity(404, "Not Found", "Could not find token.") }
    var answer = CloudAnswer(body(of: token, methods: ["password"], state, call))
    answer.headers.append(CloudCall.Field(name: "X-Subject-Token", value: token.id))
    return answer
  }

  private static let unauthorized = CloudRefusal.identity(
    401, "Unauthorized", "The request you have made requires authentication.")

  private static func issue(_ state: inout CloudState, _ call: CloudCall) throws(CloudRefusal) -> CloudAnswer {
    guard let auth = (try? JSON(parsing: call.body))?["auth"], let identity = auth["identity"],
      let method = identity["methods"]?.array?.first?.string
    else { throw .identity(400, "Bad Request", "The request body is invalid: auth.identity.methods is missing.") }
    let (user, projects, roles) = try whoAsks(state, identity, method)
    let project = try scope(state, auth["scope"], projects)
    let end = UTCTime(milliseconds: call.now.milliseconds + Int64(state.settings.tokenSeconds * 1000))
    var token = Token(id: call.newID(), project: project, expiresAt: end.text, user: user, roles: roles)
    token.isIssued = true
    state.tokens.append(token)
    var answer = CloudAnswer(status: 201, body(of: token, methods: [method], state, call))
    answer.headers.append(CloudCall.Field(name: "X-Subject-Token", value: token.id))
    return answer
  }

  /// The user, the user's projects (`nil`: any) and roles.
  private static func whoAsks(
    _ state: CloudState, _ identity: JSON, _ method: String
  ) throws(CloudRefusal) -> (String, [String]?, [String]) {
    switch method {
    case "password":
      let given = identity["password"]?["user"]
      let name = given?["name"]?.string ?? given?["id"]?.string ?? ""
      guard state.isGuarded else { return (name, nil, ["te_admin"]) }
      guard let user = state.users.first(where: { $0.name == name && $0.password == given?["password"]?.string }) else {
        throw .identity(401, "Unauthorized", "The username or password is wrong.")
      }
      return (user.name, user.projects, user.roles)
    case "hw_ak_sk", "hw_access_key":
      let given = identity[method]
      let access = given?["access"]?["key"]?.string ?? ""
      guard state.isGuarded else { return (access, nil, ["te_admin"]) }
      let secret = given?["secret"]?["key"]?.string
      guard let key = state.keys.first(where: { $0.access == access && $0.secret == secret }) else {
        throw unauthorized
      }
      return (key.user, key.projects, ["te_admin"])
    default:
      throw .identity(
        401, "Unauthorized", "Attempted to authenticate with an unsupported method: \(PlainText.from(method)).")
    }
  }

  /// The project that a token is asked for; `nil` for an account's token.
  private static func scope(
    _ state: CloudState, _ scope: JSON?, _ projects: [String]?
  ) throws(CloudRefusal) -> String? {
    guard let wanted = scope?["project"] else {
      return scope?["domain"] == nil && projects?.count == 1 ? projects?.first : nil
    }
    let id =
      wanted["id"]?.string
      ?? state.projects.all.first { $0.text("name") == wanted["name"]?.string }?.text("id")
      ?? (state.projects.isEmpty ? projects?.first ?? state.settings.projectID : nil)
    guard let id, projects?.contains(id) ?? true else { throw unauthorized }
    return id
  }

  /// The token as IAM shows it, with where the services are: all of them here.
  private static func body(of token: Token, methods: [String], _ state: CloudState, _ call: CloudCall) -> JSON {
    let domain = JSON.members(("id", "d78cbac186b744899480f25bd022f468"), ("name", "simulated"))
    let end = token.expiresAt ?? UTCTime(milliseconds: call.now.milliseconds + 86_400_000).text
    var members = JSONObject([
      ("methods", methods.json), ("issued_at", call.now.text.json), ("expires_at", end.json),
      (
        "user",
        .members(("id", token.user.json), ("name", token.user.json), ("domain", domain), ("password_expires_at", ""))
      ),
      ("roles", .array(token.roles.map { .members(("id", "0"), ("name", $0.json)) })),
      ("catalog", ServiceCatalog.json(state, call, project: token.project)),
    ])
    if let project = token.project {
      let name = state.projects[project]?.text("name") ?? state.settings.region
      members["project"] = .members(("id", project.json), ("name", name.json), ("domain", domain))
    } else {
      members["domain"] = domain
    }
    return .members(("token", .object(members)))
  }

  /// The version document that Keystone clients read first.
  private static func version(_ call: CloudCall) -> JSON {
    let link = JSON.members(("rel", "self"), ("href", .string(ServiceCatalog.base(call) + "/v3/")))
    return .members(
      ("id", "v3.6"), ("status", "stable"), ("updated", "2016-04-04T00:00:00Z"), ("links", [link]),
      ("media-types", [.members(("base", "application/json"), ("type", "application/vnd.openstack.identity-v3+json"))]))
  }
}
