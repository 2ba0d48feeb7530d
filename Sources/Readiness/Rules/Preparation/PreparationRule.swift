// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the rules on how a clone starts and is reached have in common: when they apply, what they need before they may
/// pass, and how they say that they cannot tell.
///
/// A certain boot failure is a blocker, anything else a warning or a note, so a culprit carries its own severity. What
/// was never looked at - facts of image files, of an agent that is older than the rule - is nothing to refuse a server
/// for: `unknown` then weighs as a note. What was looked at and could not be read weighs as `blind` says.
struct PreparationRule: Sendable {
  let id: String
  let hazard: Hazard
  /// The sections that hold what is judged.
  let sections: [Section]
  /// What it needs within those sections.
  let reads: [FactPath]
  let explanation: RuleExplanation
  let words: RuleWords
  /// What a culprit weighs that does not say so itself.
  let severity: @Sendable (Profile) -> Severity
  /// What it weighs that something was looked at and could not be read: a blocker where a culprit may be one.
  let blind: Severity
  /// What one of the sections' gaps weighs; `nil` for as much as `blind`.
  var weight: @Sendable (Gap) -> Severity? = { _ in nil }
  /// A result in the place of a pass, where there was nothing to judge.
  var instead: @Sendable (GuestFacts) -> RuleResult? = { _ in nil }
  /// Whether one of the sections' gaps may hide a culprit; told by its member.
  var isHidden: @Sendable (Gap) -> Bool = { _ in true }
  /// The family of systems that it is about.
  var family = OperatingSystem.Family.linux
  /// Whether what it judges was asked for, of a section whose parts are each optional.
  var wasAsked: @Sendable (GuestFacts) -> Bool = { _ in true }
  /// What to do where it cannot tell, if it is not what the obstacles suggest.
  var lookAgain: RuleResult.Step?
  /// A result for each culprit.
  let failures: @Sendable (RuleInput) -> [RuleResult]
  /// What is missing within the sections, given that they are there.
  let missing: @Sendable (GuestFacts) -> [Obstacle]

  /// The rule.
  var rule: Rule {
    let ground: [FactPath] = ["guest.os.family", "sections", "counts", "counts.gaps", "gaps"]
    return Rule(
      id: id, scope: .guest, hazard: hazard,
      reads: ground + sections.map { FactPath("sections.\($0.rawValue)") } + reads,
      explanation: explanation, severity: severity, evaluate: { evaluate($0) })
  }

  private func evaluate(_ input: RuleInput) -> [RuleResult] {
    let facts = input.facts
    switch facts.guest.os.family {
    case .value(family): break
    case .value(.linux): return [explanation.linuxGuest(WindowsRule.linux)]
    case .value(.windows): return [explanation.windowsGuest(PreparationRule.windows)]
    case .none, .unknown: return [cannotTell([.systemUnknown], .note, facts)]
    }
    // What is there is there, whatever else could not be seen.
    let failures = failures(input)
    let heaviest = failures.map { ($0.severity ?? severity(input.profile)).rank }.max()
    if heaviest == Severity.blocker.rank { return failures }
    let unseen = sections.filter { !Self.wasLookedAt($0, facts) || !wasAsked(facts) }
    guard unseen.isEmpty else {
      return failures.isEmpty ? [cannotTell(unseen.map { .section($0, .sectionMissing) }, .note, facts)] : failures
    }
    let hidden = Obstacle.hidden(in: facts, where: hides).map { obstacle in
      var obstacle = obstacle
      obstacle.weight = obstacle.gap.flatMap(weight)
      return obstacle
    }
    let obstacles = hidden + ground(of: facts) + missing(facts)
    let doubt = obstacles.map { $0.weight ?? blind }.max { $0.rank < $1.rank }
    // What could not be seen may weigh more than what is there.
    if let doubt, doubt.rank > heaviest ?? -1 { return failures + [cannotTell(obstacles, doubt, facts)] }
    guard failures.isEmpty else { return failures }
    return [
      instead(facts) ?? RuleResult(.pass, title: Statement(words.passed), message: Statement(words.passedMessage))
    ]
  }

  /// Whether an inspection tried to look at a section: what it cannot look at by its nature is `unsupported`.
  private static func wasLookedAt(_ section: Section, _ facts: GuestFacts) -> Bool {
    if facts.holds(section) { return true }
    let gaps = (facts.gaps ?? []).filter { section.isTouched(by: $0) }
    if gaps.contains(where: { $0.reason != .unsupported }) { return true }
    return facts.state(of: section) != nil && (facts.state(of: section) != .absent || gaps.isEmpty)
  }

  /// Whether a gap is about what this rule looks at: its sections, and whatever a later release invents.
  private func hides(_ gap: Gap) -> Bool {
    guard gap.subject.kind == .section || sections.contains(where: { $0.isTouched(by: gap) }) else { return false }
    guard gap.subject.kind == .section else { return isHidden(gap) }
    guard let section = Section(rawValue: gap.subject.name) else { return true }
    return sections.contains(section) && isHidden(gap)
  }

  private func ground(of facts: GuestFacts) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    for section in sections {
      switch facts.state(of: section) {
      case .complete: break
      case .partial:
        if facts.gaps?.isEmpty ?? true { obstacles.append(.section(section, .sectionUnexplained)) }
      case .absent, nil: obstacles.append(.section(section, .sectionMissing))
      }
    }
    if facts.gaps == nil { obstacles.append(.gapsMissing) }
    if facts.counts?["gaps"] == nil { obstacles.append(.count(of: "gaps")) }
    return obstacles
  }

  private func cannotTell(_ obstacles: [Obstacle], _ severity: Severity, _ facts: GuestFacts) -> RuleResult {
    let lookAgain = lookAgain.flatMap { facts.guest.os.family == .value(family) ? [$0] : nil }
    return Obstacle.result(
      of: obstacles, words.unknown, severity, remedy: lookAgain ?? Obstacle.remedy(of: obstacles, facts))
  }

  static let windows = Wording(
    "The guest runs Windows; this rule is about Linux.", "该云服务器运行 Windows；此规则只针对 Linux。")
}

extension Severity {
  /// The more it weighs, the higher.
  var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .blocker: 2
    }
  }
}

extension GuestFacts {
  /// Whether the document holds anything of a section.
  fileprivate func holds(_ section: Section) -> Bool {
    switch section {
    case .guest: true
    case .devices: devices != nil
    case .volumeGroups: volumeGroups != nil
    case .raidArrays: raidArrays != nil
    case .multiDeviceFileSystems: multiDeviceFileSystems != nil
    case .mounts: mounts != nil
    case .swaps: swaps != nil
    case .fstab: fstab != nil
    case .windows: windows != nil
    case .windowsPreparation: windowsPreparation != nil
    case .network: network != nil
    case .boot: boot != nil
    case .initramfs: initramfs != nil || kernels != nil
    case .cloudInit: cloudInit != nil
    case .configuration: configuration != nil
    }
  }
}
