// SPDX-License-Identifier: Apache-2.0

/// What a drawing of storage shows: parts in layers, and what rests on what.
struct Diagram {
  /// What the outline of a part says about its kind.
  enum Shape: String {
    case disk, device, physical, missing, group, volume, mount
  }

  /// One box.
  struct Part {
    var shape: Shape
    var name: String
    /// Kind, size and content in few words.
    var detail: String
    var mark: Mark
    /// The first layer that it may stand in.
    var leastLayer = 0
  }

  /// That one part rests on another, by their indices.
  struct Edge: Hashable {
    var from: Int
    var to: Int
  }

  /// How many parts, connections and layers are drawn: for people, the document has all.
  static let partLimit = 400
  static let edgeLimit = 1600
  static let layerLimit = 14

  private(set) var parts: [Part]
  private(set) var edges: [Edge]
  /// The layer of each part.
  private(set) var layers: [Int]
  /// Parts and connections that are not drawn.
  private(set) var moreParts: Int
  private(set) var moreEdges: Int

  /// A diagram of parts, of which `moreParts` more and `moreEdges` more connections are not shown already.
  init(parts: [Part], edges: [Edge], moreParts: Int = 0, moreEdges: Int = 0) {
    let shown = Array(edges.prefix(Self.edgeLimit))
    let layering = Layering(leastLayers: parts.map(\.leastLayer), edges: shown)
    let kept = parts.indices.filter { layering.layers[$0] < Self.layerLimit }
    var place = [Int?](repeating: nil, count: parts.count)
    for (index, part) in kept.enumerated() { place[part] = index }
    self.parts = kept.map { parts[$0] }
    layers = kept.map { layering.layers[$0] }
    self.edges = layering.edges.compactMap { edge in
      guard let from = place[edge.from], let to = place[edge.to] else { return nil }
      return Edge(from: from, to: to)
    }
    self.moreParts = moreParts + parts.count - kept.count
    self.moreEdges = moreEdges + edges.count - self.edges.count
  }

  /// How a connection is marked: as far as both its ends are.
  func mark(of edge: Edge) -> Mark { min(parts[edge.from].mark, parts[edge.to].mark) }

  /// Which of so many parts are drawn: those with something wrong, then those that hang together with such, then the
  /// others in their order.
  static func chosen(_ marks: [Mark], related: [Bool]) -> [Int] {
    guard marks.count > partLimit else { return Array(marks.indices) }
    let classes: [(Int) -> Bool] = [
      { marks[$0] == .blocker }, { marks[$0] == .warning }, { marks[$0] == .unseen },
      { marks[$0] == .plain && related[$0] }, { marks[$0] == .plain && !related[$0] },
    ]
    return classes.flatMap { marks.indices.filter($0) }.prefix(partLimit).sorted()
  }
}
