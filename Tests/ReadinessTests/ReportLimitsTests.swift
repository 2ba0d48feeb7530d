// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@testable import Readiness

/// A report stays small whatever the guest's owner writes.
@Suite struct ReportLimitsTests {
  private func facts(groups: Int, gaps: Int) -> GuestFacts {
    var facts = GuestFacts(collectedAt: "", agentVersion: "")
    facts.guest.os.family = .value(.linux)
    facts.devices = [Device(name: "vda", kind: .disk)]
    facts.volumeGroups = (0..<groups).map { index in
      var group = VolumeGroup(name: "g\(index)", uuid: "u\(index)")
      group.physicalVolumes = .value([PhysicalVolume(uuid: "a\(index)"), PhysicalVolume(uuid: "b\(index)")])
      return group
    }
    facts.gaps = (0..<gaps).map { Gap(.init(.device, "vda", member: "member \($0)"), .encrypted, detail: "why") }
    facts.raidArrays = []
    facts.multiDeviceFileSystems = []
    for section in Section.allCases { facts.setState(of: section, gaps == 0 ? .complete : .partial) }
    facts.countArrays()
    return facts
  }

  @Test func manyFindingsAreCutAndSayHowMany() {
    let judgement = RuleSet.current.judge(facts(groups: 1000, gaps: 0), scope: .guest)
    #expect(judgement.verdict == .notReady)
    let spans = judgement.findings.filter { $0.rule == "lvm-volume-group-spans-physical-volumes" }
    #expect(spans.count == ReportLimits.results)
    #expect(spans.last?.title == "937 more findings of this rule are not listed")
    #expect(spans.allSatisfy { $0.outcome == .fail })
  }

  @Test func muchEvidenceIsCutAndSaysHowMuch() {
    let judgement = RuleSet.current.judge(facts(groups: 0, gaps: 5000), scope: .guest)
    #expect(judgement.verdict == .undetermined)
    for finding in judgement.findings {
      #expect(finding.evidence.count <= ReportLimits.parts + 1 && finding.subjects.count <= ReportLimits.parts)
      #expect(finding.remedy.count <= ReportLimits.parts)
    }
    #expect(judgement.findings.contains { $0.evidence.last?.value == .integer(4744) })
  }

  @Test func theWorstIsKept() {
    let pass = RuleResult(.pass, title: Statement(Wording("p", "p")), message: Statement(Wording("p", "p")))
    var fail = pass
    fail.outcome = .fail
    let limited = ReportLimits.limit(Array(repeating: pass, count: 500) + [fail], severity: .blocker)
    #expect(limited.first?.outcome == .fail && limited.count == ReportLimits.results)
  }

  /// Warnings are as easy to write as lines in a file: in any number they must not hide a blocker of their rule.
  @Test(arguments: [Outcome.fail, .unknown]) func warningsDoNotPushABlockerOut(_ outcome: Outcome) {
    let words = Statement(Wording("w", "w"))
    let warning = RuleResult(.fail, severity: .warning, title: words, message: words)
    let blocker = RuleResult(outcome, title: words, message: words)
    let limited = ReportLimits.limit(Array(repeating: warning, count: 500) + [blocker], severity: .blocker)
    #expect(limited.first == blocker && limited.count == ReportLimits.results)
    #expect(limited.last?.severity == .warning)
  }

  @Test func aLineThatStopsTheStartIsSeenBehindManyThatDoNot() throws {
    var document = try FactsFixtures.facts("boot-grub")
    #expect(RuleSet.current.judge(document, scope: .guest).verdict == .ready)
    let harmless = (0..<200).map { index in
      var entry = FstabEntry(
        line: index + 1, spec: "LABEL=d\(index)", mountPoint: "/d\(index)", type: "ext4", options: ["nofail"], pass: 0)
      entry.device = .none
      return entry
    }
    var stops = harmless[0]
    (stops.line, stops.spec, stops.mountPoint, stops.options) = (201, "LABEL=gone", "/srv", ["defaults"])
    document.fstab = harmless + [stops]
    document.countArrays()
    let judgement = RuleSet.current.judge(document, scope: .guest)
    let found = judgement.findings.filter { $0.rule == "fstab-device-missing" && $0.outcome == .fail }
    #expect(found.first?.severity == .blocker)
    #expect(judgement.verdict == .notReady)
    #expect(RuleSet.current.verdict(on: document, scope: .guest) == judgement.verdict)
  }
}
