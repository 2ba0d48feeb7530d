// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// One line of `/proc/PID/mountinfo` (proc(5)).
struct MountInfoEntry: Equatable {
  /// `MAJOR:MINOR` of the file system; major 0 for those without a device of their own.
  var number: String
  /// The part of the file system that is mounted.
  var root: String
  /// Where.
  var mountPoint: String
  /// Options of the mount, then of the file system.
  var options: [String]
  /// File system type.
  var type: String
  /// What is mounted; for a device its path.
  var source: String
}

/// The mount table.
struct MountInfo: Equatable {
  /// The lines that could be read.
  var entries: [MountInfoEntry] = []
  /// Numbers of the lines that could not, from 1.
  var malformedLines: [Int] = []
  /// The table does not end in a line break, so it is cut off.
  var truncated = false

  /// Parses the table; one bad line costs that line.
  init(parsing bytes: [UInt8]) {
    truncated = bytes.last != 0x0A
    for (index, line) in bytes.lines.enumerated() where !line.isEmpty {
      if let entry = Self.entry(line) { entries.append(entry) } else { malformedLines.append(index + 1) }
    }
  }

  private static func entry(_ line: ArraySlice<UInt8>) -> MountInfoEntry? {
    let fields = line.fields
    // id parent major:minor root mount-point options [optional...] - type source super-options
    guard fields.count >= 9, let separator = fields.dropFirst(6).firstIndex(of: [UInt8(ascii: "-")]),
      separator + 2 < fields.count
    else { return nil }
    let number = PlainText.from(fields[2])
    guard number.contains(":") else { return nil }
    var options = optionList(fields[5])
    if separator + 3 < fields.count {
      for option in optionList(fields[separator + 3]) where !options.contains(option) { options.append(option) }
    }
    return MountInfoEntry(
      number: number, root: PlainText.unescapingOctal(fields[3]), mountPoint: PlainText.unescapingOctal(fields[4]),
      options: options, type: PlainText.unescapingOctal(fields[separator + 1]),
      source: PlainText.unescapingOctal(fields[separator + 2]))
  }

  private static func optionList(_ field: ArraySlice<UInt8>) -> [String] {
    field.split(separator: UInt8(ascii: ",")).map(PlainText.unescapingOctal)
  }
}
