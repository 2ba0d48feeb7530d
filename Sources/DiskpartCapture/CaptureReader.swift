// SPDX-License-Identifier: Apache-2.0

/// Goes through the lines of a capture and takes out tables, answers and commands.
///
/// What a line is, is asked in an order in which nothing that a guest's owner can name - labels, folders - is taken for
/// something else: prompt, folder of the volume above, ruler, row, sentence, `key : value`, other text.
struct CaptureReader {
  var session = CaptureSession()
  var policy = PolicyTrail()
  private(set) var commands: [String] = []
  var errors: [String] = []
  var banner = Banner()
  /// How many storage pools the capture script found.
  var storagePools: Int?
  /// Rows were read whose blanks are collapsed.
  var isCollapsed = false
  /// The last line has no end.
  private(set) var lastLineIsOpen = false
  /// What answers other questions than diskpart's.
  private(set) var preparation = PreparationReader()
  /// A console narrower than a table lost its right columns.
  private(set) var lacksColumns = false

  private let text: CaptureText
  private var lines: [Range<Int>] = []
  /// Lines that are none of diskpart's.
  private var otherLines: Set<Int> = []
  /// How far diskpart's longest line goes; further right something may be cut off.
  private(set) var rightEdge = 0
  var table: Table?
  private(set) var command: DiskpartCommand?
  /// A list was asked for, and nothing answered it yet.
  private var asked: Ruler.Kind?
  /// What the last `select` chose.
  var selection = Selection()
  /// Empty lines directly before the line at hand.
  private(set) var emptyLines = 0
  var block = KeyValueBlock()
  /// The number in the last sentence that has one: which disk or volume is selected.
  var sentenceNumber: Int?
  var errorContinues = false
  /// How many more broken rows are tried to be joined: hostile text has many.
  var joinsLeft = 64
  /// The last lines, if they may be a header.
  var header: [Line] = []

  /// Reads all of a text.
  init(_ text: CaptureText) {
    self.text = text
    let (ranges, lastIsEnded) = text.lines()
    lines = ranges
    lastLineIsOpen = !lastIsEnded || text.endsWithinCharacter
    var index = 0
    while index < lines.count { index += read(at: index) }
    // A header that nothing follows.
    if let table, table.isEmpty, table.ruler == nil { asked = table.kind }
    endTable()
    settle()
    preparation.end()
    // What other programs print is not cut where a console cut what diskpart printed.
    let own = otherLines.isEmpty ? ranges : ranges.indices.filter { !otherLines.contains($0) }.map { ranges[$0] }
    rightEdge = text.rightEdge(of: own)
  }

  /// The line of an index; `nil` behind the last one.
  func line(at index: Int) -> Line? {
    lines.indices.contains(index) ? Line(Array(text.units[lines[index]])).withoutTimestamp : nil
  }

  /// Whether a line may go on behind the end of the capture.
  func isOpen(_ index: Int) -> Bool { lastLineIsOpen && index == lines.count - 1 }

  /// Reads what begins in a line; returns how many lines that takes.
  private mutating func read(at index: Int) -> Int {
    guard let line = line(at: index), !line.isBlank else {
      if !isOpen(index) { readEmptyLine() }
      return 1
    }
    defer { emptyLines = 0 }
    if preparation.read(line, isOpen: isOpen(index)) {
      otherLines.insert(index)
    } else if line.end > Line.longest {
      readLongLine()
    } else if let rest = DiskpartCommand.afterPrompt(line) {
      readPrompt(rest)
    } else if readMountPoint(line) {
      return 1
    } else if let ruler = Ruler(line) {
      begin(ruler)
    } else if readRow(line, isOpen: isOpen(index)) {
      return 1
    } else if let used = readDamagedRow(line, at: index) {
      return used
    } else if let command = DiskpartCommand.quoted(line) {
      typed(command)
    } else {
      readText(line, isOpen: isOpen(index))
    }
    return 1
  }

  private mutating func readEmptyLine() {
    emptyLines += 1
    errorContinues = false
    guard let current = table, !current.isEmpty else { return }
    table?.linesBehind += 1
    if emptyLines >= current.emptyLinesToEnd { table?.isWhole = true }
  }

  /// A line that diskpart never printed so: rows that something joined, or other text.
  private mutating func readLongLine() {
    (header, block, errorContinues) = ([], KeyValueBlock(), false)
    policy.answered()
    if table?.isWhole == false { table?.damage = .unreadable }
  }

  // MARK: commands

  private mutating func readPrompt(_ rest: String) {
    table?.isWhole = true
    endTable()
    (header, block, sentenceNumber, errorContinues, command) = ([], KeyValueBlock(), nil, false, nil)
    settle()
    guard let typedCommand = DiskpartCommand(rest) else { return }
    typed(typedCommand)
  }

  /// The next command, or the end: what was not answered by now is not answered.
  private mutating func settle() {
    policy.settle()
    if let asked { session.noteUnanswered(asked) }
    asked = nil
  }

  private mutating func typed(_ typedCommand: DiskpartCommand) {
    settle()
    command = typedCommand
    commands.append(typedCommand.name)
    policy.typed(typedCommand)
    asked = ["list disk": .disks, "list volume": .volumes][typedCommand.name]
    if typedCommand.changesVolumes { session.isOutdated = true }
    selection.typed(typedCommand)
  }

  // MARK: tables

  /// Starts a table; the one before it is ended.
  mutating func begin(_ started: Table) {
    endTable()
    var started = started
    started.blockBefore = block
    started.numberBefore = sentenceNumber
    table = started
    header = []
  }

  /// Hands the table at hand over to the session.
  mutating func endTable() {
    guard let ended = table else { return }
    table = nil
    if ended.isEmpty, ended.damage == nil, ended.ruler == nil { return }
    if ended.kind == .disks, ended.showsDynamic == false || ended.showsGPT == false { lacksColumns = true }
    let answer = ended.answer
    let selected = selection.number(answer, saidBefore: ended.numberBefore)
    if asked == ended.kind { asked = nil }
    session.add(ended, answer, selected: selected)
  }

  /// diskpart says that there is none: of all, or only on the disk that a detail is about.
  mutating func readNone(_ kind: Ruler.Kind, of list: String) {
    guard command?.name == list || command == nil && block.count == 0 else { return }
    endTable()
    asked = nil
    if kind == .volumes {
      session.addNoVolumes(isCertain: command != nil)
    } else {
      session.addNoDisks(isCertain: command != nil)
    }
  }
}
