// SPDX-License-Identifier: Apache-2.0

extension CaptureReader {
  /// Reads a line that is neither prompt nor part of a table.
  mutating func readText(_ line: Line, isOpen: Bool) {
    let text = line.text
    if let sentence = WordTable.current.sentence(text)?.meaning {
      read(sentence, text)
      block = KeyValueBlock()
    } else if errorContinues, let last = errors.indices.last {
      errors[last] += " " + text
      errorContinues = false
    } else if let (key, value) = KeyValue.split(line) {
      read(key: key, value: value)
    } else {
      policy.answered()
      banner.read(text)
      readTitles(line)
      readSelection(line, text)
    }
    guard !isOpen, let current = table, !current.isEmpty else { return }
    table?.linesBehind += 1
    // Directly behind a row it may be the rest of that row, broken at the console's edge.
    if current.linesBehind >= 1 { table?.isWhole = true }
  }

  private mutating func read(_ sentence: WordTable.Sentence, _ text: String) {
    switch sentence {
    case .policyChanged: policy.succeeded()
    case .error, .errorFollows:
      policy.failed()
      errors.append(text)
      errorContinues = sentence == .errorFollows
    case .noVolumes: readNone(.volumes, of: "list volume")
    case .noDisks: readNone(.disks, of: "list disk")
    }
  }

  private mutating func read(key: String, value: String) {
    header = []
    if KeyValue.isPolicy(key) {
      return policy.shown(value, isAnswer: ["san", "san policy", nil].contains(command?.name))
    }
    if key == "Get-StoragePool" {
      storagePools = value == "none" ? 0 : Int(value)
      return
    }
    if banner.readComputer(value) { return }
    if block.textLines > 0 { block = KeyValueBlock() }
    block.count += 1
    if key.split(separator: " ").contains("LUN") { block.namesLogicalUnit = true }
    // The answer of `detail volume` goes on with the volume's properties.
    if block.count == 3, let current = table, current.kind == .disks, !current.disks.isEmpty, !current.sawText {
      table?.precedesKeyValues = true
    }
  }

  /// A header names the columns; where the ruler is lost it starts a table.
  private mutating func readTitles(_ line: Line) {
    header = (header + [line]).suffix(2)
    block.textLines += 1
    if table?.isEmpty == false { table?.sawText = true }
    guard line.words.count > 3 else { return }
    let kinds = Set(line.words.compactMap { WordTable.current.table(ofTitle: line.text($0)) })
    guard kinds.count == 1 else { return }
    let titles = header
    begin(kinds == ["disks"] ? .disks : .volumes, titles: line)
    header = titles
  }

  /// "Disk 1 is now the selected disk.", in any language.
  private mutating func readSelection(_ line: Line, _ text: String) {
    guard text.hasSuffix(".") || text.hasSuffix("。") else { return }
    block = KeyValueBlock()
    header = []
    let places = line.words.indices.filter { line.number(line.words[$0]) != nil }
    guard places.count == 1, let place = places.first, let number = line.number(line.words[place]) else { return }
    sentenceNumber = number
    if place > 0 { session.noteNamed(SentenceName(noun: line.word(place - 1).lowercased(), number: number)) }
    if command?.name.hasPrefix("select") == true { selection.answered(number) }
  }
}
