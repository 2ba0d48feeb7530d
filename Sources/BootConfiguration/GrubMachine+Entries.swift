// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

extension GrubMachine {
  // MARK: words

  /// The words of a command with variables replaced; `nil` is a word that is not known.
  mutating func expand(_ words: [GrubWord]) -> [[UInt8]?] {
    var expanded: [[UInt8]?] = []
    for word in words {
      if let literal = word.literal {
        if word.isQuoted || !literal.isEmpty { expanded.append(literal) }
        continue
      }
      var current: [UInt8] = []
      var isOpen = word.isQuoted
      var all: [[UInt8]] = []
      var isKnown = true
      for part in word.parts where isKnown {
        switch part {
        case .text(let bytes):
          current += bytes
          isOpen = true
        case .variable(let name, let isQuoted):
          guard let value = state.value(name), spend(value.count, word.line) else {
            isKnown = false
            break
          }
          if isQuoted {
            current += value
            continue
          }
          // Outside of quotes the blanks of a value part words.
          for (index, piece) in value[...].words.enumerated() {
            if index > 0 {
              all.append(current)
              current = []
            }
            current += piece
            isOpen = true
          }
        }
      }
      if !isKnown {
        expanded.append(nil)
      } else {
        expanded += all
        if isOpen { expanded.append(current) }
      }
    }
    return expanded
  }

  // MARK: entries

  mutating func define(_ words: [GrubWord], _ body: [GrubScript.Statement]) {
    let line = words.first?.line ?? 0
    guard !isInEntry else { return }
    guard state.items.count < Self.mostEntries else { return note(line, .tooMuch) }
    var title: String?
    var id: String?
    var valueOf: String?
    for (word, written) in zip(expand(words), words).dropFirst() {
      let text = word.map { $0[...].text }
      if let option = valueOf {
        if option == "--id" { id = text ?? written.written }
        valueOf = nil
      } else if let text, ["--class", "--users", "--hotkey", "--source", "--id"].contains(text) {
        valueOf = text
      } else if let text, text.hasPrefix("--id=") {
        id = String(text.dropFirst(5))
      } else if let text, text.hasPrefix("--") {
        continue
      } else {
        title = title ?? text ?? written.written
      }
    }
    let isMenu = words.first?.keyword == "submenu"
    state.items.append(
      GrubState.Item(
        title: title ?? "", id: id, file: file, line: line, isCertain: uncertainty == 0,
        content: isMenu ? .menu(body) : .statements(body)))
    state.status = true
  }

  /// Shows the entries of the Boot Loader Specification, the newest first.
  mutating func showEntries(_ line: Int) {
    if state.value("blsdir").map({ !$0.isEmpty }) ?? true { note(line, .unsupported) }
    let entries = files.entries()
    if entries.isEmpty { note(line, .empty) }
    for entry in BootLoaderOrder.forGrub(entries) {
      guard state.items.count < Self.mostEntries else { return note(line, .tooMuch) }
      guard let kernel = loaded(entry) else { continue }
      state.items.append(
        GrubState.Item(
          title: entry.title ?? entry.id, id: entry.id, file: entry.file, line: nil, isCertain: uncertainty == 0,
          content: .kernel(kernel)))
    }
  }

  /// What an entry of the specification loads; its values may hold variables.
  private mutating func loaded(_ entry: BootLoaderEntry) -> LoadedKernel? {
    guard let linux = entry.kernel else { return nil }
    func words(_ value: [UInt8]) -> [GrubWord] {
      var lexer = GrubLexer(value)
      return lexer.run().compactMap { token in
        guard case .word(let word) = token else { return nil }
        return word
      }
    }
    let kernel = words(linux)
    guard let written = kernel.first else { return nil }
    var options = entry.options.flatMap(words)
    if options.isEmpty { options = words(Array("$default_kernelopts".utf8)) }
    let path = expand([written]).first ?? nil
    let initramfs = entry.initramfs.flatMap(words).flatMap { word in
      expand([word]).map { loadedFile($0, written: word.written) }
    }
    return LoadedKernel(
      kernel: loadedFile(path, written: written.written), arguments: KernelArguments(words: expand(options)),
      initramfs: initramfs)
  }

  func loadedFile(_ bytes: [UInt8]?, written: String) -> LoadedFile {
    guard let bytes else { return LoadedFile(written: written, place: nil) }
    let place = GrubPath(bytes, root: state.value("root"))
    return LoadedFile(written: place.path, place: place)
  }
}
