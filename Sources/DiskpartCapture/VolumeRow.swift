// SPDX-License-Identifier: Apache-2.0

/// One row of a table of volumes, cut into its cells.
struct VolumeRow {
  /// How its cells were found.
  enum Layout {
    /// By their distance from the size, as diskpart pads them.
    case native
    /// By the ruler above.
    case ruler
    /// By its words: the blanks between them were collapsed.
    case words
  }

  var name: RowName
  var letter: String?
  var label = ""
  var fileSystem: String?
  var type: String
  var size: String
  var status = ""
  var info = ""
  var layout: Layout
  /// Every cell of a row in diskpart's layout begins where it must: none is shifted within its border.
  var isExact = false
  /// Bytes that mean nothing stand in a cell other than the label.
  var isDamaged = false

  /// Reads a row; `nil` if the line is none.
  ///
  /// All cells but the name are padded in UTF-16 code units and end where the size ends; the ruler above need not fit.
  init?(_ line: Line, _ parts: RowParts, ruler: Ruler? = nil, byWords: Bool) {
    let (name, sizes) = (parts.name, parts.sizes)
    guard let size = sizes.last else { return nil }
    // Two sizes side by side are a row of disks or of partitions.
    if sizes.count > 1, line.isBlank(sizes[sizes.count - 2].range.upperBound..<size.range.lowerBound) { return nil }
    self.name = name
    self.size = line.text(size.range)
    type = ""
    layout = .native
    if readNative(line, size) {
      isDamaged = hasReplacement
      return
    }
    guard byWords else { return nil }
    if let ruler, read(line, by: ruler, size) {
      layout = .ruler
    } else if readWords(line, size) {
      layout = .words
    } else {
      return nil
    }
    isDamaged = hasReplacement
  }

  private var hasReplacement: Bool {
    [type, fileSystem ?? "", status, letter ?? ""].contains { $0.unicodeScalars.contains("\u{FFFD}") }
  }

  /// Cuts at fixed distances from the end of the size; false where that would split a word.
  private mutating func readNative(_ line: Line, _ size: SizeToken) -> Bool {
    let end = size.cellEnd
    let start = end - 46
    guard start > 0, line.words[name.next - 1].upperBound <= start + 1 else { return false }
    // What stands between name and letter: in Spanish the name is one wider and one blank is left.
    guard line.isBlank(line.words[name.next - 1].upperBound..<(end - 44)) else { return false }
    let gaps = [(end - 41)..<(end - 39), (end - 28)..<(end - 26), (end - 21)..<(end - 19), (end - 9)..<(end - 7)]
    guard gaps.allSatisfy(line.isBlank), line.isBlank(end..<(end + 2)), line.isBlank((end + 11)..<(end + 13)),
      line.units.count <= end + 21 || line.isBlank((end + 21)..<line.units.count)
    else { return false }
    let drive = line.text((end - 44)..<(end - 41))
    guard drive.isEmpty || Self.isLetter(drive) else { return false }
    letter = drive.isEmpty ? nil : drive
    label = line.text((end - 39)..<(end - 28))
    set(fileSystem: line.text((end - 26)..<(end - 21)), type: line.text((end - 19)..<(end - 9)))
    status = line.text((end + 2)..<(end + 11))
    info = line.text((end + 13)..<(end + 21))
    let starts = [end - 43, end - 39, end - 26, end - 19, end + 2, end + 13]
    let cells = [drive, label, fileSystem ?? "", type, status, info]
    isExact = zip(starts, cells).allSatisfy { $1.isEmpty || !line.isBlank($0..<($0 + 1)) }
    // The path of a folder, broken at the console's edge, ends like this.
    return !status.hasSuffix("\\") && !info.hasSuffix("\\")
  }

  /// Cuts where the ruler says, if that splits no word and the size fits.
  private mutating func read(_ line: Line, by ruler: Ruler, _ size: SizeToken) -> Bool {
    let groups = ruler.groups
    guard ruler.kind == .volumes, groups.count >= 6 else { return false }
    guard groups[5].lowerBound <= size.range.lowerBound, size.range.upperBound <= groups[5].upperBound else {
      return false
    }
    // A blank stands before every cell that is not empty, so that no word crosses a border.
    for group in groups.dropFirst() where !line.isBlank((group.lowerBound - 1)..<group.lowerBound) { return false }
    let cells = groups.indices.map { index in
      let start = groups[index].lowerBound
      let end = index + 1 < groups.count ? groups[index + 1].lowerBound : line.units.count
      // A row without status and info ends before their columns.
      return line.text(start..<max(start, end))
    }
    guard cells[1].isEmpty || Self.isLetter(cells[1]) else { return false }
    letter = cells[1].isEmpty ? nil : cells[1]
    label = cells[2]
    set(fileSystem: cells[3], type: cells[4])
    guard !type.isEmpty else { return false }
    status = cells.count > 6 ? cells[6] : ""
    info = cells.count > 7 ? cells[7] : ""
    return true
  }

  /// Takes the words one by one: the type stands before the size, what stands before that is label and file system.
  private mutating func readWords(_ line: Line, _ size: SizeToken) -> Bool {
    guard size.word > name.next else { return false }
    var middle = Array(name.next..<size.word)
    let (typeWords, typeText) = Self.typeWords(line, middle)
    middle.removeLast(typeWords)
    var system = ""
    if let last = middle.last, FileSystemNames.isKnown(line.word(last)) {
      system = line.word(last)
      middle.removeLast()
    }
    set(fileSystem: system, type: typeText)
    if let first = middle.first, Self.isLetter(line.word(first)) {
      letter = line.word(first)
      middle.removeFirst()
    }
    label = middle.map { line.word($0) }.joined(separator: " ")
    let rest = line.words.filter { $0.lowerBound >= size.range.upperBound }.map { line.text($0) }
    let statusWords = (1...3).reversed().first { count in
      count <= rest.count && WordTable.current.volumeStatus(rest.prefix(count).joined(separator: " ")) != nil
    }
    status = rest.prefix(statusWords ?? 1).joined(separator: " ")
    info = rest.dropFirst(statusWords ?? 1).joined(separator: " ")
    return true
  }

  /// How many of the last words are the type: as many as make a known one, else one.
  private static func typeWords(_ line: Line, _ words: [Int]) -> (Int, String) {
    for count in [3, 2] where words.count >= count {
      let text = words.suffix(count).map { line.word($0) }.joined(separator: " ")
      if WordTable.current.volumeType(text) != nil { return (count, text) }
    }
    return (1, line.word(words.last ?? -1))
  }

  private mutating func set(fileSystem: String, type: String) {
    self.fileSystem = fileSystem.isEmpty ? nil : fileSystem
    self.type = type
  }

  private static func isLetter(_ text: String) -> Bool {
    text.utf8.count == 1 && text.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A || $0 >= 0x61 && $0 <= 0x7A }
  }
}

/// The file systems that diskpart names, the same in every language.
enum FileSystemNames {
  private static let known: Set<String> = [
    "NTFS", "FAT", "FAT32", "EXFAT", "REFS", "RAW", "UDF", "CDFS", "CSVFS", "CSVNT", "CSVRE",
  ]

  static func isKnown(_ text: String) -> Bool { known.contains(text.uppercased()) }
}
