// SPDX-License-Identifier: Apache-2.0

internal import Facts
public import Readiness

/// A judgement as text for a person at a terminal.
///
/// The verdict first; then what is wrong, on what, why and what to do; what could not be judged or seen; the storage
/// as a tree; warnings; and in one line each what passed. Long lists are cut: the JSON report holds all.
public enum TextReport {
  /// The report in the judgement's language, every line ended by a line break and no wider than the options say.
  ///
  /// Only a word of a command that is wider than a line makes a wider one, since breaking it would change it.
  public static func render(_ judgement: Judgement, options: TextOptions = TextOptions()) -> String {
    var canvas = Canvas(options)
    let language = judgement.language
    verdict(judgement, to: &canvas)

    let inScope = judgement.findings.filter { $0.reason != FindingReason.outOfScope.rawValue }
    let wrong = inScope.filter { $0.outcome == .fail && $0.severity == .blocker }
    if !wrong.isEmpty {
      canvas.heading(ReportWords.wrong.text(in: language))
      // What comes with commands first, and volumes behind their group: the one often settles the other.
      let exact = wrong.filter(hasCommands)
      let others = wrong.filter { !hasCommands($0) }
      let ordered = exact + others.filter { !isAboutVolumes($0) } + others.filter(isAboutVolumes)
      failures(ordered, .blocker, language, to: &canvas)
    }
    let undecided = inScope.filter { $0.outcome == .unknown }
    if !undecided.isEmpty {
      canvas.heading(ReportWords.undecided.text(in: language))
      FindingText.undecided(undecided, language, to: &canvas)
    }
    GapText.write(judgement, to: &canvas)

    canvas.heading(ReportWords.storage.text(in: language))
    StorageTable.write(judgement, to: &canvas)

    let warnings = inScope.filter { $0.severity != .blocker && $0.outcome == .fail }
    if !warnings.isEmpty {
      canvas.heading(ReportWords.warnings.text(in: language))
      failures(warnings, .warning, language, to: &canvas)
    }
    summary(judgement, to: &canvas)
    return canvas.text
  }

  /// How many findings of one section people get to read.
  private static let findingLimit = 20

  private static func failures(_ findings: [Finding], _ mark: Mark, _ language: Language, to canvas: inout Canvas) {
    for finding in findings.prefix(findingLimit) { FindingText.failed(finding, mark, language, to: &canvas) }
    guard findings.count > findingLimit else { return }
    canvas.gap()
    canvas.line(ReportWords.more.with(["count": .number(findings.count - findingLimit)]).text(in: language))
  }

  private static func verdict(_ judgement: Judgement, to canvas: inout Canvas) {
    let language = judgement.language
    let (words, style): (Wording, Canvas.Style) =
      switch judgement.verdict {
      case .ready: (ReportWords.ready, .green)
      case .notReady: (ReportWords.notReady, .red)
      case .undetermined:
        ((judgement.facts.gaps ?? []).isEmpty ? ReportWords.cannotTellWithout : ReportWords.cannotTell, .yellow)
      }
    canvas.prose(words.text(in: language), style)
    let host = judgement.facts.guest.hostname.value ?? judgement.facts.guest.instanceID.value
    canvas.prose(
      ReportWords.guest.with([
        "host": .text(host ?? ReportWords.thisGuest.text(in: language)), "profile": .text(judgement.profile.rawValue),
        "reading": .text(judgement.reading.rawValue), "rules": .text(judgement.ruleSet),
      ]).text(in: language))
  }

  /// One line for each way in which a rule had nothing to object to.
  private static func summary(_ judgement: Judgement, to canvas: inout Canvas) {
    canvas.gap()
    let lines: [(Wording, (Finding) -> Bool)] = [
      (ReportWords.passed, { $0.outcome == .pass }),
      (ReportWords.byCloud, { $0.reason == FindingReason.checkedByTheCloud.rawValue }),
      (ReportWords.notApplicable, { $0.outcome == .notApplicable && isAboutGuest($0) }),
    ]
    for (wording, belongs) in lines {
      let rules = judgement.findings.filter(belongs).map(\.rule)
      guard !rules.isEmpty else { continue }
      let text = wording.with(["rules": .text(rules.joined(separator: ", "))]).text(in: judgement.language)
      canvas.prose(text, rest: "  ")
    }
    // Counted, not listed: what is judged when an image is ordered helps nobody who looks at a server.
    let others = Set(judgement.findings.filter { $0.reason == FindingReason.outOfScope.rawValue }.map(\.rule))
    guard !others.isEmpty else { return }
    canvas.prose(ReportWords.outOfScope.with(["count": .number(others.count)]).text(in: judgement.language), rest: "  ")
  }

  private static func hasCommands(_ finding: Finding) -> Bool { finding.remedy.contains { !$0.commands.isEmpty } }

  private static func isAboutVolumes(_ finding: Finding) -> Bool { finding.subjects.first?.kind == "logical_volume" }

  private static func isAboutGuest(_ finding: Finding) -> Bool {
    let others: [FindingReason] = [.outOfScope, .otherForm, .notAsked, .checkedByTheCloud]
    return !others.contains { $0.rawValue == finding.reason }
  }
}
