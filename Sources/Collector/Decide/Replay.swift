// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import NIOCore
internal import Readiness

/// Derives a recorded decision again, from what it rested on and by the rules of this release.
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
    let asked = try Self.request(of: record, row.id)
    let facts = try await Self.facts(of: row, record, store)
    let cloud = try await Self.cloudFacts(of: row, record, store)
    let basis = RulingBasis(request: asked, cloud: cloud, inForce: try Self.inForce(record, row.id), facts: facts)
    let source = record["facts"]?["source"]?.string.flatMap(FactsSource.init(rawValue:)) ?? .agent
    let ruling = Ruling.on(basis, source, policy, language)
    self.recorded = recorded
    derived = Essence(ruling)
  }

  private static func request(of record: JSON, _ id: String) throws(CallError) -> ImageRequest {
    // Records of the first release are all about servers.
    guard let asked = record["asked"] else {
      return ImageRequest(form: .server, serverID: record["instance_id"]?.string)
    }
    do throws(DocumentError) { return try ImageRequest(json: asked) } catch {
      throw gone(id, "what was asked cannot be read by this release: \(error)")
    }
  }

  private static func facts(of row: DecisionRow, _ record: JSON, _ store: Store) async throws -> [GuestFacts] {
    let ids = try await store.facts(of: row.id)
    let digests = record["facts_in_force"]?["digests"]?.array?.compactMap(\.string) ?? []
    let single = record["facts"]?["digest"]?.string.map { [$0] } ?? []
    let expected = record["facts_in_force"] == nil ? single : digests
    guard ids.count == expected.count else { throw gone(row.id, "facts that it rested on were removed") }
    var facts: [GuestFacts] = []
    for (id, digest) in zip(ids, expected) {
      guard let body = try await store.document(id) else {
        throw gone(row.id, "the facts that it rested on were removed from the history")
      }
      guard let document = try? JSON(parsing: body.readableBytesView), let read = try? GuestFacts(json: document),
        Digest.ofFacts(document) == digest
      else { throw gone(row.id, "the stored facts are not those that it rested on") }
      facts.append(read)
    }
    return facts
  }

  private static func cloudFacts(of row: DecisionRow, _ record: JSON, _ store: Store) async throws -> CloudFacts? {
    guard let digest = record["cloud_facts_digest"]?.string else { return nil }
    guard let body = try await store.cloudFacts(digest), let json = try? JSON(parsing: body.utf8),
      let facts = try? CloudFacts(json: json), facts.digest == digest
    else { throw gone(row.id, "what the cloud said is not stored any more") }
    return facts
  }

  private static func inForce(
    _ record: JSON, _ id: String
  ) throws(CallError) -> Result<RulingBasis.InForce, FactsInForce.Missing> {
    let age: Int64? = if case .integer(let seconds)? = record["facts"]?["age_seconds"] { seconds } else { nil }
    guard let stored = record["facts_in_force"] else {
      guard record["facts"]?.object != nil else { return .failure(.guestUnknown) }
      let at = record["decided_at"]?.string.flatMap(UTCTime.init(rfc3339:)) ?? UTCTime(milliseconds: 0)
      return .success(RulingBasis.InForce(occasion: .now, at: at, ageSeconds: age, isBeforeHistory: false))
    }
    if let missing = stored["missing"]?.string.flatMap(FactsInForce.Missing.init(rawValue:)) {
      return .failure(missing)
    }
    guard let occasion = stored["occasion"]?.string.flatMap(FactsInForce.Occasion.init(rawValue:)),
      let at = stored["at"]?.string.flatMap(UTCTime.init(rfc3339:)), case .bool(let before)? = stored["before_history"]
    else { throw gone(id, "its record cannot be read by this release") }
    let inForceAge: Int64? = if case .integer(let seconds)? = stored["age_seconds"] { seconds } else { nil }
    return .success(RulingBasis.InForce(occasion: occasion, at: at, ageSeconds: inForceAge, isBeforeHistory: before))
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
