// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// A Linux guest's storage as a diagram: disks, partitions, physical volumes, groups, volumes, arrays, mounts.
struct StorageDiagram {
  /// What a box stands for.
  private enum Item: Hashable {
    case node(StorageNode)
    /// A physical volume, by the indices of its group and of itself.
    case physical(Int, Int)
    /// The mount points of a node, by the index of the point.
    case mount(StorageNode, Int)
  }

  /// How many mount points of one device are boxes of their own.
  private static let mountLimit = 4

  private let graph: StorageGraph
  private let marks: StorageMarks
  private let language: Language
  private var nodes: [StorageNode] = []
  private var visited: Set<StorageNode> = []
  private var items: [Item] = []
  private var indices: [Item: Int] = [:]
  /// Whether something is wrong at the bottom thing by which an item was reached first.
  private var related: [Bool] = []
  private var edges: [Diagram.Edge] = []
  private var known: Set<Diagram.Edge> = []
  private var physicalVolumes: [String: [(group: Int, index: Int)]] = [:]
  /// Devices that hold nothing of interest and are not drawn.
  private(set) var folded = 0

  init(_ judgement: Judgement) {
    graph = StorageGraph(judgement.facts)
    marks = StorageMarks(judgement, graph)
    language = judgement.language
    for (group, content) in (judgement.facts.volumeGroups ?? []).enumerated() {
      for (index, volume) in (content.physicalVolumes.value ?? []).enumerated() {
        let devices = Set((volume.device.value.map { [$0] } ?? []) + (volume.duplicateDevices.value ?? []))
        for device in devices { physicalVolumes[device, default: []].append((group, index)) }
      }
    }
    for root in graph.roots {
      if marks.isBackground(root) { folded += 1 } else { walk(root) }
    }
    connect()
  }

  /// The diagram, cut to what people can look at.
  var diagram: Diagram {
    let chosen = Diagram.chosen(items.map(mark), related: related)
    var place = [Int?](repeating: nil, count: items.count)
    for (index, item) in chosen.enumerated() { place[item] = index }
    let kept = edges.compactMap { edge -> Diagram.Edge? in
      guard let from = place[edge.from], let to = place[edge.to] else { return nil }
      return Diagram.Edge(from: from, to: to)
    }
    return Diagram(
      parts: chosen.map { part(items[$0]) }, edges: kept, moreParts: items.count - chosen.count)
  }

  /// Takes in everything that rests on a thing; without recursion, facts may be deep.
  private mutating func walk(_ root: StorageNode) {
    let related = marks.worst(at: root) > .plain
    var pending = [root]
    while let node = pending.popLast() {
      guard visited.insert(node).inserted else { continue }
      nodes.append(node)
      add(item(node), related)
      for index in mounts(node) { add(.mount(node, index), related) }
      for volume in physicalVolumes[deviceName(node) ?? ""] ?? [] {
        add(.physical(volume.group, volume.index), related)
      }
      pending += graph.children(of: node).reversed()
    }
  }

  private mutating func connect() {
    for node in nodes {
      for index in mounts(node) { connect(item(node), .mount(node, index)) }
      // Between a device and the group that it is part of stands the physical volume.
      let volumes = physicalVolumes[deviceName(node) ?? ""] ?? []
      for volume in volumes {
        connect(item(node), .physical(volume.group, volume.index))
        connect(.physical(volume.group, volume.index), .node(.group(volume.group)))
      }
      for child in graph.children(of: node) {
        if case .group = child, !volumes.isEmpty { continue }
        connect(item(node), item(child))
      }
    }
  }

  private mutating func add(_ item: Item, _ related: Bool) {
    guard indices[item] == nil else { return }
    indices[item] = items.count
    items.append(item)
    self.related.append(related)
  }

  private mutating func connect(_ lower: Item, _ upper: Item) {
    guard let from = indices[lower], let to = indices[upper], from != to else { return }
    let edge = Diagram.Edge(from: from, to: to)
    if known.insert(edge).inserted { edges.append(edge) }
  }

  private func item(_ node: StorageNode) -> Item {
    guard case .missing(let group, let index) = node else { return .node(node) }
    return .physical(group, index)
  }

  /// The device that a node is, or that a logical volume is mapped as.
  private func deviceName(_ node: StorageNode) -> String? {
    switch node {
    case .device(let name): name
    case .volume(let group, let index): graph.volume(group, index)?.device.value
    case .group, .missing, .array, .fileSystem: nil
    }
  }

  private func mountPoints(_ node: StorageNode) -> [String] {
    deviceName(node).flatMap { graph.devices[$0] }?.mountPoints.value ?? []
  }

  /// The boxes of a node's mount points: one each, the last one standing for all further ones.
  private func mounts(_ node: StorageNode) -> Range<Int> { 0..<min(mountPoints(node).count, Self.mountLimit + 1) }

  private func mark(_ item: Item) -> Mark {
    switch item {
    case .node(let node): marks.own(node)
    case .physical(let group, let index): marks.physicalVolume(group, index)
    case .mount: .plain
    }
  }

  private func part(_ item: Item) -> Diagram.Part {
    let mark = mark(item)
    switch item {
    case .node(let node):
      let row = StorageRow.row(node, graph, language)
      let detail = [row.type, row.size, row.content].filter { !$0.isEmpty }.joined(separator: " ")
      return Diagram.Part(shape: shape(node), name: graph.name(node), detail: detail, mark: mark)
    case .physical(let group, let index):
      let volume = graph.physicalVolume(group, index)
      let found = volume?.device.value != nil || volume?.duplicateDevices.value?.isEmpty == false
      let words = found ? PageWords.physicalVolume : ReportWords.missingVolume
      let name = words.with(["group": .text(graph.group(group)?.name ?? "?")]).text(in: language)
      let size = volume?.sizeBytes.value.map(ByteSize.short) ?? "?"
      return Diagram.Part(
        shape: found ? .physical : .missing, name: Canvas.safe(name),
        detail: Canvas.safe("\(size) \(volume?.uuid ?? "")"), mark: mark, leastLayer: 1)
    case .mount(let node, let index):
      let points = mountPoints(node).sorted(by: NaturalOrder.precedes)
      let name =
        index == Self.mountLimit && points.count > index + 1
        ? FindingText.more(points.count - index, language) : points[index]
      return Diagram.Part(
        shape: .mount, name: Canvas.safe(name), detail: PageWords.mount.text(in: language), mark: mark, leastLayer: 1)
    }
  }

  private func shape(_ node: StorageNode) -> Diagram.Shape {
    switch node {
    case .device(let name): graph.devices[name]?.kind == .disk ? .disk : .device
    case .group, .array: .group
    case .volume, .fileSystem: .volume
    case .missing: .missing
    }
  }
}
