// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// Which words of a script, an environment block or an entry are read; all others may be secrets and are left out.
enum TellingWords {
  /// Commands whose words say what is started, or decide what is.
  private static let commands: Set<String> = [
    "set", "[", "test", "load_env", "save_env", "search", "search.fs_uuid", "search.fs_label", "search.file", "source",
    ".", "configfile", "normal", "blscfg", "menuentry", "submenu", "initrd", "initrd16", "initrdefi", "xen_initrd",
    "xen_module", "unset", "decrement", "true", "false", "read",
  ]
  /// Commands that load a kernel, or a part of one: behind the file stand a kernel's arguments.
  static let kernels: Set<String> = [
    "linux", "linux16", "linuxefi", "multiboot", "multiboot2", "module", "module2", "xen_hypervisor", "xen_linux",
  ]

  /// Variables that hold titles of entries.
  private static let titles: Set<String> = ["default", "fallback", "saved_entry", "next_entry", "prev_saved_entry"]

  /// The statements of a script without the words that are not read.
  static func reduced(_ statements: [GrubScript.Statement]) -> [GrubScript.Statement] {
    var functions: Set<[UInt8]> = []
    collect(statements, &functions)
    return statements.map { reduced($0, functions) }
  }

  private static func collect(_ statements: [GrubScript.Statement], _ functions: inout Set<[UInt8]>) {
    for statement in statements {
      switch statement {
      case .command: break
      case .block(_, let body), .loop(_, _, _, let body, _): collect(body, &functions)
      case .function(let name, let body, _):
        functions.insert(name)
        collect(body, &functions)
      case .choice(let branches, let otherwise, _):
        for branch in branches { collect(branch.body, &functions) }
        collect(otherwise ?? [], &functions)
      }
    }
  }

  private static func reduced(_ statement: GrubScript.Statement, _ functions: Set<[UInt8]>) -> GrubScript.Statement {
    func all(_ statements: [GrubScript.Statement]) -> [GrubScript.Statement] {
      statements.map { reduced($0, functions) }
    }
    switch statement {
    case .command(let words): return .command(reduced(words, functions))
    case .block(let words, let body): return .block(reduced(words, functions), all(body))
    case .function(let name, let body, let line): return .function(name, all(body), line: line)
    case .loop(let kind, let condition, let words, let body, let line):
      return .loop(kind, condition: all(condition), words: words, body: all(body), line: line)
    case .choice(let branches, let otherwise, let line):
      let branches = branches.map { GrubScript.Branch(condition: all($0.condition), body: all($0.body)) }
      return .choice(branches, otherwise: otherwise.map(all), line: line)
    }
  }

  private static func reduced(_ words: [GrubWord], _ functions: Set<[UInt8]>) -> [GrubWord] {
    guard let first = words.first else { return [] }
    if words.count == 1 { return [reducedAssignment(first) ?? first] }
    let name = first.literal.map { $0[...].text } ?? ""
    if name == "set" { return [first] + words.dropFirst().map { reducedAssignment($0) ?? $0 } }
    if kernels.contains(name) {
      let options = words.dropFirst().prefix { $0.literal?[...].hasPrefix("-") ?? false }.count
      return Array(words.prefix(options + 2)) + words.dropFirst(options + 2).filter(isTellingArgument)
    }
    if commands.contains(name) || first.literal.map(functions.contains) ?? false { return words }
    // What such a command sets is not known afterwards; nothing else of it matters.
    var kept = [first]
    var isName = false
    for word in words.dropFirst() {
      let text = word.literal.map { $0[...] } ?? []
      if isName || text.hasPrefix("--set") { kept.append(word) }
      isName = text.isText("--set") && !isName
    }
    return kept
  }

  /// Whether a kernel's argument is read; one that begins with a variable may be.
  private static func isTellingArgument(_ word: GrubWord) -> Bool {
    if let literal = word.literal { return KernelArguments.isTelling(literal) }
    guard case .text(let bytes)? = word.parts.first else { return true }
    return bytes[...].hasPrefix("root=") || bytes[...].hasPrefix("console=")
  }

  /// An assignment with its value reduced; `nil` where a word is none.
  private static func reducedAssignment(_ word: GrubWord) -> GrubWord? {
    guard case .text(let bytes)? = word.parts.first, let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else {
      return nil
    }
    let name = bytes[..<equals].text
    var reduced = word
    let head = GrubWord.Part.text(Array(bytes[...equals]))
    var value = word
    value.parts[0] = .text(Array(bytes[(equals + 1)...]))
    reduced.parts = [head] + (mayBeSecret(name) ? [] : titles.contains(name) ? value.parts : list(value.parts))
    // Neighbouring texts are one, as they are where they are read.
    if reduced.parts.count > 1, case .text(let start) = head, case .text(let next) = reduced.parts[1] {
      reduced.parts.replaceSubrange(0...1, with: [.text(start + next)])
    }
    return reduced
  }

  /// A value that is a list of a kernel's arguments, without those that are not read; others are left as they are.
  private static func list(_ parts: [GrubWord.Part]) -> [GrubWord.Part] {
    // The arguments, each of one or more parts.
    var arguments: [[GrubWord.Part]] = [[]]
    var looksLikeArguments = false
    for part in parts {
      guard case .text(let bytes) = part else {
        arguments[arguments.count - 1].append(part)
        continue
      }
      if bytes.contains(UInt8(ascii: "=")) { looksLikeArguments = true }
      for (index, piece) in bytes.split(omittingEmptySubsequences: false, whereSeparator: \.isBlank).enumerated() {
        if index > 0 { arguments.append([]) }
        if !piece.isEmpty { arguments[arguments.count - 1].append(.text(Array(piece))) }
      }
    }
    arguments.removeAll(where: \.isEmpty)
    guard looksLikeArguments else { return parts }
    let kept = arguments.filter { isTellingArgument(GrubWord(parts: $0, line: 0)) }
    var joined: [GrubWord.Part] = []
    for (index, argument) in kept.enumerated() {
      for part in (index > 0 ? [.text([0x20])] : []) + argument {
        if case .text(let more) = part, case .text(let bytes)? = joined.last {
          joined[joined.count - 1] = .text(bytes + more)
        } else {
          joined.append(part)
        }
      }
    }
    return joined
  }

  /// The value of a variable without what is not read: nothing where the name speaks of a secret.
  static func value(_ value: [UInt8], of name: String) -> [UInt8] {
    if mayBeSecret(name) { return [] }
    if titles.contains(name) { return value }
    let parts = list([.text(value)])
    guard case .text(let bytes)? = parts.first, parts.count == 1 else { return [] }
    return bytes
  }

  /// Whether a variable of that name may hold a secret; its value is then not known.
  static func mayBeSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["pass", "key", "secret", "token", "auth", "superusers"].contains { name.contains($0) }
  }
}
