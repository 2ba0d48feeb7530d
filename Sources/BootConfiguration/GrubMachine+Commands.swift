// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

extension GrubMachine {
  /// Runs a command; whether it succeeded, `nil` where that cannot be told.
  mutating func run(_ words: [GrubWord]) -> Bool? {
    let line = words.first?.line ?? 0
    if words.count == 1, let first = words.first, assign(first) { return true }
    let expanded = expand(words)
    guard let first = expanded.first else { return true }
    guard let first else {
      note(line, .unsupported)
      return nil
    }
    let name = first[...].text
    let arguments = Array(expanded.dropFirst())
    if let body = state.functions[first] { return call(body, arguments, line) }
    switch name {
    case "true": return true
    case "false": return false
    case "[", "test": return test(name == "[" ? bracketed(arguments) : arguments)
    case "set":
      for word in words.dropFirst() { _ = assign(word) }
      return true
    case "unset":
      for argument in arguments { if let argument { state.unset(argument[...].text) } }
      return true
    case "search", "search.fs_uuid", "search.fs_label", "search.file": return search(name, arguments, line)
    case "load_env": return loadEnvironment(arguments, line)
    case "decrement":
      guard let variable = arguments.first ?? nil else { return nil }
      let name = variable[...].text
      let number = state.value(name).flatMap(GrubTest.number)
      set(name, number.map { Array(String($0 - 1).utf8) }, line)
      return true
    case "source", ".": return read(arguments.first ?? nil, line: line, asMenu: false)
    case "configfile": return read(arguments.first ?? nil, line: line, asMenu: true)
    case "normal":
      let main = state.value("prefix").map { $0 + Array("/grub.cfg".utf8) }
      return read(arguments.isEmpty ? main : arguments[0], line: line, asMenu: true)
    case "blscfg":
      showEntries(line)
      return true
    case "initrd", "initrd16", "initrdefi", "xen_initrd": return loadInitramfs(words)
    case _ where TellingWords.kernels.contains(name): return loadKernel(name, words)
    case "eval", "return", "break", "continue", "exit", "legacy_configfile", "legacy_source",
      "extract_entries_source", "extract_entries_configfile", "syslinux_configfile", "bls_import":
      note(line, .unsupported)
      return nil
    case "insmod", "export", "save_env", "echo", "terminal_output", "terminal_input": return true
    default:
      // What it sets is not known.
      var isName = false
      for argument in arguments {
        guard let text = argument.map({ $0[...].text }) else { continue }
        if isName { setUnknown(text, line) }
        isName = text == "--set" && !isName
        if text.hasPrefix("--set=") { setUnknown(String(text.dropFirst(6)), line) }
      }
      if name == "read" { for argument in arguments { if let argument { setUnknown(argument[...].text, line) } } }
      return nil
    }
  }

  /// Some name what they set as `NUMBER:VARIABLE`.
  private mutating func setUnknown(_ name: String, _ line: Int) {
    set(name.split(separator: ":").last.map(String.init) ?? name, nil, line)
  }

  private func bracketed(_ arguments: [[UInt8]?]) -> [[UInt8]?] {
    guard let last = arguments.last, let last, last[...].isText("]") else { return [nil] }
    return Array(arguments.dropLast())
  }

  private mutating func test(_ words: [[UInt8]?]) -> Bool? {
    var found: [[UInt8]: Bool] = [:]
    for file in GrubTest.files(in: words).prefix(64) {
      let place = GrubPath(file, root: state.value("root"))
      found[file] = files.holds(place)
    }
    var test = GrubTest(words, files: found)
    return test.evaluate()
  }

  /// Does an assignment; whether the word is one.
  private mutating func assign(_ word: GrubWord) -> Bool {
    guard case .text(let bytes)? = word.parts.first, let equals = bytes.firstIndex(of: UInt8(ascii: "=")),
      equals > 0, bytes[..<equals].allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") })
    else { return false }
    var value = word
    value.parts[0] = .text(Array(bytes[(equals + 1)...]))
    // The value of an assignment stays one word.
    value.isQuoted = true
    value.parts = value.parts.map { part in
      guard case .variable(let name, _) = part else { return part }
      return .variable(name, isQuoted: true)
    }
    let expanded = expand([value])
    set(bytes[..<equals].text, expanded.first ?? nil, word.line)
    return true
  }

  private mutating func loadEnvironment(_ arguments: [[UInt8]?], _ line: Int) -> Bool? {
    var file = state.value("prefix").map { $0 + Array("/grubenv".utf8) }
    var names: [String] = []
    var isFile = false
    for argument in arguments {
      guard let argument else {
        file = nil
        continue
      }
      let text = argument[...].text
      if isFile {
        file = argument
      } else if text.hasPrefix("--file=") {
        file = Array(argument.dropFirst(7))
      } else if !text.hasPrefix("-") {
        names.append(text)
      }
      isFile = (text == "-f" || text == "--file") && !isFile
    }
    guard let file else {
      state.unsetIsUnknown = true
      return nil
    }
    switch files.environment(at: GrubPath(file, root: state.value("root"))) {
    case .absent: return false
    case .unknown:
      // Those that decide what is started may be in it, whatever they were before.
      for name in names.isEmpty ? ["saved_entry", "next_entry", "default", "kernelopts"] : names {
        set(name, nil, line)
      }
      state.unsetIsUnknown = true
      return nil
    case .found(let block):
      for (name, value) in block.variables.sorted(by: { $0.key < $1.key })
      where names.isEmpty || names.contains(name) {
        set(name, value, line)
      }
      return true
    }
  }

  private mutating func search(_ name: String, _ arguments: [[UInt8]?], _ line: Int) -> Bool? {
    var kind = name == "search.fs_uuid" ? "UUID" : name == "search.fs_label" ? "LABEL" : "FILE"
    var variable: String? = name == "search" ? nil : "root"
    var wanted: [[UInt8]?] = []
    var isHint = false
    for argument in arguments {
      let text = argument.map { $0[...].text }
      if isHint {
        isHint = false
        continue
      }
      switch text {
      case "--fs-uuid", "-u": kind = "UUID"
      case "--label", "-l": kind = "LABEL"
      case "--file", "-f": kind = "FILE"
      case "--set", "-s": variable = "root"
      case "--hint", "-h": isHint = true
      case let text? where text.hasPrefix("--set="): variable = String(text.dropFirst(6))
      case let text? where text.hasPrefix("-"): break
      default: wanted.append(argument)
      }
    }
    if name == "search" {
      // `--set root UUID`, of people who mean `--set=root`: the variable's name is looked for, and not found.
      guard let variable else { return nil }
      let found = wanted.last ?? nil
      set(variable, found.map { Array("\(kind)=".utf8) + $0 }, line)
    } else {
      if wanted.count > 1, let named = wanted[1] { variable = named[...].text }
      let found = wanted.first ?? nil
      set(variable ?? "root", found.map { Array("\(kind)=".utf8) + $0 }, line)
    }
    return nil
  }

  // MARK: what is loaded

  private mutating func loadKernel(_ name: String, _ words: [GrubWord]) -> Bool? {
    let rest = words.dropFirst().drop { $0.literal?[...].hasPrefix("-") ?? false }
    guard let path = rest.first else { return false }
    if ["multiboot", "multiboot2", "xen_hypervisor"].contains(name) {
      state.isMultiboot = true
      state.kernel = nil
      return true
    }
    let file = loadedFile(expand([path]).first ?? nil, written: path.written)
    if name.hasPrefix("module") {
      guard state.isMultiboot else { return true }
      if state.kernel != nil {
        state.kernel?.initramfs.append(file)
        return true
      }
    }
    let arguments = KernelArguments(words: expand(Array(rest.dropFirst())))
    state.kernel = LoadedKernel(kernel: file, arguments: arguments)
    return true
  }

  private mutating func loadInitramfs(_ words: [GrubWord]) -> Bool? {
    guard state.kernel != nil else { return false }
    var loaded: [LoadedFile] = []
    for word in words.dropFirst() {
      for path in expand([word]) {
        guard let path else {
          loaded.append(LoadedFile(written: word.written, place: nil))
          continue
        }
        if path[...].hasPrefix("--") { continue }
        // `newc:NAME:PATH` puts a file into the archive under another name.
        let plain = path[...].hasPrefix("newc:") ? Array(path.split(separator: UInt8(ascii: ":")).last ?? []) : path
        loaded.append(loadedFile(plain, written: word.written))
      }
    }
    guard loaded.count <= 64 else {
      note(words.first?.line ?? 0, .tooMuch)
      return nil
    }
    state.kernel?.initramfs = loaded
    return true
  }
}
