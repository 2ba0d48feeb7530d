// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// Which verdict each recorded guest gets, and by which rules.
@Suite struct VerdictTableTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var fixture: String
    var vendor: Verdict
    var strict: Verdict
    var disks: Verdict
    /// Rules that fail under `vendor` and `physical-volumes`; those in brackets of the other reading.
    var failed: Set<String> = []
    var failedOnDisks: Set<String> = []
    var testDescription: String { fixture }

    init(
      _ fixture: String, _ vendor: Verdict, strict: Verdict? = nil, disks: Verdict? = nil, _ failed: Set<String> = [],
      onDisks: Set<String>? = nil
    ) {
      self.fixture = fixture
      self.vendor = vendor
      self.strict = strict ?? vendor
      self.disks = disks ?? vendor
      self.failed = failed
      failedOnDisks = onDisks ?? failed
    }
  }

  static let group = "lvm-volume-group-spans-physical-volumes"
  static let volume = "lvm-logical-volume-spans-physical-volumes"
  static let lost = "lvm-physical-volume-missing"
  static let copied = "lvm-physical-volume-duplicate"
  static let array = "raid-array-spans-disks"
  static let system = "filesystem-spans-devices"
  static let table = "partition-table-stale"
  static let spanned = "windows-spanned-volume"
  static let severalDisks = "windows-multi-disk-volume"
  static let policy = "windows-san-policy-not-online-all"
  static let unavailable = "windows-disk-unavailable"
  static let pools = "windows-storage-spaces"

  static let rows = [
    Row("single-disk-ext4", .ready), Row("lvm-one-physical-volume", .ready), Row("luks-open-lvm", .ready),
    Row("multipath", .ready), Row("btrfs-one-disk", .ready), Row("harmless-gap", .ready),
    Row("lvm-two-disks", .notReady, [group, volume]), Row("lvm-two-disks-full", .notReady, [group, volume]),
    Row("lvm-two-partitions", .notReady, disks: .ready, [group, volume], onDisks: []),
    Row("lvm-missing-physical-volume", .notReady, [group, volume, lost], onDisks: [lost]),
    Row("lvm-returned-physical-volume", .notReady, [group, lost]),
    Row("lvm-duplicate-physical-volume", .notReady, [copied]),
    Row("lvm-group-without-volumes", .notReady, [group]), Row("lvm-thin-pool", .notReady, [group, volume]),
    Row("lvm-layouts", .notReady, [group, volume]), Row("lvm-two-groups-of-one-name", .notReady, [group]),
    Row("lvm-exported-group", .notReady, [group]), Row("many-volumes", .notReady, [group, volume]),
    Row("wide-names", .notReady, [group, volume]),
    Row("raid1-two-disks", .ready, strict: .notReady, [array]),
    Row("raid1-member-missing", .ready, strict: .notReady, [array]),
    Row("btrfs-two-disks", .ready, strict: .notReady, [system]),
    Row("journal-elsewhere", .ready, strict: .notReady, [system]),
    Row("joined-disks", .ready, strict: .notReady, [system]),
    Row("stale-partition-table", .undetermined, strict: .notReady, [table]),
    Row(
      "lvm-on-raid1", .ready, strict: .notReady, disks: .notReady, [array], onDisks: [array, group, volume]),
    Row("network-dhcp", .ready), Row("network-static", .ready, ["network-static-address", "network-persistent-names"]),
    Row("boot-grub", .ready),
    Row("boot-files-gone", .notReady, ["boot-root-missing", "boot-root-unstable-name", "boot-files-missing"]),
    Row("initramfs-virtio", .ready), Row("initramfs-without-virtio", .notReady, ["initramfs-without-virtio"]),
    Row("clone-ready", .ready),
    Row(
      "clone-residue", .ready,
      [
        "cloud-init-missing", "ssh-host-keys-copied", "lvm-devices-file-pins-disks", "multipath-bindings-copied",
        "machine-id-copied",
      ]),
    Row("not-root", .undetermined), Row("in-container", .undetermined), Row("luks-closed", .undetermined),
    Row("suspended-device", .undetermined), Row("unknown-segment", .undetermined), Row("windows", .undetermined),
    Row("unknown-family", .undetermined), Row("no-devices", .undetermined),
    Row("windows-basic-disks", .ready), Row("windows-simple-volume", .ready),
    Row("windows-spanned-volume", .notReady, [spanned, severalDisks]),
    Row("windows-offline-shared", .notReady, [policy]),
    Row("windows-mirror-and-pools", .ready, strict: .notReady, [severalDisks, pools]),
    Row("windows-foreign-disk", .undetermined, [unavailable]),
    Row("windows-unknown-type", .undetermined), Row("windows-unknown-type-on-one-disk", .ready),
    Row("windows-unknown-type-on-two-disks", .undetermined, strict: .notReady, [severalDisks]),
    Row("windows-access-denied", .undetermined),
    Row("windows-prepared", .ready),
    Row(
      "windows-unprepared", .ready,
      [
        "windows-static-address", "windows-remote-desktop-off", "windows-without-virtio",
        "windows-cloudbase-init-missing", "windows-sysprep-interrupted",
      ]),
  ]

  @Test(arguments: rows, [Scope.guest, .request]) func verdicts(_ row: Row, _ scope: Scope) throws {
    let facts = try FactsFixtures.facts(row.fixture)
    let vendor = RuleSet.current.judge(facts, scope: scope)
    #expect(vendor.verdict == row.vendor)
    #expect(Set(vendor.findings.filter { $0.outcome == .fail }.map(\.rule)) == row.failed)
    #expect(RuleSet.current.judge(facts, scope: scope, profile: .strict).verdict == row.strict)
    let disks = RuleSet.current.judge(facts, scope: scope, reading: .physicalDisks)
    #expect(disks.verdict == row.disks)
    #expect(Set(disks.findings.filter { $0.outcome == .fail }.map(\.rule)) == row.failedOnDisks)
  }

  @Test(arguments: FactsFixtures.names, [Scope.guest, .request]) func theVerdictWithoutWordsIsTheSame(
    _ name: String, _ scope: Scope
  ) throws {
    let facts = try FactsFixtures.facts(name)
    for profile in Profile.allCases {
      for mode in CloudFactsMode.allCases {
        let judged = RuleSet.current.judge(facts, scope: scope, profile: profile, cloudFacts: mode).verdict
        #expect(RuleSet.current.verdict(on: facts, scope: scope, profile: profile, cloudFacts: mode) == judged)
      }
    }
  }

  @Test func everyFixtureIsInTheTable() {
    #expect(Self.rows.map(\.fixture).sorted() == FactsFixtures.names)
  }

  @Test(arguments: FactsFixtures.names) func cloudFactsThatAreRequiredAndMissingLeaveItOpen(_ name: String) throws {
    let facts = try FactsFixtures.facts(name)
    let guest = RuleSet.current.judge(facts, scope: .guest)
    let request = RuleSet.current.judge(facts, scope: .request, cloudFacts: .required)
    #expect(request.verdict == (guest.verdict == .notReady ? .notReady : .undetermined))
  }

  @Test func aFailedBlockerOutranksAnUnknownOne() throws {
    var facts = try FactsFixtures.facts("lvm-two-disks")
    facts.gaps = [Gap(Gap.Subject(.device, "vda"), .timedOut, detail: "5 s")]
    facts.countArrays()
    let judgement = RuleSet.current.judge(facts, scope: .guest)
    #expect(judgement.verdict == .notReady)
    #expect(judgement.findings.contains { $0.rule == Self.lost && $0.outcome == .unknown })
    #expect(judgement.refusals.map(\.outcome) == [.fail, .fail, .unknown, .unknown])
  }

  @Test func noRuleMeansNoVerdict() throws {
    let facts = try FactsFixtures.facts("single-disk-ext4")
    #expect(RuleSet(version: "0", rules: []).judge(facts, scope: .guest).verdict == .undetermined)
    #expect(RuleSet(version: "0", rules: [.serverNotSettled]).judge(facts, scope: .guest).verdict == .undetermined)
    #expect(RuleSet(version: "0", rules: [.serverNotSettled]).judge(facts, scope: .request).verdict == .undetermined)
  }

  @Test func aRuleWithoutAnAnswerIsUnknown() throws {
    let silent = Rule(
      id: "silent", scope: .guest, hazard: .dataLoss, reads: [], explanation: Planted.explanation,
      severity: { _ in .blocker }, evaluate: { _ in [] })
    let rules = RuleSet(version: "0", rules: RuleSet.current.rules + [silent])
    let judgement = rules.judge(try FactsFixtures.facts("single-disk-ext4"), scope: .guest)
    #expect(judgement.verdict == .undetermined)
    #expect(judgement.refusals.map(\.reason) == ["no_finding"])
  }

  @Test func exitCodes() {
    #expect(Verdict.allCases.map(\.exitCode) == [0, 1, 2])
  }
}

/// Rules for tests.
enum Planted {
  static let explanation = RuleExplanation(
    title: Wording("planted", "测试"), meaning: Wording("m", "m"), why: Wording("w", "w"), fix: Wording("f", "f"),
    source: Wording("s", "s"))
}
