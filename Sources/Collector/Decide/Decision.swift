// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Readiness

/// A verdict bound to one request: recorded before anything is forwarded, and never changed.
struct Decision: Sendable {
  let id: String
  let question: Question
  /// The guest's facts that count; `nil`: none do.
  let inForce: FactsInForce?
  let basis: RulingBasis
  let ruling: Ruling
  let policy: GatePolicy
  let decidedAt: UTCTime

  var project: String { question.project }
  /// What it is filed under: the server, else the backup, else the image.
  var subject: String { question.subject }
  /// The history row whose facts the findings are about.
  var facts: FactsRecord? {
    guard let records = inForce?.records, !records.isEmpty else { return nil }
    return ruling.judged.map { records[$0] } ?? records.last
  }

  /// The record: the answer of `/v1/decisions`, what is stored, and what a replay is compared with.
  var record: JSON {
    .members(
      ("asked", basis.request.json), ("caller", question.caller.json),
      ("cloud_facts", policy.cloudFacts.rawValue.json),
      ("cloud_facts_digest", basis.cloud.map { $0.digest.json } ?? .null), ("decided_at", decidedAt.text.json),
      ("decision", ruling.refusal == nil ? "allow" : "deny"), ("engine", CollectorVersion.engine.json),
      ("facts", facts.map { json(of: $0) } ?? .null), ("facts_in_force", inForceJSON),
      ("facts_max_age_seconds", .integer(policy.factsMaxAge)), ("findings", .array(ruling.findings.map { $0.json })),
      ("id", id.json), ("instance_id", subject.json), ("lang", question.language.rawValue.json),
      ("operation", question.operation.rawValue.json), ("profile", policy.profile.rawValue.json),
      ("project", project.json), ("reading", policy.reading.rawValue.json),
      ("refusal", ruling.refusal.map { json(of: $0) } ?? .null), ("request", question.document),
      ("rule_set", ruling.ruleSet.json), ("verdict", ruling.verdict.rawValue.json))
  }

  /// The error that a caller of the cloud's API gets; `nil` if the request is allowed.
  var error: CallError? {
    guard let refusal = ruling.refusal else { return nil }
    let language = question.language
    let text = RefusalText.join(refusal.text(instanceID: subject, language), RefusalText.decision(id, language))
    let code = refusal.code(for: basis.request.form)
    var error: CallError
    if refusal.isCloudsSilence {
      error = CallError(.serviceUnavailable, code: code, text, retry: .later)
      error.retryAfter = 30
    } else {
      error = CallError(.badRequest, code: code, text, retry: Self.retry(refusal))
    }
    error.rule = refusal.rule
    error.decisionID = id
    return error
  }

  /// A task that is under way ends by itself; what a whole image must never undergo is never allowed.
  private static func retry(_ refusal: Refusal) -> CallError.Retry {
    if refusal.isCloudsSilence { return .later }
    guard case .notReady(let finding, _) = refusal else { return .afterRemedy }
    if finding.reason == FindingReason.taskInProgress.rawValue { return .later }
    let never = ["whole-image-exported", "whole-image-copied-in-region", "whole-image-published"]
    return never.contains(finding.rule) || finding.rule == "whole-image-not-shareable" ? .never : .afterRemedy
  }

  private var inForceJSON: JSON {
    switch basis.inForce {
    case .failure(let missing): return .members(("missing", missing.rawValue.json))
    case .success(let found):
      return .members(
        ("occasion", found.occasion.rawValue.json), ("at", found.at.text.json),
        ("age_seconds", found.ageSeconds.map { .integer($0) } ?? .null),
        ("before_history", .bool(found.isBeforeHistory)),
        ("digests", .array((inForce?.records ?? []).map(\.factsDigest.json))))
    }
  }

  private func json(of facts: FactsRecord) -> JSON {
    .members(
      ("digest", facts.factsDigest.json), ("topology_digest", facts.topologyDigest.json),
      ("age_seconds", inForce?.ageSeconds.map { .integer($0) } ?? .null), ("source", facts.source.rawValue.json))
  }

  private func json(of refusal: Refusal) -> JSON {
    .members(
      ("code", refusal.code(for: basis.request.form).json), ("reason", refusal.reason.json),
      ("rule", refusal.rule?.json), ("message", refusal.text(instanceID: subject, question.language).json),
      ("retry", Self.retry(refusal).rawValue.json))
  }
}

/// The release that decides.
enum CollectorVersion {
  static let number = Release.version
  static let engine = "wholeimage-collector/\(number)"
}
