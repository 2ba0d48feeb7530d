// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// What findings say, and the report they stand in.
@Suite struct FindingsTests {
  private func judge(
    _ name: String, scope: Scope = .guest, profile: Profile = .vendor, reading: Reading = .physicalVolumes,
    cloudFacts: CloudFactsMode = .delegated, language: Language = .english
  ) throws -> Judgement {
    RuleSet.current.judge(
      try FactsFixtures.facts(name), scope: scope, profile: profile, reading: reading, cloudFacts: cloudFacts,
      language: language)
  }

  private func found(_ judgement: Judgement, _ rule: String) -> Finding? {
    judgement.findings.first { $0.rule == rule }
  }

  @Test func theExampleOfTheDesign() throws {
    let finding = try #require(found(try judge("lvm-two-disks"), "lvm-volume-group-spans-physical-volumes"))
    let uuid = try #require(FactsFixtures.facts("lvm-two-disks").volumeGroups?.first?.uuid)
    #expect(finding.json["outcome"] == "fail")
    #expect(finding.json["severity"] == "blocker")
    #expect(finding.json["hazard"] == "data_loss")
    #expect(finding.json["scope"] == "guest")
    #expect(finding.json["reason"] == nil)
    #expect(
      finding.json["subjects"]
        == [.members(("kind", "volume_group"), ("name", "data"), ("uuid", .string(uuid)))])
    #expect(finding.json["title"] == "Volume group data lies on 2 physical volumes")
    #expect(
      finding.json["evidence"]?.array?.first
        == .members(
          ("fact", "volume_groups[data].physical_volumes"), ("value", ["/dev/vdb", "/dev/vdc"]),
          ("from", "/dev/vdb LVM2 metadata, sequence 43")))
    #expect(
      finding.json["remedy"]?.array?.first?["commands"]
        == ["pvmove /dev/vdc /dev/vdb", "vgreduce data /dev/vdc", "pvremove /dev/vdc"])
    #expect(finding.json["source"] == "Create Whole Image, constraints for servers: Linux volume groups")
  }

  @Test(arguments: FactsFixtures.names, [Scope.guest, .request]) func everyRuleAppearsWorstFirst(
    _ name: String, _ scope: Scope
  ) throws {
    let judgement = try judge(name, scope: scope)
    #expect(Set(judgement.findings.map(\.rule)) == Set(RuleSet.current.rules.map(\.id)))
    func rank(_ finding: Finding) -> Int {
      switch (finding.outcome, finding.severity) {
      case (.fail, .blocker): 0
      case (.unknown, .blocker): 1
      case (.fail, .warning): 2
      case (.unknown, .warning): 3
      case (.fail, .note), (.unknown, .note): 4
      case (.notApplicable, .note) where finding.reason == "checked_by_the_cloud": 4
      case (.pass, _): 5
      default: 6
      }
    }
    let keys = judgement.findings.map { (rank($0), $0.rule) }
    for (one, next) in zip(keys, keys.dropFirst()) { #expect(one.0 < next.0 || (one.0 == next.0 && one.1 <= next.1)) }
  }

  @Test func reportHoldsWhatTheContractNames() throws {
    let judgement = try judge("lvm-two-disks", language: .chinese)
    let report = judgement.report(includingFacts: true)
    #expect(
      report.object?.members.map(\.key) == [
        "facts", "facts_digest", "findings", "lang", "profile", "reading", "rule_set", "schema", "scope",
        "topology_digest", "verdict",
      ])
    #expect(report["schema"] == "wholeimage.report/1")
    #expect(report["scope"] == "guest")
    #expect(report["verdict"] == "not_ready")
    #expect(report["lang"] == "zh-CN")
    #expect(report["reading"] == "physical-volumes")
    #expect(report["rule_set"] == .string(RuleSet.current.version))
    #expect(report["facts_digest"] == .string(judgement.facts.factsDigest))
    #expect(report["topology_digest"] == .string(judgement.facts.topologyDigest))
    #expect(try report["facts"] == FactsFixtures.document("lvm-two-disks"))
    #expect(judgement.report(includingFacts: false)["facts"] == nil)
    let members: Set = [
      "rule", "scope", "outcome", "severity", "hazard", "reason", "subjects", "title", "message", "evidence", "remedy",
      "source",
    ]
    for finding in report["findings"]?.array ?? [] {
      let keys = Set(finding.object?.members.map(\.key) ?? [])
      #expect(keys == members || keys == members.subtracting(["reason"]))
    }
  }

  @Test func severitiesAreATable() {
    let blockers: Set = [
      "lvm-volume-group-spans-physical-volumes", "lvm-logical-volume-spans-physical-volumes",
      "lvm-physical-volume-missing", "lvm-physical-volume-duplicate", "fstab-device-missing", "boot-root-missing",
      "boot-files-missing", "initramfs-without-virtio", "windows-spanned-volume",
      "windows-san-policy-not-online-all", "disk-on-dedicated-storage", "server-not-settled", "backup-not-available",
      "backup-already-imaged", "backup-with-shared-volume", "vault-unusable", "whole-image-exported",
      "whole-image-copied-in-region", "whole-image-published", "whole-image-not-shareable", "server-held-by-image",
    ]
    let notes: Set = [
      "windows-disk-unavailable", "windows-storage-spaces", "machine-id-copied", "windows-cloudbase-init-missing",
    ]
    for rule in RuleSet.current.rules {
      let lesser: Severity = notes.contains(rule.id) ? .note : .warning
      #expect(rule.severity(in: .vendor) == (blockers.contains(rule.id) ? .blocker : lesser), "\(rule.id)")
      // How a clone starts weighs the same in both: strict is about other technology that spreads data.
      let same: Set = [
        "windows-disk-unavailable", "fstab-unstable-name", "network-static-address", "network-persistent-names",
        "boot-root-unstable-name",
        "cloud-init-missing", "ssh-host-keys-copied", "machine-id-copied", "lvm-devices-file-pins-disks",
        "multipath-bindings-copied",
        "windows-static-address", "windows-remote-desktop-off", "windows-without-virtio",
        "windows-cloudbase-init-missing", "windows-sysprep-interrupted",
      ]
      let strict = same.contains(rule.id) ? rule.severity(in: .vendor) : .blocker
      #expect(rule.severity(in: .strict) == strict, "\(rule.id)")
    }
  }

  @Test func cloudRulesAreNotesWhereTheCloudChecks() throws {
    for rule in ["disk-on-dedicated-storage", "server-not-settled"] {
      let delegated = try #require(found(try judge("lvm-two-disks", scope: .request), rule))
      #expect(delegated.outcome == .notApplicable)
      #expect(delegated.severity == .note)
      #expect(delegated.reason == "checked_by_the_cloud")
      #expect(delegated.message == "checked by the cloud")
      let required = try #require(found(try judge("lvm-two-disks", scope: .request, cloudFacts: .required), rule))
      #expect(required.outcome == .unknown)
      #expect(required.severity == .blocker)
      let guest = try #require(found(try judge("lvm-two-disks", cloudFacts: .required), rule))
      #expect(guest.outcome == .notApplicable)
      #expect(guest.reason == "out_of_scope")
    }
  }

  @Test func linuxRulesDoNotApplyToWindowsAndNobodyIsReadyForThat() throws {
    let judgement = try judge("windows")
    for finding in judgement.findings where finding.rule.hasPrefix("lvm-") {
      #expect(finding.outcome == .notApplicable)
      #expect(finding.reason == "windows_guest")
    }
    #expect(judgement.refusals.map(\.rule) == ["windows-san-policy-not-online-all", "windows-spanned-volume"])
    let linux = try judge("single-disk-ext4")
    #expect(found(linux, "windows-spanned-volume")?.reason == "linux_guest")
  }

  @Test(arguments: [
    ("not-root", "storage_hidden"), ("luks-closed", "storage_hidden"), ("unknown-family", "os_family_unknown"),
    ("no-devices", "no_device"),
  ]) func unknownFindingsNameTheirReason(_ name: String, _ reason: String) throws {
    let finding = try #require(found(try judge(name), "lvm-physical-volume-missing"))
    #expect(finding.outcome == .unknown)
    #expect(finding.reason == reason)
    #expect(!finding.evidence.isEmpty)
    #expect(!finding.remedy.isEmpty)
  }

  @Test(arguments: [
    ("sections.volume_groups", "section_missing"), ("sections", "section_missing"),
    ("volume_groups", "section_missing"),
    ("counts.volume_groups", "count_missing"), ("counts", "count_missing"), ("gaps", "gaps_missing"),
    ("volume_groups[].physical_volume_count", "fact_missing"), ("volume_groups[].physical_volumes", "fact_missing"),
    ("guest.os", "os_family_unknown"),
  ]) func missingFactsHaveAStableReason(_ path: String, _ reason: String) throws {
    var document = try #require(FactPath(path).erased(from: FactsFixtures.document("lvm-one-physical-volume")))
    if path == "gaps", let less = FactPath("counts.gaps").erased(from: document) { document = less }
    let judgement = RuleSet.current.judge(try GuestFacts(json: document), scope: .guest)
    let finding = try #require(found(judgement, "lvm-volume-group-spans-physical-volumes"))
    #expect(finding.outcome == .unknown)
    #expect(finding.reason == reason)
  }

  @Test func aPartialSectionNeedsAGapThatExplainsIt() throws {
    var facts = try FactsFixtures.facts("harmless-gap")
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
    facts.gaps = []
    facts.countArrays()
    let judgement = RuleSet.current.judge(facts, scope: .guest)
    #expect(judgement.verdict == .undetermined)
    #expect(found(judgement, "lvm-physical-volume-missing")?.reason == "section_unexplained")
    facts.setState(of: .devices, .absent)
    let without = RuleSet.current.judge(facts, scope: .guest)
    #expect(found(without, "lvm-physical-volume-missing")?.reason == "section_missing")
  }

  @Test func hiddenVolumesStandBehindTheVisibleOnes() throws {
    let layouts = try #require(found(try judge("lvm-layouts"), "lvm-logical-volume-spans-physical-volumes"))
    #expect(layouts.subjects.map(\.name) == ["data/fast", "data/safe", "data/wide"])
    var facts = try FactsFixtures.facts("lvm-thin-pool")
    let hidden = facts.volumeGroups?[0].logicalVolumes.map { $0.filter { $0.hidden.value == true } } ?? .unknown
    facts.volumeGroups?[0].logicalVolumes = hidden
    facts.volumeGroups?[0].logicalVolumeCount = .value(hidden.value?.count ?? 0)
    let alone = RuleSet.current.judge(facts, scope: .guest)
    let subjects = found(alone, "lvm-logical-volume-spans-physical-volumes")?.subjects.map(\.name)
    #expect(subjects == ["vms/pool_tdata"])
  }

  @Test func oneFindingForEachCulprit() throws {
    var facts = try FactsFixtures.facts("lvm-two-disks")
    var second = try #require(facts.volumeGroups?.first)
    second.name = "other"
    second.uuid = "OTHER"
    second.physicalVolumes = second.physicalVolumes.map {
      $0.map {
        var v = $0; v.uuid += "x"; return v
      }
    }
    second.logicalVolumes = .value([])
    second.logicalVolumeCount = .value(0)
    facts.volumeGroups?.append(second)
    facts.countArrays()
    let findings = RuleSet.current.judge(facts, scope: .guest).findings
    let groups = findings.filter { $0.rule == "lvm-volume-group-spans-physical-volumes" }
    #expect(groups.map { $0.subjects.first?.name } == ["data", "other"])
  }

  @Test func aPhysicalVolumeInTwoGroupsIsThereTwice() throws {
    var facts = try FactsFixtures.facts("lvm-one-physical-volume")
    var second = try #require(facts.volumeGroups?.first)
    second.name = "copy"
    second.uuid = "COPY"
    facts.volumeGroups?.append(second)
    facts.countArrays()
    let judgement = RuleSet.current.judge(facts, scope: .guest)
    #expect(judgement.findings.filter { $0.rule == "lvm-physical-volume-duplicate" && $0.outcome == .fail }.count == 2)
  }

  @Test(arguments: [
    ("lvm-missing-physical-volume", ["vgreduce --removemissing data"]),
    ("lvm-returned-physical-volume", ["vgextend --restoremissing data /dev/vdc", "vgreduce --removemissing data"]),
  ]) func missingPhysicalVolumes(_ name: String, _ commands: [String]) throws {
    let finding = try #require(found(try judge(name), "lvm-physical-volume-missing"))
    #expect(finding.remedy.flatMap(\.commands) == commands)
    #expect(finding.remedy.contains { $0.text.contains("--force deletes") })
  }

  @Test func duplicatePhysicalVolumes() throws {
    let finding = try #require(found(try judge("lvm-duplicate-physical-volume"), "lvm-physical-volume-duplicate"))
    #expect(finding.remedy.flatMap(\.commands) == ["vgimportclone --basevgname data_copy /dev/vdc"])
  }

  @Test(arguments: [
    ("not-root", ["sudo wholeimage-agent check"]), ("suspended-device", ["dmsetup resume data-db"]),
    ("luks-closed", ["cryptsetup open /dev/vdb open-vdb"]), ("unknown-segment", []),
  ]) func gapsSayWhatToDo(_ name: String, _ commands: [String]) throws {
    let rule = "lvm-logical-volume-spans-physical-volumes"
    let finding = try #require(found(try judge(name), rule))
    #expect(finding.outcome == .unknown)
    #expect(finding.remedy.count == 1)
    #expect(finding.remedy.flatMap(\.commands) == commands)
  }
}
