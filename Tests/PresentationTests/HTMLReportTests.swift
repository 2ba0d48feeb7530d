// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Readiness
import Testing

@testable import Presentation

/// What holds for every page.
@Suite struct HTMLReportTests {
  static func judge(_ facts: GuestFacts, _ language: Language = .english, _ profile: Profile = .vendor) -> Judgement {
    RuleSet.current.judge(facts, scope: .guest, profile: profile, language: language)
  }

  static func page(_ facts: GuestFacts, _ language: Language = .english) throws -> PageTree {
    try PageTree.parse(HTMLReport.render(judge(facts, language)))
  }

  @Test(arguments: FactsFixtures.names, Language.allCases) func pagesStandAlone(
    _ name: String, _ language: Language
  ) throws {
    let page = try Self.page(try FactsFixtures.facts(name), language)
    #expect(page.name == "html" && page.attributes["lang"] == language.rawValue)
    let harmless: Set<String> = [
      "html", "head", "meta", "title", "style", "body", "header", "main", "section", "article", "h1", "h2", "h3", "h4",
      "p", "ul", "li", "span", "code", "pre", "details", "summary", "figure", "figcaption", "div", "table", "thead",
      "tbody", "tr", "th", "td", "svg", "defs", "pattern", "rect", "path", "g", "text",
    ]
    #expect(Set(page.all.map(\.name)).subtracting(harmless).isEmpty)
    let places: Set<String> = ["href", "src", "style", "srcset", "action", "data"]
    let attributes = Set(page.all.flatMap(\.attributes.keys))
    #expect(attributes.isDisjoint(with: places) && !attributes.contains { $0.hasPrefix("on") })
    #expect(!StyleSheet.text.description.contains("url(http") && !StyleSheet.text.description.contains("@import"))
  }

  @Test(arguments: FactsFixtures.names) func bothLanguagesSayTheSame(_ name: String) throws {
    let facts = try FactsFixtures.facts(name)
    let english = try Self.page(facts)
    let chinese = try Self.page(facts, .chinese)
    #expect(english.skeleton == chinese.skeleton)
    #expect(english.find("code").map(\.text) == chinese.find("code").map(\.text))
    for heading in chinese.find("h1") + chinese.find("h2") + chinese.find("summary") {
      #expect(heading.text.unicodeScalars.contains { $0.properties.isIdeographic }, "\(heading.text)")
    }
  }

  @Test(arguments: FactsFixtures.names, Profile.allCases) func everyFindingIsThereWorstFirst(
    _ name: String, _ profile: Profile
  ) throws {
    let judgement = Self.judge(try FactsFixtures.facts(name), .english, profile)
    let page = try PageTree.parse(HTMLReport.render(judgement))
    #expect(page.find("h1").map { $0.classes } == [[judgement.verdict.rawValue]])
    let titles = page.find("h3").map(\.text)
    let rules = page.find("article").flatMap { $0.find("code") }.map(\.text)
    let commands = page.find("pre").flatMap { $0.text.split(separator: "\n") }.map(String.init)
    let others = page.find("li").map(\.text)
    for finding in judgement.findings where finding.outcome == .fail || finding.outcome == .unknown {
      if finding.severity == .note, finding.reason == "section_missing" {
        #expect(others.contains { $0.hasPrefix("Not looked at: ") && $0.contains(finding.rule) })
        continue
      }
      #expect(titles.contains { $0.hasSuffix(finding.title) })
      #expect(rules.contains(finding.rule))
      for command in finding.remedy.flatMap(\.commands) { #expect(commands.contains(command)) }
    }
    let kinds = page.find("article").flatMap(\.classes)
    #expect(kinds == kinds.sorted { Self.weight($0) < Self.weight($1) })
  }

  private static func weight(_ kind: String) -> Int {
    ["blocker", "unseen", "warning"].firstIndex(of: kind) ?? 9
  }

  @Test func namesCannotBecomeMarkup() throws {
    let evil = "a\"'><script>alert(1)</script><svg onload=x>&lt;\u{1B}]0;\u{202E}\u{FFFE}\u{0}]]>{host}--><!--"
    for name in ["lvm-two-disks", "lvm-missing-physical-volume", "raid1-two-disks", "btrfs-two-disks"] {
      var facts = try FactsFixtures.facts(name)
      let plain = try Self.page(facts).skeleton
      facts.guest.hostname = .value(evil)
      facts.collectedAt = evil
      facts.agentVersion = evil
      for index in facts.devices?.indices ?? 0..<0 {
        facts.devices?[index].model = .value(evil)
        if let content = facts.devices?[index].content.value {
          facts.devices?[index].content = .value(Content(usage: content.usage, type: content.type, label: .value(evil)))
        }
        if let points = facts.devices?[index].mountPoints.value {
          facts.devices?[index].mountPoints = .value(points.map { $0 + evil })
        }
      }
      for index in facts.volumeGroups?.indices ?? 0..<0 {
        facts.volumeGroups?[index].name = evil
        facts.volumeGroups?[index].source = .value(evil)
        if var volumes = facts.volumeGroups?[index].logicalVolumes.value {
          for place in volumes.indices { volumes[place].name += evil }
          facts.volumeGroups?[index].logicalVolumes = .value(volumes)
        }
      }
      for index in facts.raidArrays?.indices ?? 0..<0 { facts.raidArrays?[index].level = .value(evil) }
      for index in facts.multiDeviceFileSystems?.indices ?? 0..<0 {
        facts.multiDeviceFileSystems?[index].label = .value(evil)
      }
      facts.countArrays()
      for language in Language.allCases {
        let source = HTMLReport.render(Self.judge(facts, language))
        #expect(!source.contains("<script") && !source.contains("onload=x>") && !source.contains("<!--"))
        let harmful = source.unicodeScalars.filter {
          $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" || $0 == "\u{FFFE}"
        }
        #expect(harmful.isEmpty)
        let page = try PageTree.parse(source)
        #expect(Set(page.skeleton).isSubset(of: Set(plain).union(["p soft", "pre ", "code "])))
        #expect(page.find("p").contains { $0.text.contains("<script>alert(1)</script>") })
      }
    }
  }

  @Test func windowsNamesCannotBecomeMarkup() throws {
    var facts = try FactsFixtures.facts("windows-spanned-volume")
    let evil = "</svg><img src=x>'\""
    for index in facts.windows?.volumes?.indices ?? 0..<0 {
      facts.windows?.volumes?[index].label = evil
      facts.windows?.volumes?[index].mountPoints = ["C:\\" + evil]
      facts.windows?.volumes?[index].typeText = evil
    }
    let page = try Self.page(facts)
    #expect(page.find("img").isEmpty)
    #expect(page.find("title").contains { $0.text.contains(evil) })
  }

  @Test func onePageIsOfBoundedSize() throws {
    var facts = Machines.disks(300)
    for index in facts.volumeGroups?.indices ?? 0..<0 {
      facts.volumeGroups?[index].name = String(repeating: "<", count: 100_000)
    }
    let source = HTMLReport.render(Self.judge(facts))
    #expect(source.utf8.count < 8 << 20)
    let page = try PageTree.parse(source)
    #expect(page.find("p", "cut").count == 1)
    // Half a command is another command.
    for text in page.find("pre").map(\.text) { #expect(!text.contains("…")) }
  }

  /// For a look with the eye: `WHOLEIMAGE_PAGES=folder` has the pages written there.
  @Test func pagesForTheEye() throws {
    guard let folder = ProcessInfo.processInfo.environment["WHOLEIMAGE_PAGES"] else { return }
    var machines = ["disks-4": Machines.disks(4), "disks-60": Machines.disks(60)]
    for name in FactsFixtures.names { machines[name] = try FactsFixtures.facts(name) }
    for (name, facts) in machines {
      for language in Language.allCases {
        let page = HTMLReport.render(Self.judge(facts, language))
        try Data(page.utf8).write(to: URL(filePath: folder).appending(path: "\(name).\(language.rawValue).html"))
      }
    }
  }
}
