// SPDX-License-Identifier: Apache-2.0

extension CaptureReader {
  mutating func begin(_ ruler: Ruler) {
    var started = Table(ruler.kind, ruler: ruler, command: command)
    // Where an empty line stands between header and ruler, one ends nothing.
    started.emptyLinesToEnd = emptyLines > 0 && !header.isEmpty ? emptyLines + 1 : 1
    begin(started)
  }

  /// A table of which the ruler is lost: its header names a column, or there is none at all.
  mutating func begin(_ kind: Ruler.Kind, titles: Line?) {
    var started = Table(kind, command: command)
    started.hasTitles = titles != nil
    if kind == .disks, let titles {
      let words = titles.words.map { titles.text($0).lowercased() }
      let showsGPT = words.contains { $0 == "gpt" || $0 == "gp" }
      started.showsGPT = showsGPT
      started.showsDynamic = showsGPT || words.contains { WordTable.current.table(ofTitle: $0) != nil || $0 == "dy" }
    }
    begin(started)
  }

  /// Whether rows of this kind are due, so that those may be read that are not padded as diskpart pads them.
  private func expects(_ kind: Ruler.Kind) -> Bool {
    if let table { return table.kind == kind }
    switch command?.name {
    case "list volume", "detail disk", "detail partition": return kind == .volumes
    case "list disk", "detail volume": return kind == .disks
    default: return false
    }
  }

  mutating func readRow(_ line: Line, isOpen: Bool) -> Bool {
    guard let parts = RowParts(line) else { return false }
    if var row = DiskRow(line, parts) {
      if isOpen { row.forgetWhatMayFollow() }
      return add(row, of: line)
    }
    guard let row = VolumeRow(line, parts, ruler: table?.ruler, byWords: expects(.volumes)) else { return false }
    add(row, of: line)
    return true
  }

  private mutating func add(_ row: VolumeRow, of line: Line) {
    if table?.kind != .volumes { begin(.volumes, titles: nil) }
    guard noteRow(row.name, of: line) else { return }
    table?.volumes.append((row, []))
    isCollapsed = isCollapsed || row.layout == .words
  }

  /// Adds a row of disks; those of partitions and of other programs' tables are passed over.
  private mutating func add(_ row: DiskRow, of line: Line) -> Bool {
    switch table?.kind {
    case .partitions, .other: return true
    case .disks:
      // Rows of partitions whose ruler is lost.
      if let noun = table?.noun, noun != row.name.noun { return true }
    case .volumes, nil:
      if command?.name == "list partition" { return true }
      guard expects(.disks) || WordTable.current.isDiskNoun(row.name.noun) else { return true }
      begin(.disks, titles: nil)
    }
    guard noteRow(row.name, of: line) else { return true }
    table?.disks.append(row)
    isCollapsed = isCollapsed || row.isCollapsed
    return true
  }

  /// Rows that stand apart from each other tell that an empty line ends nothing here; whether this one is to be added.
  ///
  /// The same row again is a line that was copied twice, as where pages of a console overlap. Another row of its name
  /// begins a table of which the start is not there.
  private mutating func noteRow(_ name: RowName, of line: Line) -> Bool {
    let isRepeated = table?.repeats(name, line) == true
    if !isRepeated, let held = table, held.holds(name) {
      begin(held.kind, titles: nil)
      table?.startIsLost = true
    }
    if table?.isEmpty == false, emptyLines > 0 { table?.emptyLinesToEnd = emptyLines + 1 }
    table?.isWhole = false
    table?.linesBehind = 0
    block = KeyValueBlock()
    header = []
    return isRepeated ? false : table?.note(name, line) ?? false
  }

  /// A folder that the volume above is mounted at: its path, with a backslash at the end.
  mutating func readMountPoint(_ line: Line) -> Bool {
    guard let current = table, let last = current.volumes.indices.last, !current.sawText, emptyLines == 0,
      let first = line.words.first?.lowerBound, first + 2 < line.units.count
    else { return false }
    let path = line.text
    let letter = line.units[first] | 0x20
    let isDrive =
      letter >= 0x61 && letter <= 0x7A && line.units[first + 1] == 0x3A && line.units[first + 2] == 0x5C
    guard isDrive || path.hasPrefix("\\\\?\\"), path.hasSuffix("\\") else { return false }
    // Behind a row that came before, it came before too; and so it did where every line is there twice.
    let isKnown = current.placeAtHand != last || current.volumes[last].mountPoints.last == path
    if !isKnown { table?.volumes[last].mountPoints.append(path) }
    return true
  }

  /// A line of a table that begins like its rows and is none: broken at the console's edge, cut, or damaged.
  ///
  /// Returns how many lines that takes; `nil` if the line is something else.
  mutating func readDamagedRow(_ line: Line, at index: Int) -> Int? {
    guard let current = table, current.kind == .volumes || current.kind == .disks else { return nil }
    if line.words.count == 1, line.units[line.words[0]].allSatisfy({ $0 == 0x2E || $0 == 0x2026 }) {
      table?.damage = .leftOut
      return 1
    }
    guard let name = RowName(line), current.noun.map({ $0 == name.noun }) ?? (current.ruler != nil) else {
      // The beginning of something that cannot be told.
      if isOpen(index), !current.isWhole, !current.isEmpty { table?.damage = .cut }
      return nil
    }
    let isSentence = line.text.hasSuffix(".") || line.text.hasSuffix("。")
    guard line.hasWideBlanks || !isSentence && !current.isWhole else { return nil }
    if let used = readWrappedRow(line, at: index) { return used }
    let damage: Table.Damage = isOpen(index) ? .cut : .unreadable
    table?.damage = damage
    return 1
  }

  /// Joins a row that a narrow console broke into two lines, of which the first lost the blanks at its end.
  private mutating func readWrappedRow(_ line: Line, at index: Int) -> Int? {
    guard table?.kind == .volumes, joinsLeft > 0, let next = self.line(at: index + 1), !next.isBlank,
      !isOpen(index + 1), RowName(next) == nil
    else { return nil }
    for width in line.units.count..<max(line.units.count + 1, 80) {
      let padding = [UInt16](repeating: 0x20, count: width - line.units.count)
      let joined = Line(line.units + padding + next.units)
      if let parts = RowParts(joined), let row = VolumeRow(joined, parts, byWords: false), !row.type.isEmpty {
        add(row, of: joined)
        return 2
      }
    }
    joinsLeft -= 1
    return nil
  }
}
