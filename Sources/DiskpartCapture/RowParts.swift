// SPDX-License-Identifier: Apache-2.0

/// What every row of diskpart's tables has: a name, and behind it one size at least.
struct RowParts {
  /// The word and the number that it begins with.
  let name: RowName
  /// The sizes behind the name, from left to right; not empty.
  let sizes: [SizeToken]

  /// The parts of a line; `nil` if it is no row.
  init?(_ line: Line) {
    guard line.words.count > 2, let name = RowName(line) else { return nil }
    self.name = name
    sizes = SizeToken.all(in: line).filter { $0.word >= name.next }
    if sizes.isEmpty { return nil }
  }
}
