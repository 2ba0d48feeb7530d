// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Logging
internal import NIOCore
internal import Readiness

/// The answer to an order of a whole image.
enum OrderAnswer: Sendable {
  /// The cloud's own job id.
  case job(String)
  /// The cloud refused by itself; its answer, unchanged.
  case refusedByCloud(CloudAnswer, decision: String)
}

/// Decides, then forwards: the way of a whole-image request through the collector.
///
/// The decision is durable before anything is sent. What was sent and not answered stays in doubt and is never sent
/// again by itself.
struct WholeImageOrders: Sendable {
  /// How often a request is decided anew because the guest's topology changed meanwhile.
  static let attempts = 3

  let store: Store
  let clock: CollectorClock
  let gate: Gate
  let service: ImageService?
  let lanes: RequestLanes
  let log: Logger

  /// One order as it came.
  struct Order: Sendable {
    var request: WholeImageRequest
    var server: String
    /// The request, byte for byte.
    var body: ByteBuffer
    var headers: HTTPFields
    var project: String
    var caller: String
    var language: Language

    var key: RequestKey { RequestKey(project: project, caller: caller, digest: Digest.of(request.json)) }
  }

  /// Decides on an order and forwards it if it is allowed; throws the refusal.
  func answer(_ order: Order) async throws -> OrderAnswer {
    let key = order.key
    return try await lanes.alone(key) {
      if let earlier = try await store.rememberedDecision(key, at: clock.now()) {
        guard earlier.state == .forwarded, let job = earlier.jobID else { throw Self.doubt(earlier.id) }
        return .job(job)
      }
      for _ in 0..<Self.attempts {
        if let answer = try await attempt(order, key) { return answer }
      }
      throw CallError.unavailable(
        .factsKeepChanging, "The facts of guest \(order.server) changed while the request was decided; ask again.",
        retryAfter: 10)
    }
  }

  /// One decision and, if it allows, one forwarding; `nil` if the topology changed in between.
  private func attempt(_ order: Order, _ key: RequestKey) async throws -> OrderAnswer? {
    let decision = try await gate.decide(
      .createWholeImage, server: order.server, request: order.request.json, project: order.project,
      caller: order.caller, language: order.language)
    if let refusal = decision.error {
      try await store.record(decision, key: key, state: .refused)
      note(decision, "denied", ["code": "\(refusal.code)", "rule": "\(refusal.rule ?? "-")"])
      throw refusal
    }
    try await store.record(decision, key: key, state: .decided)
    guard let service else {
      try await settle(decision, .notMade, detail: "no image service is configured")
      throw CallError.unavailable(
        .noImageService, "The request is allowed, but no image service is configured (--ims-url).", retryAfter: 60,
        decision: decision.id)
    }
    guard try await store.beginForwarding(decision, at: clock.now()) else {
      try await settle(decision, .notMade, detail: "the topology changed before it was forwarded")
      return nil
    }
    note(decision, "allowed, forwarding")
    return try await finish(
      decision, await service.order(WholeImageRequest.path, headers: order.headers, body: order.body))
  }

  private func finish(_ decision: Decision, _ outcome: CloudOutcome) async throws -> OrderAnswer {
    switch outcome {
    case .notSent(let reason):
      try await settle(decision, .notMade, detail: "nothing was sent: \(reason)")
      throw CallError.unavailable(
        .imageServiceUnreachable, "The image service cannot be reached, and nothing was sent: \(reason).",
        retryAfter: 30, decision: decision.id)
    case .uncertain(let reason):
      return try await doubt(decision, reason)
    case .answered(let answer):
      switch answer.status {
      case 200..<300:
        guard let job = Self.job(in: answer.body) else {
          return try await doubt(decision, "the cloud answered \(answer.status) without a job id")
        }
        do {
          try await settle(decision, .forwarded, jobID: job)
        } catch {
          // The cloud works already: the caller gets the job. The record stays `forwarding`, which reads as in doubt,
          // so that the same request is not sent a second time.
          log.error("a job could not be recorded", metadata: ["decision": "\(decision.id)", "job": "\(job)"])
        }
        return .job(job)
      case 400..<500:
        let words = CloudError(body: answer.body.readableBytesView).map { "\($0.code) \($0.message)" } ?? ""
        try await settle(decision, .notMade, detail: PlainText.from("the cloud refused: \(answer.status) \(words)"))
        return .refusedByCloud(answer, decision: decision.id)
      default:
        return try await doubt(decision, "the cloud answered \(answer.status)")
      }
    }
  }

  private func doubt(_ decision: Decision, _ reason: String) async throws -> OrderAnswer {
    try await settle(decision, .inDoubt, detail: reason)
    throw Self.doubt(decision.id)
  }

  private func settle(
    _ decision: Decision, _ state: DecisionState, detail: String? = nil, jobID: String? = nil
  ) async throws {
    note(decision, "\(state.rawValue)", ["detail": "\(detail ?? "-")", "job": "\(jobID ?? "-")"])
    try await store.settle(decision.id, state, detail: detail, jobID: jobID, at: clock.now())
  }

  private func note(_ decision: Decision, _ what: Logger.Message, _ more: Logger.Metadata = [:]) {
    var metadata = more
    metadata["decision"] = "\(decision.id)"
    metadata["guest"] = "\(decision.project)/\(decision.instanceID)"
    metadata["caller"] = "\(decision.caller)"
    log.notice("whole image: \(what)", metadata: metadata)
  }

  private static func doubt(_ decision: String) -> CallError {
    .unavailable(
      .inDoubt,
      "In doubt: the request was sent to the image service and its answer is not known. It is not sent again; "
        + "look for the image or its job in the cloud. Decision \(decision).",
      retryAfter: 60, decision: decision)
  }

  /// The job id in the cloud's answer.
  private static func job(in body: ByteBuffer) -> String? {
    guard let json = try? JSON(parsing: body.readableBytesView), let job = json["job_id"]?.string,
      CloudIdentifiers.isPathIdentifier(job)
    else { return nil }
    return job
  }
}
