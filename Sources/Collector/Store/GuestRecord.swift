// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import HuaweiCloud
internal import Readiness

/// Where facts are from.
enum FactsSource: String, Sendable {
  /// An agent in the guest.
  case agent
  /// Captured output of diskpart.
  case capture
}

/// One row of `facts_history`: facts that were in force for a while.
struct FactsRecord: Sendable, Equatable {
  var id: Int64
  var factsDigest: String
  var topologyDigest: String
  var bootID: String
  var reportSequence: Int64
  /// When they were first received.
  var receivedAt: UTCTime
  /// When the first inspection that saw them was made.
  var inspectedAt: UTCTime
  /// When they were last reported or confirmed by a heartbeat.
  var confirmedAt: UTCTime
  /// When the last inspection that saw them was made, by both clocks.
  var lastInspected: Moment
  /// Which run of the machine that uptime counts in.
  var clockRow: Int64
  /// Where they are from.
  var source: FactsSource
  /// Whether it is known when the guest was looked at.
  var isTimeKnown: Bool

  /// In the order in which `init(columns:)` reads them.
  static let columns = """
    facts_history.id, facts_digest, topology_digest, facts_history.boot_id, facts_history.report_sequence,
    received_at, inspected_at, confirmed_at, last_inspected_at, last_inspected_uptime, clock, source, time_known
    """

  init(columns: inout ColumnReader) {
    id = columns.next()
    factsDigest = columns.next()
    topologyDigest = columns.next()
    bootID = columns.next()
    reportSequence = columns.next()
    receivedAt = UTCTime(milliseconds: columns.next())
    inspectedAt = UTCTime(milliseconds: columns.next())
    confirmedAt = UTCTime(milliseconds: columns.next())
    lastInspected = Moment(wall: UTCTime(milliseconds: columns.next()), uptime: columns.next())
    clockRow = columns.next()
    source = FactsSource(rawValue: columns.next()) ?? .agent
    isTimeKnown = columns.next()
  }

  /// A row of `columns` and nothing before them.
  init(row: Row) {
    var columns = ColumnReader(row)
    self.init(columns: &columns)
  }

  /// Seconds since the last inspection that saw these facts, rounded up.
  ///
  /// `nil` if the clocks cannot tell, or if nobody said when a capture was taken.
  ///
  /// In the same run of the machine the clock that nobody sets decides. After a restart the time of day does, and one
  /// that lies before the inspection was set back: then nothing is known.
  func ageSeconds(at moment: Moment, clockRow current: Int64) -> Int64? {
    guard isTimeKnown else { return nil }
    let age =
      clockRow == current
      ? moment.uptime - lastInspected.uptime : moment.wall.milliseconds - lastInspected.wall.milliseconds
    guard age >= 0 else { return nil }
    return (age + 999) / 1000
  }
}

/// One guest with its newest facts.
struct GuestRecord: Sendable, Equatable {
  var project: String
  var instanceID: String
  var osFamily: String?
  /// The verdict on the guest alone.
  var verdict: String
  /// Grows with every change of any guest.
  var revision: Int64
  var bootID: String
  var reportSequence: Int64
  var facts: FactsRecord

  /// In the order in which `init(columns:)` reads them.
  static let columns =
    "project, instance_id, os_family, verdict, revision, guests.boot_id, guests.report_sequence, "
    + FactsRecord.columns

  init(columns: inout ColumnReader) {
    project = columns.next()
    instanceID = columns.next()
    osFamily = columns.nextIfAny()
    verdict = columns.next()
    revision = columns.next()
    bootID = columns.next()
    reportSequence = columns.next()
    facts = FactsRecord(columns: &columns)
  }

  /// A row that has `columns` from that one on.
  init(row: Row, from column: Int = 0) {
    var columns = ColumnReader(row, from: column)
    self.init(columns: &columns)
  }

  /// The guest as an item of `GET /v1/guests`.
  func json(at moment: Moment, clockRow: Int64) -> [(String, JSON?)] {
    [
      ("instance_id", instanceID.json), ("project", project.json), ("os_family", osFamily?.json ?? .null),
      ("verdict", verdict.json),
      ("age_seconds", facts.ageSeconds(at: moment, clockRow: clockRow).map { .integer($0) } ?? .null),
      ("topology_digest", facts.topologyDigest.json), ("revision", .integer(revision)),
    ]
  }
}
