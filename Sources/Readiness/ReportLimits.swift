// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How much of a rule's answer a report holds: the guest's owner writes the facts, and a document of some megabytes
/// must not become a report of a hundred.
///
/// Nothing is left out without a word, and the worst is kept.
enum ReportLimits {
  /// Findings of one rule.
  static let results = 64
  /// Subjects, pieces of evidence and remedies of one finding, each.
  static let parts = 256

  private static let more = Wording(
    "{count} more findings of this rule are not listed", "该规则另有 {count} 个结果未列出")
  private static let moreMessage = Wording(
    "The report lists the first {limit} findings of a rule; put them right, then check again.",
    "报告仅列出每条规则的前 {limit} 个结果；请处理后重新检查。")

  /// The results that are reported, the worst first, the last one standing for those that are not.
  ///
  /// - Parameter severity: what a result weighs that does not say so itself.
  static func limit(_ all: [RuleResult], severity: Severity) -> [RuleResult] {
    guard all.count > results else { return all.map(limit) }
    // By what they weigh too: warnings in any number must not push a blocker out of the verdict.
    let ranked = all.enumerated().map { index, result in
      (rank: Finding.rank(result.outcome, result.severity ?? severity, result.reason?.rawValue), index: index)
    }
    let sorted = ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map { all[$0.index] }
    let rest = sorted[(results - 1)...]
    let last = RuleResult(
      rest.first?.outcome ?? .unknown, reason: rest.first?.reason, severity: rest.first?.severity,
      title: more.with(["count": .number(rest.count)]), message: moreMessage.with(["limit": .number(results - 1)]))
    return sorted.prefix(results - 1).map(limit) + [last]
  }

  private static func limit(_ result: RuleResult) -> RuleResult {
    var result = result
    let omitted = result.evidence.count - parts
    result.subjects = Array(result.subjects.prefix(parts))
    result.remedy = Array(result.remedy.prefix(parts))
    guard omitted > 0 else { return result }
    result.evidence = Array(result.evidence.prefix(parts))
    result.evidence.append(Evidence(fact: "evidence", value: omitted.json, from: "not listed here"))
    return result
  }
}
