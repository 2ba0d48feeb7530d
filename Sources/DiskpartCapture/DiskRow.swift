// SPDX-License-Identifier: Apache-2.0

/// One row with two sizes side by side: of a table of disks, or of partitions, which only the table tells apart.
struct DiskRow {
  var name: RowName
  var status: String
  var size: String
  var free: String
  /// A star in the column Dyn; `nil` if the place of a star says nothing.
  var isDynamic: Bool?
  /// A star in the column Gpt; `nil` if the place of a star says nothing.
  var isGPT: Bool?
  /// The blanks between its words were collapsed.
  var isCollapsed: Bool

  /// Columns behind the free space: a star is the 4th character for Dyn, the 9th for Gpt.
  private static let (dynamicColumn, gptColumn) = (4, 9)
  /// Where a star for Dyn ends in its line, or would end.
  let dynamicEnd: Int
  /// Two blanks and the free space, which is at least 7 wide.
  private static let freeWidth = 9

  /// Reads a row; `nil` if the line is none.
  init?(_ line: Line, _ parts: RowParts) {
    let name = parts.name
    let sizes = parts.sizes.filter { $0.word > name.next }
    guard sizes.count == 2, line.isBlank(sizes[0].range.upperBound..<sizes[1].range.lowerBound) else { return nil }
    self.name = name
    status = line.text(line.words[name.next].lowerBound..<sizes[0].range.lowerBound)
    size = line.text(sizes[0].range)
    free = line.text(sizes[1].range)
    // Nothing but stars can follow.
    let stars = line.words.filter { $0.lowerBound >= sizes[1].range.upperBound }
    guard stars.count <= 2, stars.allSatisfy({ line.text($0) == "*" }) else { return nil }
    isCollapsed = sizes[1].range.upperBound - sizes[0].range.upperBound < Self.freeWidth
    dynamicEnd = sizes[1].range.upperBound + Self.dynamicColumn
    let places = stars.map { $0.lowerBound - sizes[1].range.upperBound + 1 }
    switch places.count {
    case 0: (isDynamic, isGPT) = (false, false)
    case 2: (isDynamic, isGPT) = (true, true)
    default:
      guard let place = places.first, place == Self.dynamicColumn || place == Self.gptColumn else { return }
      (isDynamic, isGPT) = (place == Self.dynamicColumn, place == Self.gptColumn)
    }
  }

  /// The line may go on behind the end of the capture: only stars that are there say something.
  mutating func forgetWhatMayFollow() {
    guard isGPT != true else { return }
    isGPT = nil
    if isDynamic == false { isDynamic = nil }
  }
}
