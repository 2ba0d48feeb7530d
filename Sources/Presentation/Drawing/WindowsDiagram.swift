// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// A Windows guest's storage as a diagram: disks, volumes, and the letters and folders that lead to them.
enum WindowsDiagram {
  /// How many letters and folders of one volume are boxes of their own.
  private static let pointLimit = 5

  /// The diagram of what diskpart listed.
  static func diagram(_ judgement: Judgement, _ windows: WindowsFacts) -> Diagram {
    let rows = WindowsRowText(judgement)
    let marks = WindowsMarks(judgement)
    let disks = windows.disks ?? []
    let volumes = windows.volumes ?? []
    let all = disks.map { marks.mark(of: $0) } + volumes.map { marks.mark(of: $0) }
    let chosen = Diagram.chosen(all, related: all.map { _ in false })
    var parts: [Diagram.Part] = []
    var edges: [Diagram.Edge] = []
    var diskParts: [String: Int] = [:]
    for index in chosen where index < disks.count {
      let disk = disks[index]
      diskParts[disk.name] = parts.count
      parts.append(part(rows.row(disk), disk.isMissing ? .missing : .disk, layer: 0))
    }
    var morePoints = 0
    for index in chosen where index >= disks.count {
      let volume = volumes[index - disks.count]
      let place = parts.count
      parts.append(part(rows.row(volume, branch: ""), .volume, layer: 1))
      for disk in Set(volume.disks.value ?? []).sorted(by: NaturalOrder.precedes) {
        if let from = diskParts[disk] { edges.append(Diagram.Edge(from: from, to: place)) }
      }
      let points = (volume.letter.value.map { ["\($0):"] } ?? []) + volume.mountPoints
      let shown = points.prefix(min(pointLimit, max(0, Diagram.partLimit - parts.count)))
      for point in shown {
        edges.append(Diagram.Edge(from: place, to: parts.count))
        parts.append(
          Diagram.Part(
            shape: .mount, name: Canvas.safe(point), detail: PageWords.mount.text(in: judgement.language),
            mark: .plain, leastLayer: 2))
      }
      morePoints += points.count - shown.count
    }
    return Diagram(parts: parts, edges: edges, moreParts: all.count - chosen.count + morePoints)
  }

  private static func part(_ row: StorageTree.Row, _ shape: Diagram.Shape, layer: Int) -> Diagram.Part {
    let detail = [row.type, row.size, row.content].filter { !$0.isEmpty }.joined(separator: " ")
    return Diagram.Part(shape: shape, name: row.name, detail: detail, mark: row.mark, leastLayer: layer)
  }
}
