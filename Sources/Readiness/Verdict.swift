// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What a rule looks at, and what a verdict is about.
public enum Scope: String, Sendable, CaseIterable {
  /// Only what the guest itself shows; a verdict of this scope answers `check` and polls.
  case guest
  /// What only the cloud knows.
  case cloud
  /// What the request says; a verdict of this scope takes the rules of all scopes together.
  case request
}

/// What a rule found.
public enum Outcome: String, Sendable, CaseIterable {
  /// Positive facts say that the hazard is not there.
  case pass
  /// The hazard is there.
  case fail
  /// A fact that the rule needs is missing.
  case unknown
  /// A positive fact says that the rule does not concern this guest or this verdict.
  case notApplicable = "not_applicable"
}

/// How much a finding weighs.
public enum Severity: String, Sendable, CaseIterable {
  /// The request must not proceed.
  case blocker
  /// The request may proceed; somebody should look.
  case warning
  /// For information.
  case note
}

/// What goes wrong where a rule fails.
public enum Hazard: String, Sendable, CaseIterable {
  /// Data on the new server is lost or damaged.
  case dataLoss = "data_loss"
  /// The new server does not boot.
  case bootFailure = "boot_failure"
  /// The new server is not reachable, or disturbs another.
  case isolation
  /// Nothing that matters to the data or to the boot.
  case cosmetic
}

/// Whether a whole image may be made.
public enum Verdict: String, Sendable, CaseIterable {
  /// No blocker failed and every blocker could be judged.
  case ready
  /// A blocker failed.
  case notReady = "not_ready"
  /// No blocker failed, but one could not be judged; never to be treated as `ready`.
  case undetermined

  /// The exit status that stands for it: 0, 1, 2.
  public var exitCode: Int32 {
    switch self {
    case .ready: 0
    case .notReady: 1
    case .undetermined: 2
    }
  }

  /// The verdict over the findings that are in scope.
  init(over findings: some Sequence<Finding>, scope: Scope) {
    var tally = VerdictTally()
    for finding in findings where scope.includes(finding.scope) { tally.add(finding.outcome, finding.severity) }
    self = tally.verdict
  }
}

/// What of the findings in scope makes a verdict.
///
/// A failed blocker outranks one that is unknown, and both outrank any number that passed. Where no rule had anything to
/// say - none in scope, or none applicable - nothing was judged, and that is not `ready`.
struct VerdictTally: Sendable {
  private var isJudged = false
  private var isBlocked = false
  private var isUnknown = false

  /// Takes one finding into account.
  mutating func add(_ outcome: Outcome, _ severity: Severity) {
    guard outcome != .notApplicable else { return }
    isJudged = true
    guard severity == .blocker else { return }
    if outcome == .fail { isBlocked = true }
    if outcome == .unknown { isUnknown = true }
  }

  /// The verdict over all of them.
  var verdict: Verdict {
    if isBlocked { return .notReady }
    return !isJudged || isUnknown ? .undetermined : .ready
  }
}

extension Scope {
  /// Whether a verdict of this scope counts rules of that scope.
  func includes(_ rule: Scope) -> Bool { self == .guest ? rule == .guest : true }
}
