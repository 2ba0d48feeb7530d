// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

@testable import Presentation

/// What holds for every text report.
@Suite struct TextReportTests {
  private func judge(_ facts: GuestFacts, _ language: Language = .english) -> Judgement {
    RuleSet.current.judge(facts, scope: .guest, language: language)
  }

  @Test(arguments: FactsFixtures.names, Language.allCases) func everyLineFits(
    _ name: String, _ language: Language
  ) throws {
    let facts = try FactsFixtures.facts(name)
    for width in [40, 60, 80, 132] {
      let text = TextReport.render(judge(facts, language), options: TextOptions(width: width))
      // A word of a command that is wider than a line stays whole.
      let commands = judge(facts).findings.flatMap(\.remedy).flatMap(\.commands)
      let words = Set(commands.flatMap { $0.split(separator: " ") }.map(String.init))
      for line in text.split(separator: "\n") where DisplayWidth.of(line) > width {
        let word = line.split(separator: " ").first.map(String.init) ?? ""
        // So does what is quoted.
        let quoted = line.drop { $0 == " " }.trimmingSuffix { "\\^ ".contains($0) }
        let isQuoted = quoted.hasPrefix("'") && commands.contains { $0.contains(quoted) }
        #expect(
          words.contains(word) && DisplayWidth.of(word) > width - 16 || isQuoted && quoted.count > width - 16,
          "\(width): \(line)")
      }
    }
  }

  @Test(arguments: FactsFixtures.names, Language.allCases) func coloursAreOnlyThereWhenAskedFor(
    _ name: String, _ language: Language
  ) throws {
    let judgement = judge(try FactsFixtures.facts(name), language)
    let plain = TextReport.render(judgement)
    #expect(!plain.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F })
    let coloured = TextReport.render(judgement, options: TextOptions(color: true))
    #expect(coloured.contains("\u{1B}["))
    // Taking the colours away leaves the same text: they carry nothing of their own.
    #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
  }

  @Test(arguments: [
    ("single-disk-ext4", "READY:", "就绪（READY）"), ("lvm-two-disks", "NOT READY:", "未就绪（NOT READY）"),
    ("not-root", "CANNOT TELL:", "无法判断（CANNOT TELL）"), ("no-devices", "CANNOT TELL:", "无法判断（CANNOT TELL）"),
  ]) func theFirstLineIsTheVerdict(_ name: String, _ english: String, _ chinese: String) throws {
    let facts = try FactsFixtures.facts(name)
    #expect(TextReport.render(judge(facts)).hasPrefix(english))
    #expect(TextReport.render(judge(facts, .chinese)).hasPrefix(chinese))
  }

  @Test(arguments: FactsFixtures.names) func everyRefusalIsThere(_ name: String) throws {
    let judgement = judge(try FactsFixtures.facts(name))
    let text = TextReport.render(judgement, options: TextOptions(width: 400))
    for finding in judgement.refusals {
      #expect(text.contains(finding.title))
      #expect(text.contains("(\(finding.rule))"))
      for command in finding.remedy.flatMap(\.commands) { #expect(text.contains("\n       \(command)\n")) }
    }
  }

  @Test func namesCannotSteerTheTerminal() throws {
    var facts = try FactsFixtures.facts("lvm-two-disks")
    let evil = "a\u{1B}]0;x\u{7}\nREADY: fine\u{202E}\u{9B}2J"
    facts.volumeGroups?[0].name = evil
    facts.volumeGroups?[0].source = .value(evil)
    facts.guest.hostname = .value(evil)
    facts.devices?[0].mountPoints = .value([evil])
    facts.gaps = [Gap(Gap.Subject(.device, "vda", member: evil), .unreadable, detail: evil)]
    facts.visibility = [Visibility(.container, detail: evil)]
    facts.countArrays()
    for color in [false, true] {
      let text = TextReport.render(judge(facts), options: TextOptions(color: color))
      let stripped = text.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
      let harmful = stripped.unicodeScalars.filter { scalar in
        scalar.value < 0x20 && scalar != "\n" || (0x7F..<0xA0).contains(scalar.value) || scalar == "\u{202E}"
      }
      #expect(harmful.isEmpty)
      #expect(!stripped.split(separator: "\n").contains { $0.hasPrefix("READY") })
    }
  }

  @Test func manyCulpritsAreCut() throws {
    var facts = try FactsFixtures.facts("lvm-two-disks")
    let group = try #require(facts.volumeGroups?.first)
    facts.volumeGroups = (0..<500).map { number in
      var copy = group
      copy.name = "group\(number)"
      copy.uuid = "G\(number)"
      copy.logicalVolumes = .value([])
      copy.logicalVolumeCount = .value(0)
      return copy
    }
    facts.countArrays()
    let judgement = judge(facts)
    #expect(judgement.refusals.count == 128, "64 of each rule: each group spans, each volume is claimed twice")
    #expect(judgement.refusals.contains { $0.title.hasPrefix("437 more findings") })
    let text = TextReport.render(judgement)
    #expect(text.contains("and 108 more"))
    #expect(text.split(separator: "\n").count < 1200)
  }

  @Test func anOptionOfAnyWidthIsUsable() throws {
    #expect(TextOptions(width: -5).width == 40)
    let judgement = judge(try FactsFixtures.facts("many-volumes"))
    #expect(!TextReport.render(judgement, options: TextOptions(width: .max / 4)).isEmpty)
  }
}

extension Substring {
  fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
    guard let last = lastIndex(where: { !isTrimmed($0) }) else { return prefix(0) }
    return self[...last]
  }
}
