// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the rules on Windows guests have in common: when they apply, what they need before they may pass, and how they
/// say that they cannot tell.
struct WindowsRule: Sendable {
  /// The sentences of one rule for the outcomes that need no culprit.
  struct Words: Sendable {
    /// One line for `pass`.
    var passed: Wording
    /// Why it passed.
    var passedMessage: Wording
    /// One line for `unknown`.
    var unknown: Wording
    /// What to do where it is unknown.
    var unknownRemedy: Wording
    /// The diskpart lines that go with it.
    var unknownLines: [String]
  }

  let id: String
  let hazard: Hazard
  /// What it needs besides what every such rule needs.
  let reads: [FactPath]
  /// Whether a gap may hide what it looks for.
  let isHidden: @Sendable (Gap) -> Bool
  let explanation: RuleExplanation
  let words: Words
  let severity: @Sendable (Profile) -> Severity
  /// A result for each culprit.
  let failures: @Sendable (WindowsFacts) -> [RuleResult]
  /// What is missing, given that there are facts of Windows.
  let missing: @Sendable (WindowsFacts, GuestFacts) -> [Obstacle]

  /// What every such rule reads.
  private static let groundReads: [FactPath] = [
    "guest.os.family", "sections", "sections.windows", "counts", "counts.gaps", "gaps", "windows",
  ]

  /// The rule.
  var rule: Rule {
    Rule(
      id: id, scope: .guest, hazard: hazard, reads: Self.groundReads + reads, explanation: explanation,
      severity: severity, evaluate: { evaluate($0.facts) })
  }

  private func evaluate(_ facts: GuestFacts) -> [RuleResult] {
    switch facts.guest.os.family {
    case .value(.windows): break
    case .value(.linux):
      return [explanation.linuxGuest(Self.linux)]
    case .none, .unknown:
      let obstacles = [Obstacle.systemUnknown]
      return [cannotTell(obstacles, remedy: Obstacle.remedy(of: obstacles, facts))]
    }
    guard let windows = facts.windows else { return [withoutFacts] }
    // What is there is there, whatever else could not be seen.
    let failures = failures(windows)
    guard failures.isEmpty else { return failures }
    let obstacles = Obstacle.hidden(in: facts, where: isHidden) + Self.ground(of: facts) + missing(windows, facts)
    guard obstacles.isEmpty else { return [cannotTell(obstacles, remedy: [lookAgain])] }
    return [RuleResult(.pass, title: Statement(words.passed), message: Statement(words.passedMessage))]
  }

  private static func ground(of facts: GuestFacts) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    switch facts.state(of: .windows) {
    case .complete: break
    case .partial:
      if facts.gaps?.isEmpty ?? true { obstacles.append(.section(.windows, .sectionUnexplained)) }
    case .absent, nil: obstacles.append(.section(.windows, .sectionMissing))
    }
    if facts.gaps == nil { obstacles.append(.gapsMissing) }
    if facts.counts?["gaps"] == nil { obstacles.append(.count(of: "gaps")) }
    return obstacles
  }

  private var lookAgain: RuleResult.Step {
    RuleResult.Step(Statement(words.unknownRemedy), commands: words.unknownLines)
  }

  private var withoutFacts: RuleResult {
    RuleResult(
      .unknown, reason: .windowsFactsMissing, title: Statement(words.unknown), message: Statement(Self.noFacts),
      evidence: [Evidence(fact: "windows", value: .null, from: "not in the facts")], remedy: [lookAgain])
  }

  private func cannotTell(_ obstacles: [Obstacle], remedy: [RuleResult.Step]) -> RuleResult {
    Obstacle.result(of: obstacles, words.unknown, remedy: remedy)
  }

  /// Whether a gap may hide on which disks volumes lie.
  @Sendable static func hidesVolumes(_ gap: Gap) -> Bool {
    guard gap.hidesStorage else { return false }
    switch gap.subject.kind {
    case .windowsDisk, .windowsVolume: return true
    case .section: return concernsWindows(gap) && !["san_policy", "storage_pools"].contains(gap.subject.member)
    default: return false
    }
  }

  /// Whether a gap may hide the policy.
  @Sendable static func hidesPolicy(_ gap: Gap) -> Bool {
    guard gap.hidesStorage, gap.subject.kind == .section, concernsWindows(gap) else { return false }
    return !["disks", "volumes", "storage_pools"].contains(gap.subject.member)
  }

  /// A gap of the section, or of one that a later release invented.
  static func concernsWindows(_ gap: Gap) -> Bool { [.windows, nil].contains(Section(rawValue: gap.subject.name)) }

  static let linux = Wording(
    "The guest runs Linux; this rule is about Windows.", "该云服务器运行 Linux；此规则只针对 Windows。")
  static let noFacts = Wording(
    "The guest runs Windows, and the facts say nothing about its disks and volumes.",
    "该云服务器运行 Windows，而采集结果中没有其磁盘和卷的信息。")
}
