// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// `/proc/swaps` (proc(5)): a heading, then a line an area.
struct SwapTable: Equatable {
  /// The areas in use.
  var swaps: [Swap] = []
  /// Lines that make no sense, or a table without its heading.
  var malformed = false

  /// Parses the table.
  init(parsing bytes: [UInt8]) {
    let lines = bytes.lines
    guard bytes.last == 0x0A, let heading = lines.first, heading.starts(with: Array("Filename".utf8)) else {
      malformed = true
      return
    }
    for line in lines.dropFirst() where !line.isEmpty {
      let fields = line.fields
      guard fields.count >= 5, let kibibytes = UInt64(PlainText.from(fields[2])) else {
        malformed = true
        continue
      }
      var swap = Swap(path: PlainText.unescapingOctal(fields[0]), type: PlainText.from(fields[1]))
      let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1024)
      swap.sizeBytes = overflow ? .unknown : .value(bytes)
      swaps.append(swap)
    }
  }
}
