// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import MetricsFormat
internal import Readiness
internal import Synchronization

/// What the daemon counts, and what `/metrics` says of it and of the newest snapshot.
///
/// Ages are by the boot clock, so that no clock that jumps makes them wrong.
final class AgentMetrics: Sendable {
  /// How a report to the collector ended.
  enum ReportOutcome: String, CaseIterable {
    case accepted, refused, failed
  }

  private struct Counts {
    var inspections = 0
    var failedInspections = 0
    var inspectionMilliseconds: Int?
    var events: [StorageEvents.Source: Int] = [:]
    var polls: [Int: Int] = [:]
    var reports: [ReportOutcome: Int] = [:]
    var lastAccepted: Int?
  }

  private let counts = Mutex(Counts())

  /// An inspection gave facts after so long.
  func inspected(milliseconds: Int) {
    counts.withLock {
      $0.inspections += 1
      $0.inspectionMilliseconds = milliseconds
    }
  }

  /// An inspection gave none.
  func inspectionFailed() { counts.withLock { $0.failedInspections += 1 } }

  /// Storage may have changed.
  func event(_ source: StorageEvents.Source) { counts.withLock { $0.events[source, default: 0] += 1 } }

  /// A poll was answered with that status.
  func poll(status: Int) { counts.withLock { $0.polls[status, default: 0] += 1 } }

  /// A report ended so, at that time of the boot clock.
  func report(_ outcome: ReportOutcome, at now: Int) {
    counts.withLock {
      $0.reports[outcome, default: 0] += 1
      if outcome == .accepted { $0.lastAccepted = now }
    }
  }

  /// All of it, as of now.
  func text(
    _ snapshot: Snapshot?, failure: String?, connections: (open: Int, turnedAway: Int), isReporting: Bool, now: Int
  ) -> String {
    let counts = counts.withLock { $0 }
    let seconds = { (since: Int) in Double(max(0, now - since)) / 1000 }
    var text = MetricsText()
    text.add("wholeimage_build_info", .gauge, "The agent's version.", [([("version", Release.version)], 1)])
    text.add(
      "wholeimage_verdict", .gauge, "1 for the newest verdict, 0 for the others.",
      Verdict.allCases.map { ([("verdict", $0.rawValue)], snapshot?.verdict == $0 ? 1 : 0) })
    text.add(
      "wholeimage_findings", .gauge, "Findings of the newest report that failed or could not be judged.",
      (snapshot?.findings ?? []).map {
        ([("severity", $0.severity), ("outcome", $0.outcome)], Double($0.count))
      })
    text.add("wholeimage_gaps", .gauge, "What the newest facts could not be told of.", snapshot.map { Double($0.gaps) })
    text.add("wholeimage_revision", .gauge, "Changes of the report since start.", snapshot.map { Double($0.revision) })
    text.add(
      "wholeimage_facts_age_seconds", .gauge, "Time since the newest inspection began.",
      snapshot.map { seconds($0.inspectedAt) })
    text.add(
      "wholeimage_inspections_total", .counter, "Inspections, by whether they gave facts.",
      [
        ([("outcome", "facts")], Double(counts.inspections)),
        ([("outcome", "failed")], Double(counts.failedInspections)),
      ])
    text.add(
      "wholeimage_inspection_failing", .gauge, "1 if the newest inspection gave no facts.", failure == nil ? 0 : 1)
    text.add(
      "wholeimage_inspection_seconds", .gauge, "How long the newest inspection with facts took.",
      counts.inspectionMilliseconds.map { Double($0) / 1000 })
    text.add(
      "wholeimage_events_total", .counter, "Events that storage may have changed, by source.",
      StorageEvents.Source.allCases.map { ([("source", $0.rawValue)], Double(counts.events[$0] ?? 0)) })
    text.add(
      "wholeimage_polls_total", .counter, "Polls answered, by status.",
      counts.polls.sorted { $0.key < $1.key }.map { ([("status", String($0.key))], Double($0.value)) })
    text.add("wholeimage_poll_connections", .gauge, "Open connections of pollers.", Double(connections.open))
    text.add(
      "wholeimage_poll_connections_closed_total", .counter, "Connections of pollers closed to make place.",
      Double(connections.turnedAway))
    if isReporting {
      text.add(
        "wholeimage_reports_total", .counter, "Reports and heartbeats to the collector, by outcome.",
        ReportOutcome.allCases.map { ([("outcome", $0.rawValue)], Double(counts.reports[$0] ?? 0)) })
      text.add(
        "wholeimage_report_age_seconds", .gauge, "Time since the collector last took a report.",
        counts.lastAccepted.map(seconds))
    }
    return text.text
  }
}
