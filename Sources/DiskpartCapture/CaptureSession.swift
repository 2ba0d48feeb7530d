// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the tables and answers of a capture add up to.
struct CaptureSession {
  /// Why a listing is not whole.
  enum Fault: Equatable {
    /// Nothing behind it shows that it ends there.
    case openEnd
    /// Nothing before it shows that it begins there.
    case openStart
    /// It was asked for once more, and the answer is not there.
    case unanswered
    case damaged(Table.Damage)
  }

  /// A disk with what its table says about its columns.
  struct Disk: ListedRow {
    var row: DiskRow
    var showsDynamic: Bool?
    var showsGPT: Bool?
    var name: String { (row.name.countsMissing ? "M" : "") + String(row.name.number) }
  }

  /// A volume with its folders.
  struct Volume: ListedRow {
    var row: VolumeRow
    var mountPoints: [String]
    var number: Int { row.name.number }
    var name: String { String(number) }
  }

  private(set) var disks = Listing<Disk>()
  private(set) var volumes = Listing<Volume>()
  /// Disks of a volume by `detail volume`, the whole answer.
  private(set) var disksOfVolume: [Int: [String]] = [:]
  /// Disks that a volume is seen on, perhaps among others.
  private(set) var seenOn: [Int: Set<String>] = [:]
  /// A volume lies on several disks, and it is not known which volume that is.
  private(set) var hasUnnamedMultiDiskVolume = false
  /// Disks and volumes that sentences name since the last list of them: the word before the number, in lower case.
  private var named: [Ruler.Kind: Set<SentenceName>] = [:]
  /// A volume of a type that only dynamic disks have was seen.
  private(set) var sawDynamicVolume = false
  /// A command that changes where data lies came after the last listing.
  var isOutdated = false

  /// Takes in a table; `selected` is the disk or the volume that a detail is about.
  mutating func add(_ table: Table, _ answer: Table.Answer, selected: Int?) {
    switch table.kind {
    case .disks: addDisks(table, answer, selected)
    case .volumes: addVolumes(table, answer, selected)
    case .partitions, .other: break
    }
  }

  /// "There are no volumes.": a listing without rows.
  mutating func addNoVolumes(isCertain: Bool) {
    // A script without echo may ask for the volumes of one disk: what was listed stays.
    guard isCertain || volumes.rows.isEmpty else { return }
    volumes = Listing(isListed: true)
    isOutdated = false
  }

  /// "There are no fixed disks to show.": a listing without rows.
  mutating func addNoDisks(isCertain: Bool) {
    if isCertain || disks.rows.isEmpty { disks = Listing(isListed: true) }
  }

  /// Takes in the name in a sentence, as in "Disk 1 is now the selected disk.": it is there.
  mutating func noteNamed(_ name: SentenceName) {
    for kind in [Ruler.Kind.disks, .volumes] where named[kind, default: []].count < Listing<Disk>.rowLimit {
      named[kind, default: []].insert(name)
    }
  }

  /// Numbers of the disks, or the volumes, that sentences name and the list before these does not show.
  func namedButNotListed(_ kind: Ruler.Kind) -> [Int] {
    let isOfDisks = kind == .disks
    let nouns = Set(isOfDisks ? disks.rows.map(\.row.name.noun) : volumes.rows.map(\.row.name.noun))
    let others = Set(isOfDisks ? volumes.rows.map(\.row.name.noun) : disks.rows.map(\.row.name.noun))
    let numbers = Set(
      isOfDisks
        ? disks.rows.filter { !$0.row.name.countsMissing }.map(\.row.name.number) : volumes.rows.map(\.number))
    let names = (named[kind] ?? []).filter { nouns.contains($0.noun) && !others.contains($0.noun) }
    return Set(names.map(\.number)).subtracting(numbers).sorted()
  }

  /// A list was asked for, and what should answer it is not there.
  mutating func noteUnanswered(_ kind: Ruler.Kind) {
    if kind == .disks { disks.fault = .unanswered } else { volumes.fault = .unanswered }
  }

  private mutating func addDisks(_ table: Table, _ answer: Table.Answer, _ selected: Int?) {
    let rows = table.disks.map { Disk(row: $0, showsDynamic: table.showsDynamic, showsGPT: table.showsGPT) }
    let names = rows.map(\.name)
    // Where no command says so, disks that all have the focus and are fewer than those known may be those of a volume.
    let isDoubtful = table.command?.name != "list disk" && table.allHaveFocus && disks.exceeds(names)
    guard answer == .list, !isDoubtful else {
      for row in rows { disks.add(row) }
      if answer == .detailVolume { place(names, selected, isWhole: Self.fault(of: table) == nil) }
      return
    }
    disks.take(rows, Self.fault(of: table))
    named[.disks] = []
  }

  private mutating func place(_ names: [String], _ volume: Int?, isWhole: Bool) {
    guard let volume else {
      if names.count > 1 { hasUnnamedMultiDiskVolume = true }
      return
    }
    seenOn[volume, default: []].formUnion(names)
    if isWhole { disksOfVolume[volume] = names }
  }

  private mutating func addVolumes(_ table: Table, _ answer: Table.Answer, _ selected: Int?) {
    let rows = table.volumes.map { Volume(row: $0.row, mountPoints: $0.mountPoints) }
    let types = rows.compactMap { WordTable.current.volumeType($0.row.type) }
    sawDynamicVolume = sawDynamicVolume || types.contains { $0 == .simple || $0.needsSeveralDisks }
    // Where no command says so, fewer volumes behind properties of a disk may be those of that disk.
    let isDoubtful =
      table.command?.name != "list volume" && table.blockBefore.count > 0 && volumes.exceeds(rows.map(\.name))
    guard answer == .list, !isDoubtful else {
      for row in rows {
        volumes.add(row)
        if answer == .detailDisk, let selected { seenOn[row.number, default: []].insert(String(selected)) }
      }
      return
    }
    isOutdated = false
    volumes.take(rows, Self.fault(of: table))
    named[.volumes] = []
  }

  private static func fault(of table: Table) -> Fault? {
    if let damage = table.damage { return .damaged(damage) }
    guard table.isWhole, !table.isEmpty else { return .openEnd }
    return table.startIsShown ? nil : .openStart
  }
}

/// A disk or a volume as a sentence names it.
struct SentenceName: Hashable {
  /// The word before the number, in lower case.
  var noun: String
  /// The number.
  var number: Int
}
