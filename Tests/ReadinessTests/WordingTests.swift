// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Readiness
import Testing

/// Both languages say the same, with the same values.
@Suite struct WordingTests {
  /// Every `Wording("...", "...")` in the sources of a module, as English and Chinese.
  static func wordings(in module: String) throws -> [(file: String, english: String, chinese: String)] {
    let folder = FactsFixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources").appending(path: module).resolvingSymlinksInPath()
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    var found: [(String, String, String)] = []
    for file in files.sorted() {
      let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      var rest = source[...]
      while let start = rest.range(of: "Wording(") {
        rest = rest[start.upperBound...]
        // A call with literals; a declaration or a call with variables has none.
        guard let arguments = literals(rest), arguments.count == 2 else { continue }
        found.append((file, arguments[0], arguments[1]))
      }
    }
    return found.map { (file: $0.0, english: $0.1, chinese: $0.2) }
  }

  /// The arguments of a call that are string literals, joined by `+` where they are.
  private static func literals(_ text: Substring) -> [String]? {
    var arguments = [""]
    var inside = false
    var escaped = false
    for character in text {
      if inside {
        if escaped {
          arguments[arguments.count - 1].append(character)
          escaped = false
        } else if character == "\\" {
          escaped = true
        } else if character == "\"" {
          inside = false
        } else {
          arguments[arguments.count - 1].append(character)
        }
      } else if character == "\"" {
        inside = true
      } else if character == "," {
        arguments.append("")
      } else if character == ")" {
        return arguments
      } else if !character.isWhitespace, character != "+" {
        return nil
      }
    }
    return nil
  }

  @Test(arguments: [("Readiness", 100), ("Presentation", 40)]) func bothLanguagesHaveTheSamePlaceholders(
    _ module: String, _ least: Int
  ) throws {
    let wordings = try Self.wordings(in: module)
    #expect(wordings.count >= least, "the sources were found and read")
    for (file, english, chinese) in wordings {
      #expect(
        Wording.placeholders(in: english) == Wording.placeholders(in: chinese), "\(file): \(english) / \(chinese)")
      #expect(!english.isEmpty && !chinese.isEmpty, "\(file)")
      #expect(english.unicodeScalars.allSatisfy { $0.value < 0x80 }, "\(file): \(english)")
    }
  }

  @Test(arguments: FactsFixtures.names, Language.allCases) func noPlaceholderIsLeft(
    _ name: String, _ language: Language
  ) throws {
    let facts = try FactsFixtures.facts(name)
    for profile in Profile.allCases {
      for reading in Reading.allCases {
        for cloudFacts in CloudFactsMode.allCases {
          let judgement = RuleSet.current.judge(
            facts, scope: .request, profile: profile, reading: reading, cloudFacts: cloudFacts, language: language)
          for finding in judgement.findings {
            for text in [finding.title, finding.message, finding.source] + finding.remedy.map(\.text) {
              #expect(!text.isEmpty)
              #expect(Wording.placeholders(in: text).isEmpty && !text.contains("{"), "\(text)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: RuleSet.current.rules.map(\.id)) func everyRuleIsExplainedInBothLanguages(_ id: String) throws {
    let rule = try #require(RuleSet.current.rule(id))
    let english = rule.text(.english)
    let chinese = rule.text(.chinese)
    for (one, other) in [
      (english.title, chinese.title), (english.meaning, chinese.meaning), (english.why, chinese.why),
      (english.fix, chinese.fix), (english.source, chinese.source),
    ] {
      #expect(one != other)
      #expect(other.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
    }
    #expect(english.meaning.count > 40 && english.why.count > 40)
  }

  @Test func languagesDifferInTextOnly() throws {
    for name in FactsFixtures.names {
      let facts = try FactsFixtures.facts(name)
      let english = RuleSet.current.judge(facts, scope: .request)
      let chinese = RuleSet.current.judge(facts, scope: .request, language: .chinese)
      #expect(english.verdict == chinese.verdict)
      #expect(english.findings.map(\.rule) == chinese.findings.map(\.rule))
      #expect(english.findings.map(\.evidence) == chinese.findings.map(\.evidence))
      #expect(english.findings.map { $0.remedy.map(\.commands) } == chinese.findings.map { $0.remedy.map(\.commands) })
      #expect(english.findings.map(\.title) != chinese.findings.map(\.title))
    }
  }

  @Test func valuesAreNotLookedAtAgain() {
    let wording = Wording("{a} and {b}", "{a} 和 {b}")
    let statement = wording.with(["a": .text("{b}"), "b": .list(["x", "y", "z"])])
    #expect(statement.text(in: .english) == "{b} and x, y and z")
    #expect(statement.text(in: .chinese) == "{b} 和 x、y 和 z")
    #expect(wording.with([:]).text(in: .english) == "{a} and {b}")
    #expect(Wording.placeholders(in: "{a} {} {b") == ["a", ""])
  }

  @Test func longListsAreCut() {
    let statement = Wording("{l}", "{l}").with(["l": .list((1...12).map { "d\($0)" })])
    #expect(statement.text(in: .english) == "d1, d2, d3, d4, d5, d6, d7, d8 and 4 more")
    #expect(statement.text(in: .chinese) == "d1、d2、d3、d4、d5、d6、d7、d8 等 12 个")
  }

  @Test(arguments: [
    ("zh_CN.UTF-8", Language.chinese), ("zh-CN", .chinese), ("zh", .chinese), ("ZH_TW", .chinese),
    ("zh.GB18030", .chinese),
    ("en_US.UTF-8", .english), ("C", .english), ("", .english), ("zha", .english), ("de_DE@euro", .english),
  ]) func localesHaveALanguage(_ locale: String, _ language: Language) {
    #expect(Language(locale: locale) == language)
  }
}
