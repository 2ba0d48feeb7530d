// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import HuaweiCloud

/// What keeps a decision from being forwarded at the last moment.
enum ForwardingBar: Sendable, Equatable {
  /// The guest's data lies elsewhere by now.
  case topologyChanged
  /// An image of the same backup is being made for that decision.
  case held(by: String)
}

/// Something that was seen of a decision after it was made.
enum DecisionNote: String, Sendable {
  /// A server that had to stay stopped was started: its guest reported a new boot.
  case violated
  /// The guest's data lay elsewhere while the image was made.
  case topologyChanged = "topology_changed"
  /// The image was made, and what it shows is not what was decided on.
  case suspect
  /// An operator said what became of it, or ended its hold.
  case resolved
}

extension Store {
  /// How long a forwarded or doubtful request is remembered at most, and holds what it is made of: a day, in
  /// milliseconds.
  static let memory: Int64 = 86_400_000

  /// The decision whose image is being made of the same server or backup; `nil` if none is.
  func holder(project: String, of request: ImageRequest, at moment: Moment) async throws -> String? {
    let oldest = moment.wall.milliseconds - Self.memory
    switch request.form {
    case .csbsBackup, .cbrBackup:
      guard let backup = request.backupID else { return nil }
      return try await read { try Self.holder(project, "backup_id", backup, oldest, in: $0) }
    case .startServer:
      guard let server = request.serverID else { return nil }
      return try await read { try Self.holder(project, "server_id", server, oldest, in: $0) }
    default: return nil
    }
  }

  private static func holder(
    _ project: String, _ column: String, _ id: String, _ oldest: Int64, in db: Database
  ) throws -> String? {
    let statement = try db.cachedStatement(
      sql: "SELECT id FROM decisions WHERE held = 1 AND project = ? AND \(column) = ? AND state_at > ?")
    return try String.fetchOne(statement, arguments: [project, id, oldest])
  }

  /// Marks a decision as being forwarded, and holds what its image is made of.
  ///
  /// Compared and marked in one transaction, and reports wait behind it: what is sent next was right when it was sent,
  /// and of two requests for one backup one is sent. Returns what bars the way; then nothing was marked.
  func beginForwarding(_ decision: Decision, at moment: Moment) async throws -> ForwardingBar? {
    let (id, project, request) = (decision.id, decision.project, decision.basis.request)
    let occasion = decision.inForce?.occasion
    // A backup does not change with its server any more.
    let compared = occasion == .now || occasion == .stopped ? decision.facts : nil
    return try await writes.write { db in
      try Self.forgetOld(at: moment, in: db)
      if let compared {
        guard let server = request.serverID, let guest = try Self.guest(project, server, in: db),
          guest.record.facts.topologyDigest == compared.topologyDigest
        else { return .topologyChanged }
      }
      if let other = try Self.namesake(of: id, project, at: moment, in: db) { return .held(by: other) }
      if let backup = request.backupID,
        let other = try Self.holder(project, "backup_id", backup, .min, in: db)
      {
        return .held(by: other)
      }
      try db.execute(
        sql: """
          UPDATE decisions SET state = 'forwarding', state_at = ?, remembered = 1, held = 1, server_id = ?,
            backup_id = ?, topology_digest = ?, stopped_boot_id = ? WHERE id = ?
          """,
        arguments: [
          moment.wall.milliseconds, request.serverID, request.backupID, compared?.topologyDigest,
          occasion == .stopped ? compared?.bootID : nil, id,
        ])
      return nil
    }
  }

  /// Ends what a decision holds whose image is over; its request stays remembered, so that it is not sent again.
  func release(_ id: String) async throws {
    try await writes.write { try $0.execute(sql: "UPDATE decisions SET held = 0 WHERE id = ?", arguments: [id]) }
  }

  /// Ends the memory and the holds of what is a day old; what never came to an end by then is in doubt.
  static func forgetOld(at moment: Moment, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE decisions SET remembered = 0, held = 0,
          state = CASE state WHEN 'forwarding' THEN 'in_doubt' ELSE state END
        WHERE (remembered = 1 OR held = 1) AND state_at <= ?
        """, arguments: [moment.wall.milliseconds - memory])
  }

  /// Notes on the decisions that hold a server what a report of its guest says about them.
  static func watchHolds(_ report: FactsReport, in db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, topology_digest, stopped_boot_id FROM decisions WHERE held = 1 AND project = ? AND server_id = ?
        """)
    for row in try Row.fetchAll(statement, arguments: [report.project, report.instanceID]) {
      let id: String = row["id"]
      let at = report.arrived.wall
      if let boot = row["stopped_boot_id"] as String?, boot != report.bootID {
        try note(id, .violated, "the server was started: its guest reported boot \(report.bootID)", at, in: db)
      }
      if let topology = row["topology_digest"] as String?, topology != report.topologyDigest {
        try note(id, .topologyChanged, "the guest's data lies elsewhere: \(report.topologyDigest)", at, in: db)
      }
    }
  }

  /// Adds a note, each kind once a decision.
  static func note(
    _ decision: String, _ kind: DecisionNote, _ detail: String, _ at: UTCTime, in db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO decision_notes (decision, at, kind, detail) SELECT ?, ?, ?, ?
        WHERE NOT EXISTS (SELECT 1 FROM decision_notes WHERE decision = ? AND kind = ?)
        """, arguments: [decision, at.milliseconds, kind.rawValue, detail, decision, kind.rawValue])
  }

  /// The notes on a decision, oldest first.
  func notes(on decision: String) async throws -> [JSON] { try await read { try Self.notes(on: decision, in: $0) } }

  static func notes(on decision: String, in db: Database) throws -> [JSON] {
    try Row.fetchAll(
      db, sql: "SELECT at, kind, detail FROM decision_notes WHERE decision = ? ORDER BY id", arguments: [decision]
    ).map { row in
      .members(
        ("at", UTCTime(milliseconds: row["at"]).text.json), ("kind", (row["kind"] as String).json),
        ("detail", (row["detail"] as String).json))
    }
  }
}
