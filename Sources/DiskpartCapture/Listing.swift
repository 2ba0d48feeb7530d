// SPDX-License-Identifier: Apache-2.0

/// A row that is told from others by its name.
protocol ListedRow {
  /// `1`, `M0`.
  var name: String { get }
}

/// The disks or the volumes as the answers so far show them, and how much of them is there.
struct Listing<Row: ListedRow> {
  /// The rows in their order.
  private(set) var rows: [Row]
  /// A whole `list` answer was read.
  private(set) var isListed: Bool
  /// The last `list` answer is not whole: why.
  var fault: CaptureSession.Fault?
  /// Where a row is by its name.
  private var places: [String: Int] = [:]

  /// No machine has so many disks or volumes.
  static var rowLimit: Int { 2048 }

  /// Nothing yet, or the answer that there are none.
  init(isListed: Bool = false) {
    rows = []
    self.isListed = isListed
  }

  /// Whether all of these names are known, and others too.
  func exceeds(_ names: [String]) -> Bool {
    isListed && names.count < rows.count && names.allSatisfy { places[$0] != nil }
  }

  /// Takes in a `list` answer.
  ///
  /// The last whole one stays; a damaged one stands in only where there is no other, and so does one that the end of the
  /// capture cuts short of it.
  mutating func take(_ answer: [Row], _ fault: CaptureSession.Fault?) {
    let isLonger = fault == .openEnd && answer.count >= rows.count
    if fault == nil || !isListed || isLonger {
      (rows, places) = ([], [:])
      for row in answer { add(row) }
    }
    isListed = isListed || fault == nil
    self.fault = fault
  }

  /// Adds a row, or puts it in the place of the one of its name.
  mutating func add(_ row: Row) {
    if let place = places[row.name] {
      rows[place] = row
    } else if rows.count < Self.rowLimit {
      places[row.name] = rows.count
      rows.append(row)
    } else {
      fault = .damaged(.tooMany)
    }
  }
}
