// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// Goes through a script as GRUB does, and finds the menu that it shows.
///
/// A condition that cannot be told takes neither way for granted: variables that the ways set differently are not known
/// afterwards, and entries of either are only possible ones. Loops are gone through once, as something that may happen.
/// What may be a secret was left out where the script was read.
public struct GrubMachine<Files: GrubFiles> {
  /// The files around the script, and what was learned of them.
  public internal(set) var files: Files
  var state = GrubState()
  var file = ""
  private var doubts: [GrubDoubt] = []
  /// How deep in ways that may not be gone.
  var uncertainty = 0
  /// How deep in files and functions.
  private var depth = 0
  /// Whether an entry's own statements are gone through.
  var isInEntry = false
  /// What may still be spent, in bytes handled; no real script needs a hundredth.
  private var budget = 1 << 23

  /// Entries of a menu are so many at most.
  static var mostEntries: Int { 512 }
  private static var deepest: Int { 12 }
  private static var mostDoubts: Int { 16 }

  /// A machine of a firmware (`pc`, `efi`; `nil` where not known) whose files are given.
  public init(files: Files, platform: String?) {
    self.files = files
    _ = state.set("grub_platform", platform.map { Array($0.utf8) })
  }

  /// Goes through a script that lies at a place, and finds its menu.
  public mutating func run(_ script: GrubScript, file: String, at place: GrubPath) -> GrubMenu {
    _ = state.set("root", place.device.map { Array($0.utf8) })
    setFolder(of: place, names: ["prefix", "config_directory"])
    take(script, file: file)
    // A script without a menu that starts something itself.
    if state.items.isEmpty, let kernel = state.kernel {
      state.items.append(
        GrubState.Item(
          title: kernel.kernel.written, file: file, line: 1, isCertain: kernel.isCertain, content: .kernel(kernel)))
    }
    var final = state
    // Another file's menu ends the script, and not what its entries do.
    final.isOver = false
    let entries = final.items.map { entry(of: $0, in: final) }
    return GrubMenu(entries: entries, start: GrubMenu.way(to: final.value("default"), in: entries), doubts: doubts)
  }

  private mutating func setFolder(of place: GrubPath, names: [String]) {
    let folder = place.path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    for name in names {
      _ = state.set(name, place.device.map { Array("(\($0))\(folder)".utf8) })
    }
  }

  /// What an entry does when it is chosen.
  private mutating func entry(of item: GrubState.Item, in final: GrubState) -> GrubEntry {
    var entry = GrubEntry(
      title: item.title, id: item.id, file: item.file, line: item.line, isCertain: item.isCertain)
    let saved = (isInEntry, file, uncertainty)
    defer { (isInEntry, file, uncertainty) = saved }
    file = item.file
    uncertainty = 0
    switch item.content {
    case .kernel(let kernel): entry.kernel = kernel
    case .statements(let statements):
      state = final
      state.kernel = nil
      state.isMultiboot = false
      isInEntry = true
      execute(statements)
      entry.kernel = state.kernel
      if let kernel = entry.kernel, !kernel.isCertain { note(item.line ?? 0, .unsupported) }
    case .menu(let statements):
      depth += 1
      defer { depth -= 1 }
      entry.entries = []
      guard depth < Self.deepest else {
        note(item.line ?? 0, .tooMuch)
        break
      }
      state = final
      state.items = []
      execute(statements)
      let inner = state
      entry.entries = inner.items.map { self.entry(of: $0, in: inner) }
    }
    return entry
  }

  mutating func note(_ line: Int, _ reason: BootFileError.Reason) {
    let doubt = GrubDoubt(file: file, line: line, reason: reason)
    guard doubts.count < Self.mostDoubts, !doubts.contains(doubt) else { return }
    doubts.append(doubt)
  }

  /// Goes through another script where this one stands.
  private mutating func take(_ script: GrubScript, file: String) {
    let saved = self.file
    self.file = file
    defer { self.file = saved }
    if let error = script.error { note(error.line, error.reason) }
    if script.isCutOff { note(0, .cutOff) }
    if script.isEmpty { note(0, .empty) }
    execute(script.statements)
  }

  // MARK: statements

  /// Goes through statements; whether the last one succeeded.
  @discardableResult
  mutating func execute(_ statements: [GrubScript.Statement]) -> Bool? {
    for statement in statements {
      guard !state.isOver, spend(32, statement.line) else { break }
      switch statement {
      case .command(let words): state.status = run(words)
      case .block(let words, let body):
        if let first = words.first?.keyword, ["menuentry", "submenu"].contains(first) {
          define(words, body)
        } else {
          // What a key starts, or nothing does.
          state.status = nil
        }
      case .function(let name, let body, _):
        if state.functions.count < GrubState.mostVariables { state.functions[name] = body }
      case .loop(_, let condition, let words, let body, let line):
        let before = state
        uncertainty += 1
        if let name = words.first?.literal { set(name[...].text, nil, line) }
        execute(condition)
        execute(body)
        uncertainty -= 1
        merge([before, state], line)
        state.status = nil
      case .choice(let branches, let otherwise, let line): choose(branches, otherwise, line)
      }
    }
    return state.status
  }

  /// Takes from what may be spent; whether there was enough.
  mutating func spend(_ count: Int, _ line: Int) -> Bool {
    budget -= count
    guard budget < 0 else { return true }
    note(line, .tooMuch)
    return false
  }

  private mutating func choose(
    _ branches: [GrubScript.Branch], _ otherwise: [GrubScript.Statement]?, _ line: Int
  ) {
    let itemsBefore = state.items.count
    var ends: [GrubState] = []
    var isDecided = false
    for branch in branches where !isDecided {
      guard spend(32, line) else { break }
      let holds = execute(branch.condition)
      if holds == false { continue }
      let before = state
      if holds == nil { uncertainty += 1 }
      execute(branch.body)
      if holds == nil {
        uncertainty -= 1
        ends.append(state)
        state = before
        // From here on it is one of several ways.
        if ends.count == 1 { uncertainty += 1 }
        if ends.count > 1 { collapse(&ends, itemsBefore, line) }
      } else {
        isDecided = true
      }
    }
    if !isDecided { execute(otherwise ?? []) }
    guard !ends.isEmpty else { return }
    uncertainty -= 1
    merge(ends + [state], line, itemsBefore: itemsBefore)
  }

  private mutating func collapse(_ ends: inout [GrubState], _ itemsBefore: Int, _ line: Int) {
    let current = state
    merge(ends, line, itemsBefore: itemsBefore)
    ends = [state]
    state = current
  }

  private mutating func merge(_ states: [GrubState], _ line: Int, itemsBefore: Int? = nil) {
    _ = spend(states.count * GrubState.mostVariables, line)
    let before = itemsBefore ?? states.first?.items.count ?? 0
    if let merged = GrubState.merged(states, itemsBefore: before) { state = merged }
    // Each way may have filled the menu by itself.
    guard state.items.count > Self.mostEntries else { return }
    state.items.removeLast(state.items.count - Self.mostEntries)
    note(line, .tooMuch)
  }

  mutating func set(_ name: String, _ value: [UInt8]?, _ line: Int) {
    if !state.set(name, value) { note(line, .tooMuch) }
  }

  // MARK: other files

  /// Goes through another file: in the place of a command, or as a menu in the place of this one.
  mutating func read(_ word: [UInt8]?, line: Int, asMenu: Bool) -> Bool? {
    guard let word else {
      note(line, .unsupported)
      return nil
    }
    // An entry that leads to another menu starts nothing itself.
    guard !isInEntry else { return nil }
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else {
      note(line, .tooMuch)
      return nil
    }
    let place = GrubPath(word, root: state.value("root"))
    switch files.script(at: place) {
    case .absent:
      if asMenu { note(line, .unsupported) }
      return false
    case .unknown:
      note(line, .unsupported)
      return nil
    case .found(let found):
      if asMenu {
        if uncertainty == 0 { state.items = [] }
        setFolder(of: place, names: ["config_directory"])
      }
      take(found.script, file: found.file)
      if asMenu, uncertainty == 0 { state.isOver = true }
      return state.status
    }
  }

  /// Calls a function of the script's.
  mutating func call(_ body: [GrubScript.Statement], _ arguments: [[UInt8]?], _ line: Int) -> Bool? {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else {
      note(line, .tooMuch)
      return nil
    }
    for index in 0..<9 {
      set(String(index + 1), index < arguments.count ? arguments[index] : [], line)
    }
    return execute(body)
  }
}
