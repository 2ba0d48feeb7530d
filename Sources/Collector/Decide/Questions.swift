// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import HummingbirdCore
internal import Readiness

/// Makes questions of requests.
struct Questions: Sendable {
  /// Whether a server's image needs a vault: there is no older backup service that the intermediate backup could go to.
  let needsVault: Bool
  /// The collector's own key, which only reads; in use for callers that bring nothing the cloud takes.
  let ownKey: CloudIdentity

  /// What rules look at in a whole-image request.
  func wholeImage(_ request: WholeImageRequest) -> ImageRequest { ImageRequest(request, needsVault: needsVault) }

  /// A question of a caller.
  func question(
    _ operation: Operation, _ request: ImageRequest, _ document: JSON, _ project: String, _ call: Call
  ) throws(CallError) -> Question {
    let caller = try call.identified()
    var identity = caller.cloud
    if case .anonymous = identity { identity = ownKey }
    // Without credentials there is one project that the cloud does not know: the header says which one is meant.
    let named = caller.isImplicit ? call.request.headers[.projectID] : project
    if let named, CloudIdentifiers.isPathIdentifier(named) { identity = identity.within(named) }
    let inPaths = named.flatMap { CloudIdentifiers.isPathIdentifier($0) ? $0 : nil } ?? project
    return Question(
      operation: operation, request: request, document: document, project: project, caller: caller.name,
      asker: CloudFactsReader.Asker(
        identity: identity, project: inPaths, checksProject: !caller.isImplicit || named != nil),
      language: call.language)
  }
}
