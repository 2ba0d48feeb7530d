// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@testable import DiskpartCapture

/// The word table: complete for the languages it is for, free of contradictions, extended by one line.
@Suite struct WordTableTests {
  static let languages = ["en", "zh-CN", "zh-TW", "ja", "ko", "de", "fr", "es", "pt-BR", "ru"]

  @Test func everyLineIsOne() {
    #expect(WordTable.current.malformed.isEmpty)
    #expect(WordTable.current.entries.count > 250)
    for entry in WordTable.current.entries { #expect(Self.isMeaning(entry), "\(entry)") }
  }

  private static func isMeaning(_ entry: WordTable.Entry) -> Bool {
    switch entry.category {
    case "type": WindowsVolume.Kind(rawValue: entry.meaning) != nil
    case "volume": WindowsVolume.StatusKind(rawValue: entry.meaning) != nil
    case "disk": WindowsDisk.StatusKind(rawValue: entry.meaning) != nil
    case "policy": SANPolicy(rawValue: entry.meaning) != nil
    case "part": PolicyPart(rawValue: entry.meaning) != nil
    case "sentence": WordTable.Sentence(rawValue: entry.meaning) != nil
    case "title", "row": ["disks", "volumes"].contains(entry.meaning)
    case "hint": true
    default: false
    }
  }

  @Test(arguments: languages) func everyLanguageHasItsWords(_ language: String) {
    let words = WordTable.current.entries.filter { $0.language == language || $0.language == "*" }
    func meanings(_ category: String) -> Set<String> {
      Set(words.filter { $0.category == category }.map(\.meaning))
    }
    #expect(meanings("type").isSuperset(of: WindowsVolume.Kind.allCases.map(\.rawValue)))
    #expect(meanings("disk").isSuperset(of: ["online", "offline", "foreign", "missing", "no_media"]))
    #expect(meanings("volume").isSuperset(of: ["healthy", "no_media", "failed"]))
    let parts = Set(["online", "offline", "all", "shared", "internal"])
    #expect(meanings("part") == parts || meanings("policy") == Set(SANPolicy.allCases.map(\.rawValue)))
  }

  /// Cut to its cell, no word of one column means two things in whatever languages.
  @Test func wordsDoNotContradictEachOther() {
    let widths = ["type": 10, "volume": 9, "disk": 13]
    var meanings: [String: String] = [:]
    for entry in WordTable.current.entries {
      guard let width = widths[entry.category] else { continue }
      let key = entry.category + " " + WordTable.cut(entry.word, to: width).lowercased()
      #expect(meanings[key] ?? entry.meaning == entry.meaning, "\(entry)")
      meanings[key] = entry.meaning
    }
  }

  @Test(arguments: [
    ("Online All", SANPolicy.onlineAll), ("全部联机", .onlineAll), ("全部連線", .onlineAll), ("すべてオンライン", .onlineAll),
    ("オンライン（すべて）", .onlineAll), ("모두 온라인", .onlineAll), ("Alle online", .onlineAll), ("Online - Alle", .onlineAll),
    ("Tous en ligne", .onlineAll), ("Todos en línea", .onlineAll), ("Todos online", .onlineAll),
    ("Все в сети", .onlineAll),
    ("脱机共享", .offlineShared), ("共享脱机", .offlineShared), ("内部脱机", .offlineInternal), ("全部脱机", .offlineAll),
    ("Все вне сети", .offlineAll), ("Hors connexion partagés", .offlineShared), ("Alle offline", .offlineAll),
  ])
  func policiesAreKnown(_ text: String, _ policy: SANPolicy) { #expect(WordTable.current.policy(text) == policy) }

  @Test(arguments: [
    "", "Online", "Alle", "联机", "全部", "En ligne", "В сети", "Nicht alle online", "Online All Shared",
    "Alle online offline",
    "Online Shared", "Tous online", "Online todos alle", "All Online Disks", "すべて", "Все не в сети", "Online Al",
  ])
  func whatMayBeMistakenIsNotKnown(_ text: String) { #expect(WordTable.current.policy(text) == nil) }

  /// A language more is a line more.
  @Test func aLineAddsAWord() {
    #expect(WordTable.current.volumeType("Con spanni") == nil)
    let table = WordTable(Words.all + ["type | spanned | it | Con spanning | seen 999"])
    #expect(table.malformed.isEmpty)
    #expect(table.volumeType("Con spanni") == .spanned)
    #expect(table.volumeType("con spanning") == .spanned)
    #expect(table.entries.last?.isVerified == true)
  }
}
