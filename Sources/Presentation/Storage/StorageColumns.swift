// SPDX-License-Identifier: Apache-2.0

/// The widths of the columns, so that a line fits.
struct StorageColumns {
  let width: Int
  let name: Int
  let size: Int
  let type: Int
  let content: Int
  let mounted: Int

  init(_ rows: [StorageTree.Row], width: Int) {
    self.width = width
    let tabular = rows.filter { $0.remark == nil }
    func widest(_ column: KeyPath<StorageTree.Row, String>, least: Int, most: Int) -> Int {
      min(most, max(least, tabular.map { DisplayWidth.of($0[keyPath: column]) }.max() ?? 0))
    }
    size = widest(\.size, least: 4, most: 7)
    type = widest(\.type, least: 4, most: 10)
    content = widest(\.content, least: 4, most: width / 4)
    // What is left is shared by names and mount points; neither starves the other.
    let rest = width - 3 - size - type - content - 4
    let names = max(4, rows.map { DisplayWidth.of($0.name) }.max() ?? 0)
    let points = tabular.map { DisplayWidth.of($0.mounted) }.max() ?? 0
    name = max(8, min(names, max(rest - points, rest / 2)))
    mounted = max(0, rest - name)
  }

  func line(_ row: StorageTree.Row) -> String {
    let start = row.mark.text + " " + DisplayWidth.pad(DisplayWidth.cut(row.name, to: name), to: name)
    let sized = start + " " + DisplayWidth.pad(DisplayWidth.cut(row.size, to: size), to: size, right: true)
    var line: String
    if let remark = row.remark {
      let used = row.size.isEmpty ? start : sized
      line = used + " " + DisplayWidth.cut(remark, to: width - DisplayWidth.of(used) - 1)
    } else {
      line = sized + " " + DisplayWidth.pad(DisplayWidth.cut(row.type, to: type), to: type)
      line += " " + DisplayWidth.pad(DisplayWidth.cut(row.content, to: content), to: content)
      line += " " + DisplayWidth.cut(row.mounted, to: mounted)
    }
    while line.unicodeScalars.last == " " { line.unicodeScalars.removeLast() }
    return line
  }
}
