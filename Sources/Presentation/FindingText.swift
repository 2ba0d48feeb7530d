// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// Findings as paragraphs.
enum FindingText {
  /// How many subjects and pieces of evidence people get to read; the document has all.
  private static let subjectLimit = 6
  private static let evidenceLimit = 4

  /// A rule that failed: what, on what, why, what to do, where it is from.
  static func failed(_ finding: Finding, _ mark: Mark, _ language: Language, to canvas: inout Canvas) {
    canvas.gap()
    canvas.prose(finding.title, first: mark.text + " ", mark.style)
    canvas.prose("(\(finding.rule))", first: "   ")
    canvas.prose(finding.message, first: "   ")
    let subjects = finding.subjects.prefix(subjectLimit).map { $0.text(in: language) }
    if !subjects.isEmpty {
      var names = subjects.joined(separator: ", ")
      if finding.subjects.count > subjects.count {
        names += " " + more(finding.subjects.count - subjects.count, language)
      }
      canvas.prose(
        ReportWords.concerns.with(["subjects": .text(names)]).text(in: language), first: "   ", rest: "     ")
    }
    for evidence in finding.evidence.prefix(evidenceLimit) {
      let sentence = ReportWords.seen.with([
        "fact": .text(evidence.fact), "value": .text(value(evidence.value, language)), "origin": .text(evidence.from),
      ])
      canvas.prose(sentence.text(in: language), first: "   ", rest: "     ")
    }
    if finding.evidence.count > evidenceLimit {
      canvas.line("     " + more(finding.evidence.count - evidenceLimit, language))
    }
    remedy(finding, language, to: &canvas)
    canvas.prose(
      ReportWords.source.with(["source": .text(finding.source)]).text(in: language), first: "   ", rest: "     ")
  }

  /// What is only good to know: what it is and what to do, without where it was seen.
  static func noted(_ finding: Finding, _ language: Language, to canvas: inout Canvas) {
    canvas.gap()
    canvas.prose(finding.title, first: " - ", rest: "   ")
    canvas.prose("(\(finding.rule))", first: "   ")
    canvas.prose(finding.message, first: "   ")
    remedy(finding, language, to: &canvas)
  }

  /// Rules that could not be judged: those with one cause together.
  static func undecided(_ findings: [Finding], _ language: Language, to canvas: inout Canvas) {
    for findings in byCause(findings) {
      canvas.gap()
      for finding in findings {
        // A rule whose failure would be a warning keeps nobody from an image; its mark is the lighter one.
        let mark = finding.severity == .blocker ? Mark.unseen.text : " ?"
        canvas.prose(finding.title, first: mark + " ", Mark.unseen.style)
        canvas.prose("(\(finding.rule))", first: "   ")
      }
      guard let first = findings.first else { continue }
      canvas.prose(first.message, first: "   ")
      remedy(first, language, to: &canvas)
    }
  }

  /// Findings with one cause and one remedy together, in the order of the first of each.
  static func byCause(_ findings: [Finding]) -> [[Finding]] {
    var order: [String] = []
    var byCause: [String: [Finding]] = [:]
    for finding in findings {
      let cause = finding.message + finding.remedy.map { $0.text + $0.commands.joined() }.joined()
      if byCause[cause] == nil { order.append(cause) }
      byCause[cause, default: []].append(finding)
    }
    return order.compactMap { byCause[$0] }
  }

  /// What to do; commands on lines of their own, so that they can be copied.
  private static func remedy(_ finding: Finding, _ language: Language, to canvas: inout Canvas) {
    let remedies = finding.remedy
    let shell = finding.rule.hasPrefix("windows-") ? LineBreaking.Shell.commandPrompt : .posix
    guard !remedies.isEmpty else { return }
    canvas.line("   " + ReportWords.toDo.text(in: language), .bold)
    for remedy in remedies {
      canvas.prose(remedy.text, first: remedies.count > 1 ? "   - " : "   ")
      for command in remedy.commands { canvas.command(command, indent: "       ", shell: shell) }
    }
  }

  /// That there is more than is shown.
  static func more(_ count: Int, _ language: Language) -> String {
    ReportWords.more.with(["count": .number(count)]).text(in: language)
  }

  /// The value of a fact for people: a list as its elements.
  static func value(_ json: JSON, _ language: Language) -> String {
    switch json {
    case .string(let text): text
    case .array([]): ReportWords.nothing.text(in: language)
    case .array(let elements):
      elements.prefix(subjectLimit).map { $0.string ?? $0.text }.joined(separator: ", ")
        + (elements.count > subjectLimit ? " " + more(elements.count - subjectLimit, language) : "")
    default: json.text
    }
  }
}
