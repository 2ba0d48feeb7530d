// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// The disks and volumes of a Windows guest as lines of columns: volumes under their disk where that is known.
enum WindowsTable {
  /// Rows of one kind that are shown; those with something wrong first.
  static let rowLimit = 40

  /// Writes the disks and volumes of the judged guest.
  static func write(_ judgement: Judgement, to canvas: inout Canvas) {
    let language = judgement.language
    guard let windows = judgement.facts.windows, windows.disks != nil || windows.volumes != nil else {
      return canvas.prose(ReportWords.windowsUnknown.text(in: language))
    }
    let rows = WindowsRows(judgement, windows)
    guard !rows.rows.isEmpty else { return canvas.prose(ReportWords.windowsNothing.text(in: language)) }
    StorageTable.draw(rows.rows, language, to: &canvas)
    if rows.more > 0 {
      canvas.prose(ReportWords.more.with(["count": .number(rows.more)]).text(in: language), first: "   ")
    }
    StorageTable.legend(rows.rows, language, to: &canvas)
  }
}

/// The rows of a Windows guest's storage.
struct WindowsRows {
  private(set) var rows: [StorageTree.Row] = []
  /// Disks and volumes that are not shown.
  private(set) var more = 0

  init(_ judgement: Judgement, _ windows: WindowsFacts) {
    let marks = WindowsMarks(judgement)
    let text = WindowsRowText(judgement)
    let disks = Self.chosen((windows.disks ?? []).map { ($0, marks.mark(of: $0)) })
    let volumes = Self.chosen((windows.volumes ?? []).map { ($0, marks.mark(of: $0)) })
    more = (windows.disks ?? []).count + (windows.volumes ?? []).count - disks.count - volumes.count
    var placed: Set<Int> = []
    for disk in disks {
      rows.append(text.row(disk))
      let here = volumes.filter { $0.disks.value?.first == disk.name && placed.insert($0.number).inserted }
      for (index, volume) in here.enumerated() {
        rows.append(text.row(volume, branch: index == here.count - 1 ? "└─" : "├─"))
      }
    }
    for volume in volumes where !placed.contains(volume.number) { rows.append(text.row(volume, branch: "")) }
  }

  /// All of them, or those with something wrong before the others, in their order.
  private static func chosen<Item>(_ items: [(Item, Mark)]) -> [Item] {
    guard items.count > WindowsTable.rowLimit else { return items.map(\.0) }
    let marked = items.indices.filter { items[$0].1 > .plain }
    let plain = items.indices.filter { items[$0].1 == .plain }
    return (marked + plain).prefix(WindowsTable.rowLimit).sorted().map { items[$0].0 }
  }
}
