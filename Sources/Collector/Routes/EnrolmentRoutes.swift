// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestSigning
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import Logging
internal import NIOCore

/// How a guest gets a key of its own known.
struct EnrolmentRoutes: Sendable {
  /// Largest body.
  static let bodyLimit = 4096

  let store: Store
  let identity: Identity
  let copies: CloneAdmission
  let log: Logger

  var routes: [Route] {
    [
      Route(.post, "/v1/guests/{instance_id}/enrolment", .open, bodyLimit: Self.bodyLimit) { try await enrol($0) }
    ]
  }

  /// Enrols the key that signed the request: by an enrolment token, or by the key of the guest that this one copies.
  ///
  /// What is cheap goes first: the signature is verified once the request names a token or a key that is known here.
  private func enrol(_ call: Call) async throws -> Response {
    try call.allowQuery([])
    let instance = try call.instanceID()
    let claim: SignatureClaim
    do throws(CallError) { claim = try GuestSignatures.claim(call.request) } catch { throw refusal(error, call) }
    let body = try await call.body(upTo: Self.bodyLimit)
    let request = try Self.request(in: body)
    let token = Identity.bearerToken(in: call.request.headers[.authorization]).map { TokenDigest.of($0) }
    let parent = try await parent(of: request, instance, call)
    let own = try await store.guestKey(request.key.id)
    guard try await isKnown(own, token: token, parent: parent) else {
      throw refusal(Self.notAdmitted(token == nil ? nil : .unknown), call)
    }
    guard claim.isValid(for: request.key),
      claim.request.bodyDigest == SignedRequest.digest(of: body.readableBytesView)
    else { throw refusal(GuestSignatures.refused("the request is not signed with the key that it brings"), call) }
    // From here on it is the holder of the key that asks.
    if let own { try call.limits.admitReport(project: own.project, instance: own.instanceID, at: call.arrived) }
    if own == nil, let parent { try call.limits.admitCopy(of: parent.key.id, at: call.arrived) }
    let outcome = try await store.enrol(
      Enrolment(
        instanceID: instance, key: request.key, report: SignedReport(claim), token: token, parent: parent?.key,
        admitsCopies: copies == .admit, address: "\(call.remote)", at: call.arrived.wall))
    return try answer(to: outcome, instance, call)
  }

  private static func request(in body: ByteBuffer) throws(CallError) -> EnrolmentRequest {
    let json: JSON
    do throws(JSONSyntaxError) { json = try JSON(parsing: body.readableBytesView) } catch {
      throw CallError(.badRequest, .malformed, "The body is \(error).")
    }
    return try EnrolmentRequest(json)
  }

  /// The guest whose key vouches for this one; `nil` if none that is known says so.
  ///
  /// A wrong proof is refused even beside a good token: nobody who is honest makes one.
  private func parent(
    of request: EnrolmentRequest, _ instance: String, _ call: Call
  ) async throws -> GuestKeyRecord? {
    guard let lineage = request.lineage, let known = try await store.guestKey(lineage.parentKeyID) else { return nil }
    return try await identity.attempt(.guest(known.key.id), call.remote, call.arrived) {
      guard lineage.isValid(for: request.key, instanceID: instance, parent: known.key),
        known.instanceID == lineage.parentInstanceID
      else {
        throw CallError(.unauthorized, .enrolmentRefused, "The proof of lineage is not of the key that it names.")
      }
      return known.revokedAt == nil ? known : nil
    }
  }

  private func isKnown(_ own: GuestKeyRecord?, token: String?, parent: GuestKeyRecord?) async throws -> Bool {
    if own != nil || parent != nil { return true }
    guard let token else { return false }
    return try await store.knowsEnrolmentToken(token)
  }

  private func answer(to outcome: EnrolmentOutcome, _ instance: String, _ call: Call) throws(CallError) -> Response {
    switch outcome {
    case .enrolled(let key, let isNew):
      if isNew {
        log.notice(
          "guest enrolled",
          metadata: [
            "guest": "\(key.project)/\(key.instanceID)", "key": "\(key.key.id)", "from": "\(key.address)",
            "by": "\(key.token.map { "token \($0)" } ?? "the key of \(key.parent?.instanceID ?? "")")",
          ])
      }
      return .json(
        .members(
          ("instance_id", key.instanceID.json), ("project", key.project.json), ("key_id", key.key.id.json),
          ("enrolled_at", key.enrolledAt.text.json), ("lineage", key.parent?.json ?? .null)))
    case .keyRevoked:
      throw CallError(
        .conflict, .keyNotUsable, "This key was revoked, and a revoked key never comes back: make a new one.",
        retry: .afterRemedy)
    case .keyOfAnother:
      throw CallError(
        .conflict, .keyNotUsable, "This key is enrolled for another guest; every guest makes its own.",
        retry: .afterRemedy)
    case .guestHasKey(let held):
      let error = CallError(
        .conflict, .guestHasAnotherKey,
        "Guest \(instance) is enrolled with another key. If this is the same server and its key is lost, have an operator "
          + "run wholeimage-collector guests revoke \(instance).", retry: .afterRemedy)
      throw refusal(error, call) {
        log.warning(
          "a second key for an enrolled guest was refused: a copy that takes itself for it, or its state was lost",
          metadata: [
            "guest": "\(held.project)/\(instance)", "enrolled": "\(held.enrolledAt.text) from \(held.address)",
            "from": "\(call.remote)",
          ])
      }
    case .notAdmitted(let reason):
      throw refusal(Self.notAdmitted(reason), call) {
        log.info("enrolment refused", metadata: ["token": "\(reason?.rawValue ?? "none")", "from": "\(call.remote)"])
      }
    case .tokenUsedUp(let token, let last):
      let error = CallError(
        .conflict, .enrolmentTokenUsed,
        "The enrolment token has let in as many guests as it may; the collector's log and tokens list say whom. Have an "
          + "operator create another one.", retry: .afterRemedy)
      throw refusal(error, call) {
        log.warning(
          "an enrolment token was used again",
          metadata: [
            "token": "\(token.name)", "guest": "\(token.project)/\(instance)", "from": "\(call.remote)",
            "redeemed": "\(last.map { "by \($0.instanceID) at \($0.enrolledAt.text) from \($0.address)" } ?? "-")",
          ])
      }
    }
  }

  private static func notAdmitted(_ reason: EnrolmentTokenRecord.Refusal?) -> CallError {
    CallError(
      .unauthorized, .enrolmentRefused,
      reason == nil
        ? "This guest is not let in: it brings no enrolment token, and no key that is known here vouches for it."
        : "The enrolment token does not let this guest in: it is unknown, expired, revoked or for another guest.",
      retry: .afterRemedy)
  }

  /// A refusal that counts as a failed attempt from where the request comes; past the limit nothing is noted.
  private func refusal(_ error: CallError, _ call: Call, noting note: () -> Void = {}) -> CallError {
    let refused = identity.refusal(.own, error, call.remote, call.arrived)
    if refused.code == error.code { note() }
    return refused
  }
}
