// SPDX-License-Identifier: Apache-2.0

internal import Facts
public import Readiness

/// A judgement as one page for a browser.
///
/// The verdict first; then what is wrong, on what, why and what to do; the storage as a drawing; what could not be
/// judged or seen; warnings; and in one line each what passed. The page needs no script and nothing that is fetched.
/// Long lists are cut with a count: the JSON report holds all.
public enum HTMLReport {
  /// The page in the judgement's language; `links` lead from it to others, where there are any.
  public static func render(_ judgement: Judgement, links: [PageLink] = []) -> String {
    let language = judgement.language
    let title = PageWords.title.with(["host": .text(ReportSections.host(judgement))]).text(in: language)
    return Page.document(title: title, language: language) { page in
      PageLink.write(links, to: &page)
      page.element("h1", ["class": judgement.verdict.rawValue], ReportSections.verdict(judgement))
      page.element("p", [:], ReportSections.guest(judgement))
      let time: [String: StatementValue] = [
        "time": .text(judgement.facts.collectedAt), "version": .text(judgement.facts.agentVersion),
      ]
      page.element("p", ["class": "soft"], PageWords.lookedAt.with(time).text(in: language))
    } main: { page in
      main(judgement, to: &page)
    }
  }

  private static func main(_ judgement: Judgement, to page: inout Markup) {
    let language = judgement.language
    let sections = ReportSections(judgement)
    section("wrong", ReportWords.wrong, language, isEmpty: sections.wrong.isEmpty, to: &page) { page in
      FindingCards(language).failed(sections.wrong, .blocker, to: &page)
    }
    section("storage", ReportWords.storage, language, to: &page) { page in
      StorageFigure.write(judgement, to: &page)
    }
    section("undecided", ReportWords.undecided, language, isEmpty: sections.undecided.isEmpty, to: &page) { page in
      FindingCards(language).undecided(sections.undecided, to: &page)
    }
    let isSeen = (judgement.facts.gaps ?? []).isEmpty && judgement.facts.visibility.isEmpty
    section("unseen", ReportWords.unseen, language, isEmpty: isSeen, to: &page) { page in
      gaps(judgement, to: &page)
    }
    section("warnings", ReportWords.warnings, language, isEmpty: sections.warnings.isEmpty, to: &page) { page in
      FindingCards(language).failed(sections.warnings, .warning, to: &page)
    }
    section("notes", ReportWords.notes, language, isEmpty: sections.notes.isEmpty, to: &page) { page in
      FindingCards(language).failed(sections.notes, .plain, to: &page)
    }
    section("others", PageWords.others, language, isEmpty: sections.summary.isEmpty, to: &page) { page in
      page.element("ul") { page in
        for line in sections.summary { page.element("li", [:], line) }
      }
    }
  }

  private static func section(
    _ name: String, _ heading: Wording, _ language: Language, isEmpty: Bool = false, to page: inout Markup,
    _ content: (inout Markup) -> Void
  ) {
    guard !isEmpty else { return }
    page.element("section", ["id": name]) { page in
      page.element("h2", [:], heading.text(in: language))
      content(&page)
    }
  }

  /// How many gaps people get to read.
  private static let gapLimit = 40

  private static func gaps(_ judgement: Judgement, to page: inout Markup) {
    let language = judgement.language
    let gaps = GapText.sorted(judgement.facts.gaps ?? [])
    let sentences = GapSentences(judgement.facts)
    page.element("ul") { page in
      for limit in judgement.facts.visibility.prefix(gapLimit) {
        page.element("li", [:], GapText.limit(limit, language))
      }
      for gap in gaps.prefix(gapLimit) {
        page.element("li") { page in
          if gap.hidesStorage { Page.tag(Mark.unseen.text, Mark.unseen.word, to: &page) }
          page.text(sentences.text(gap, in: language))
        }
      }
      if gaps.count > gapLimit { page.element("li", [:], FindingText.more(gaps.count - gapLimit, language)) }
    }
  }
}
