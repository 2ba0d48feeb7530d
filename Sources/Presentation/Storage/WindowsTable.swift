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
  private let language: Language
  private var marks: [String: Mark] = [:]

  init(_ judgement: Judgement, _ windows: WindowsFacts) {
    language = judgement.language
    readMarks(judgement)
    let disks = Self.chosen((windows.disks ?? []).map { ($0, mark(of: $0)) })
    let volumes = Self.chosen((windows.volumes ?? []).map { ($0, mark(of: $0)) })
    more = (windows.disks ?? []).count + (windows.volumes ?? []).count - disks.count - volumes.count
    var placed: Set<Int> = []
    for disk in disks {
      rows.append(row(disk))
      let here = volumes.filter { $0.disks.value?.first == disk.name && placed.insert($0.number).inserted }
      for (index, volume) in here.enumerated() {
        rows.append(row(volume, branch: index == here.count - 1 ? "└─" : "├─"))
      }
    }
    for volume in volumes where !placed.contains(volume.number) { rows.append(row(volume, branch: "")) }
  }

  /// All of them, or those with something wrong before the others, in their order.
  private static func chosen<Item>(_ items: [(Item, Mark)]) -> [Item] {
    guard items.count > WindowsTable.rowLimit else { return items.map(\.0) }
    let marked = items.indices.filter { items[$0].1 > .plain }
    let plain = items.indices.filter { items[$0].1 == .plain }
    return (marked + plain).prefix(WindowsTable.rowLimit).sorted().map { items[$0].0 }
  }

  private mutating func readMarks(_ judgement: Judgement) {
    for finding in judgement.findings where finding.outcome == .fail || finding.outcome == .unknown {
      let mark: Mark =
        switch (finding.outcome, finding.severity) {
        case (.fail, .blocker): .blocker
        case (.fail, _): .warning
        case (_, .blocker): .unseen
        default: .plain
        }
      for subject in finding.subjects {
        let key = "\(subject.kind) \(subject.name)"
        marks[key] = max(marks[key] ?? .plain, mark)
      }
    }
  }

  private func mark(of disk: WindowsDisk) -> Mark { marks["windows_disk \(disk.name)"] ?? .plain }

  private func mark(of volume: WindowsVolume) -> Mark { marks["windows_volume \(volume.number)"] ?? .plain }

  private func row(_ disk: WindowsDisk) -> StorageTree.Row {
    var row = StorageTree.Row(
      mark: mark(of: disk), name: ReportWords.windowsDisk.with(["name": .text(disk.name)]).text(in: language))
    row.size = Canvas.safe(disk.sizeText)
    row.type = disk.dynamic.value.map { ($0 ? ReportWords.dynamic : ReportWords.basic).text(in: language) } ?? "?"
    let table = disk.gpt.value.map { $0 ? "GPT" : "MBR" }
    row.content = Canvas.safe([disk.status, table].compactMap(\.self).joined(separator: " "))
    return row
  }

  private func row(_ volume: WindowsVolume, branch: String) -> StorageTree.Row {
    var row = StorageTree.Row(
      mark: mark(of: volume),
      name: branch + ReportWords.windowsVolume.with(["name": .text(String(volume.number))]).text(in: language))
    row.size = Canvas.safe(volume.sizeText)
    row.type = Canvas.safe(volume.typeText)
    let names = [volume.fileSystem.value, volume.label.isEmpty ? nil : volume.label].compactMap(\.self)
    row.content = Canvas.safe(names.joined(separator: " "))
    let points = (volume.letter.value.map { ["\($0):"] } ?? []) + volume.mountPoints
    var mounted = points.first ?? ""
    if points.count > 1 { mounted += " +\(points.count - 1)" }
    if let disks = volume.disks.value, disks.count > 1 {
      let places = ReportWords.windowsOnDisks.with(["disks": .text(disks.joined(separator: ", "))])
      mounted = [mounted, places.text(in: language)].filter { !$0.isEmpty }.joined(separator: " ")
    }
    row.mounted = Canvas.safe(mounted)
    return row
  }
}
