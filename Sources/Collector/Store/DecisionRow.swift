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

/// What tells one request from another: who asks for what.
struct RequestKey: Sendable, Hashable {
  var project: String
  var caller: String
  /// Digest of the canonical request.
  var digest: String
  /// What the caller named the request by, `Idempotency-Key`; counts within the project, for a day.
  var idempotency: String?
}
