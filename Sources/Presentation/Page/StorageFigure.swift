// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// The storage of a guest in a page: the drawing, what it leaves out, and a table that says the same in words.
enum StorageFigure {
  /// Writes the figure, or why there is none.
  static func write(_ judgement: Judgement, to page: inout Markup) {
    let language = judgement.language
    if judgement.facts.guest.os.family.value == .windows {
      guard let windows = judgement.facts.windows, windows.disks != nil || windows.volumes != nil else {
        return page.element("p", [:], ReportWords.windowsUnknown.text(in: language))
      }
      let diagram = WindowsDiagram.diagram(judgement, windows)
      guard !diagram.parts.isEmpty else {
        return page.element("p", [:], ReportWords.windowsNothing.text(in: language))
      }
      figure(diagram, folded: 0, language, to: &page)
      let rows = WindowsRows(judgement, windows)
      let more = rows.more > 0 ? FindingText.more(rows.more, language) : nil
      return table(rows.rows, more: more, language, to: &page)
    }
    guard let devices = judgement.facts.devices, !devices.isEmpty else {
      let words = judgement.facts.devices == nil ? ReportWords.devicesUnknown : ReportWords.noDevices
      return page.element("p", [:], words.text(in: language))
    }
    let storage = StorageDiagram(judgement)
    figure(storage.diagram, folded: storage.folded, language, to: &page)
    let tree = StorageTree(judgement)
    let more = ReportWords.moreDisks.with(["count": .number(tree.moreDisks)]).text(in: language)
    table(tree.rows, more: tree.moreDisks > 0 ? more : nil, language, to: &page)
  }

  private static func figure(_ diagram: Diagram, folded: Int, _ language: Language, to page: inout Markup) {
    page.element("figure") { page in
      page.element("figcaption", ["class": "soft"]) { page in
        page.element("p", [:], PageWords.scroll.text(in: language))
        legend(diagram, language, to: &page)
      }
      page.element("div", ["class": "scroll", "tabindex": "0"]) { page in
        StorageDrawing(diagram, language).write(to: &page)
      }
    }
    if diagram.moreParts > 0 || diagram.moreEdges > 0 {
      let values: [String: StatementValue] = [
        "parts": .number(diagram.moreParts), "edges": .number(diagram.moreEdges),
      ]
      page.element("p", ["class": "soft cut"], PageWords.cut.with(values).text(in: language))
    }
    if folded > 0 {
      page.element("p", ["class": "soft"], ReportWords.folded.with(["count": .number(folded)]).text(in: language))
    }
  }

  /// What the marks mean that occur.
  private static func legend(_ diagram: Diagram, _ language: Language, to page: inout Markup) {
    let used = Set(diagram.parts.map(\.mark)).subtracting([.plain])
    guard !used.isEmpty else { return }
    page.element("p") { page in
      for mark in used.sorted(by: >) { Page.tag(mark.words(language) ?? "", mark.word, to: &page) }
    }
  }

  private static func table(
    _ rows: [StorageTree.Row], more: String?, _ language: Language, to page: inout Markup
  ) {
    page.element("details") { page in
      page.element("summary", [:], PageWords.table.text(in: language))
      page.element("div", ["class": "scroll", "tabindex": "0"]) { page in
        page.element("table") { page in
          page.element("thead") { page in
            page.element("tr") { page in
              page.element("th", ["aria-label": ReportWords.wrong.text(in: language)], "")
              for heading in [
                ReportWords.name, ReportWords.size, ReportWords.type, ReportWords.content, ReportWords.mounted,
              ] {
                page.element("th", ["scope": "col"], heading.text(in: language))
              }
            }
          }
          page.element("tbody") { page in
            for row in rows { write(row, to: &page) }
          }
        }
      }
      if let more { page.element("p", ["class": "soft"], more) }
    }
  }

  private static func write(_ row: StorageTree.Row, to page: inout Markup) {
    page.element("tr") { page in
      page.element("td") { page in
        if row.mark != .plain { Page.tag(String(row.mark.text.drop { $0 == " " }), row.mark.word, to: &page) }
      }
      page.element("td", ["class": "tree"], row.name)
      page.element("td", [:], row.size)
      if let remark = row.remark {
        page.element("td", ["colspan": "3"], remark)
      } else {
        for text in [row.type, row.content, row.mounted] { page.element("td", [:], text) }
      }
    }
  }
}
