// SPDX-License-Identifier: Apache-2.0

/// The line of dashes under a table's header.
struct Ruler {
  /// What a table lists.
  enum Kind {
    case disks, volumes, partitions
    /// A table of another program, or of virtual disks.
    case other
  }

  /// Where the groups of dashes are.
  let groups: [Range<Int>]

  /// The ruler that a line is, marks of quotations and comments before it left out; `nil` if it is none.
  init?(_ line: Line) {
    var groups = line.words
    while let first = groups.first, first.count <= 2, !Self.isDashes(line, first) { groups.removeFirst() }
    guard groups.count >= 2, groups.allSatisfy({ Self.isDashes(line, $0) }), groups[0].count > 1 else { return nil }
    self.groups = groups
  }

  private static func isDashes(_ line: Line, _ range: Range<Int>) -> Bool {
    range.allSatisfy { line.units[$0] == 0x2D }
  }

  /// The kind of table, by the second column: a drive letter is 3 wide, a type of partitions 16.
  var kind: Kind {
    switch groups[1].count {
    case 3...4: groups.count >= 5 ? .volumes : .other
    case 10...15:
      // Status, Size, Free, and the columns of stars as far as the right edge shows them.
      groups.count >= 4 && groups.count <= 6 && groups.dropFirst(4).allSatisfy { $0.count <= 4 } ? .disks : .other
    case 16...20: groups.count == 4 ? .partitions : .other
    default: .other
    }
  }

  /// Whether the column Dyn is there as far as its middle, where the star is.
  var showsDynamic: Bool { groups.count > 4 && groups[4].count >= 2 }
  /// Whether the column Gpt is there as far as its middle.
  var showsGPT: Bool { groups.count > 5 && groups[5].count >= 2 }
}
