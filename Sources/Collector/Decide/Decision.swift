// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Readiness

/// What can be asked about.
enum Operation: String, Sendable, CaseIterable {
  /// Make an image of a whole server.
  case createWholeImage = "create_whole_image"
}

/// Facts that a decision rests on, and how old they were.
struct DecisionBasis: Sendable {
  var facts: FactsRecord
  /// Rounded up; `nil` if the clocks could not tell.
  var ageSeconds: Int64?
}

/// A verdict bound to one request: recorded before anything is forwarded, and never changed.
struct Decision: Sendable {
  let id: String
  let project: String
  let caller: String
  let operation: Operation
  let instanceID: String
  let request: JSON
  /// `nil`: nothing was ever reported about the guest.
  let basis: DecisionBasis?
  let ruling: Ruling
  let policy: GatePolicy
  let language: Language
  let decidedAt: UTCTime

  /// The record: the answer of `/v1/decisions`, what is stored, and what a replay is compared with.
  var record: JSON {
    .members(
      ("id", id.json), ("operation", operation.rawValue.json), ("request", request), ("project", project.json),
      ("instance_id", instanceID.json), ("caller", caller.json),
      ("decision", ruling.refusal == nil ? "allow" : "deny"), ("verdict", ruling.verdict.rawValue.json),
      ("findings", .array(ruling.findings.map(\.json))), ("facts", basis.map(Self.json) ?? .null),
      ("facts_max_age_seconds", .integer(policy.factsMaxAge)), ("cloud_facts", policy.cloudFacts.rawValue.json),
      ("cloud_facts_digest", .null), ("profile", policy.profile.rawValue.json),
      ("reading", policy.reading.rawValue.json), ("rule_set", ruling.ruleSet.json),
      ("engine", CollectorVersion.engine.json), ("lang", language.rawValue.json), ("decided_at", decidedAt.text.json),
      ("refusal", ruling.refusal.map { json(of: $0) } ?? .null))
  }

  /// The error that a caller of the cloud's API gets; `nil` if the request is allowed.
  var error: CallError? {
    guard let refusal = ruling.refusal else { return nil }
    let text = refusal.text(instanceID: instanceID, language)
    var error = CallError(
      .badRequest, refusal.code, text + RefusalText.decision(id, language), retry: .afterRemedy)
    error.rule = refusal.rule
    error.decisionID = id
    return error
  }

  private static func json(of basis: DecisionBasis) -> JSON {
    .members(
      ("digest", basis.facts.factsDigest.json), ("topology_digest", basis.facts.topologyDigest.json),
      ("age_seconds", basis.ageSeconds.map { .integer($0) } ?? .null), ("source", basis.facts.source.rawValue.json))
  }

  private func json(of refusal: Refusal) -> JSON {
    .members(
      ("code", refusal.code.rawValue.json), ("reason", refusal.reason.json), ("rule", refusal.rule?.json),
      ("message", refusal.text(instanceID: instanceID, language).json),
      ("retry", CallError.Retry.afterRemedy.rawValue.json))
  }
}

/// The release that decides.
enum CollectorVersion {
  static let number = "0.1.0"
  static let engine = "wholeimage-collector/\(number)"
}
