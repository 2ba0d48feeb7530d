// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import FoundationEssentials
internal import GRDB
internal import Journal

/// The guests of a collector's database, for the people who run it; also while it is served.
public struct GuestBook: Sendable {
  /// Which guests a list shows.
  public struct Filter: Sendable {
    /// Only those of this project.
    public var project: String?
    /// Only those of this verdict, as `not_ready`.
    public var verdict: String?
    /// At most so many.
    public var limit: Int

    /// All guests up to a number.
    public init(project: String? = nil, verdict: String? = nil, limit: Int = 1000) {
      self.project = project
      self.verdict = verdict
      self.limit = limit
    }
  }

  /// Rows of the history that `show` tells, the newest.
  public static let shownHistory = 20

  private let records: StoredRecords

  /// Opens a database that a collector has made; throws `.input` for any other.
  public init(database path: String) throws(CollectorFailure) { records = try StoredRecords(path) }

  /// The guests that a filter shows, by project and id: a line each with tabs between id, project, operating system,
  /// verdict, when it was last inspected by the collector's clock (`-` if that is unknown), and where its facts are from.
  public func list(_ filter: Filter) throws(CollectorFailure) -> [String] {
    try records.read { db in
      var conditions = ["1"]
      var arguments: [any DatabaseValueConvertible] = []
      for (column, value) in [("project", filter.project), ("verdict", filter.verdict)] {
        guard let value else { continue }
        conditions.append("guests.\(column) = ?")
        arguments.append(value)
      }
      arguments.append(filter.limit)
      return try Row.fetchAll(
        db,
        sql: "SELECT \(GuestRecord.columns) FROM guests JOIN facts_history ON facts_history.id = facts "
          + "WHERE \(conditions.joined(separator: " AND ")) ORDER BY project, instance_id LIMIT ?",
        arguments: StatementArguments(arguments)
      ).map { row in
        let guest = GuestRecord(row: row)
        let fields = [
          guest.instanceID, guest.project, guest.osFamily ?? "-", guest.verdict,
          guest.facts.isTimeKnown ? guest.facts.lastInspected.wall.text : "-", guest.facts.source.rawValue,
        ]
        return fields.map { PlainText.from($0) }.joined(separator: "\t")
      }
    }
  }

  /// A guest with the newest rows of its history, as JSON.
  public func show(_ id: String, project: String?) throws(CollectorFailure) -> String {
    let (guest, history, keys) = try records.read { db in
      let (number, guest) = try one(id, project, in: db)
      let keys = try GuestKeyRecord.all(guest.project, guest.instanceID, in: db)
      let history = try Row.fetchAll(
        db, sql: "SELECT \(FactsRecord.columns) FROM facts_history WHERE guest = ? ORDER BY id DESC LIMIT ?",
        arguments: [number, Self.shownHistory]
      ).map { FactsRecord(row: $0) }
      return (guest, history, keys)
    }
    let lineage = keys.first { $0.revokedAt == nil }?.parent
    let json = JSON.members(
      ("instance_id", guest.instanceID.json), ("project", guest.project.json),
      ("os_family", guest.osFamily?.json ?? .null), ("verdict", guest.verdict.json),
      ("revision", .integer(guest.revision)), ("boot_id", guest.bootID.json),
      ("report_sequence", .integer(guest.reportSequence)), ("lineage", lineage?.json ?? .null),
      ("keys", .array(keys.map(\.json))), ("history", .array(history.map(Self.row))))
    return String(decoding: json.prettyBytes.dropLast(), as: UTF8.self)
  }

  /// Revokes the key of a guest: nothing that it signs is taken any more, and the guest can enrol anew.
  ///
  /// What is known of the guest stays. Returns the key's name; throws `.input` if the guest has no key in force.
  public func revoke(_ id: String, project: String?) throws(CollectorFailure) -> String {
    let canonical = InstanceID.canonical(id) ?? id
    return try records.write { db in
      let keys = try Row.fetchAll(
        db,
        sql: """
          SELECT id, key_id FROM guest_keys
          WHERE instance_id = ? AND (? IS NULL OR project = ?) AND revoked_at IS NULL LIMIT 2
          """, arguments: [canonical, project, project])
      guard let key = keys.first else {
        throw CollectorFailure(.input, "no guest \(PlainText.from(id)) is enrolled in \(records.path)")
      }
      guard keys.count == 1 else {
        throw CollectorFailure(
          .usage, "guests \(PlainText.from(id)) are enrolled in several projects: name one by --project")
      }
      try db.execute(
        sql: "UPDATE guest_keys SET revoked_at = ? WHERE id = ?",
        arguments: [UTCTime.now().milliseconds, key["id"] as Int64])
      return key["key_id"]
    }
  }

  /// The newest facts of a guest, byte for byte as they were stored.
  public func facts(_ id: String, project: String?) throws(CollectorFailure) -> [UInt8] {
    let body = try records.read { db in
      let (_, guest) = try one(id, project, in: db)
      return try Row.fetchOne(
        db, sql: "SELECT body FROM facts_documents WHERE facts = ?", arguments: [guest.facts.id]
      ).map { try $0.withUnsafeData(atIndex: 0) { Array($0 ?? Data()) } }
    }
    guard let body else {
      throw CollectorFailure(.input, "the facts of guest \(PlainText.from(id)) are gone from \(records.path)")
    }
    return body
  }

  private static func row(_ facts: FactsRecord) -> JSON {
    .members(
      ("facts_digest", facts.factsDigest.json), ("topology_digest", facts.topologyDigest.json),
      ("received_at", facts.receivedAt.text.json),
      ("inspected_at", facts.isTimeKnown ? facts.inspectedAt.text.json : .null),
      ("last_inspected_at", facts.isTimeKnown ? facts.lastInspected.wall.text.json : .null),
      ("confirmed_at", facts.confirmedAt.text.json), ("source", facts.source.rawValue.json))
  }

  private func one(_ id: String, _ project: String?, in db: Database) throws -> (Int64, GuestRecord) {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT guests.id, \(GuestRecord.columns) FROM guests JOIN facts_history ON facts_history.id = facts
        WHERE instance_id = ? AND (? IS NULL OR project = ?) ORDER BY project LIMIT 2
        """, arguments: [id.lowercased(), project, project])
    guard let row = rows.first else {
      throw CollectorFailure(.input, "there is no guest \(PlainText.from(id)) in \(records.path)")
    }
    guard rows.count == 1 else {
      throw CollectorFailure(
        .usage, "there are guests \(PlainText.from(id)) in several projects: name one by --project")
    }
    return (row[0], GuestRecord(row: row, from: 1))
  }
}
