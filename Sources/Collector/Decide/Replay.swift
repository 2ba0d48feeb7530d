// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import NIOCore
internal import Readiness

/// Derives a recorded decision again, from the history row that it rested on and by the rules of this release.
struct Replay: Sendable {
  /// What a decision comes to, without the words.
  struct Essence: Sendable, Equatable {
    var decision: String
    var verdict: String
    var ruleSet: String
    /// Rule, outcome and severity of each finding, sorted.
    var findings: [String]
  }

  var recorded: Essence
  var derived: Essence

  /// Replays a decision; throws a 409 that says which input is gone.
  init(_ row: DecisionRow, store: Store) async throws {
    guard let record = try? JSON(parsing: row.record.utf8), let recorded = Essence(record),
      let policy = Self.policy(of: record), let language = record["lang"]?.string.flatMap(Language.init(rawValue:))
    else { throw Self.gone(row.id, "its record cannot be read by this release") }
    var facts: GuestFacts?
    var age: Int64?
    if let history = row.facts {
      guard let body = try await store.document(history) else {
        throw Self.gone(row.id, "the facts that it rested on were removed from the history")
      }
      guard let document = try? JSON(parsing: body.readableBytesView), let read = try? GuestFacts(json: document),
        Digest.ofFacts(document) == record["facts"]?["digest"]?.string
      else { throw Self.gone(row.id, "the stored facts are not those that it rested on") }
      facts = read
      if case .integer(let seconds)? = record["facts"]?["age_seconds"] { age = seconds }
    }
    let source = record["facts"]?["source"]?.string.flatMap(FactsSource.init(rawValue:)) ?? .agent
    let ruling = Gate.ruling(on: facts, ageSeconds: age, from: source, policy, language)
    self.recorded = recorded
    derived = Essence(ruling)
  }

  /// The answer of the call.
  func json(id: String) -> JSON {
    var differences: [JSON] = []
    if recorded.decision != derived.decision { differences.append("decision") }
    if recorded.verdict != derived.verdict { differences.append("verdict") }
    if recorded.findings != derived.findings { differences.append("findings") }
    return .members(
      ("decision_id", id.json), ("result", differences.isEmpty ? "same" : "differs"),
      ("differences", .array(differences)), ("recorded", recorded.json), ("derived", derived.json))
  }

  private static func policy(of record: JSON) -> GatePolicy? {
    guard let profile = record["profile"]?.string.flatMap(Profile.init(rawValue:)),
      let reading = record["reading"]?.string.flatMap(Reading.init(rawValue:)),
      let mode = record["cloud_facts"]?.string.flatMap(CloudFactsMode.init(rawValue:)),
      case .integer(let age)? = record["facts_max_age_seconds"]
    else { return nil }
    return GatePolicy(profile: profile, reading: reading, cloudFacts: mode, factsMaxAge: age, capturesMaxAge: age)
  }

  private static func gone(_ id: String, _ why: String) -> CallError {
    CallError(.conflict, .inputGone, "Decision \(id) cannot be derived again: \(why).")
  }
}

extension Replay.Essence {
  init?(_ record: JSON) {
    guard let decision = record["decision"]?.string, let verdict = record["verdict"]?.string,
      let ruleSet = record["rule_set"]?.string, let findings = record["findings"]?.array
    else { return nil }
    self.init(
      decision: decision, verdict: verdict, ruleSet: ruleSet,
      findings: findings.map { finding in
        ["rule", "outcome", "severity"].map { finding[$0]?.string ?? "" }.joined(separator: " ")
      }.sorted())
  }

  init(_ ruling: Ruling) {
    self.init(
      decision: ruling.refusal == nil ? "allow" : "deny", verdict: ruling.verdict.rawValue, ruleSet: ruling.ruleSet,
      findings: ruling.findings.map { "\($0.rule) \($0.outcome.rawValue) \($0.severity.rawValue)" }.sorted())
  }

  var json: JSON {
    .members(
      ("decision", decision.json), ("verdict", verdict.json), ("rule_set", ruleSet.json), ("findings", findings.json))
  }
}
