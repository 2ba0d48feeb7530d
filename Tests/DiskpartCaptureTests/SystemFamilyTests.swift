// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The OS family of a guest picks the rules: those of Linux do not apply to a Windows guest, and the other way round.
@Suite struct SystemFamilyTests {
  private static func outcomes(_ facts: GuestFacts) -> [String: Set<String>] {
    // What nobody asked for is not known, which is not what this is about.
    let findings = RuleSet.current.judge(facts, scope: .guest).findings.filter { $0.reason != "section_missing" }
    return Dictionary(grouping: findings, by: { $0.rule.hasPrefix("windows-") ? "windows" : "linux" })
      .mapValues { Set($0.filter { $0.reason != "out_of_scope" }.map { $0.outcome.rawValue }) }
  }

  private static func capture() throws -> GuestFacts {
    try CaptureFixtures.read(try CaptureFixtures.bytes("101-en-script-basic-disks"))
  }

  @Test func rulesOfLinuxDoNotApplyToWindows() throws {
    let outcomes = Self.outcomes(try Self.capture())
    #expect(outcomes["linux"] == ["not_applicable"])
    #expect(outcomes["windows"] == ["pass"])
  }

  @Test func rulesOfWindowsDoNotApplyToLinux() throws {
    var facts = try Self.capture()
    facts.guest.os.family = .value(.linux)
    #expect(Self.outcomes(facts)["windows"] == ["not_applicable"])
  }

  @Test(arguments: [Observed<OperatingSystem.Family>.unknown, .none]) func anUnknownFamilyIsUnknown(
    _ family: Observed<OperatingSystem.Family>
  )
    throws
  {
    var facts = try Self.capture()
    facts.guest.os.family = family
    let outcomes = Self.outcomes(facts)
    #expect(outcomes["windows"] == ["unknown"])
    #expect(outcomes["linux"] == ["unknown"])
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .undetermined)
  }
}
