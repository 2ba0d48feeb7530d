// SPDX-License-Identifier: Apache-2.0

internal import HuaweiCloud

/// As whom a request goes on to the cloud.
enum CloudIdentity: Sendable, CustomStringConvertible {
  /// As nobody: the cloud's simulator takes that, the cloud does not.
  case anonymous
  /// With the caller's token of the cloud's identity service, in `X-Auth-Token`.
  case token(String)
  /// Signed with the caller's own key for the cloud's host.
  case key(RequestSigner)

  /// Without what is secret, so that it can get into no log.
  var description: String {
    switch self {
    case .anonymous: "anonymous"
    case .token: "token"
    case .key(let signer): "key \(signer.access)"
    }
  }
}
