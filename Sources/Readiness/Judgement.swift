// SPDX-License-Identifier: Apache-2.0

public import Facts

/// The findings of a rule set on one guest and the verdict over them.
///
/// The one object that exit code, text, JSON, pages, API answers and decisions are made from, so that they cannot
/// disagree.
public struct Judgement: Sendable, Equatable {
  /// The schema of `report(includingFacts:)`.
  public static let schema = "wholeimage.report/1"

  /// What the verdict is about: `.guest` or `.request`.
  public var scope: Scope
  /// The verdict.
  public var verdict: Verdict
  /// The profile it was made under.
  public var profile: Profile
  /// The reading it was made under.
  public var reading: Reading
  /// The language of the findings' texts.
  public var language: Language
  /// Version of the rule set.
  public var ruleSet: String
  /// What each rule found; every rule appears, worst first.
  public var findings: [Finding]
  /// The facts that were judged.
  public var facts: GuestFacts
  /// Digest of the document that the facts were read from, set by whoever has it: a newer agent's document may hold
  /// members that this release does not know.
  public var documentDigest: String?

  /// Digest of the facts.
  public var factsDigest: String { documentDigest ?? facts.factsDigest }
  /// Digest of where the data lies.
  public var topologyDigest: String { facts.topologyDigest }

  /// What keeps the guest from being ready: the blockers in scope that failed or are unknown, worst first.
  public var refusals: [Finding] {
    findings.filter {
      scope.includes($0.scope) && $0.severity == .blocker && ($0.outcome == .fail || $0.outcome == .unknown)
    }
  }

  /// The report, schema `wholeimage.report/1`.
  public func report(includingFacts: Bool) -> JSON { report(facts: includingFacts ? facts.json : nil) }

  /// The report with a facts document that was made already, or without one.
  public func report(facts document: JSON?) -> JSON { .object(members(facts: document)) }

  /// The members of the report without facts, for documents that say more than it.
  public var members: JSONObject { members(facts: nil) }

  private func members(facts document: JSON?) -> JSONObject {
    let members: [(String, JSON?)] = [
      ("schema", Self.schema.json), ("scope", scope.rawValue.json), ("verdict", verdict.rawValue.json),
      ("profile", profile.rawValue.json), ("reading", reading.rawValue.json), ("lang", language.rawValue.json),
      ("rule_set", ruleSet.json), ("facts_digest", factsDigest.json), ("topology_digest", topologyDigest.json),
      ("findings", .array(findings.map { $0.json })), ("facts", document),
    ]
    return JSONObject(members)
  }
}
