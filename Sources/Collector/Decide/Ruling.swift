// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// A verdict on one request and what it rests on.
struct Ruling: Sendable {
  var verdict: Verdict
  var findings: [Finding]
  var ruleSet: String
  /// Which of the facts in force the findings are about.
  var judged: Int?
  /// `nil`: allowed.
  var refusal: Refusal?

  /// The verdict on a request, from its basis alone: a decision and its replay both come from here.
  static func on(
    _ basis: RulingBasis, _ source: FactsSource, _ policy: GatePolicy, _ language: Language
  ) -> Ruling {
    // What the cloud and the request say is judged without the guest's facts too: a refusal that is certain tells more
    // than a doubt.
    func judgedWithoutFacts() -> Judgement {
      judge(GuestFacts(collectedAt: "", agentVersion: ""), basis, policy, language)
    }
    func undetermined(_ refusal: Refusal, _ certain: Judgement? = nil) -> Ruling {
      let certain = certain ?? judgedWithoutFacts()
      let failed = certain.findings.filter {
        $0.scope != .guest && $0.severity == .blocker && $0.outcome == .fail && $0.rule != "backup-lacks-server-disk"
      }
      guard let worst = failed.first else {
        return Ruling(verdict: .undetermined, findings: [], ruleSet: certain.ruleSet, refusal: refusal)
      }
      return Ruling(
        verdict: .notReady, findings: certain.findings, ruleSet: certain.ruleSet,
        refusal: .notReady(worst, others: Array(failed.dropFirst())))
    }
    let inForce: RulingBasis.InForce
    switch basis.inForce {
    case .failure(.guestUnknown): return undetermined(.guestUnknown)
    case .failure(.backupUnknown):
      let certain = judgedWithoutFacts()
      let refusal = cloudRefusal(in: certain)
      return undetermined(
        refusal.rule == nil ? .backupUnknown(basis.cloud?.gaps(about: .backup).first) : refusal, certain)
    case .failure(.timeUnknown): return undetermined(.timeUnknown)
    case .success(let found): inForce = found
    }
    guard inForce.occasion != .none else { return ruling(of: judgedWithoutFacts(), judged: nil) }
    if inForce.isBeforeHistory { return undetermined(.beforeHistory(at: inForce.at)) }
    guard let age = inForce.ageSeconds, age <= policy.factsMaxAge, !basis.facts.isEmpty else {
      return undetermined(
        .factsTooOld(age: inForce.ageSeconds, allowed: policy.factsMaxAge, source, inForce.occasion))
    }
    if inForce.occasion == .stopped, let facts = basis.facts.last, let cloud = basis.cloud {
      guard let disks = StoppedDisks(facts, cloud, stopped: inForce.at) else {
        let certain = judgedWithoutFacts()
        return undetermined(cloudRefusal(in: certain), certain)
      }
      guard disks.areTheSame else { return undetermined(.disksDiffer(disks)) }
    }
    // During a backup every layout counts, and the worst of them decides.
    let judgements = basis.facts.map { judge($0, basis, policy, language) }
    let worst = judgements.indices.max { rank(judgements[$0].verdict) < rank(judgements[$1].verdict) } ?? 0
    return ruling(of: judgements[worst], judged: worst)
  }

  private static func judge(
    _ facts: GuestFacts, _ basis: RulingBasis, _ policy: GatePolicy, _ language: Language
  ) -> Judgement {
    RuleSet.current.judge(
      facts, scope: .request, profile: policy.profile, reading: policy.reading, cloudFacts: policy.cloudFacts,
      cloud: basis.cloud, request: basis.request, language: language)
  }

  private static func rank(_ verdict: Verdict) -> Int {
    switch verdict {
    case .ready: 0
    case .undetermined: 1
    case .notReady: 2
    }
  }

  private static func ruling(of judgement: Judgement, judged: Int?) -> Ruling {
    Ruling(
      verdict: judgement.verdict, findings: judgement.findings, ruleSet: judgement.ruleSet, judged: judged,
      refusal: refusal(in: judgement))
  }

  /// `nil` for the verdict `ready` only: whatever else there is refuses.
  private static func refusal(in judgement: Judgement) -> Refusal? {
    guard judgement.verdict != .ready else { return nil }
    let refusals = judgement.refusals
    let failed = refusals.filter { $0.outcome == .fail }
    if judgement.verdict == .notReady, let worst = failed.first {
      return .notReady(worst, others: Array(failed.dropFirst()))
    }
    // What the guest does not say needs a remedy; a cloud that does not answer needs patience only.
    let unknown = refusals.filter { $0.scope == .guest } + refusals.filter { $0.scope != .guest }
    return .incomplete(unknown.first, others: Array(unknown.dropFirst()))
  }

  /// What of the cloud's facts is missing.
  private static func cloudRefusal(in judgement: Judgement) -> Refusal {
    let unknown = judgement.refusals.filter { $0.outcome == .unknown && $0.scope != .guest }
    return .incomplete(unknown.first, others: Array(unknown.dropFirst()))
  }
}
