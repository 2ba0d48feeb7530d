// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The words of `Words`, by what they are looked up for.
struct WordTable {
  /// The words of this release.
  static let current = WordTable(Words.all)

  /// One line of the table.
  struct Entry: Equatable {
    var category: String
    var meaning: String
    /// `*` for a word of every language.
    var language: String
    var word: String
    var isVerified: Bool
  }

  /// What a sentence says.
  enum Sentence: String {
    case policyChanged = "policy_changed"
    case error
    /// The error is in the next line.
    case errorFollows = "error_follows"
    case noVolumes = "no_volumes"
    case noDisks = "no_disks"
  }

  /// Widths of the cells that words are cut to.
  enum CellWidth {
    static let volumeType = 10
    static let volumeStatus = 9
    static let diskStatus = 13
  }

  /// More scalars than any sentence has, with its blanks.
  private static let longestSentence = 200

  /// All lines.
  let entries: [Entry]
  /// Lines that are none; a test expects that there are not any.
  let malformed: [String]
  private var types: [String: Entry] = [:]
  private var volumeStatuses: [String: Entry] = [:]
  private var diskStatuses: [String: Entry] = [:]
  private var policies: [String: SANPolicy] = [:]
  /// The words that policies are made of, by language.
  private var policyParts: [String: [(word: String, part: PolicyPart)]] = [:]
  private var sentences: [(start: [UInt8], meaning: Sentence, language: String)] = []
  /// How many bytes the shortest of them has.
  private var shortestSentence = Int.max
  private var titles: [String: String] = [:]
  private var diskNouns: Set<String> = []
  private var languages: [String: Set<String>] = [:]

  init(_ tables: [String]) {
    var entries: [Entry] = []
    var malformed: [String] = []
    for line in tables.flatMap({ $0.split(separator: "\n") }) {
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(Self.trimmed)
      guard parts.count == 5, parts.allSatisfy({ !$0.isEmpty }) else {
        malformed.append(String(line))
        continue
      }
      entries.append(
        Entry(
          category: parts[0], meaning: parts[1], language: parts[2], word: parts[3],
          isVerified: parts[4].hasPrefix("seen")))
    }
    self.entries = entries
    self.malformed = malformed
    for entry in entries { add(entry) }
  }

  private mutating func add(_ entry: Entry) {
    switch entry.category {
    case "type": Self.add(entry, to: &types, width: CellWidth.volumeType)
    case "volume": Self.add(entry, to: &volumeStatuses, width: CellWidth.volumeStatus)
    case "disk": Self.add(entry, to: &diskStatuses, width: CellWidth.diskStatus)
    case "policy": policies[Self.packed(entry.word)] = SANPolicy(rawValue: entry.meaning)
    case "part":
      let part = PolicyPart(rawValue: entry.meaning)
      if let part { policyParts[entry.language, default: []].append((Self.packed(entry.word), part)) }
    case "sentence":
      if let meaning = Sentence(rawValue: entry.meaning) {
        let start = Array(Self.packed(entry.word).utf8)
        sentences.append((start, meaning, entry.language))
        shortestSentence = min(shortestSentence, start.count)
      }
    case "title": titles[entry.word.lowercased()] = entry.meaning
    case "row": diskNouns.insert(entry.word.lowercased())
    default: break
    }
    guard entry.language != "*", entry.category != "sentence" else { return }
    for word in entry.word.split(separator: " ") { languages[String(word), default: []].insert(entry.language) }
  }

  private static func add(_ entry: Entry, to words: inout [String: Entry], width: Int) {
    words[entry.word.lowercased()] = entry
    words[cut(entry.word, to: width).lowercased()] = entry
  }

  /// The word as diskpart cuts it: so many UTF-16 code units, without the blank that it may end with.
  static func cut(_ word: String, to width: Int) -> String {
    trimmed(String(decoding: word.utf16.prefix(width), as: UTF16.self))
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let end = text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex
    return String(text[..<end].drop { $0 == " " })
  }

  /// The text in lower case without blanks and full stops.
  static func packed(_ text: String) -> String {
    var packed = String.UnicodeScalarView()
    for scalar in text.lowercased().unicodeScalars where scalar != "." && scalar != "。" {
      let isBlank = scalar.isASCII ? scalar.value <= 0x20 : scalar.properties.isWhitespace
      if !isBlank { packed.append(scalar) }
    }
    return String(packed)
  }

  // MARK: looking up

  /// What a type word means.
  func volumeType(_ text: String) -> WindowsVolume.Kind? {
    types[text.lowercased()].flatMap { WindowsVolume.Kind(rawValue: $0.meaning) }
  }

  /// What a volume's status means.
  func volumeStatus(_ text: String) -> WindowsVolume.StatusKind? {
    volumeStatuses[text.lowercased()].flatMap { WindowsVolume.StatusKind(rawValue: $0.meaning) }
  }

  /// What a disk's status means.
  func diskStatus(_ text: String) -> WindowsDisk.StatusKind? {
    diskStatuses[text.lowercased()].flatMap { WindowsDisk.StatusKind(rawValue: $0.meaning) }
  }

  /// Which policy a text is, all of it.
  func policy(_ text: String) -> SANPolicy? {
    let packed = Self.packed(text)
    if let policy = policies[packed] { return policy }
    guard packed.utf8.count <= 100 else { return nil }
    let rest = packed.filter(\.isLetter)
    let readings = policyParts.values.compactMap { PolicyPart.policy(of: rest[...], $0, []) }
    return Set(readings).count == 1 ? readings.first : nil
  }

  /// What a line says that begins with a known sentence.
  func sentence(_ text: String) -> (meaning: Sentence, language: String)? {
    guard text.utf8.count >= shortestSentence else { return nil }
    let start = String(text.unicodeScalars.prefix(Self.longestSentence))
    let packed = Array(Self.packed(start).utf8)
    return sentences.first { packed.starts(with: $0.start) }.map { ($0.meaning, $0.language) }
  }

  /// Which table a title stands in: `disks`, `volumes`.
  func table(ofTitle word: String) -> String? { titles[word.lowercased()] }

  /// Whether rows of disks begin with this word, given in lower case.
  func isDiskNoun(_ noun: String) -> Bool { diskNouns.contains(noun) }

  /// The languages that have this word.
  func languages(of word: String) -> Set<String> { languages[word] ?? [] }
}
