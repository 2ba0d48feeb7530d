// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Reads the columns of a row in their order.
///
/// Looking a column up by its name compares names in lower case, which was a tenth of what a heartbeat cost.
struct ColumnReader {
  private let row: Row
  private var column: Int

  /// Reads a row from a column on, from the first one where none is named.
  init(_ row: Row, from column: Int = 0) {
    self.row = row
    self.column = column
  }

  /// The value of the next column.
  mutating func next<Value: DatabaseValueConvertible & StatementColumnConvertible>() -> Value {
    defer { column += 1 }
    return row[column]
  }

  /// The value of the next column; `nil` for `NULL`.
  mutating func nextIfAny<Value: DatabaseValueConvertible & StatementColumnConvertible>() -> Value? {
    defer { column += 1 }
    return row[column]
  }
}
