// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HuaweiCloud

extension Call {
  /// Whether the body is the caller's own: with a signature only if that covers it, else whoever saw the request could
  /// have put another one.
  var isBodySigned: Bool { signature?.isBodySigned ?? true }

  /// Refuses to act on a body that the caller's signature does not cover: 401.
  func requireSignedBody() throws(CallError) {
    guard !isBodySigned else { return }
    throw CallError(signature: .bodyNotSigned)
  }

  /// Holds the call to what its kind asks for: a signed body, and a rate.
  ///
  /// A route's own kind is held to before its handler runs; a handler that finds out later what is asked of it calls this.
  func admit(as kind: Route.Kind) throws(CallError) {
    guard kind != .other else { return }
    try requireSignedBody()
    let caller = try identified()
    guard !caller.isImplicit else { return }
    switch kind {
    case .other: break
    case .report:
      let guest = try reportedGuest()
      try limits.admitReport(project: guest.project, instance: guest.instance, at: arrived)
    case .decision:
      // Where the project is in doubt the handler refuses; until then the caller stands for it.
      try limits.admitDecision(project: (try? project()) ?? caller.name, at: arrived)
    }
  }
}
