// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A line in which a shell shows a command: `C:\Users\a>sc query viostor`, `PS C:\> ipconfig /all`.
///
/// The capture scripts put such a line before each answer that is not diskpart's: `wholeimage> sc query viostor`.
struct ShellLine {
  /// What the capture scripts write in the place of a folder.
  static let scriptPrompt = "wholeimage"
  /// No prompt is longer: a folder has 260 code units.
  private static let longestPrompt = 280

  /// The command with its arguments; empty where nothing was typed.
  let command: String
  /// The line is from a capture script.
  let isOfScript: Bool

  /// The command that a line shows; `nil` if the line shows none, as where the prompt is diskpart's own.
  init?(_ line: Line) {
    guard let end = line.units.prefix(Self.longestPrompt).firstIndex(of: 0x3E) else { return nil }
    var prompt = line.text(0..<end)
    isOfScript = prompt == Self.scriptPrompt
    if prompt.hasPrefix("PS ") { prompt.removeFirst(3) }
    guard isOfScript || Self.isFolder(prompt) else { return nil }
    command = line.text((end + 1)..<line.units.count)
  }

  private static func isFolder(_ text: String) -> Bool {
    let start = Array(text.utf8.prefix(3))
    guard start.count == 3, start[1] == 0x3A, start[2] == 0x5C else { return false }
    return (0x61...0x7A).contains(start[0] | 0x20)
  }

  /// The words of the command: in lower case but for what stands in quotation marks, which may hold blanks.
  var words: [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in command {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == " " || character == "\t", !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return (word.isEmpty ? words : words + [word]).map { $0.lowercased() }
  }
}

/// What was asked of a Windows guest besides diskpart.
enum PreparationQuestion: Equatable {
  /// The adapters, in the words of the capture script.
  case adapters
  /// `ipconfig /all`.
  case interfaces
  /// `sc query`, `sc qc` of a service, where it is one that matters.
  case service(PreparedService?)
  /// `reg query` of a value, where it is one that matters.
  case registry(RegistryFact?)
  /// `driverquery`.
  case drivers

  /// What a shell's command asks; `nil` if it is nothing that is read here.
  init?(_ line: ShellLine) {
    let words = line.words
    guard let first = words.first?.split(separator: "\\").last else { return nil }
    let program = first.hasSuffix(".exe") ? String(first.dropLast(4)) : String(first)
    switch (program, words.count > 1 ? words[1] : "") {
    case ("adapters", _) where line.isOfScript: self = .adapters
    case ("ipconfig", let option) where option == "/all" || option == "-all": self = .interfaces
    case ("sc", "query"), ("sc", "queryex"), ("sc", "qc"):
      self = .service(words.count > 2 ? PreparedService(name: words[2]) : nil)
    case ("reg", "query"):
      let option = words.firstIndex(of: "/v").map { $0 + 1 }
      let value = option.flatMap { words.indices.contains($0) ? words[$0] : nil }
      self = .registry(words.count > 2 ? RegistryFact(key: words[2], value: value) : nil)
    case ("driverquery", _): self = .drivers
    default: return nil
    }
  }
}
