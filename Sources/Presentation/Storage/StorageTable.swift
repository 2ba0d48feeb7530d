// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// The storage tree as lines of columns.
enum StorageTable {
  /// Writes the tree of the judged guest.
  static func write(_ judgement: Judgement, to canvas: inout Canvas) {
    let language = judgement.language
    guard judgement.facts.guest.os.family.value != .windows else {
      return WindowsTable.write(judgement, to: &canvas)
    }
    guard let devices = judgement.facts.devices, !devices.isEmpty else {
      let words = judgement.facts.devices == nil ? ReportWords.devicesUnknown : ReportWords.noDevices
      canvas.prose(words.text(in: language))
      return
    }
    let tree = StorageTree(judgement)
    draw(tree.rows, language, to: &canvas)
    if tree.moreDisks > 0 {
      canvas.prose(ReportWords.moreDisks.with(["count": .number(tree.moreDisks)]).text(in: language), first: "   ")
    }
    if tree.folded > 0 {
      canvas.prose(ReportWords.folded.with(["count": .number(tree.folded)]).text(in: language), first: "   ")
    }
    legend(tree.rows, language, to: &canvas)
  }

  /// The rows under a header.
  static func draw(_ rows: [StorageTree.Row], _ language: Language, to canvas: inout Canvas) {
    let header = StorageTree.Row(
      mark: .plain, name: ReportWords.name.text(in: language), size: ReportWords.size.text(in: language),
      type: ReportWords.type.text(in: language), content: ReportWords.content.text(in: language),
      mounted: ReportWords.mounted.text(in: language))
    let columns = StorageColumns([header] + rows, width: canvas.options.width)
    canvas.line(columns.line(header), .bold)
    for row in rows { canvas.line(columns.line(row), row.mark.style) }
  }

  /// What the marks mean that occur.
  static func legend(_ rows: [StorageTree.Row], _ language: Language, to canvas: inout Canvas) {
    let used = Set(rows.map(\.mark))
    let legend: [(Mark, Wording)] = [
      (.blocker, ReportWords.blockers), (.warning, ReportWords.lesser), (.unseen, ReportWords.unknown),
    ]
    let words = legend.filter { used.contains($0.0) }.map { $0.1.text(in: language) }
    if !words.isEmpty { canvas.line(words.joined(separator: "   ")) }
  }
}
