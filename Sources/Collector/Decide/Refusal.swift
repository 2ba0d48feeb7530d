// SPDX-License-Identifier: Apache-2.0

internal import Readiness

/// Why a request is refused.
enum Refusal: Sendable {
  /// Nothing was ever reported about the guest.
  case guestUnknown
  /// The facts are older than allowed; `nil`: their age cannot be told, since the clock was set back or nobody said when
  /// a capture was taken.
  case factsTooOld(age: Int64?, allowed: Int64, FactsSource)
  /// Blockers that failed; at least one.
  case notReady(Finding, others: [Finding])
  /// No blocker failed, but some could not be answered: the worst of them.
  case incomplete(Finding?, others: [Finding])

  /// The answer's code.
  var code: ErrorCode {
    switch self {
    case .guestUnknown: .guestUnknown
    case .factsTooOld: .factsTooOld
    case .notReady(let finding, _): ErrorCode(rule: finding.rule)
    case .incomplete: .factsIncomplete
    }
  }

  /// The rule that refuses, if it is one.
  var rule: String? {
    switch self {
    case .guestUnknown, .factsTooOld: nil
    case .notReady(let finding, _): finding.rule
    case .incomplete(let finding, _): finding?.rule
    }
  }

  /// The kind of refusal, a stable word of a decision's record.
  var reason: String {
    switch self {
    case .guestUnknown: "guest_unknown"
    case .factsTooOld: "facts_too_old"
    case .notReady: "not_ready"
    case .incomplete: "facts_incomplete"
    }
  }
}
