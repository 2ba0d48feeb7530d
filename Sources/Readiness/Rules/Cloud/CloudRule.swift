// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A rule on what only the cloud knows.
///
/// The cloud enforces most of these itself when the request reaches it: those may be left to it. Where its facts are
/// required beforehand and are not at hand, the rule is unknown; facts of the guest can never stand in for them.
struct CloudRule: Sendable {
  let id: String
  let hazard: Hazard
  let forms: Set<ImageRequest.Form>
  /// What it needs in the cloud's facts.
  let reads: [FactPath]
  /// Whether the cloud enforces it too, so that it may be left to the cloud.
  var isDelegable = true
  /// Why the rule has nothing to look at in a request; `nil` if it has.
  var isIdle: @Sendable (ImageRequest) -> Wording? = { _ in nil }
  var severity: @Sendable (Profile) -> Severity = Grading.blocker
  let explanation: RuleExplanation
  let evaluate: @Sendable (CloudFacts, RuleInput) -> [RuleResult]

  /// The rule.
  var rule: Rule {
    Rule(
      id: id, scope: .cloud, hazard: hazard, forms: forms, reads: [], cloudReads: reads, explanation: explanation,
      severity: severity, evaluate: { results($0) })
  }

  private func results(_ input: RuleInput) -> [RuleResult] {
    if isDelegable, input.cloudFacts == .delegated {
      return [
        RuleResult(
          .notApplicable, reason: .checkedByTheCloud, severity: .note, title: Statement(explanation.title),
          message: Statement(Self.delegated))
      ]
    }
    if let why = isIdle(input.request) {
      return [
        RuleResult(.notApplicable, reason: .notAsked, title: Statement(explanation.title), message: Statement(why))
      ]
    }
    guard let cloud = input.cloud else {
      return [
        RuleResult(
          .unknown, reason: .cloudFactsMissing, title: Statement(explanation.title), message: Statement(Self.missing),
          evidence: [Evidence(fact: "cloud", value: .null, from: "not in the facts")],
          remedy: [.init(Statement(Self.askTheCloud))])
      ]
    }
    return evaluate(cloud, input)
  }

  static let delegated = Wording("checked by the cloud", "由云平台检查")
  static let missing = Wording(
    "What the cloud knows of this server is required and not at hand.", "需要云平台掌握的该云服务器信息，但未能获得。")
  static let askTheCloud = Wording(
    "Give the collector access to the cloud's own data on this server, or leave this rule to the cloud "
      + "(cloud facts: delegated).",
    "请允许 collector 读取云平台中该云服务器的信息，或将此规则交由云平台检查（cloud facts: delegated）。")
}
