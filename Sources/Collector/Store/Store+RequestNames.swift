// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB

/// The names of requests (`Idempotency-Key`): each is good for one request of its project, for a day.
extension Store {
  /// The decision on the request that was named so; refused and failed ones do not count, they are judged anew.
  func namedDecision(_ name: String, project: String, at moment: Moment) async throws -> DecisionRow? {
    try await read { db in
      guard let id = try Self.named(name, project, at: moment, in: db) else { return nil }
      return try Row.fetchOne(db, sql: DecisionRow.select + " WHERE id = ?", arguments: [id])
        .map { try DecisionRow(row: $0) }
    }
  }

  /// Gives a decision another name; the decision that has it already, if that is another one, keeps it and is returned.
  func name(_ id: String, _ name: String, project: String, at moment: Moment) async throws -> String? {
    try await writes.write { db in
      if let holder = try Self.named(name, project, at: moment, in: db) { return holder == id ? nil : holder }
      try db.execute(
        sql: """
          INSERT INTO request_names (project, name, decision) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET decision = excluded.decision
          """, arguments: [project, name, id])
      return nil
    }
  }

  /// Another decision on a request of the same name that was sent meanwhile.
  static func namesake(of id: String, _ project: String, at moment: Moment, in db: Database) throws -> String? {
    let name = try String.fetchOne(db, sql: "SELECT idempotency_key FROM decisions WHERE id = ?", arguments: [id])
    guard let name, let holder = try named(name, project, at: moment, in: db), holder != id else { return nil }
    return holder
  }

  /// The id of the decision that a name stands for.
  private static func named(
    _ name: String, _ project: String, at moment: Moment, in db: Database
  ) throws -> String? {
    try String.fetchOne(
      db,
      sql: """
        SELECT id FROM decisions
        WHERE project = ? AND decided_at > ? AND state IN ('forwarding', 'forwarded', 'in_doubt') AND (
          idempotency_key = ? OR id = (SELECT decision FROM request_names WHERE project = ? AND name = ?))
        ORDER BY decided_at DESC
        """, arguments: [project, moment.wall.milliseconds - memory, name, project, name])
  }
}
