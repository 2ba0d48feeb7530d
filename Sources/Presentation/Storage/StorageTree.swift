// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// The rows of the storage tree: each thing once in full, further occurrences as a reference.
struct StorageTree {
  /// One line of the tree.
  struct Row {
    /// What is wrong here.
    var mark: Mark
    /// The lines of the tree and the name.
    var name: String
    /// The size, as lsblk(8) prints it.
    var size = ""
    /// The kind of thing.
    var type = ""
    /// What is on it.
    var content = ""
    /// Where it is mounted.
    var mounted = ""
    /// Instead of all that: words that take the whole line.
    var remark: String?
  }

  /// How many children of one thing are shown, and how many rows in all: for people, the document has all.
  static let childLimit = 12
  static let rowLimit = 72
  static let depthLimit = 12

  private let graph: StorageGraph
  private let marks: StorageMarks
  private let language: Language
  private var drawnUnder: [StorageNode: String] = [:]
  private(set) var rows: [Row] = []
  /// Disks that are not shown.
  private(set) var moreDisks = 0
  /// Devices that are not disks and hold nothing of interest.
  private(set) var folded = 0

  init(_ judgement: Judgement) {
    graph = StorageGraph(judgement.facts)
    marks = StorageMarks(judgement, graph)
    language = judgement.language
    let shown = choose()
    for root in shown { draw(root, prefix: "", branch: "", under: graph.name(root), depth: 0) }
  }

  /// Which roots are drawn: those with something wrong first, then the others, as long as there is room.
  private mutating func choose() -> [StorageNode] {
    let worthy = graph.roots.filter { !marks.isBackground($0) }
    folded = graph.roots.count - worthy.count
    var room = Self.rowLimit
    var chosen: Set<StorageNode> = []
    for wrong in [true, false] {
      for node in worthy where (marks.worst(at: node) > .plain) == wrong && room > 0 {
        chosen.insert(node)
        room -= 1 + min(graph.children(of: node).count, Self.childLimit)
      }
    }
    moreDisks = worthy.count - chosen.count
    return worthy.filter(chosen.contains)
  }

  private mutating func draw(_ node: StorageNode, prefix: String, branch: String, under root: String, depth: Int) {
    guard rows.count < Self.rowLimit * 4 else { return }
    var row = StorageRow.row(node, graph, language)
    row.mark = marks.own(node)
    row.name = prefix + branch + graph.name(node)
    if let first = drawnUnder[node] {
      row.remark = ReportWords.seeAbove.with(["name": .text(first)]).text(in: language)
      rows.append(row)
      return
    }
    drawnUnder[node] = root
    rows.append(row)
    let below = depth == 0 ? "" : prefix + (branch == "├─" ? "│ " : "  ")
    let children = graph.children(of: node)
    guard depth < Self.depthLimit else {
      if !children.isEmpty { rows.append(Row(mark: .plain, name: below + "└─…")) }
      return
    }
    let shown = selection(children)
    for (index, child) in shown.enumerated() {
      let isLast = index == shown.count - 1 && shown.count == children.count
      draw(child, prefix: below, branch: isLast ? "└─" : "├─", under: root, depth: depth + 1)
    }
    if shown.count < children.count {
      let more = ReportWords.more.with(["count": .number(children.count - shown.count)]).text(in: language)
      rows.append(Row(mark: .plain, name: below + "└─", remark: more))
    }
  }

  /// The children that are shown: all, or those with something wrong before the others.
  private func selection(_ children: [StorageNode]) -> [StorageNode] {
    guard children.count > Self.childLimit + 1 else { return children }
    var chosen = Set(children.filter { marks.worst(at: $0) > .plain }.prefix(Self.childLimit))
    for child in children where chosen.count < Self.childLimit { chosen.insert(child) }
    return children.filter(chosen.contains)
  }
}
