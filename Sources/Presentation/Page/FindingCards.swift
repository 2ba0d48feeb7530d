// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// Findings as cards of a page.
struct FindingCards {
  /// How many findings, and parts of one, people get to read; the document has all.
  private static let findingLimit = 60
  private static let partLimit = 12
  private static let commandLimit = 100

  private let language: Language

  init(_ language: Language) { self.language = language }

  /// Rules that failed: what, on what, why, what to do, where it is from.
  func failed(_ findings: [Finding], _ mark: Mark, to page: inout Markup) {
    for finding in findings.prefix(Self.findingLimit) {
      page.element("article", ["class": mark.word]) { page in
        heading(finding, mark.text, mark.word, to: &page)
        page.element("p", [:], finding.message)
        concerns(finding.subjects, to: &page)
        remedy(finding.remedy, to: &page)
        evidence(finding.evidence, to: &page)
        source(finding, to: &page)
      }
    }
    more(findings.count - Self.findingLimit, to: &page)
  }

  /// Rules that could not be judged: those with one cause together.
  func undecided(_ findings: [Finding], to page: inout Markup) {
    let causes = FindingText.byCause(findings)
    for findings in causes.prefix(Self.findingLimit) {
      page.element("article", ["class": Mark.unseen.word]) { page in
        for finding in findings.prefix(Self.findingLimit) {
          // A rule whose failure would be a warning keeps nobody from an image; its mark is the lighter one.
          heading(finding, finding.severity == .blocker ? Mark.unseen.text : "?", Mark.unseen.word, to: &page)
        }
        more(findings.count - Self.findingLimit, to: &page)
        guard let first = findings.first else { return }
        page.element("p", [:], first.message)
        remedy(first.remedy, to: &page)
      }
    }
    more(causes.count - Self.findingLimit, to: &page)
  }

  private func heading(_ finding: Finding, _ sign: String, _ kind: String, to page: inout Markup) {
    page.element("h3") { page in
      let sign = String(sign.drop { $0 == " " })
      if !sign.isEmpty { Page.tag(sign, kind, to: &page) }
      page.text(finding.title)
    }
    page.element("p", ["class": "soft"]) { $0.element("code", [:], finding.rule) }
  }

  private func concerns(_ subjects: [Subject], to page: inout Markup) {
    guard !subjects.isEmpty else { return }
    var names = subjects.prefix(Self.partLimit).map { Self.short($0.text(in: language)) }.joined(separator: ", ")
    if subjects.count > Self.partLimit {
      names += " " + FindingText.more(subjects.count - Self.partLimit, language)
    }
    page.element("p", [:], ReportWords.concerns.with(["subjects": .text(names)]).text(in: language))
  }

  /// One long name must not push the others out.
  private static func short(_ text: String) -> String { String(text.unicodeScalars.prefix(120)) }

  private func remedy(_ remedies: [Remedy], to page: inout Markup) {
    guard !remedies.isEmpty else { return }
    page.element("h4", [:], ReportWords.toDo.text(in: language))
    for remedy in remedies.prefix(Self.partLimit) {
      page.element("p", [:], remedy.text)
      commands(remedy.commands, to: &page)
    }
    more(remedies.count - Self.partLimit, to: &page)
  }

  /// Commands as text that is selected by one click; one that would have to be cut is left out, since half a command
  /// is another command.
  private func commands(_ commands: [String], to page: inout Markup) {
    let shown = commands.prefix(Self.commandLimit).filter { $0.unicodeScalars.count < Markup.textLimit }
    if !shown.isEmpty {
      page.element("pre", ["tabindex": "0"]) { page in
        page.element("code") { page in
          for (index, command) in shown.enumerated() {
            if index > 0 { page.literal("\n") }
            page.text(command)
          }
        }
      }
    }
    guard shown.count < commands.count else { return }
    let count = commands.count - shown.count
    page.element("p", [:], PageWords.cutCommands.with(["count": .number(count)]).text(in: language))
  }

  private func evidence(_ evidence: [Evidence], to page: inout Markup) {
    guard !evidence.isEmpty else { return }
    page.element("details") { page in
      page.element("summary", [:], PageWords.evidence.text(in: language))
      page.element("ul") { page in
        for item in evidence.prefix(Self.partLimit) {
          let sentence = ReportWords.seen.with([
            "fact": .text(item.fact), "value": .text(FindingText.value(item.value, language)),
            "origin": .text(item.from),
          ])
          page.element("li", [:], sentence.text(in: language))
        }
      }
      more(evidence.count - Self.partLimit, to: &page)
    }
  }

  private func source(_ finding: Finding, to page: inout Markup) {
    let sentence = ReportWords.source.with(["source": .text(finding.source)])
    page.element("p", ["class": "soft"], sentence.text(in: language))
  }

  private func more(_ count: Int, to page: inout Markup) {
    if count > 0 { page.element("p", ["class": "soft"], FindingText.more(count, language)) }
  }
}
