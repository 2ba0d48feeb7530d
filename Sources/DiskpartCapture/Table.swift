// SPDX-License-Identifier: Apache-2.0

/// A table as far as it was read, with what tells whether it is all of it and which command it answers.
struct Table {
  /// What it lists.
  var kind: Ruler.Kind
  /// The line of dashes, if it was there.
  var ruler: Ruler?
  /// Whether the column Dyn is there; `nil` if no header says.
  var showsDynamic: Bool?
  /// Whether the column Gpt is there; `nil` if no header says.
  var showsGPT: Bool?
  /// The command it stands behind.
  var command: DiskpartCommand?
  /// The block of `key : value` lines before it, as in `detail disk` and `detail partition`.
  var blockBefore = KeyValueBlock()
  /// The number in the sentence before it: what was selected.
  var numberBefore: Int?
  /// A block of `key : value` lines stands behind it, as in `detail volume`.
  var precedesKeyValues = false
  /// A header stands before it.
  var hasTitles = false
  /// Rows of disks or partitions.
  var disks: [DiskRow] = []
  /// Rows of volumes.
  var volumes: [(row: VolumeRow, mountPoints: [String])] = []
  /// Something behind the last row shows that there is no more: an empty line, a prompt, other text.
  var isWhole = false
  /// How many empty lines in a row end it: two where the lines of the table are that far apart already.
  var emptyLinesToEnd = 1
  /// It began with a row that the table before it had otherwise.
  var startIsLost = false
  /// Other text came after its rows.
  var sawText = false
  /// Lines behind its last row that are no rows.
  var linesBehind = 0
  /// Rows that cannot be read, cut off or left out by hand.
  var damage: Damage?

  /// Why rows are missing.
  enum Damage: String {
    case cut = "a row is cut off"
    case unreadable = "a row cannot be read"
    case leftOut = "rows are left out (...)"
    case tooMany = "it has more rows than any machine"
  }

  /// A table of that kind, not yet with rows.
  init(_ kind: Ruler.Kind, ruler: Ruler? = nil, command: DiskpartCommand?) {
    self.kind = kind
    self.ruler = ruler
    self.command = command
    showsDynamic = ruler?.showsDynamic
    showsGPT = ruler?.showsGPT
  }

  /// No row yet.
  var isEmpty: Bool { disks.isEmpty && volumes.isEmpty }

  /// Something shows that no row before its first one is missing: its ruler or its header, not the command alone, from
  /// which whatever filtered the header out may have taken rows too.
  var startIsShown: Bool { !startIsLost && (ruler != nil || hasTitles) }

  /// All its disks have the focus, as those of a volume that is selected.
  var allHaveFocus: Bool { disks.allSatisfy(\.name.hasFocus) }

  /// The word that its rows begin with.
  var noun: String? { volumes.last?.row.name.noun ?? disks.last?.name.noun }

  /// The texts of its rows behind their names, and their places, by their numbers.
  private var rows: [Int: (text: String, place: Int)] = [:]
  /// The place of the row that came last, perhaps not for the first time.
  private(set) var placeAtHand = 0

  /// Whether a row of this number is there.
  func holds(_ name: RowName) -> Bool { rows[Self.key(name)] != nil }

  /// Whether this very row is there; it is then the one at hand.
  mutating func repeats(_ name: RowName, _ line: Line) -> Bool {
    guard let row = rows[Self.key(name)], row.text == Self.text(name, line) else { return false }
    placeAtHand = row.place
    return true
  }

  /// Notes that a row of this number comes; false where there are too many, which is noted as damage.
  mutating func note(_ name: RowName, _ line: Line) -> Bool {
    guard rows.count < Listing<CaptureSession.Disk>.rowLimit else {
      damage = .tooMany
      return false
    }
    placeAtHand = rows.count
    rows[Self.key(name)] = (Self.text(name, line), rows.count)
    return true
  }

  private static func text(_ name: RowName, _ line: Line) -> String {
    line.text(line.words[name.next - 1].upperBound..<line.units.count)
  }

  private static func key(_ name: RowName) -> Int { name.number * 2 + (name.countsMissing ? 1 : 0) }

  /// What a table answers.
  enum Answer: Equatable {
    /// `list disk`, `list volume`: all there are.
    case list
    /// The volumes of a disk.
    case detailDisk
    /// The disks of a volume.
    case detailVolume
    /// Of something else: rows that are there, not all of them.
    case some
  }

  /// Which command it answers: the one before it, and where there is none, as its surroundings suggest.
  ///
  /// In doubt it is not a list: a list replaces what was known, other tables only add.
  var answer: Answer {
    switch (command?.name, kind) {
    case ("list disk", .disks), ("list volume", .volumes): return .list
    case ("detail volume", .disks): return .detailVolume
    case ("detail disk", .volumes): return .detailDisk
    case ("detail partition", _): return .some
    default: break
    }
    switch kind {
    case .disks:
      return precedesKeyValues || disks.count > 1 && allHaveFocus ? .detailVolume : .list
    case .volumes:
      guard blockBefore.isDetail else { return .list }
      return blockBefore.isOfDisk ? .detailDisk : .some
    case .partitions, .other: return .some
    }
  }
}
