// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import HuaweiCloud

extension Store {
  /// Records a decision, with what it rests on and its link in the chain; durable when this returns.
  ///
  /// Returns the record as it is stored.
  @discardableResult
  func record(_ decision: Decision, key: RequestKey, state: DecisionState) async throws -> String {
    let record = decision.record.text
    let cloud = decision.basis.cloud.map { (digest: $0.digest, body: $0.json.text) }
    let rows = decision.inForce?.records.map(\.id) ?? []
    let facts = decision.facts?.id
    let (id, operation, subject) = (decision.id, decision.question.operation.rawValue, decision.subject)
    let request = decision.basis.request
    let at = decision.decidedAt.milliseconds
    try await writes.write { db in
      if let cloud {
        try db.cachedStatement(sql: "INSERT INTO cloud_facts (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING")
          .execute(arguments: [cloud.digest, cloud.body])
      }
      try db.cachedStatement(
        sql: """
          INSERT INTO decisions (id, project, caller, operation, instance_id, decided_at, record, facts, request_digest,
            state, state_at, remembered, cloud_facts, server_id, backup_id, idempotency_key)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
          """
      ).execute(
        arguments: [
          id, key.project, key.caller, operation, subject, at, record, facts, key.digest, state.rawValue, at,
          cloud?.digest, request.serverID, request.backupID, key.idempotency,
        ])
      for (position, row) in rows.enumerated() {
        try db.cachedStatement(sql: "INSERT INTO decision_facts (decision, position, facts) VALUES (?, ?, ?)")
          .execute(arguments: [id, position, row])
      }
      try DecisionChain.append(id, record: record, in: db)
    }
    return record
  }

  /// Notes what became of a decision.
  func settle(
    _ id: String, _ state: DecisionState, detail: String? = nil, jobID: String? = nil, at moment: Moment
  ) async throws {
    let isOpen = state == .forwarding || state == .forwarded || state == .inDoubt
    try await writes.write { db in
      try db.execute(
        sql: """
          UPDATE decisions SET state = ?, state_at = ?, state_detail = ?, job_id = ?, remembered = ?,
            held = held AND ? WHERE id = ?
          """, arguments: [state.rawValue, moment.wall.milliseconds, detail, jobID, isOpen, isOpen, id])
      guard let jobID else { return }
      // A job id that is there already belongs to an earlier decision, which keeps it.
      try db.execute(
        sql: "INSERT INTO jobs (job_id, decision, status_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        arguments: [jobID, id, moment.wall.milliseconds])
    }
  }

  /// The decision on the same request of the same caller whose outcome is still open; `nil` if there is none.
  func rememberedDecision(_ key: RequestKey, at moment: Moment) async throws -> DecisionRow? {
    let oldest = moment.wall.milliseconds - Self.memory
    return try await read { db in
      let row = try Row.fetchOne(
        db,
        sql: DecisionRow.select
          + " WHERE project = ? AND caller = ? AND request_digest = ? AND remembered = 1 AND state_at > ?",
        arguments: [key.project, key.caller, key.digest, oldest])
      return try row.map { try DecisionRow(row: $0) }
    }
  }

  /// One decision.
  func decision(_ id: String) async throws -> DecisionRow? {
    try await read { db in
      try Row.fetchOne(db, sql: DecisionRow.select + " WHERE id = ?", arguments: [id]).map { try DecisionRow(row: $0) }
    }
  }

  /// The history rows that a decision rests on, oldest first.
  func facts(of decision: String) async throws -> [Int64] {
    try await read { db in
      try Int64.fetchAll(
        db, sql: "SELECT facts FROM decision_facts WHERE decision = ? ORDER BY position", arguments: [decision])
    }
  }

  /// What the cloud said; `nil` if it is gone.
  func cloudFacts(_ digest: String) async throws -> String? {
    try await read {
      try String.fetchOne($0, sql: "SELECT body FROM cloud_facts WHERE digest = ?", arguments: [digest])
    }
  }

  /// Notes a job's status as the cloud told it; a job that was not ordered here is passed over.
  ///
  /// Once a job is final its request is forgotten, what it held is free, and the same body orders another image. An image
  /// whose guest changed while it was made is suspect.
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
      try db.execute(
        sql: "UPDATE decisions SET remembered = 0, held = 0 WHERE (remembered = 1 OR held = 1) AND job_id = ?",
        arguments: [job])
      guard status == .success else { return }
      let changed = try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT decisions.id FROM decisions JOIN decision_notes ON decision = decisions.id
          WHERE job_id = ? AND kind IN ('violated', 'topology_changed')
          """, arguments: [job])
      for id in changed {
        try Self.note(
          id, .suspect, "the image was made while the guest was not what was decided on", moment.wall, in: db)
      }
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
}
