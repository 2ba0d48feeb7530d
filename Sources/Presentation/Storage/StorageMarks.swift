// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// The marks of the things in a storage graph: each thing's own, and the worst of what rests on it.
struct StorageMarks {
  private let graph: StorageGraph
  private let culprits: Culprits
  private var below: [StorageNode: Mark] = [:]

  init(_ judgement: Judgement, _ graph: StorageGraph) {
    self.graph = graph
    culprits = Culprits(judgement)
    for root in graph.roots { markBelow(root) }
  }

  /// The worst mark at a thing or at anything that rests on it.
  func worst(at node: StorageNode) -> Mark { below[node] ?? .plain }

  /// The mark of the thing itself.
  func own(_ node: StorageNode) -> Mark {
    switch node {
    case .device(let name): culprits.mark(of: name)
    case .group(let index): graph.group(index).map { culprits.mark(of: $0) } ?? .plain
    case .volume(let group, let index):
      max(
        graph.volume(group, index).map { culprits.mark(of: $0) } ?? .plain,
        graph.volume(group, index)?.device.value.map { culprits.mark(of: $0) } ?? .plain)
    case .missing(let group, let index): physicalVolume(group, index)
    case .array(let index): (graph.facts.raidArrays?[index]).map { culprits.mark(of: $0) } ?? .plain
    case .fileSystem(let index): (graph.facts.multiDeviceFileSystems?[index]).map { culprits.mark(of: $0) } ?? .plain
    }
  }

  /// The mark of a physical volume, by the indices of its group and of itself.
  func physicalVolume(_ group: Int, _ index: Int) -> Mark {
    graph.physicalVolume(group, index).map { culprits.mark(of: $0) } ?? .plain
  }

  /// Whether a thing at the bottom holds nothing of interest: a device that is no disk, with nothing but devices on
  /// it and nothing wrong.
  func isBackground(_ node: StorageNode) -> Bool {
    guard case .device(let name) = node, let device = graph.devices[name] else { return false }
    let isPlain = [.loop, .rom, .zram, .other].contains(device.kind)
    let holds = graph.children(of: node).contains { if case .device = $0 { false } else { true } }
    return isPlain && !holds && worst(at: node) == .plain
  }

  /// Without recursion: facts may be deep.
  private mutating func markBelow(_ root: StorageNode) {
    var stack: [(node: StorageNode, entered: Bool)] = [(root, false)]
    while let (node, entered) = stack.popLast() {
      if entered {
        below[node] = graph.children(of: node).reduce(below[node] ?? .plain) { max($0, below[$1] ?? .plain) }
        continue
      }
      guard below[node] == nil else { continue }
      below[node] = own(node)
      stack.append((node, true))
      stack += graph.children(of: node).map { ($0, false) }
    }
  }
}
