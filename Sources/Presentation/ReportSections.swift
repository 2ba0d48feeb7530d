// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// What a report says and in which order, whatever it is written on.
struct ReportSections {
  /// Blockers that failed, in the order in which to put them right.
  let wrong: [Finding]
  /// What could not be judged.
  let undecided: [Finding]
  /// What failed, keeps nobody from an image, and is better put right.
  let warnings: [Finding]
  /// What is as it is on many servers, and good to know.
  let notes: [Finding]
  /// One line for each way in which a rule had nothing to object to.
  let summary: [String]

  init(_ judgement: Judgement) {
    let inScope = judgement.findings.filter { $0.reason != FindingReason.outOfScope.rawValue }
    let wrong = inScope.filter { $0.outcome == .fail && $0.severity == .blocker }
    // What comes with commands first, and volumes behind their group: the one often settles the other.
    let exact = wrong.filter(Self.hasCommands)
    let others = wrong.filter { !Self.hasCommands($0) }
    self.wrong = exact + others.filter { !Self.isAboutVolumes($0) } + others.filter(Self.isAboutVolumes)
    undecided = inScope.filter { $0.outcome == .unknown && !Self.wasNotLookedAt($0) }
    warnings = inScope.filter { $0.severity == .warning && $0.outcome == .fail }
    notes = inScope.filter { $0.severity == .note && $0.outcome == .fail }
    summary = Self.summary(judgement)
  }

  /// The verdict in a sentence.
  static func verdict(_ judgement: Judgement) -> String {
    let words: Wording =
      switch judgement.verdict {
      case .ready: ReportWords.ready
      case .notReady: ReportWords.notReady
      case .undetermined:
        (judgement.facts.gaps ?? []).isEmpty ? ReportWords.cannotTellWithout : ReportWords.cannotTell
      }
    return words.text(in: judgement.language)
  }

  /// What the guest is called.
  static func host(_ judgement: Judgement) -> String {
    judgement.facts.guest.hostname.value ?? judgement.facts.guest.instanceID.value
      ?? ReportWords.thisGuest.text(in: judgement.language)
  }

  /// Which guest was judged, and how.
  static func guest(_ judgement: Judgement) -> String {
    ReportWords.guest.with([
      "host": .text(host(judgement)), "profile": .text(judgement.profile.rawValue),
      "reading": .text(judgement.reading.rawValue), "rules": .text(judgement.ruleSet),
    ]).text(in: judgement.language)
  }

  private static func summary(_ judgement: Judgement) -> [String] {
    let lines: [(Wording, (Finding) -> Bool)] = [
      (ReportWords.passed, { $0.outcome == .pass }),
      (ReportWords.byCloud, { $0.reason == FindingReason.checkedByTheCloud.rawValue }),
      (ReportWords.notLookedAt, wasNotLookedAt),
      (ReportWords.notApplicable, { $0.outcome == .notApplicable && isAboutGuest($0) }),
    ]
    var summary: [String] = []
    for (wording, belongs) in lines {
      let rules = judgement.findings.filter(belongs).map(\.rule)
      guard !rules.isEmpty else { continue }
      summary.append(wording.with(["rules": .text(rules.joined(separator: ", "))]).text(in: judgement.language))
    }
    // Counted, not listed: what is judged when an image is ordered helps nobody who looks at a server.
    let others = Set(judgement.findings.filter { $0.reason == FindingReason.outOfScope.rawValue }.map(\.rule))
    if !others.isEmpty {
      summary.append(ReportWords.outOfScope.with(["count": .number(others.count)]).text(in: judgement.language))
    }
    return summary
  }

  /// What the source has not in it, as image files have no running system: no doubt, and nothing to do about it.
  private static func wasNotLookedAt(_ finding: Finding) -> Bool {
    finding.outcome == .unknown && finding.severity == .note && finding.reason == FindingReason.sectionMissing.rawValue
  }

  private static func hasCommands(_ finding: Finding) -> Bool { finding.remedy.contains { !$0.commands.isEmpty } }

  private static func isAboutVolumes(_ finding: Finding) -> Bool { finding.subjects.first?.kind == "logical_volume" }

  private static func isAboutGuest(_ finding: Finding) -> Bool {
    let others: [FindingReason] = [.outOfScope, .otherForm, .notAsked, .checkedByTheCloud]
    return !others.contains { $0.rawValue == finding.reason }
  }
}
