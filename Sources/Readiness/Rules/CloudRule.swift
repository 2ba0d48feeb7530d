// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A rule on what only the cloud knows.
///
/// The cloud enforces these itself when the request reaches it. Where its facts are required beforehand and are not
/// at hand, the rule is unknown; facts of the guest can never stand in for them.
struct CloudRule: Sendable {
  let id: String
  let hazard: Hazard
  let explanation: RuleExplanation

  /// The rule.
  var rule: Rule {
    Rule(
      id: id, scope: .cloud, hazard: hazard, reads: [], explanation: explanation, severity: Grading.blocker,
      evaluate: { [evaluate($0.cloudFacts)] })
  }

  private func evaluate(_ mode: CloudFactsMode) -> RuleResult {
    switch mode {
    case .delegated:
      RuleResult(
        .notApplicable, reason: .checkedByTheCloud, severity: .note, title: Statement(explanation.title),
        message: Statement(Self.delegated))
    case .required:
      RuleResult(
        .unknown, reason: .cloudFactsMissing, title: Statement(explanation.title), message: Statement(Self.missing),
        evidence: [Evidence(fact: "cloud", value: .null, from: "not in the facts")],
        remedy: [.init(Statement(Self.askTheCloud))])
    }
  }

  static let delegated = Wording("checked by the cloud", "由云平台检查")
  static let missing = Wording(
    "What the cloud knows of this server is required and not at hand.", "需要云平台掌握的该云服务器信息，但未能获得。")
  static let askTheCloud = Wording(
    "Give the collector access to the cloud's own data on this server, or leave this rule to the cloud "
      + "(cloud facts: delegated).",
    "请允许 collector 读取云平台中该云服务器的信息，或将此规则交由云平台检查（cloud facts: delegated）。")
}
