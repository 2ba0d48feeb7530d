// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the rules on where data lies have in common: when they apply, what they need before they may pass, and how
/// they say that they cannot tell.
struct StorageRule: Sendable {
  let id: String
  /// The section, besides the devices, that holds what is judged.
  let section: Section
  /// What it needs within that section.
  let reads: [FactPath]
  /// Gaps at these kinds of subjects may hide what it looks for.
  let gaps: Set<Gap.Kind>
  let explanation: RuleExplanation
  let words: @Sendable (Reading) -> RuleWords
  let severity: @Sendable (Profile) -> Severity
  /// A result for each culprit.
  let failures: @Sendable (RuleInput) -> [RuleResult]
  /// What is missing within the section, given that it is there.
  let missing: @Sendable (RuleInput) -> [Obstacle]

  /// What every such rule reads.
  private var groundReads: [FactPath] {
    let name = section.rawValue
    return [
      "guest.os.family", "sections", "sections.devices", FactPath("sections.\(name)"), "counts", "counts.devices",
      FactPath("counts.\(name)"), "counts.gaps", "devices", FactPath(name), "gaps",
    ]
  }

  /// The rule.
  var rule: Rule {
    Rule(
      id: id, scope: .guest, hazard: .dataLoss, reads: groundReads + reads, explanation: explanation,
      severity: severity, evaluate: { evaluate($0) })
  }

  private func evaluate(_ input: RuleInput) -> [RuleResult] {
    let facts = input.facts
    switch facts.guest.os.family {
    case .value(.linux): break
    case .value(.windows): return [explanation.windowsGuest(Self.windows)]
    case .none, .unknown: return [cannotTell([.systemUnknown], input)]
    }
    // What is there is there, whatever else could not be seen.
    let failures = failures(input)
    guard failures.isEmpty else { return failures }
    let obstacles = Obstacle.hidden(in: facts, from: gaps) + Obstacle.ground(of: facts, section) + missing(input)
    guard obstacles.isEmpty else { return [cannotTell(obstacles, input)] }
    let words = words(input.reading)
    return [RuleResult(.pass, title: Statement(words.passed), message: Statement(words.passedMessage))]
  }

  private func cannotTell(_ obstacles: [Obstacle], _ input: RuleInput) -> RuleResult {
    Obstacle.result(
      of: obstacles, words(input.reading).unknown, remedy: Obstacle.remedy(of: obstacles, input.facts))
  }

  static let windows = Wording(
    "The guest runs Windows; this rule is about Linux storage.", "该云服务器运行 Windows；此规则只针对 Linux 存储。")
}

/// The severities that rules have.
enum Grading {
  /// A blocker in every profile.
  static let blocker: @Sendable (Profile) -> Severity = { _ in .blocker }
  /// The same hazard by other technology: what the cloud's documents do not name.
  static let otherTechnology: @Sendable (Profile) -> Severity = { $0 == .strict ? .blocker : .warning }
}
