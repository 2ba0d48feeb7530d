// SPDX-License-Identifier: Apache-2.0

/// A line `key : value`, as the detail commands, `attributes` and `san` print it.
enum KeyValue {
  /// The two parts of such a line, or `nil` if it is none.
  ///
  /// The colon may be full-width.
  static func split(_ line: Line) -> (key: String, value: String)? {
    guard let start = line.words.first?.lowerBound,
      let colon = line.units.firstIndex(where: { $0 == 0x3A || $0 == 0xFF1A }), colon > start, colon - start <= 48
    else { return nil }
    // A drive letter is followed by a backslash, a prompt of a shell is short and ends otherwise.
    guard colon + 1 >= line.units.count || line.units[colon + 1] != 0x5C else { return nil }
    let key = line.text(start..<colon)
    guard key.unicodeScalars.contains(where: \.properties.isAlphabetic), key.split(separator: " ").count <= 6 else {
      return nil
    }
    return (key, line.text((colon + 1)..<line.units.count))
  }

  /// Whether a key is that of the SAN policy: every language leaves the three letters as they are.
  static func isPolicy(_ key: String) -> Bool {
    let units = Array(key.utf16)
    let name = Array("SAN".utf16)
    func isASCIIWord(_ index: Int) -> Bool {
      units.indices.contains(index)
        && (units[index] < 0x80 && (units[index] | 0x20) >= 0x61 || Line.isDigit(units[index]))
    }
    guard units.count >= 3 else { return false }
    return (0...(units.count - 3)).contains { index in
      units[index..<(index + 3)].elementsEqual(name) && !isASCIIWord(index - 1) && !isASCIIWord(index + 3)
    }
  }
}

/// Lines `key : value` one after the other.
struct KeyValueBlock {
  /// How many there are.
  var count = 0
  /// One of them names the unit number of a disk, which every language calls LUN.
  var namesLogicalUnit = false
  /// Lines of other text behind them: a header has two at most.
  var textLines = 0

  /// A block of a detail command, not a banner or the answer of `san`.
  var isDetail: Bool { count >= 3 && textLines <= 2 }
  /// A partition has a handful of properties, a disk a dozen.
  var isOfDisk: Bool { namesLogicalUnit || count >= 8 }
}

/// What diskpart says of itself and of the computer when it starts.
struct Banner {
  /// The version, which is that of Windows: `10.0.17763.1`.
  private(set) var version: String?
  /// The computer's name.
  private(set) var computer: String?
  /// Another computer was named before.
  private(set) var hasSeveralComputers = false
  private var linesSince = Int.max

  /// Looks for the line of the version; the words around it are translated.
  mutating func read(_ text: String) {
    linesSince = linesSince == .max ? .max : linesSince + 1
    guard text.hasPrefix("Microsoft DiskPart"), let last = text.split(separator: " ").last,
      last.contains("."), last.allSatisfy({ $0.isNumber || $0 == "." })
    else { return }
    version = String(last)
    linesSince = 0
  }

  /// The line of the computer follows the copyright; whether this is it.
  mutating func readComputer(_ value: String) -> Bool {
    guard linesSince <= 1 else { return false }
    linesSince = .max
    guard !value.isEmpty else { return true }
    hasSeveralComputers = hasSeveralComputers || computer.map { $0 != value } ?? false
    computer = value
    return true
  }
}
