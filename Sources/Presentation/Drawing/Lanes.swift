// SPDX-License-Identifier: Apache-2.0

/// The places of a layered drawing: one for each part, and one in each layer that a connection only passes.
struct Lanes {
  /// A place.
  struct Slot {
    /// The part that stands here; none in a lane of a connection.
    var part: Int?
    var layer: Int
    var height: Int
  }

  private(set) var slots: [Slot] = []
  /// The places of each layer from top to bottom.
  private(set) var layers: [[Int]] = []
  /// The places of each connection from layer to layer.
  private(set) var chains: [[Int]] = []
  private var before: [[Int]] = []
  private var after: [[Int]] = []

  init(_ diagram: Diagram) {
    layers = Array(repeating: [], count: (diagram.layers.max() ?? -1) + 1)
    for (index, part) in diagram.parts.enumerated() {
      _ = add(part: index, layer: diagram.layers[index], height: DrawingLayout.height(part))
    }
    for edge in diagram.edges {
      var chain = [edge.from]
      for layer in (diagram.layers[edge.from] + 1)..<max(diagram.layers[edge.from] + 1, diagram.layers[edge.to]) {
        chain.append(add(part: nil, layer: layer, height: DrawingLayout.laneHeight))
      }
      chain.append(edge.to)
      chains.append(chain)
    }
    before = Array(repeating: [], count: slots.count)
    after = before
    for chain in chains {
      for (from, to) in zip(chain, chain.dropFirst()) {
        after[from].append(to)
        before[to].append(from)
      }
    }
  }

  private mutating func add(part: Int?, layer: Int, height: Int) -> Int {
    slots.append(Slot(part: part, layer: layer, height: height))
    layers[layer].append(slots.count - 1)
    return slots.count - 1
  }

  /// Orders each layer so that few lines cross: by the mean place of the neighbours, back and forth.
  ///
  /// What is connected stays together, and what is not stays in the order of the parts.
  mutating func order() {
    let clusters = clusters()
    for layer in layers.indices {
      layers[layer].sort { (clusters[$0], $0) < (clusters[$1], $1) }
    }
    var place = [Double](repeating: 0, count: slots.count)
    func settle(_ layer: [Int]) { for (index, slot) in layer.enumerated() { place[slot] = Double(index) } }
    for layer in layers { settle(layer) }
    for sweep in 0..<6 {
      let forth = sweep.isMultiple(of: 2)
      for layer in forth ? Array(layers.indices) : layers.indices.reversed() {
        let neighbours = forth ? before : after
        let keys = layers[layer].enumerated().map { index, slot in
          (
            cluster: clusters[slot], key: Self.mean(neighbours[slot].map { place[$0] }) ?? place[slot], index: index,
            slot: slot
          )
        }
        layers[layer] = keys.sorted { ($0.cluster, $0.key, $0.index) < ($1.cluster, $1.key, $1.index) }.map(\.slot)
        settle(layers[layer])
      }
    }
  }

  /// For each place the first place that it is connected with, by however many lines.
  private func clusters() -> [Int] {
    var clusters = [Int?](repeating: nil, count: slots.count)
    for slot in slots.indices where clusters[slot] == nil {
      var pending = [slot]
      while let next = pending.popLast() {
        guard clusters[next] == nil else { continue }
        clusters[next] = slot
        pending += before[next] + after[next]
      }
    }
    return slots.indices.map { clusters[$0] ?? $0 }
  }

  /// The vertical centre of each place, in pixels.
  func centers() -> [Int] {
    var centers = [Double](repeating: 0, count: slots.count)
    for layer in layers {
      for (slot, offset) in zip(layer, offsets(layer)) { centers[slot] = offset }
    }
    for sweep in 0..<8 {
      let forth = sweep.isMultiple(of: 2)
      for layer in forth ? layers : layers.reversed() {
        let neighbours = forth ? before : after
        let wanted = layer.map { slot in Self.mean(neighbours[slot].map { centers[$0] }) ?? centers[slot] }
        let offsets = offsets(layer)
        let settled = Self.nondecreasing(zip(wanted, offsets).map { $0 - $1 })
        for (index, slot) in layer.enumerated() { centers[slot] = settled[index] + offsets[index] }
      }
    }
    let top = slots.indices.map { centers[$0] - Double(slots[$0].height) / 2 }.min() ?? 0
    return centers.map { Int(($0 - top).rounded()) + DrawingLayout.margin }
  }

  /// The centres of a layer's places where they stand as close as they may.
  private func offsets(_ layer: [Int]) -> [Double] {
    var bottom = 0
    return layer.map { slot in
      defer { bottom += slots[slot].height + DrawingLayout.gap }
      return Double(bottom) + Double(slots[slot].height) / 2
    }
  }

  /// The nondecreasing sequence that is nearest to another (pool adjacent violators).
  private static func nondecreasing(_ wanted: [Double]) -> [Double] {
    var pools: [(sum: Double, count: Int)] = []
    for value in wanted {
      pools.append((value, 1))
      while let last = pools.last, let other = pools.dropLast().last,
        other.sum * Double(last.count) > last.sum * Double(other.count)
      {
        pools.removeLast(2)
        pools.append((other.sum + last.sum, other.count + last.count))
      }
    }
    return pools.flatMap { Array(repeating: $0.sum / Double($0.count), count: $0.count) }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
