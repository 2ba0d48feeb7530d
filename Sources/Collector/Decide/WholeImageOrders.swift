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
  /// How often a request is decided anew because something changed meanwhile.
  static let attempts = 3

  let store: Store
  let clock: CollectorClock
  let gate: Gate
  let service: CloudService?
  let doubts: Doubts
  let lanes: RequestLanes
  let log: Logger

  /// One order as it came.
  struct Order: Sendable {
    var question: Question
    /// The request, byte for byte.
    var body: ByteBuffer
    var headers: HTTPFields
    /// As whom it goes on to the cloud.
    var identity: CloudIdentity
    /// What the caller named it by.
    var idempotencyKey: String?

    var key: RequestKey {
      RequestKey(
        project: question.project, caller: question.caller, digest: Digest.of(question.document),
        idempotency: idempotencyKey)
    }
  }

  /// Decides on an order and forwards it if it is allowed; throws the refusal.
  func answer(_ order: Order) async throws -> OrderAnswer {
    let key = order.key
    // The same request under another name, or under none, is the same request.
    var lane = key
    lane.idempotency = nil
    return try await lanes.alone(lane) {
      for _ in 0..<Self.attempts {
        if let earlier = try await earlier(key) { return try await repeated(earlier, order) }
        if let answer = try await attempt(order, key) { return answer }
      }
      throw CallError.unavailable(
        .factsKeepChanging,
        "What is known about \(order.question.subject) changed while the request was decided; ask again.",
        chinese: "在判定该请求期间，关于 \(order.question.subject) 的已知情况发生了变化；请重试。",
        retryAfter: 10)
    }
  }

  /// The decision on the same request that is not at its end yet, or that has the same name.
  private func earlier(_ key: RequestKey) async throws -> DecisionRow? {
    if let name = key.idempotency,
      let named = try await store.namedDecision(name, project: key.project, at: clock.now())
    {
      guard named.requestDigest == key.digest else { throw Self.keyReused(named.id) }
      return named
    }
    guard let remembered = try await store.rememberedDecision(key, at: clock.now()) else { return nil }
    // The name is good for what it was answered with, when the job is over too.
    if let name = key.idempotency,
      let other = try await store.name(remembered.id, name, project: key.project, at: clock.now())
    {
      throw Self.keyReused(other)
    }
    return remembered
  }

  private static func keyReused(_ decision: String) -> CallError {
    CallError(
      .conflict, .idempotencyKeyReused,
      "Idempotency-Key names another request already, that of decision \(decision); give this one another key.",
      chinese: "Idempotency-Key 已用于另一请求，即决策 \(decision) 的请求；请为此请求换一个键。")
  }

  private func repeated(_ earlier: DecisionRow, _ order: Order) async throws -> OrderAnswer {
    if earlier.state == .forwarded, let job = earlier.jobID { return .job(job) }
    throw try await doubts.look(earlier, order.question)
  }

  /// One decision and, if it allows, one forwarding; `nil` if something changed in between.
  private func attempt(_ order: Order, _ key: RequestKey) async throws -> OrderAnswer? {
    let decision = try await gate.decide(order.question)
    if let refusal = decision.error {
      try await store.record(decision, key: key, state: .refused)
      note(decision, "denied", ["code": "\(refusal.code)", "rule": "\(refusal.rule ?? "-")"])
      throw refusal
    }
    try await store.record(decision, key: key, state: .decided)
    guard let service else {
      try await settle(decision, .notMade, detail: "no image service is configured")
      throw CallError.unavailable(
        .noImageService, "The request is allowed, but no image service is configured (--ims-url).",
        chinese: "请求被允许，但未配置镜像服务（--ims-url）。", retryAfter: 60, decision: decision.id)
    }
    switch try await store.beginForwarding(decision, at: clock.now()) {
    case .topologyChanged:
      try await settle(decision, .notMade, detail: "the topology changed before it was forwarded")
      return nil
    case .held(let other):
      try await settle(decision, .notMade, detail: "decision \(other) makes an image of the same backup")
      return nil
    case nil: break
    }
    note(decision, "allowed, forwarding")
    let outcome = await service.order(
      WholeImageRequest.path, headers: order.headers, body: order.body, as: order.identity)
    return try await finish(decision, outcome)
  }

  private func finish(_ decision: Decision, _ outcome: CloudOutcome) async throws -> OrderAnswer {
    switch outcome {
    case .notSent(let reason):
      try await settle(decision, .notMade, detail: "nothing was sent: \(reason)")
      throw CallError.unavailable(
        .imageServiceUnreachable, "The image service cannot be reached, and nothing was sent: \(reason).",
        chinese: "无法连接镜像服务，没有发送任何内容：\(reason)。",
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
    throw Doubts.error(decision.id)
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
    metadata["guest"] = "\(decision.project)/\(decision.subject)"
    metadata["caller"] = "\(decision.question.caller)"
    log.notice("whole image: \(what)", metadata: metadata)
  }

  /// The job id in the cloud's answer.
  private static func job(in body: ByteBuffer) -> String? {
    guard let json = try? JSON(parsing: body.readableBytesView), let job = json["job_id"]?.string,
      CloudIdentifiers.isPathIdentifier(job)
    else { return nil }
    return job
  }
}
