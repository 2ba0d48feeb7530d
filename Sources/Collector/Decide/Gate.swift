// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud
internal import NIOCore
internal import Readiness

/// What the operator of the collector laid down for all decisions.
struct GatePolicy: Sendable, Equatable {
  var profile: Profile
  var reading: Reading
  var cloudFacts: CloudFactsMode
  /// How old facts may be, in seconds.
  var factsMaxAge: Int64
  /// How old captures may be, in seconds.
  var capturesMaxAge: Int64

  /// The policy on facts from there: their own age is the one that counts.
  func on(_ source: FactsSource) -> GatePolicy {
    var policy = self
    if source == .capture { policy.factsMaxAge = capturesMaxAge }
    return policy
  }

  /// What a stored verdict depends on beside the facts.
  var basis: String {
    "\(RuleSet.current.version) \(profile.rawValue) \(reading.rawValue) \(cloudFacts.rawValue)"
  }
}

/// A verdict on one request and what it rests on.
struct Ruling: Sendable {
  var verdict: Verdict
  var findings: [Finding]
  var ruleSet: String
  /// `nil`: allowed.
  var refusal: Refusal?
}

/// Decides whether a request may proceed, from what is stored.
struct Gate: Sendable {
  let store: Store
  let clock: CollectorClock
  let policy: GatePolicy

  /// Decides on the whole image of a server; changes nothing, the caller records the decision.
  func decide(
    _ operation: Operation, server instanceID: String, request: JSON, project: String, caller: String,
    language: Language
  ) async throws -> Decision {
    let guest = try await store.guestWithFacts(project: project, instanceID: instanceID)
    let moment = clock.now()
    var basis: DecisionBasis?
    let policy = policy.on(guest?.record.facts.source ?? .agent)
    var ruling = Self.ruling(on: nil, ageSeconds: nil, policy, language)
    if let guest {
      let facts = guest.record.facts
      let age = facts.ageSeconds(at: moment, clockRow: store.clockRow)
      basis = DecisionBasis(facts: facts, ageSeconds: age)
      ruling = Self.ruling(
        on: try Self.facts(in: guest.body), ageSeconds: age, from: facts.source, policy, language)
    }
    return Decision(
      id: RandomIdentifier.make(), project: project, caller: caller, operation: operation, instanceID: instanceID,
      request: request, basis: basis, ruling: ruling, policy: policy, language: language, decidedAt: moment.wall)
  }

  /// The verdict on a request, from facts and their age alone: a decision and its replay both come from here.
  static func ruling(
    on facts: GuestFacts?, ageSeconds: Int64?, from source: FactsSource = .agent, _ policy: GatePolicy,
    _ language: Language
  ) -> Ruling {
    let version = RuleSet.current.version
    guard let facts else {
      return Ruling(verdict: .undetermined, findings: [], ruleSet: version, refusal: .guestUnknown)
    }
    guard let ageSeconds, ageSeconds <= policy.factsMaxAge else {
      let refusal = Refusal.factsTooOld(age: ageSeconds, allowed: policy.factsMaxAge, source)
      return Ruling(verdict: .undetermined, findings: [], ruleSet: version, refusal: refusal)
    }
    let judgement = RuleSet.current.judge(
      facts, scope: .request, profile: policy.profile, reading: policy.reading, cloudFacts: policy.cloudFacts,
      language: language)
    return Ruling(
      verdict: judgement.verdict, findings: judgement.findings, ruleSet: judgement.ruleSet,
      refusal: refusal(in: judgement))
  }

  /// The facts of a stored document.
  static func facts(in body: ByteBuffer) throws -> GuestFacts {
    try GuestFacts(json: try JSON(parsing: body.readableBytesView))
  }

  /// `nil` for the verdict `ready` only: whatever else there is refuses.
  private static func refusal(in judgement: Judgement) -> Refusal? {
    guard judgement.verdict != .ready else { return nil }
    let refusals = judgement.refusals
    let failed = refusals.filter { $0.outcome == .fail }
    if judgement.verdict == .notReady, let worst = failed.first {
      return .notReady(worst, others: Array(failed.dropFirst()))
    }
    return .incomplete(refusals.first, others: Array(refusals.dropFirst()))
  }
}
