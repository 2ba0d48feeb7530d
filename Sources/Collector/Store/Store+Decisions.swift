// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import HuaweiCloud

/// What became of a decision.
enum DecisionState: String, Sendable {
  /// Decided; nothing was sent.
  case decided
  /// Decided against.
  case refused
  /// Being sent to the cloud; after a restart: in doubt.
  case forwarding
  /// The cloud took it and named a job.
  case forwarded
  /// Sent, but whether the cloud took it is not known.
  case inDoubt = "in_doubt"
  /// Nothing came of it: the cloud refused, or nothing could be sent.
  case notMade = "not_made"
}

/// One row of `decisions`.
struct DecisionRow: Sendable {
  var id: String
  var project: String
  /// The decision as it was made, canonical JSON.
  var record: String
  /// The history row that it rests on; `nil` if nothing was known about the guest.
  var facts: Int64?
  var state: DecisionState
  var stateAt: UTCTime
  var detail: String?
  var jobID: String?
  /// The job's status as the cloud last told it.
  var jobStatus: String?

  init(row: Row) throws {
    id = row["id"]
    project = row["project"]
    record = row["record"]
    facts = row["facts"]
    let word: String = row["state"]
    guard let state = DecisionState(rawValue: word) else { throw DatabaseError(message: "decision in state \(word)") }
    self.state = state
    stateAt = UTCTime(milliseconds: row["state_at"])
    detail = row["state_detail"]
    jobID = row["job_id"]
    jobStatus = row["job_status"]
  }

  static let select = """
    SELECT decisions.*, jobs.status AS job_status FROM decisions
    LEFT JOIN jobs ON jobs.job_id = decisions.job_id AND jobs.decision = decisions.id
    """
}

/// What tells one request from another: who asks for what.
struct RequestKey: Sendable, Hashable {
  var project: String
  var caller: String
  /// Digest of the canonical request.
  var digest: String
}

extension Store {
  /// How long a forwarded or doubtful request is remembered at most, in milliseconds: a day.
  static let memory: Int64 = 86_400_000

  /// Records a decision; durable when this returns.
  func record(_ decision: Decision, key: RequestKey, state: DecisionState) async throws {
    let record = decision.record.text
    try await writes.write { db in
      try db.cachedStatement(
        sql: """
          INSERT INTO decisions (id, project, caller, operation, instance_id, decided_at, record, facts,
            request_digest, state, state_at, remembered) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
          """
      ).execute(
        arguments: [
          decision.id, key.project, key.caller, decision.operation.rawValue, decision.instanceID,
          decision.decidedAt.milliseconds, record, decision.basis?.facts.id, key.digest, state.rawValue,
          decision.decidedAt.milliseconds,
        ])
    }
  }

  /// Marks a decision as being forwarded if the guest's data still lies where it lay when it was decided.
  ///
  /// Compared and marked in one transaction, and reports wait behind it: what is sent next was right when it was sent.
  /// False if the topology changed; then nothing was marked.
  func beginForwarding(_ decision: Decision, at moment: Moment) async throws -> Bool {
    let project = decision.project
    let (id, instance, topology) = (decision.id, decision.instanceID, decision.basis?.facts.topologyDigest)
    return try await writes.write { db in
      guard let guest = try Self.guest(project, instance, in: db), guest.record.facts.topologyDigest == topology else {
        return false
      }
      try Self.forgetOld(at: moment, in: db)
      try db.execute(
        sql: "UPDATE decisions SET state = 'forwarding', state_at = ?, remembered = 1 WHERE id = ?",
        arguments: [moment.wall.milliseconds, id])
      return true
    }
  }

  /// Notes what became of a decision.
  func settle(
    _ id: String, _ state: DecisionState, detail: String? = nil, jobID: String? = nil, at moment: Moment
  ) async throws {
    let remembered = state == .forwarding || state == .forwarded || state == .inDoubt
    try await writes.write { db in
      try db.execute(
        sql: """
          UPDATE decisions SET state = ?, state_at = ?, state_detail = ?, job_id = ?, remembered = ? WHERE id = ?
          """, arguments: [state.rawValue, moment.wall.milliseconds, detail, jobID, remembered, id])
      guard let jobID else { return }
      // A job id that is there already belongs to an earlier decision, which keeps it.
      try db.execute(
        sql: "INSERT INTO jobs (job_id, decision, status_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        arguments: [jobID, id, moment.wall.milliseconds])
    }
  }

  /// The decision on the same request of the same caller whose outcome is still open; `nil` if there is none.
  func rememberedDecision(_ key: RequestKey, at moment: Moment) async throws -> DecisionRow? {
    try await read { db in
      let row = try Row.fetchOne(
        db,
        sql: DecisionRow.select
          + " WHERE project = ? AND caller = ? AND request_digest = ? AND remembered = 1 AND state_at > ?",
        arguments: [key.project, key.caller, key.digest, moment.wall.milliseconds - Self.memory])
      return try row.map { try DecisionRow(row: $0) }
    }
  }

  /// One decision.
  func decision(_ id: String) async throws -> DecisionRow? {
    try await read { db in
      try Row.fetchOne(db, sql: DecisionRow.select + " WHERE id = ?", arguments: [id]).map { try DecisionRow(row: $0) }
    }
  }

  /// Notes a job's status as the cloud told it; a job that was not ordered here is passed over.
  ///
  /// Once a job is final its request is forgotten, and the same body orders another image.
  func note(_ status: JobStatus, of job: String, at moment: Moment) async throws {
    let known = try await read { db in
      try Bool.fetchOne(
        db, sql: "SELECT status IS NOT ? FROM jobs WHERE job_id = ?", arguments: [status.rawValue, job])
    }
    guard known == true else { return }
    try await writes.write { db in
      try db.execute(
        sql: "UPDATE jobs SET status = ?, status_at = ? WHERE job_id = ?",
        arguments: [status.rawValue, moment.wall.milliseconds, job])
      guard status.isFinal else { return }
      try db.execute(sql: "UPDATE decisions SET remembered = 0 WHERE remembered = 1 AND job_id = ?", arguments: [job])
    }
  }

  /// Puts what was being sent when the collector was stopped in doubt; returns how many decisions that were.
  func doubtInterrupted(at moment: Moment) async throws -> Int {
    try await writes.write { db in
      try db.execute(
        sql: """
          UPDATE decisions SET state = 'in_doubt', state_at = ?,
            state_detail = 'the collector stopped while the request was being sent'
          WHERE remembered = 1 AND state = 'forwarding'
          """, arguments: [moment.wall.milliseconds])
      return db.changesCount
    }
  }

  /// Ends the memory of what is a day old; what never came to an end by then is in doubt.
  private static func forgetOld(at moment: Moment, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE decisions SET remembered = 0, state = CASE state WHEN 'forwarding' THEN 'in_doubt' ELSE state END
        WHERE remembered = 1 AND state_at <= ?
        """, arguments: [moment.wall.milliseconds - memory])
  }
}
