// SPDX-License-Identifier: Apache-2.0

/// A command that was typed at the prompt, without its abbreviation.
struct DiskpartCommand: Equatable {
  /// `list disk`, `san policy`, `clean`.
  var name: String
  /// What stands behind it, in lower case: `1`, `onlineall`.
  var argument: String

  private static let prompt = Array("DISKPART>".utf16)

  /// Words of the first place; three letters of one suffice.
  private static let verbs = [
    "active", "add", "assign", "attributes", "attach", "automount", "break", "clean", "compact", "convert", "create",
    "delete", "detail", "detach", "exit", "expand", "extend", "filesystems", "format", "gpt", "help", "import",
    "inactive", "list", "merge", "offline", "online", "recover", "remove", "repair", "rescan", "retain", "san",
    "select", "setid", "shrink", "uniqueid",
  ]
  /// Words of the second place, behind verbs that take an object.
  private static let objects = ["disk", "volume", "partition", "vdisk"]
  private static let takeObject: Set<String> = [
    "attach", "attributes", "compact", "create", "delete", "detach", "detail", "expand", "list", "merge", "offline",
    "online", "select", "uniqueid",
  ]

  /// Commands after which an earlier listing no longer shows what is there.
  private static let changing: Set<String> = [
    "add", "attach vdisk", "break", "convert", "create volume", "extend", "import", "online", "online disk",
    "online volume", "recover", "repair",
  ]

  /// Whether an earlier listing no longer shows on which disks data lies.
  var changesVolumes: Bool { Self.changing.contains(name) }

  /// What stands behind the prompt of a line; `nil` if the line does not begin with one.
  ///
  /// The prompt is never translated. A quotation mark and blanks may stand before it.
  static func afterPrompt(_ line: Line) -> String? {
    guard let start = line.words.first?.lowerBound else { return nil }
    for first in [start, line.words.dropFirst().first?.lowerBound ?? start] {
      guard first == start || [0x3E, 0x23, 0x2F].contains(line.units[start]) else { continue }
      let end = first + prompt.count
      guard end <= line.units.count else { continue }
      let same = zip(line.units[first..<end], prompt).allSatisfy { $0 == $1 || $0 == $1 + 0x20 && $1 >= 0x41 }
      if same { return line.text(end..<line.units.count) }
    }
    return nil
  }

  /// The command behind a mark that stands for the prompt (`> list disk`); only words that diskpart knows count.
  static func quoted(_ line: Line) -> DiskpartCommand? {
    guard line.words.count > 1, line.word(0) == ">", !line.units.contains(0x3A), !line.units.contains(0xFF1A) else {
      return nil
    }
    let command = DiskpartCommand(line.text(line.words[1].lowerBound..<line.units.count))
    guard let command, verbs.contains(where: { command.name == $0 || command.name.hasPrefix($0 + " ") }) else {
      return nil
    }
    let word = line.word(1).lowercased()
    return word == "diskpart" || word.contains("\\") ? nil : command
  }

  /// The command of a text; `nil` if there is no word in it.
  init?(_ text: String) {
    var words = text.lowercased().split { $0 == "=" || $0 == " " || $0 == "\t" }.map(String.init)
    if let comment = words.firstIndex(where: { $0.hasPrefix("#") }) { words.removeSubrange(comment...) }
    guard let first = words.first else { return nil }
    let verb = Self.expanded(first, Self.verbs) ?? first
    name = verb
    var rest = words.dropFirst()
    if verb == "san", let second = rest.first, "policy".hasPrefix(second), second.count >= 3 {
      name = "san policy"
      rest = rest.dropFirst()
    } else if Self.takeObject.contains(verb), let second = rest.first {
      let object = Self.expanded(second, Self.objects)
      if let object { name = "\(verb) \(object)" }
      if object != nil { rest = rest.dropFirst() }
    }
    // Behind any command: go on after an error.
    if rest.last == "noerr" { rest = rest.dropLast() }
    argument = rest.joined(separator: " ")
  }

  /// The word that an abbreviation of at least three letters begins.
  private static func expanded(_ word: String, _ words: [String]) -> String? {
    words.first { $0 == word } ?? (word.count < 3 ? nil : words.first { $0.hasPrefix(word) })
  }
}
