// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// Why a request is refused.
enum Refusal: Sendable {
  /// Nothing was ever reported about the guest.
  case guestUnknown
  /// The facts are older than allowed; `nil`: their age cannot be told, since the clock was set back or nobody said when
  /// a capture was taken.
  case factsTooOld(age: Int64?, allowed: Int64, FactsSource, FactsInForce.Occasion)
  /// The backup was made before anything was known about the guest.
  case beforeHistory(at: UTCTime)
  /// The cloud does not say of which server the backup is, for that reason; `nil`: it knows no such backup.
  case backupUnknown(CloudGap?)
  /// The cloud does not say when the server was stopped or the backup made.
  case timeUnknown
  /// The guest of a stopped server showed other disks than the cloud has attached to it.
  case disksDiffer(StoppedDisks)
  /// Blockers that failed; at least one.
  case notReady(Finding, others: [Finding])
  /// No blocker failed, but some could not be answered: the worst of them.
  case incomplete(Finding?, others: [Finding])

  /// The rule that refuses, if it is one.
  var rule: String? {
    switch self {
    case .guestUnknown, .factsTooOld, .beforeHistory, .timeUnknown, .disksDiffer, .backupUnknown: nil
    case .notReady(let finding, _): finding.rule
    case .incomplete(let finding, _): finding?.rule
    }
  }

  /// The kind of refusal, a stable word of a decision's record.
  var reason: String {
    switch self {
    case .guestUnknown: "guest_unknown"
    case .factsTooOld: "facts_too_old"
    case .beforeHistory: "before_history"
    case .backupUnknown: isCloudsSilence ? "cloud_facts_unavailable" : "backup_unknown"
    case .timeUnknown: "time_unknown"
    case .disksDiffer: "disks_differ"
    case .notReady: "not_ready"
    case .incomplete: isCloudsSilence ? "cloud_facts_unavailable" : "facts_incomplete"
    }
  }

  /// Whether asking again can help without anybody doing anything: the cloud did not answer.
  var isCloudsSilence: Bool {
    let silent: [CloudGap.Reason] = [.unreachable, .timedOut, .malformed, .notConfigured]
    if case .backupUnknown(let gap?) = self { return silent.contains(gap.reason) }
    guard case .incomplete(let finding, _) = self, let finding, finding.scope == .cloud else { return false }
    // The evidence names why the cloud's fact is missing.
    return finding.evidence.contains { evidence in silent.contains { evidence.from == "the cloud: \($0.rawValue)" } }
  }
}
