// SPDX-License-Identifier: Apache-2.0

internal import Facts
public import Readiness

/// A judgement as text for a person at a terminal.
///
/// The verdict first; then what is wrong, on what, why and what to do; what could not be judged or seen; the storage
/// as a tree; warnings; notes; and in one line each what passed. Long lists are cut: the JSON report holds all.
public enum TextReport {
  /// The report in the judgement's language, every line ended by a line break and no wider than the options say.
  ///
  /// Only a word of a command that is wider than a line makes a wider one, since breaking it would change it.
  public static func render(_ judgement: Judgement, options: TextOptions = TextOptions()) -> String {
    var canvas = Canvas(options)
    let language = judgement.language
    verdict(judgement, to: &canvas)

    let sections = ReportSections(judgement)
    if !sections.wrong.isEmpty {
      canvas.heading(ReportWords.wrong.text(in: language))
      failures(sections.wrong, .blocker, language, to: &canvas)
    }
    if !sections.undecided.isEmpty {
      canvas.heading(ReportWords.undecided.text(in: language))
      FindingText.undecided(sections.undecided, language, to: &canvas)
    }
    GapText.write(judgement, to: &canvas)

    canvas.heading(ReportWords.storage.text(in: language))
    StorageTable.write(judgement, to: &canvas)

    if !sections.warnings.isEmpty {
      canvas.heading(ReportWords.warnings.text(in: language))
      failures(sections.warnings, .warning, language, to: &canvas)
    }
    if !sections.notes.isEmpty {
      canvas.heading(ReportWords.notes.text(in: language))
      some(sections.notes, language, to: &canvas) { FindingText.noted($0, language, to: &$1) }
    }
    canvas.gap()
    for line in sections.summary { canvas.prose(line, rest: "  ") }
    return canvas.text
  }

  /// How many findings of one section people get to read.
  private static let findingLimit = 20

  private static func failures(_ findings: [Finding], _ mark: Mark, _ language: Language, to canvas: inout Canvas) {
    some(findings, language, to: &canvas) { FindingText.failed($0, mark, language, to: &$1) }
  }

  private static func some(
    _ findings: [Finding], _ language: Language, to canvas: inout Canvas, _ write: (Finding, inout Canvas) -> Void
  ) {
    for finding in findings.prefix(findingLimit) { write(finding, &canvas) }
    guard findings.count > findingLimit else { return }
    canvas.gap()
    canvas.line(ReportWords.more.with(["count": .number(findings.count - findingLimit)]).text(in: language))
  }

  private static func verdict(_ judgement: Judgement, to canvas: inout Canvas) {
    let style: Canvas.Style =
      switch judgement.verdict {
      case .ready: .green
      case .notReady: .red
      case .undetermined: .yellow
      }
    canvas.prose(ReportSections.verdict(judgement), style)
    canvas.prose(ReportSections.guest(judgement))
  }
}
