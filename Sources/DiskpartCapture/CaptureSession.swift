// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the tables and answers of a capture add up to.
struct CaptureSession {
  /// A listing and how much of it is there.
  struct Listing<Row> {
    /// The rows in their order.
    var rows: [Row] = []
    /// A whole `list` answer was read.
    var isListed = false
    /// The last `list` answer is not whole: why.
    var fault: Fault?
  }

  /// Why a listing is not whole.
  enum Fault: Equatable {
    /// Nothing behind it shows that it ends there.
    case openEnd
    case damaged(Table.Damage)
  }

  /// A disk with what its table says about its columns.
  struct Disk {
    var row: DiskRow
    var showsDynamic: Bool?
    var showsGPT: Bool?
    var name: String { (row.name.countsMissing ? "M" : "") + String(row.name.number) }
  }

  /// A volume with its folders.
  struct Volume {
    var row: VolumeRow
    var mountPoints: [String]
    var number: Int { row.name.number }
  }

  private(set) var disks = Listing<Disk>()
  private(set) var volumes = Listing<Volume>()
  /// Disks of a volume by `detail volume`, the whole answer.
  private(set) var disksOfVolume: [Int: [String]] = [:]
  /// Disks that a volume is seen on, perhaps among others.
  private(set) var seenOn: [Int: Set<String>] = [:]
  /// A volume lies on several disks, and it is not known which volume that is.
  private(set) var hasUnnamedMultiDiskVolume = false
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
    volumes = Listing(rows: [], isListed: true)
    isOutdated = false
  }

  /// "There are no fixed disks to show.": a listing without rows.
  mutating func addNoDisks(isCertain: Bool) {
    if isCertain || disks.rows.isEmpty { disks = Listing(rows: [], isListed: true) }
  }

  private mutating func addDisks(_ table: Table, _ answer: Table.Answer, _ selected: Int?) {
    let rows = table.disks.map { Disk(row: $0, showsDynamic: table.showsDynamic, showsGPT: table.showsGPT) }
    guard answer == .list else {
      for row in rows { Self.upsert(row, into: &disks.rows) { $0.name == $1.name } }
      if answer == .detailVolume { place(rows.map(\.name), selected, isWhole: Self.fault(of: table) == nil) }
      return
    }
    Self.take(rows, table, into: &disks)
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
    guard answer == .list else {
      for row in rows {
        Self.upsert(row, into: &volumes.rows) { $0.number == $1.number }
        if answer == .detailDisk, let selected { seenOn[row.number, default: []].insert(String(selected)) }
      }
      return
    }
    isOutdated = false
    Self.take(rows, table, into: &volumes)
  }

  /// The last whole list stays; a damaged one stands in only where there is no other, and so does one that the end of
  /// the capture cuts short of it.
  private static func take<Row>(_ rows: [Row], _ table: Table, into listing: inout Listing<Row>) {
    let fault = fault(of: table)
    let isLonger = fault == .openEnd && rows.count >= listing.rows.count
    if fault == nil || !listing.isListed || isLonger { listing.rows = rows }
    listing.isListed = listing.isListed || fault == nil
    listing.fault = fault
  }

  private static func fault(of table: Table) -> Fault? {
    if let damage = table.damage { return .damaged(damage) }
    return table.isWhole && !table.isEmpty ? nil : .openEnd
  }

  private static func upsert<Row>(_ row: Row, into rows: inout [Row], _ same: (Row, Row) -> Bool) {
    if let index = rows.firstIndex(where: { same($0, row) }) { rows[index] = row } else { rows.append(row) }
  }
}
