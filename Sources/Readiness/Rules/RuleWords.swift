// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The sentences of one rule for the outcomes that need no culprit.
struct RuleWords: Sendable {
  /// One line for `pass`.
  var passed: Wording
  /// Why it passed.
  var passedMessage: Wording
  /// One line for `unknown`.
  var unknown: Wording
}

extension RuleExplanation {
  /// The result of a rule on Linux for a guest that runs Windows.
  func windowsGuest(_ message: Wording) -> RuleResult {
    RuleResult(
      .notApplicable, reason: .windowsGuest, title: Statement(title), message: Statement(message),
      evidence: [Evidence(fact: "guest.os.family", value: "windows", from: "guest")])
  }

  /// The result of a rule on Windows for a guest that runs Linux.
  func linuxGuest(_ message: Wording) -> RuleResult {
    RuleResult(
      .notApplicable, reason: .linuxGuest, title: Statement(title), message: Statement(message),
      evidence: [Evidence(fact: "guest.os.family", value: "linux", from: "guest")])
  }
}
