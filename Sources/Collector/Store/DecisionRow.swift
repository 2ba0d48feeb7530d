// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import HuaweiCloud

/// What became of a decision.
enum DecisionState: String, Sendable, CaseIterable {
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
  var requestDigest: String
  /// The decision as it was made, canonical JSON.
  var record: String
  var state: DecisionState
  var stateAt: UTCTime
  var detail: String?
  var jobID: String?
  /// The job's status as the cloud last told it.
  var jobStatus: String?
  /// Digest of the cloud's facts that it rests on.
  var cloudFacts: String?
  var serverID: String?
  var backupID: String?
  /// Whether the server and the backup are held for its image.
  var isHeld: Bool

  init(row: Row) throws {
    id = row["id"]
    project = row["project"]
    requestDigest = row["request_digest"]
    record = row["record"]
    let word: String = row["state"]
    guard let state = DecisionState(rawValue: word) else { throw DatabaseError(message: "decision in state \(word)") }
    self.state = state
    stateAt = UTCTime(milliseconds: row["state_at"])
    detail = row["state_detail"]
    jobID = row["job_id"]
    jobStatus = row["job_status"]
    cloudFacts = row["cloud_facts"]
    serverID = row["server_id"]
    backupID = row["backup_id"]
    isHeld = row["held"]
  }

  static let select = """
    SELECT decisions.*, jobs.status AS job_status FROM decisions
    LEFT JOIN jobs ON jobs.job_id = decisions.job_id AND jobs.decision = decisions.id
    """
}

extension DecisionRow {
  /// An operator's word on a decision in doubt: the job that came of it, or that nothing did.
  ///
  /// Returns the state that the decision was in: only one in doubt was changed. `nil` if there is no such decision.
  static func resolve(
    _ id: String, job: String?, by person: String, at now: UTCTime, in db: Database
  ) throws -> DecisionState? {
    let word = try String.fetchOne(db, sql: "SELECT state FROM decisions WHERE id = ?", arguments: [id])
    guard let state = word.flatMap(DecisionState.init(rawValue:)), state == .inDoubt else {
      return word.flatMap(DecisionState.init(rawValue:))
    }
    let detail = "\(person) said: " + (job.map { "job \($0)" } ?? "not made")
    try db.execute(
      sql: """
        UPDATE decisions SET state = ?, state_at = ?, state_detail = ?, job_id = ?, remembered = ?, held = held AND ?
        WHERE id = ?
        """,
      arguments: [
        (job == nil ? DecisionState.notMade : .forwarded).rawValue, now.milliseconds, detail, job, job != nil,
        job != nil, id,
      ])
    if let job {
      try db.execute(
        sql: "INSERT INTO jobs (job_id, decision, status_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        arguments: [job, id, now.milliseconds])
    }
    try Store.note(id, .resolved, detail, now, in: db)
    return state
  }
}

/// What tells one request from another: who asks for what.
struct RequestKey: Sendable, Hashable {
  var project: String
  var caller: String
  /// Digest of the canonical request.
  var digest: String
  /// What the caller named the request by, `Idempotency-Key`; counts within the project, for a day.
  var idempotency: String?
}
