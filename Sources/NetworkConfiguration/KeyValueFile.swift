// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// Sections with assignments below them, as NetworkManager and systemd have them.
struct KeyValueFile: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    var line: Int
    var section: String
    var key: String
    var value: [UInt8]

    /// The value as text.
    var text: String { value[...].text }
  }

  /// The assignments that are wanted, in their order.
  private(set) var entries: [Entry] = []
  /// Lines on which a section begins that is wanted.
  private(set) var sectionLines: [(line: Int, name: String)] = []
  /// The first line that is neither a section, an assignment nor a comment.
  private(set) var strayLine: Int?

  static func == (one: KeyValueFile, other: KeyValueFile) -> Bool {
    one.entries == other.entries && one.strayLine == other.strayLine
      && one.sectionLines.elementsEqual(other.sectionLines) { $0 == $1 }
  }

  /// Reads what `isWanted` asks for, by section and key; an empty key asks for the section itself.
  init(parsing bytes: [UInt8], joinsLines: Bool, where isWanted: (_ section: String, _ key: String) -> Bool) {
    var section = ""
    var pending: (line: Int, content: [UInt8])?
    for (index, raw) in bytes.lines.enumerated() {
      let isComment = [UInt8(ascii: "#"), UInt8(ascii: ";")].contains(raw.trimmed.first)
      if isComment { continue }
      var content = (pending?.content ?? []) + raw.trimmed
      let line = pending?.line ?? index + 1
      pending = nil
      if joinsLines, content.last == UInt8(ascii: "\\") {
        content[content.count - 1] = 0x20
        pending = (line, content)
        continue
      }
      take(content[...].trimmed, joinsLines: joinsLines, line, &section, isWanted)
    }
    if let pending { take(pending.content[...].trimmed, joinsLines: joinsLines, pending.line, &section, isWanted) }
  }

  private mutating func take(
    _ content: Bytes, joinsLines: Bool, _ line: Int, _ section: inout String,
    _ isWanted: (String, String) -> Bool
  ) {
    guard !content.isEmpty else { return }
    if content.first == UInt8(ascii: "["), content.last == UInt8(ascii: "]") {
      section = content.dropFirst().dropLast().text
      if isWanted(section, "") { sectionLines.append((line, section)) }
      return
    }
    guard let equals = content.firstIndex(of: UInt8(ascii: "=")) else {
      strayLine = strayLine ?? line
      return
    }
    let key = content[..<equals].trimmed.text
    guard isWanted(section, key), !key.isEmpty else { return }
    var value = content[content.index(after: equals)...].trimmed
    // Left where lines were joined; written out again, it would join two.
    while joinsLines, value.last == UInt8(ascii: "\\") { value = value.dropLast().trimmed }
    entries.append(Entry(line: line, section: section, key: key, value: Array(value)))
  }

  /// The last value of a key; an empty one is none.
  func last(_ section: String, _ key: String) -> String? {
    entries.last { $0.section == section && $0.key == key }.map(\.text).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What was read, on its lines; where a line made no sense, one that makes none.
  func recorded(withStrayLine: Bool) -> [UInt8] {
    var parts: [(line: Int, content: [UInt8])] = sectionLines.map { ($0.line, Array("[\($0.name)]".utf8)) }
    parts += entries.map { ($0.line, Array("\($0.key)=".utf8) + $0.value) }
    if withStrayLine, let strayLine { parts.append((strayLine, Array("-".utf8))) }
    var lines = NumberedLines()
    for part in parts.sorted(by: { $0.line < $1.line }) { lines.put(part.content, at: part.line) }
    return lines.bytes
  }
}
