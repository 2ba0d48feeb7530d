// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// The outcome of one inspection in the forms in which it is asked for, made once and shared by everybody who asks.
struct Snapshot: Sendable {
  /// Counts changes since the daemon started, from 1.
  var revision: Int
  /// The facts document.
  var facts: [UInt8]
  /// The report without facts, with the revision.
  var report: [UInt8]
  /// Names this report; changes with its content, not with the time of inspection.
  var entityTag: String
  /// The verdict.
  var verdict: Verdict
  /// How many findings failed or could not be judged, by severity.
  var findings: [(severity: String, outcome: String, count: Int)]
  /// How many gaps the facts have.
  var gaps: Int
  /// Digest of the facts.
  var factsDigest: String
  /// The guest's id, if known.
  var instanceID: String?
  /// The guest's boot id, if known.
  var bootID: String?
  /// Which server it is, with what tells a copy from the server that it was copied from.
  var server: ServerIdentity
  /// When the inspection began, on the boot clock.
  var inspectedAt: Int

  /// Judges facts; `previous` tells whether anything changed.
  init(_ document: JSON, previous: Snapshot?, inspectedAt: Int, configuration: AgentConfiguration) throws(DocumentError)
  {
    let facts = try GuestFacts(json: document)
    var judgement = RuleSet.current.judge(
      facts, scope: .guest, profile: configuration.profile, reading: configuration.reading,
      language: configuration.language)
    let digest = Digest.ofFacts(document)
    judgement.documentDigest = digest
    var members = judgement.members
    let tag = Digest.of(.object(members)).dropFirst(3).prefix(32)
    let entityTag = "\"\(tag)\""
    self.entityTag = entityTag
    let lastRevision = previous?.revision ?? 0
    revision = previous?.entityTag == entityTag ? lastRevision : lastRevision + 1
    members["revision"] = revision.json
    members["inspected_at"] = facts.collectedAt.json
    report = JSON.object(members).canonicalBytes
    self.facts = document.canonicalBytes
    verdict = judgement.verdict
    findings = Severity.allCases.flatMap { severity in
      [Outcome.fail, .unknown].map { outcome in
        let same = judgement.findings.filter { $0.severity == severity && $0.outcome == outcome }
        return (severity.rawValue, outcome.rawValue, same.count)
      }
    }
    gaps = facts.gaps?.count ?? 0
    factsDigest = digest
    instanceID = facts.guest.instanceID.value
    bootID = facts.guest.bootID.value
    server = ServerIdentity(
      instanceID: facts.guest.instanceID.value, source: facts.guest.instanceIDSource.value,
      hardwareUUID: facts.guest.hardwareUUID.value, bootID: facts.guest.bootID.value)
    self.inspectedAt = inspectedAt
  }
}
