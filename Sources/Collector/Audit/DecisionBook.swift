// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import HuaweiCloud
internal import Journal

/// The decisions of a collector's database, for the people who run it; also while it is served.
public struct DecisionBook: Sendable {
  /// Which decisions a list shows.
  public struct Filter: Sendable {
    /// Only those of this project.
    public var project: String?
    /// Only those about this server.
    public var server: String?
    /// Only those in this state, as `in_doubt`.
    public var state: String?
    /// At most so many, the newest.
    public var limit: Int

    /// The newest decisions, however they ended.
    public init(project: String? = nil, server: String? = nil, state: String? = nil, limit: Int = 100) {
      self.project = project
      self.server = server
      self.state = state
      self.limit = limit
    }
  }

  /// What came of the request of a decision in doubt.
  public enum Outcome: Sendable {
    /// The cloud took it: the job's id.
    case made(job: String)
    /// The cloud never took it.
    case notMade
  }

  private let records: StoredRecords

  /// Opens a database that a collector has made; throws `.input` for any other.
  public init(database path: String) throws(CollectorFailure) { records = try StoredRecords(path) }

  /// The decisions that a filter shows, newest first: a line each with tabs between id, time, state, decision, verdict,
  /// operation, project, what it is about and the rule that refused.
  public func list(_ filter: Filter) throws(CollectorFailure) -> [String] {
    try records.read { db in
      var conditions = ["1"]
      var arguments: [any DatabaseValueConvertible] = []
      for (column, value) in [("project", filter.project), ("server_id", filter.server), ("state", filter.state)] {
        guard let value else { continue }
        conditions.append("decisions.\(column) = ?")
        arguments.append(value)
      }
      arguments.append(filter.limit)
      return try Row.fetchAll(
        db,
        sql: "SELECT * FROM decisions WHERE \(conditions.joined(separator: " AND ")) "
          + "ORDER BY decided_at DESC, rowid DESC LIMIT ?", arguments: StatementArguments(arguments)
      ).map { row in
        let record = try? JSON(parsing: (row["record"] as String).utf8)
        let id: String = row["id"]
        let state: String = row["state"]
        let (operation, project, subject): (String, String, String) = (
          row["operation"], row["project"], row["instance_id"]
        )
        let words = [record?["decision"], record?["verdict"]].map { $0?.string ?? "?" }
        let why = record?["refusal"]?["rule"]?.string ?? record?["refusal"]?["reason"]?.string ?? "-"
        let fields =
          [id, UTCTime(milliseconds: row["decided_at"]).text, state] + words + [operation, project, subject, why]
        return fields.map { PlainText.from($0) }.joined(separator: "\t")
      }
    }
  }

  /// A decision with what became of it, as JSON.
  public func show(_ id: String) throws(CollectorFailure) -> String {
    let found = try records.read { db in
      try Row.fetchOne(db, sql: DecisionRow.select + " WHERE id = ?", arguments: [id]).map { row in
        try Self.document(try DecisionRow(row: row), in: db)
      }
    }
    guard let found else {
      throw CollectorFailure(.input, "there is no decision \(PlainText.from(id)) in \(records.path)")
    }
    return String(decoding: found.prettyBytes, as: UTF8.self)
  }

  /// Every decision with what became of it and its link in the chain, oldest first, as JSON a line; one after another, so
  /// that any number of them can be written out.
  public func export(_ line: (String) throws -> Void) throws(CollectorFailure) {
    try records.read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT decisions.*, jobs.status AS job_status, chain.link AS chain_link FROM decisions
          LEFT JOIN jobs ON jobs.job_id = decisions.job_id AND jobs.decision = decisions.id
          LEFT JOIN chain ON chain.decision = decisions.id ORDER BY decisions.rowid
          """)
      while let row = try rows.next() {
        guard case .object(var document) = try Self.document(try DecisionRow(row: row), in: db) else { continue }
        document["link"] = (row["chain_link"] as String?).map { .string($0) } ?? .null
        try line(JSON.object(document).text)
      }
    }
  }

  /// Says what came of a decision in doubt, by that person's word; its hold ends, or lasts until the job's end.
  public func resolve(_ id: String, _ outcome: Outcome, by person: String) throws(CollectorFailure) {
    var job: String?
    if case .made(let made) = outcome {
      guard CloudIdentifiers.isPathIdentifier(made) else {
        throw CollectorFailure(.usage, "\(PlainText.from(made)) is no job id")
      }
      job = made
    }
    let state = try records.write { db in
      try DecisionRow.resolve(id, job: job, by: person, at: .now(), in: db)
    }
    switch state {
    case nil: throw CollectorFailure(.input, "there is no decision \(PlainText.from(id)) in \(records.path)")
    case .inDoubt?: return
    case let other?:
      throw CollectorFailure(.usage, "decision \(id) is not in doubt but \(other.rawValue); nothing was changed")
    }
  }

  /// Ends what a decision holds, whatever its job does.
  public func release(_ id: String, by person: String) throws(CollectorFailure) {
    let changed = try records.write { db in
      try db.execute(sql: "UPDATE decisions SET held = 0, remembered = 0 WHERE id = ? AND held = 1", arguments: [id])
      guard db.changesCount > 0 else { return false }
      try Store.note(id, .resolved, "\(person) ended its hold", .now(), in: db)
      return true
    }
    guard changed else {
      throw CollectorFailure(.usage, "decision \(PlainText.from(id)) holds nothing; nothing was changed")
    }
  }

  /// Follows the chain over all records; returns how many there are and the last link.
  ///
  /// Throws where it breaks, and where a link that was kept is none of it.
  public func verify(expecting link: String? = nil) throws -> (count: Int64, link: String) {
    try records.database.read { try DecisionChain.verify($0, expecting: link) }
  }

  private static func document(_ row: DecisionRow, in db: Database) throws -> JSON {
    guard case .object(var record)? = try? JSON(parsing: row.record.utf8) else {
      return .members(("id", row.id.json), ("unreadable", true))
    }
    record["state"] = .string(row.state.rawValue)
    record["state_at"] = .string(row.stateAt.text)
    record["state_detail"] = row.detail.map { .string($0) } ?? .null
    record["job_id"] = row.jobID.map { .string($0) } ?? .null
    record["job_status"] = row.jobStatus.map { .string($0) } ?? .null
    record["held"] = .bool(row.isHeld)
    record["notes"] = .array(try Store.notes(on: row.id, in: db))
    return .object(record)
  }
}
