// SPDX-License-Identifier: Apache-2.0

/// Where the boxes and lines of a diagram are; the same diagram gives the same layout.
///
/// A layered drawing after Sugiyama, Tagawa and Toda (1981): a connection over several layers goes through a lane of
/// its own in each, the order within a layer is by barycentres, and boxes stand as near to their neighbours as their
/// order allows.
struct DrawingLayout {
  /// A box, in pixels.
  struct Box {
    var x = 0
    var y = 0
    var width = 0
    var height = 0
  }

  static let plainHeight = 40
  static let markedHeight = 56
  static let laneHeight = 6
  static let gap = 14
  static let columnGap = 52
  static let margin = 12
  /// Widths of a monospace column at the sizes of the style sheet, in tenths of a pixel; generous, since the font is
  /// the reader's.
  static let nameColumn = 78
  static let detailColumn = 67
  static let padding = 22

  private(set) var boxes: [Box] = []
  /// The path of each connection (SVG 2, section 9.3).
  private(set) var paths: [String] = []
  private(set) var width = 0
  private(set) var height = 0

  init(_ diagram: Diagram) {
    var lanes = Lanes(diagram)
    lanes.order()
    let centers = lanes.centers()
    var columns: [(x: Int, width: Int)] = []
    var x = Self.margin
    for layer in lanes.layers {
      let widest = layer.compactMap { lanes.slots[$0].part }.map { Self.width(diagram.parts[$0]) }.max() ?? 40
      columns.append((x, widest))
      x += widest + Self.columnGap
    }
    boxes = [Box](repeating: Box(), count: diagram.parts.count)
    for (index, slot) in lanes.slots.enumerated() {
      height = max(height, centers[index] + slot.height / 2)
      guard let part = slot.part else { continue }
      boxes[part] = Box(
        x: columns[slot.layer].x, y: centers[index] - slot.height / 2, width: columns[slot.layer].width,
        height: slot.height)
    }
    width = columns.isEmpty ? 0 : x - Self.columnGap + Self.margin
    height += Self.margin
    paths = lanes.chains.map { chain in Self.path(chain, lanes, columns, centers) }
  }

  /// The height of a part's box: a marked one says in words what the mark means.
  static func height(_ part: Diagram.Part) -> Int { part.mark == .plain ? plainHeight : markedHeight }

  private static func width(_ part: Diagram.Part) -> Int {
    let name = DisplayWidth.of(StorageDrawing.shown(part.name)) * nameColumn
    let detail = DisplayWidth.of(StorageDrawing.shown(part.detail)) * detailColumn
    let least = part.mark == .plain ? 1000 : 1600
    return (max(least, name, detail) + 9) / 10 + padding
  }

  private static func path(
    _ chain: [Int], _ lanes: Lanes, _ columns: [(x: Int, width: Int)], _ centers: [Int]
  ) -> String {
    var path = ""
    for (from, to) in zip(chain, chain.dropFirst()) {
      let start = columns[lanes.slots[from].layer]
      let end = columns[lanes.slots[to].layer].x
      let right = start.x + start.width
      path += path.isEmpty ? "M\(right) \(centers[from])" : " H\(right)"
      let middle = (right + end) / 2
      path += " C\(middle) \(centers[from]) \(middle) \(centers[to]) \(end) \(centers[to])"
    }
    return path
  }
}
