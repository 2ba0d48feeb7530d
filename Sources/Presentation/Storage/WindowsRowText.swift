// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// What stands in the rows of a Windows guest's disks and volumes.
struct WindowsRowText {
  private let language: Language
  private let marks: WindowsMarks

  init(_ judgement: Judgement) {
    language = judgement.language
    marks = WindowsMarks(judgement)
  }

  /// The row of a disk.
  func row(_ disk: WindowsDisk) -> StorageTree.Row {
    var row = StorageTree.Row(
      mark: marks.mark(of: disk), name: ReportWords.windowsDisk.with(["name": .text(disk.name)]).text(in: language))
    row.size = Canvas.safe(disk.sizeText)
    row.type = disk.dynamic.value.map { ($0 ? ReportWords.dynamic : ReportWords.basic).text(in: language) } ?? "?"
    let table = disk.gpt.value.map { $0 ? "GPT" : "MBR" }
    row.content = Canvas.safe([disk.status, table].compactMap(\.self).joined(separator: " "))
    return row
  }

  /// The row of a volume, under its disk or alone.
  func row(_ volume: WindowsVolume, branch: String) -> StorageTree.Row {
    var row = StorageTree.Row(
      mark: marks.mark(of: volume),
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
