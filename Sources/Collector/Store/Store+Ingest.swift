// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import FoundationEssentials
internal import GRDB
internal import HuaweiCloud
internal import NIOCore

/// Facts that arrived, judged and ready to be stored.
struct FactsReport: Sendable {
  var project: String
  var instanceID: String
  /// On what the sender stands.
  var authority: ReportAuthority
  /// The boot that the sequence counts in; empty if the sender does not say.
  var bootID: String
  /// `nil`: the sender does not number its reports, and they count in the order they arrive.
  var sequence: Int64?
  /// When the guest was inspected, by the collector's clocks.
  var inspected: Moment
  /// When the report arrived.
  var arrived: Moment
  var factsDigest: String
  var topologyDigest: String
  var osFamily: String?
  var verdict: String
  /// What the verdict was made with: rule set, profile, reading.
  var judgedBy: String
  /// The document, byte for byte.
  var body: ByteBuffer
  /// The capture that it was read from, byte for byte; `nil` for the report of an agent.
  var capture: ByteBuffer?
  /// Whether it is known when the guest was looked at.
  var isTimeKnown = true

  /// Where the facts are from.
  var source: FactsSource { capture == nil ? .agent : .capture }
}

/// What became of a report.
enum IngestOutcome: Sendable, Equatable {
  /// Stored and durable; `previous` is the verdict before, `nil` for a new guest.
  case accepted(sequence: Int64, previous: String?)
  /// The very request that was stored last; nothing was done.
  case repeated(sequence: Int64)
  /// A report of this boot with that higher sequence, or with the same and other facts, is stored already.
  case outdated(stored: Int64)
}

/// What became of a heartbeat.
enum HeartbeatOutcome: Sendable, Equatable {
  case confirmed
  /// The very request that was taken last; nothing was done.
  case repeated
  /// The stored facts are others, or of another boot.
  case factsWanted
  case unknownGuest
}

extension Store {
  /// Stores a report: a new history row if the facts digest changed, else the newest row is confirmed.
  func ingest(_ report: FactsReport) async throws -> IngestOutcome {
    let clockRow = clockRow
    return try await admitting { try Self.ingest(report, clockRow, in: $0) }
  }

  private static func ingest(_ report: FactsReport, _ clock: Int64, in db: Database) throws -> IngestOutcome {
    if try admit(report.authority, report.project, report.instanceID, in: db) {
      return .repeated(sequence: report.sequence ?? 1)
    }
    let outcome = try take(report, clock, in: db)
    if case .accepted = outcome { try watchHolds(report, in: db) }
    return outcome
  }

  private static func take(_ report: FactsReport, _ clock: Int64, in db: Database) throws -> IngestOutcome {
    guard let guest = try guest(report.project, report.instanceID, in: db) else {
      let sequence = report.sequence ?? 1
      try insertGuest(report, sequence, clock, in: db)
      return .accepted(sequence: sequence, previous: nil)
    }
    let sameBoot = guest.record.bootID == report.bootID
    let unchanged = guest.record.facts.factsDigest == report.factsDigest
    let sequence = report.sequence ?? (sameBoot ? guest.record.reportSequence + 1 : 1)
    if sameBoot {
      let stored = guest.record.reportSequence
      if sequence < stored || (sequence == stored && !unchanged) { return .outdated(stored: stored) }
    }
    if isOvertaken(report, by: guest.record.facts, clock) { return .outdated(stored: guest.record.reportSequence) }
    if unchanged {
      try confirm(report, guest.record.facts, clock, in: db)
      try db.cachedStatement(sql: "UPDATE guests SET boot_id = ?, report_sequence = ? WHERE id = ?")
        .execute(arguments: [report.bootID, sequence, guest.id])
    } else {
      let facts = try insertFacts(report, guest: guest.id, sequence, clock, in: db)
      try db.cachedStatement(
        sql: """
          UPDATE guests SET facts = ?, os_family = ?, verdict = ?, judged_by = ?, revision = ?, boot_id = ?,
            report_sequence = ? WHERE id = ?
          """
      ).execute(
        arguments: [
          facts, report.osFamily, report.verdict, report.judgedBy, try nextRevision(in: db), report.bootID, sequence,
          guest.id,
        ])
    }
    return .accepted(sequence: sequence, previous: guest.record.verdict)
  }

  /// A capture that was taken before the one that is stored says nothing new; agents number their reports instead.
  private static func isOvertaken(_ report: FactsReport, by facts: FactsRecord, _ clock: Int64) -> Bool {
    guard report.source == .capture, facts.source == .capture, report.isTimeKnown, facts.isTimeKnown,
      facts.factsDigest != report.factsDigest
    else { return false }
    return facts.clockRow == clock
      ? report.inspected.uptime < facts.lastInspected.uptime : report.inspected.wall < facts.lastInspected.wall
  }

  /// Confirms stored facts by a report that says the same.
  private static func confirm(_ report: FactsReport, _ facts: FactsRecord, _ clock: Int64, in db: Database) throws {
    // A capture without a time says nothing about when the guest looked so.
    if report.isTimeKnown {
      if facts.isTimeKnown {
        try confirm(facts, report.inspected, report.arrived, clock, in: db)
      } else {
        try db.cachedStatement(
          sql: """
            UPDATE facts_history SET confirmed_at = ?, last_inspected_at = ?, clock = ?, last_inspected_uptime = ?,
              time_known = 1 WHERE id = ?
            """
        ).execute(
          arguments: [
            report.arrived.wall.milliseconds, report.inspected.wall.milliseconds, clock, report.inspected.uptime,
            facts.id,
          ])
      }
    }
    guard report.source != facts.source || report.capture != nil else { return }
    try db.cachedStatement(sql: "UPDATE facts_history SET source = ? WHERE id = ?")
      .execute(arguments: [report.source.rawValue, facts.id])
    try insertCapture(report, facts.id, in: db)
  }

  private static func insertCapture(_ report: FactsReport, _ facts: Int64, in db: Database) throws {
    guard let capture = report.capture else { return }
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO captures (facts, body) VALUES (?, ?)")
      .execute(arguments: [facts, capture.withUnsafeReadableBytes { Data($0) }])
  }

  /// Confirms the stored facts if the digest is theirs; `boot` is compared where the sender names it.
  func heartbeat(
    project: String, instanceID: String, authority: ReportAuthority, digest: String, boot: String?, inspected: Moment,
    arrived: Moment
  ) async throws -> HeartbeatOutcome {
    let clockRow = clockRow
    return try await admitting { db in
      if try Self.admit(authority, project, instanceID, in: db) { return .repeated }
      if try Self.confirmNewest(project, instanceID, digest, boot, inspected, arrived, clockRow, in: db) {
        return .confirmed
      }
      guard let guest = try Self.guest(project, instanceID, in: db) else { return .unknownGuest }
      let record = guest.record
      guard record.facts.factsDigest == digest, boot == nil || boot == record.bootID else { return .factsWanted }
      try Self.confirm(record.facts, inspected, arrived, clockRow, in: db)
      return .confirmed
    }
  }

  /// Confirms the stored facts in one statement, as nearly every heartbeat does; false where that does not tell.
  private static func confirmNewest(
    _ project: String, _ instanceID: String, _ digest: String, _ boot: String?, _ inspected: Moment, _ arrived: Moment,
    _ clock: Int64, in db: Database
  ) throws -> Bool {
    try db.cachedStatement(
      sql: """
        UPDATE facts_history SET confirmed_at = ?, last_inspected_at = ?, clock = ?, last_inspected_uptime = ?
        WHERE facts_digest = ? AND (clock <> ? OR last_inspected_uptime <= ?)
          AND id = (SELECT facts FROM guests WHERE project = ? AND instance_id = ? AND (? IS NULL OR boot_id = ?))
        """
    ).execute(
      arguments: [
        arrived.wall.milliseconds, inspected.wall.milliseconds, clock, inspected.uptime, digest, clock,
        inspected.uptime, project, instanceID, boot, boot,
      ])
    return db.changesCount == 1
  }

  static func guest(
    _ project: String, _ instanceID: String, in db: Database
  ) throws -> (id: Int64, record: GuestRecord)? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT guests.id, \(GuestRecord.columns) FROM guests JOIN facts_history ON facts_history.id = facts
        WHERE project = ? AND instance_id = ?
        """)
    let rows = try Row.fetchCursor(statement, arguments: [project, instanceID])
    guard let row = try rows.next() else { return nil }
    return (row[0], GuestRecord(row: row, from: 1))
  }

  private static func insertGuest(
    _ report: FactsReport, _ sequence: Int64, _ clock: Int64, in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO guests
          (project, instance_id, facts, os_family, verdict, judged_by, revision, boot_id, report_sequence)
        VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        report.project, report.instanceID, report.osFamily, report.verdict, report.judgedBy,
        try nextRevision(in: db), report.bootID, sequence,
      ])
    let guest = db.lastInsertedRowID
    let facts = try insertFacts(report, guest: guest, sequence, clock, in: db)
    try db.cachedStatement(sql: "UPDATE guests SET facts = ? WHERE id = ?").execute(arguments: [facts, guest])
  }

  private static func insertFacts(
    _ report: FactsReport, guest: Int64, _ sequence: Int64, _ clock: Int64, in db: Database
  ) throws -> Int64 {
    try db.cachedStatement(
      sql: """
        INSERT INTO facts_history
          (guest, facts_digest, topology_digest, boot_id, report_sequence, received_at, inspected_at, confirmed_at,
           last_inspected_at, clock, last_inspected_uptime, source, time_known)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        guest, report.factsDigest, report.topologyDigest, report.bootID, sequence, report.arrived.wall.milliseconds,
        report.inspected.wall.milliseconds, report.arrived.wall.milliseconds, report.inspected.wall.milliseconds,
        clock, report.inspected.uptime, report.source.rawValue, report.isTimeKnown,
      ])
    let facts = db.lastInsertedRowID
    try insertCapture(report, facts, in: db)
    let body = report.body.withUnsafeReadableBytes { Data($0) }
    try db.cachedStatement(sql: "INSERT INTO facts_documents (facts, body) VALUES (?, ?)")
      .execute(arguments: [facts, body])
    return facts
  }

  /// Moves the confirmed columns on, unless a later inspection confirmed them already.
  private static func confirm(
    _ facts: FactsRecord, _ inspected: Moment, _ arrived: Moment, _ clock: Int64, in db: Database
  ) throws {
    let isOlder = facts.clockRow == clock && inspected.uptime < facts.lastInspected.uptime
    let newest = isOlder ? facts.lastInspected : inspected
    try db.cachedStatement(
      sql: """
        UPDATE facts_history SET confirmed_at = ?, last_inspected_at = ?, clock = ?, last_inspected_uptime = ?
        WHERE id = ?
        """
    ).execute(
      arguments: [arrived.wall.milliseconds, newest.wall.milliseconds, clock, newest.uptime, facts.id])
  }

  static func nextRevision(in db: Database) throws -> Int64 {
    let statement = try db.cachedStatement(sql: "UPDATE revisions SET last = last + 1 RETURNING last")
    guard let revision = try Int64.fetchOne(statement) else {
      throw DatabaseError(message: "the table revisions has lost its row")
    }
    return revision
  }
}
