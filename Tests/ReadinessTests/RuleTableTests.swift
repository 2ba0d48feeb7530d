// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Readiness
import Testing

/// The tables that people read say what the rules say of themselves.
@Suite struct RuleTableTests {
  private static func rows(_ first: String) throws -> [String: [String]] {
    let folder = FactsFixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix(first) })
    let table = lines[start...].dropFirst(2).prefix { $0.hasPrefix("|") }
    return Dictionary(
      uniqueKeysWithValues: table.map { line in
        let cells = line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
          .map { $0.trimmingCharacters(in: .whitespaces) }
        return (cells[0].trimmingCharacters(in: ["`"]), Array(cells.dropFirst()))
      })
  }

  @Test func whichRuleAppliesToWhichForm() throws {
    let forms: [ImageRequest.Form] = [
      .server, .csbsBackup, .cbrBackup, .share, .export, .copyInRegion, .publish, .startServer,
    ]
    #expect(Set(forms) == Set(ImageRequest.Form.allCases))
    var rows = try Self.rows("| rule | server |")
    let ofGuest = rows.removeValue(forKey: "the rules above, on what is inside the guest")
    let guest = try #require(ofGuest)
    for rule in RuleSet.current.rules {
      let row = rule.scope == .guest ? guest : rows.removeValue(forKey: rule.id)
      #expect(row == forms.map { rule.forms.contains($0) ? "x" : "" }, "\(rule.id)")
    }
    #expect(rows.isEmpty)
  }

  @Test func howMuchAGuestRuleWeighs() throws {
    let rows = try Self.rows("| rule | vendor | strict |")
    let rules = RuleSet.current.rules.filter { $0.scope == .guest }
    #expect(Set(rows.keys) == Set(rules.map(\.id)))
    for rule in rules {
      #expect(
        rows[rule.id] == [rule.severity(in: .vendor).rawValue, rule.severity(in: .strict).rawValue], "\(rule.id)")
    }
  }
}
