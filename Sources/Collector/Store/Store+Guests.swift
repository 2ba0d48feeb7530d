// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import FoundationEssentials
internal import GRDB
internal import HuaweiCloud
internal import NIOCore

/// Which guests a list shows.
struct GuestFilter: Sendable {
  /// Projects that the caller may see, or the one asked for.
  var projects: [String]
  var verdict: String?
  /// Only guests that changed after this revision.
  var after: Int64
  var limit: Int
}

extension Store {
  /// One guest; `nil` if nothing was ever reported about it.
  func guest(project: String, instanceID: String) async throws -> GuestRecord? {
    try await read { try Self.guest(project, instanceID, in: $0)?.record }
  }

  /// One guest with its newest facts document, of one moment.
  func guestWithFacts(project: String, instanceID: String) async throws -> (record: GuestRecord, body: ByteBuffer)? {
    try await read { db in
      guard let guest = try Self.guest(project, instanceID, in: db) else { return nil }
      guard let body = try Self.document(guest.record.facts.id, in: db) else {
        throw DatabaseError(message: "the facts document \(guest.record.facts.id) is gone")
      }
      return (guest.record, body)
    }
  }

  /// The facts document of a history row; `nil` if it is gone.
  func document(_ facts: Int64) async throws -> ByteBuffer? { try await read { try Self.document(facts, in: $0) } }

  private static func document(_ facts: Int64, in db: Database) throws -> ByteBuffer? {
    let statement = try db.cachedStatement(sql: "SELECT body FROM facts_documents WHERE facts = ?")
    guard let row = try Row.fetchOne(statement, arguments: [facts]) else { return nil }
    return try row.withUnsafeData(atIndex: 0) { $0.map { ByteBuffer(bytes: $0) } }
  }

  /// The rows of a guest's history whose inspections fall into a time, oldest first, and since when it is complete.
  func history(
    project: String, instanceID: String, from: UTCTime, to: UTCTime
  ) async throws -> (records: [FactsRecord], begins: UTCTime?) {
    try await read { db in
      let id = try Int64.fetchOne(
        db, sql: "SELECT id FROM guests WHERE project = ? AND instance_id = ?", arguments: [project, instanceID])
      guard let id else { return ([], nil) }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT \(FactsRecord.columns) FROM facts_history
          WHERE guest = ? AND inspected_at <= ? AND last_inspected_at >= ? ORDER BY inspected_at, id
          """, arguments: [id, to.milliseconds, from.milliseconds])
      let begins = try Int64.fetchOne(
        db,
        sql: """
          SELECT MAX(MIN(inspected_at), (SELECT begins FROM history)) FROM facts_history WHERE guest = ?
          """, arguments: [id])
      return (rows.map { FactsRecord(row: $0) }, begins.map { UTCTime(milliseconds: $0) })
    }
  }

  /// The capture that the facts of a history row were read from; `nil` if they are from an agent.
  func capture(_ facts: Int64) async throws -> ByteBuffer? {
    try await read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT body FROM captures WHERE facts = ?", arguments: [facts]) else {
        return nil
      }
      return try row.withUnsafeData(atIndex: 0) { $0.map { ByteBuffer(bytes: $0) } }
    }
  }

  /// Guests in the order of their last change, so that one that changes while a caller pages is seen again, not missed.
  func guests(_ filter: GuestFilter) async throws -> [GuestRecord] {
    try await read { db in
      var conditions = ["revision > ?", "project IN (\(filter.projects.map { _ in "?" }.joined(separator: ", ")))"]
      var arguments: [any DatabaseValueConvertible] = [filter.after]
      arguments += filter.projects
      if let verdict = filter.verdict {
        conditions.append("verdict = ?")
        arguments.append(verdict)
      }
      arguments.append(filter.limit)
      return try Row.fetchAll(
        db,
        sql: """
          SELECT \(GuestRecord.columns) FROM guests JOIN facts_history ON facts_history.id = facts
          WHERE \(conditions.joined(separator: " AND ")) ORDER BY revision LIMIT ?
          """,
        arguments: StatementArguments(arguments)
      ).map { GuestRecord(row: $0) }
    }
  }

  /// Some guests whose verdict was not made with that rule set, profile and reading, with their documents.
  func guestsNotJudged(by basis: String, limit: Int) async throws -> [(id: Int64, facts: Int64, body: ByteBuffer)] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT guests.id, guests.facts, body FROM guests JOIN facts_documents ON facts_documents.facts = guests.facts
          WHERE judged_by <> ? ORDER BY guests.id LIMIT ?
          """, arguments: [basis, limit]
      ).map { row in
        (row[0], row[1], try row.withUnsafeData(atIndex: 2) { ByteBuffer(bytes: $0 ?? Data()) })
      }
    }
  }

  /// Notes new verdicts; a guest whose facts changed meanwhile was judged then.
  func rejudge(_ verdicts: [(guest: Int64, facts: Int64, verdict: String)], by basis: String) async throws {
    try await writes.write { db in
      for item in verdicts {
        let before = try String.fetchOne(
          db, sql: "SELECT verdict FROM guests WHERE id = ? AND facts = ?", arguments: [item.guest, item.facts])
        guard let before else { continue }
        try db.execute(
          sql: "UPDATE guests SET verdict = ?, judged_by = ? WHERE id = ?",
          arguments: [item.verdict, basis, item.guest])
        guard before != item.verdict else { continue }
        try db.execute(
          sql: "UPDATE guests SET revision = ? WHERE id = ?", arguments: [try Self.nextRevision(in: db), item.guest])
      }
    }
  }
}
