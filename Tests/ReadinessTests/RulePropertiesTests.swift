// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The properties that every rule has to have, over all recorded guests - and controls that show that these checks
/// can fail.
@Suite struct RulePropertiesTests {
  static let views: [(Profile, Reading)] = [
    (.vendor, .physicalVolumes), (.vendor, .physicalDisks), (.strict, .physicalVolumes),
  ]

  @Test(arguments: FactsFixtures.names, views) func everyFactThatIsReadMatters(
    _ name: String, _ view: (Profile, Reading)
  ) throws {
    let properties = RuleProperties(.current, try FactsFixtures.document(name), profile: view.0, reading: view.1)
    #expect(properties.erasedFactsThatDoNotMatter() == [])
  }

  @Test(arguments: FactsFixtures.names, views) func noGapImprovesAVerdict(
    _ name: String, _ view: (Profile, Reading)
  ) throws {
    let properties = RuleProperties(.current, try FactsFixtures.document(name), profile: view.0, reading: view.1)
    #expect(properties.gapsThatImprove() == [])
  }

  // The one large document adds nothing here but time: its losses are those of the others.
  @Test(arguments: FactsFixtures.names.filter { $0 != "many-volumes" }, views) func noLossMakesReady(
    _ name: String, _ view: (Profile, Reading)
  ) throws {
    let properties = RuleProperties(.current, try FactsFixtures.document(name), profile: view.0, reading: view.1)
    #expect(properties.lossesThatMakeReady() == [])
  }

  // Controls: rules as they must not be.

  private static func planted(_ reads: [FactPath], _ evaluate: @escaping @Sendable (GuestFacts) -> Outcome) -> RuleSet {
    let rule = Rule(
      id: "planted", scope: .guest, hazard: .dataLoss, reads: reads, explanation: Planted.explanation,
      severity: { _ in .blocker }
    ) { input in
      let words = Statement(Planted.explanation.title)
      return [RuleResult(evaluate(input.facts), title: words, message: words)]
    }
    return RuleSet(version: "0", rules: [rule])
  }

  @Test func aRuleThatPassesByDefaultIsCaught() throws {
    // It fails where it sees several physical volumes and passes whatever it does not see.
    let rules = Self.planted(["volume_groups[].physical_volumes", "devices"]) { facts in
      (facts.volumeGroups ?? []).contains { ($0.physicalVolumes.value ?? []).count > 1 } ? .fail : .pass
    }
    let document = try FactsFixtures.document("lvm-one-physical-volume")
    #expect(RuleProperties(rules, document).erasedFactsThatDoNotMatter().count >= 2)
    let spread = try FactsFixtures.document("lvm-two-disks")
    #expect(!RuleProperties(rules, spread).lossesThatMakeReady().isEmpty)
  }

  @Test func aRuleThatDeclaresNothingIsCaught() throws {
    let document = try FactsFixtures.document("single-disk-ext4")
    let silent = Self.planted([]) { _ in .pass }
    #expect(!RuleProperties(silent, document).erasedFactsThatDoNotMatter().isEmpty)
    let elsewhere = Self.planted(["nowhere.at_all"]) { _ in .pass }
    #expect(!RuleProperties(elsewhere, document).erasedFactsThatDoNotMatter().isEmpty)
  }

  @Test func aRuleThatTrustsGapsIsCaught() throws {
    let rules = Self.planted(["gaps"]) { facts in (facts.gaps ?? []).isEmpty ? .unknown : .pass }
    let document = try FactsFixtures.document("single-disk-ext4")
    #expect(!RuleProperties(rules, document).gapsThatImprove().isEmpty)
  }
}
