// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// Tells who sends a request.
struct Identity: Sendable {
  /// `nil`: no credentials file, everybody on loopback has all roles in one implicit project.
  let credentials: CurrentCredentials?

  /// The caller of a request; 401 if there is no identity or none that is known.
  ///
  /// Our own token comes as `Authorization: Bearer`, or as `X-Auth-Token` from clients that know only that. A token of
  /// ours never goes on to the cloud.
  func caller(of request: HTTPRequest) throws(CallError) -> Caller {
    let authToken = request.headerFields[.authToken].flatMap { $0.isEmpty ? nil : $0 }
    guard let credentials = credentials?.value else {
      return Caller(
        name: "local", role: nil, projects: [Caller.implicitProject], instanceID: nil, cloud: Self.identity(authToken))
    }
    let bearer = Self.bearerToken(in: request.headerFields[.authorization])
    let authEntry = authToken.flatMap { credentials.entry(for: $0) }
    let entry: Credentials.Entry?
    if let bearer { entry = credentials.entry(for: bearer) } else { entry = authEntry }
    guard let entry else { throw Self.refusal(request, hasToken: bearer != nil || authToken != nil) }
    return Caller(
      name: entry.name, role: entry.role, projects: entry.projects, instanceID: entry.instanceID,
      cloud: Self.identity(authEntry == nil ? authToken ?? entry.forwardAs : entry.forwardAs))
  }

  private static func identity(_ token: String?) -> CloudIdentity { token.map { .token($0) } ?? .anonymous }

  private static func refusal(_ request: HTTPRequest, hasToken: Bool) -> CallError {
    let message: String
    if hasToken {
      message = "The token is not one of this collector's; tokens of the cloud's identity service are not taken here."
    } else if request.headerFields[.authorization] != nil {
      message = "Authorization must be \"Bearer\" and a token; signed requests are not taken in this release."
    } else {
      message = "This call needs a token: Authorization: Bearer TOKEN, or X-Auth-Token."
    }
    return CallError(.unauthorized, .noIdentity, message)
  }

  /// The token of an `Authorization` header of the scheme `Bearer` (RFC 6750, section 2.1).
  static func bearerToken(in header: String?) -> String? {
    guard let header else { return nil }
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}
