// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud

/// Whose token of the cloud's identity service it is, as that service says.
struct CloudTokenHolder: Sendable, Equatable {
  /// The user's name.
  var user: String
  /// The project that the token is for; `nil` for one of a whole domain.
  var project: String?
  /// When it ends.
  var expires: UTCTime

  /// Reads the answer of `GET /v3/auth/tokens` (Identity API v3, "Validate and show information for token"); `nil` if
  /// it is not one.
  init?(answer body: some Collection<UInt8>) {
    guard let json = try? JSON(parsing: body), let token = json["token"], let user = token["user"]?["name"]?.string,
      !user.isEmpty, let text = token["expires_at"]?.string, let expires = UTCTime(rfc3339: text)
    else { return nil }
    self.user = user
    self.expires = expires
    switch token["project"] {
    case nil, .null?: project = nil
    case let named?:
      guard let id = named["id"]?.string, CloudIdentifiers.isPathIdentifier(id) else { return nil }
      project = id
    }
  }

  /// The caller with that token; 403 if it is not for a project, since whole images and guests are in projects.
  func caller(token: String) throws(CallError) -> Caller {
    guard let project else {
      throw CallError(
        .forbidden, .tokenWithoutProject,
        "The token is for a domain. Whole images belong to projects: have the identity service issue one for the project.",
        chinese: "该令牌属于账号（domain）。整机镜像属于项目：请让身份服务签发一个项目级令牌。")
    }
    return Caller(
      name: PlainText.from("iam:\(user)@\(project)"), role: .orchestrator, projects: [project], instanceID: nil,
      cloud: .token(token))
  }
}
