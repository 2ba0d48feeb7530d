// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// What could not be seen: gaps, and what limits the view.
enum GapText {
  private static let lineLimit = 10

  /// Writes the limits of the view and the gaps; nothing where there are none.
  static func write(_ judgement: Judgement, to canvas: inout Canvas) {
    let language = judgement.language
    let gaps = judgement.facts.gaps ?? []
    guard !gaps.isEmpty || !judgement.facts.visibility.isEmpty else { return }
    canvas.heading(ReportWords.unseen.text(in: language))
    for visibility in judgement.facts.visibility { canvas.prose(limit(visibility, language), first: " - ") }
    let sorted = sorted(gaps)
    let sentences = GapSentences(judgement.facts)
    for gap in sorted.prefix(lineLimit) {
      canvas.prose(sentences.text(gap, in: language), first: gap.hidesStorage ? "?? " : " - ")
    }
    if gaps.count > lineLimit {
      canvas.line("   " + ReportWords.more.with(["count": .number(gaps.count - lineLimit)]).text(in: language))
    }
  }

  /// What limits the view, in a sentence.
  static func limit(_ visibility: Visibility, _ language: Language) -> String {
    let limit = Statement(ReportWords.limit(visibility.limit))
    let values: [String: StatementValue] = ["limit": .statement(limit), "detail": .text(visibility.detail)]
    return (visibility.detail.isEmpty ? limit : ReportWords.limitSeenAt.with(values)).text(in: language)
  }

  /// What may hide data before what cannot.
  static func sorted(_ gaps: [Gap]) -> [Gap] { gaps.filter(\.hidesStorage) + gaps.filter { !$0.hidesStorage } }
}
