// SPDX-License-Identifier: Apache-2.0

internal import HuaweiCloud

/// As whom a request goes on to the cloud.
enum CloudIdentity: Sendable, CustomStringConvertible {
  /// As nobody: the cloud's simulator takes that, the cloud does not.
  case anonymous
  /// With the caller's token of the cloud's identity service, in `X-Auth-Token`.
  case token(String)
  /// Signed with the caller's own key for the cloud's host; with a project, in that one. A key may have several, and
  /// calls without a project in their path would be done in whichever the cloud takes for the key's own.
  case key(RequestSigner, project: String? = nil)

  /// The same identity in a project; a token has its own.
  func within(_ project: String) -> CloudIdentity {
    guard case .key(let signer, _) = self else { return self }
    return .key(signer, project: project)
  }

  /// Without what is secret, so that it can get into no log.
  var description: String {
    switch self {
    case .anonymous: "anonymous"
    case .token: "token"
    case .key(let signer, _): "key \(signer.access)"
    }
  }
}
