// SPDX-License-Identifier: Apache-2.0

/// In which layer each part stands: behind everything that it rests on.
///
/// Facts from a hostile guest may hold loops: a connection that would close one is left out.
struct Layering {
  private(set) var layers: [Int]
  /// The connections that lead to a later layer.
  private(set) var edges: [Diagram.Edge] = []

  init(leastLayers: [Int], edges: [Diagram.Edge]) {
    layers = leastLayers
    let order = Self.order(leastLayers.count, edges)
    var rank = [Int](repeating: 0, count: order.count)
    for (index, part) in order.enumerated() { rank[part] = index }
    self.edges = edges.filter { rank[$0.from] < rank[$0.to] }
    var above = [[Int]](repeating: [], count: layers.count)
    for edge in self.edges { above[edge.from].append(edge.to) }
    for part in order {
      for next in above[part] { layers[next] = max(layers[next], layers[part] + 1) }
    }
    // As near as possible to what rests on it: the physical volumes of one group stand in one column.
    let rests = Set(self.edges.map(\.to))
    for part in order.reversed() where rests.contains(part) {
      if let nearest = above[part].map({ layers[$0] }).min() { layers[part] = nearest - 1 }
    }
  }

  /// The parts, each behind what it rests on as far as that is possible (Kahn's algorithm).
  private static func order(_ count: Int, _ edges: [Diagram.Edge]) -> [Int] {
    var waiting = [Int](repeating: 0, count: count)
    var above = [[Int]](repeating: [], count: count)
    for edge in edges {
      waiting[edge.to] += 1
      above[edge.from].append(edge.to)
    }
    var order = (0..<count).filter { waiting[$0] == 0 }
    var placed = [Bool](repeating: false, count: count)
    for part in order { placed[part] = true }
    var next = 0
    var unplaced = 0
    while order.count < count || next < order.count {
      if next == order.count {
        // A loop: it is cut before its first part.
        while placed[unplaced] { unplaced += 1 }
        placed[unplaced] = true
        order.append(unplaced)
      }
      for part in above[order[next]] {
        waiting[part] -= 1
        guard waiting[part] == 0, !placed[part] else { continue }
        placed[part] = true
        order.append(part)
      }
      next += 1
    }
    return order
  }
}
