// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// `/etc/fstab` (fstab(5)): one bad line is one gap, the rest still counts.
struct FileSystemTable: Equatable {
  /// The entries.
  var entries: [FstabEntry] = []
  /// Numbers of lines that make no sense.
  var malformedLines: [Int] = []

  /// Parses the table.
  init(parsing bytes: [UInt8]) {
    for (index, line) in bytes.lines.enumerated() {
      let fields = line.fields
      guard let first = fields.first, first.first != UInt8(ascii: "#") else { continue }
      // The last two fields may be left out; type and options too, as mount(8) reads it (libmount needs the type).
      guard fields.count >= 3 else {
        malformedLines.append(index + 1)
        continue
      }
      let options = fields.count > 3 ? PlainText.unescapingOctal(fields[3]) : "defaults"
      var entry = FstabEntry(
        line: index + 1, spec: Self.unquoted(PlainText.unescapingOctal(fields[0])),
        mountPoint: PlainText.unescapingOctal(fields[1]), type: PlainText.unescapingOctal(fields[2]),
        options: options.split(separator: ",").map(String.init), pass: 0)
      if fields.count > 5 {
        guard let pass = Int(PlainText.from(fields[5])) else {
          malformedLines.append(index + 1)
          continue
        }
        entry.pass = pass
      }
      entries.append(entry)
    }
  }

  /// `UUID="…"` is written with and without quotes.
  private static func unquoted(_ spec: String) -> String {
    guard let equals = spec.firstIndex(of: "="), spec.last == "\"" else { return spec }
    let value = spec[spec.index(after: equals)...]
    guard value.first == "\"", value.count >= 2 else { return spec }
    return String(spec[...equals]) + String(value.dropFirst().dropLast())
  }
}
