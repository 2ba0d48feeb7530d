// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The rules on `/etc/fstab`: which line weighs what, and when nothing can be said.
@Suite struct FstabRulesTests {
  static let unstable = "fstab-unstable-name"
  static let missing = "fstab-device-missing"

  /// A server with one disk, whose `/etc/fstab` is this one line.
  static func facts(
    _ spec: String, _ target: String = "/data", type: String = "ext4", _ options: [String] = ["defaults"],
    device: Observed<String>
  ) throws -> GuestFacts {
    var facts = try FactsFixtures.facts("single-disk-ext4")
    var entry = FstabEntry(line: 7, spec: spec, mountPoint: target, type: type, options: options, pass: 2)
    entry.device = device
    facts.fstab = [entry]
    facts.counts?["fstab"] = 1
    return facts
  }

  static func finding(_ rule: String, _ facts: GuestFacts, _ language: Language = .english) throws -> Finding {
    let findings = RuleSet.current.judge(facts, scope: .guest, language: language).findings.filter { $0.rule == rule }
    return try #require(findings.first)
  }

  @Test(arguments: [
    ("/dev/vda2", Outcome.fail), ("/dev/sdb", .fail), ("/dev/xvdc15", .fail), ("/dev/hda1", .fail),
    ("/dev/nvme0n1p2", .fail), ("/dev/mmcblk0p1", .fail), ("/dev/dm-3", .fail),
    ("/dev/disk/by-path/pci-0000:00:05.0-part1", .fail), ("/dev/disk/by-id/virtio-d6d1b2f3-part2", .fail),
    ("ID=virtio-d6d1b2f3-part2", .fail), ("/dev/disk/by-id/dm-uuid-LVM-abc", .pass),
    ("/dev/disk/by-id/md-uuid-abc", .pass), ("UUID=4cd8cf8e-48cf-4313-82c5-136ab40bd2b5", .pass),
    ("LABEL=root", .pass), ("PARTUUID=2c69830d-5364-4c59-8325-6e497e514208", .pass), ("PARTLABEL=data", .pass),
    ("/dev/disk/by-uuid/4cd8cf8e-48cf-4313-82c5-136ab40bd2b5", .pass), ("/dev/mapper/data-lv", .pass),
    ("/dev/data/lv", .pass), ("/dev/md0", .pass), ("/dev/sr0", .pass), ("/dev/sd", .pass), ("/dev/vdA1", .pass),
    ("/dev/vda1x", .pass), ("/dev/disk/by-path", .pass), ("/dev/", .pass), ("=", .pass), ("UUID=", .pass),
  ]) func namesThatAClonesDiskNeedNotHave(_ spec: String, _ outcome: Outcome) throws {
    let finding = try Self.finding(Self.unstable, try Self.facts(spec, device: .value("vda2")))
    #expect(finding.outcome == outcome)
    #expect(finding.severity == .warning)
    #expect(RuleSet.current.judge(try Self.facts(spec, device: .value("vda2")), scope: .guest).verdict == .ready)
  }

  @Test func theRemedyIsTheVeryChange() throws {
    let finding = try Self.finding(Self.unstable, try Self.facts("/dev/vda2", device: .value("vda2")))
    #expect(
      finding.remedy.first?.commands == [
        "sudo sed -i.bak '7s,^[[:space:]]*/dev/vda2[[:space:]],UUID=4cd8cf8e-48cf-4313-82c5-136ab40bd2b5 ,' /etc/fstab"
      ])
    #expect(finding.message.contains("/dev/vda2, for /data"))
    let chinese = try Self.finding(Self.unstable, try Self.facts("/dev/vda2", device: .value("vda2")), .chinese)
    #expect(chinese.title == "/etc/fstab 第 7 行使用了克隆后可能改变的磁盘名：/dev/vda2")
  }

  @Test func nothingOfAHostileNameGetsIntoACommand() throws {
    let spec = "/dev/disk/by-path/x',';reboot;'"
    let finding = try Self.finding(Self.unstable, try Self.facts(spec, device: .value("vda2")))
    #expect(finding.outcome == .fail)
    #expect(finding.remedy.flatMap(\.commands) == ["sudo blkid /dev/vda2"])
  }

  @Test func linesThatAreLeftAloneAtBootDoNotMatter() throws {
    for options in [["noauto"], ["ro", "noauto", "user"]] {
      let facts = try Self.facts("/dev/vdb1", "/mnt", options, device: .none)
      #expect(try Self.finding(Self.unstable, facts).outcome == .pass)
      #expect(try Self.finding(Self.missing, facts).outcome == .pass)
    }
  }

  @Test(arguments: [
    ("UUID=0", "/data", "ext4", ["defaults"], Severity.blocker), ("LABEL=x", "/data", "xfs", [], .blocker),
    ("/dev/disk/by-partuuid/0", "/srv", "ext4", ["nodev"], .blocker), ("/dev/vdb1", "/data", "ext4", ["rw"], .blocker),
    ("UUID=0", "/usr", "ext4", ["defaults"], .blocker), ("UUID=0", "/data", "ext4", ["nofail"], .warning),
    ("UUID=0", "/data", "ext4", ["_netdev"], .warning), ("UUID=0", "/data", "ext4", ["x-systemd.automount"], .warning),
    ("UUID=0", "none", "swap", ["sw"], .warning), ("UUID=0", "/", "ext4", ["defaults"], .warning),
    ("/dev/disk/by-id/virtio-gone", "/data", "ext4", ["defaults"], .warning),
    ("/dev/data/gone", "/data", "ext4", ["defaults"], .warning),
    ("/dev/mapper/data-gone", "/data", "xfs", ["defaults"], .blocker),
    ("/dev/mapper/data-gone", "/data", "xfs", ["nofail"], .warning),
    ("/dev/mapper/data", "/data", "xfs", [], .warning), ("/dev/mapper/luks-0", "/data", "xfs", [], .warning),
    ("/dev/mapper/mpath-0", "/data", "xfs", [], .warning), ("/dev/md/data", "/data", "xfs", [], .warning),
    ("/dev/zvol/data/gone", "/data", "ext4", [], .warning),
  ]) func whatAMissingDeviceWeighs(
    _ spec: String, _ target: String, _ type: String, _ options: [String], _ severity: Severity
  ) throws {
    let facts = try Self.facts(spec, target, type: type, options, device: .none)
    let finding = try Self.finding(Self.missing, facts)
    #expect(finding.outcome == .fail)
    #expect(finding.severity == severity)
    #expect(
      RuleSet.current.judge(facts, scope: .guest).verdict == (severity == .blocker ? .notReady : .ready))
    #expect(finding.remedy.flatMap(\.commands) == ["sudo sed -i.bak '7s/^/#/' /etc/fstab"])
    #expect(try Self.finding(Self.unstable, facts).outcome == .pass, "said once")
  }

  /// A volume of a group that there is: every disk was searched for its group, and it is not in there.
  @Test func aVolumeThatWasRemoved() throws {
    var facts = try FactsFixtures.facts("lvm-one-physical-volume")
    let group = try #require(facts.volumeGroups?.first?.name)
    for (spec, severity) in [("/dev/\(group)/gone", Severity.blocker), ("/dev/other/gone", .warning)] {
      var entry = FstabEntry(line: 7, spec: spec, mountPoint: "/data", type: "ext4", options: [], pass: 2)
      entry.device = .none
      facts.fstab = [entry]
      facts.counts?["fstab"] = 1
      #expect(try Self.finding(Self.missing, facts).severity == severity)
    }
  }

  @Test(arguments: ["/dev/vdb1", "/dev/disk/by-id/virtio-a-part1"])
  func whatMayBeMissingStopsNoStart(_ spec: String) throws {
    for (options, stops) in [(["defaults"], true), (["nofail"], false), (["x-systemd.automount"], false)] {
      let facts = try Self.facts(spec, "/data", options, device: .value("vda2"))
      let finding = try Self.finding(Self.unstable, facts)
      #expect(finding.message.contains("stop") == stops && finding.message.contains("starts all the same") != stops)
    }
  }

  @Test(arguments: ["tmpfs", "proc", "nas:/export", "//nas/share", "/srv/disk.img", "pool/data", "none", "overlay"])
  func whatNamesNoDeviceDoesNotMatter(_ spec: String) throws {
    let facts = try Self.facts(spec, device: .unknown)
    #expect(try Self.finding(Self.missing, facts).outcome == .pass)
    #expect(try Self.finding(Self.unstable, facts).outcome == .pass)
  }

  @Test func aDeviceThatCouldNotBeLookedIntoMayBeTheOne() throws {
    var facts = try Self.facts("UUID=0", device: .none)
    facts.gaps = [Gap(.init(.device, "vda2", member: "content"), .timedOut, detail: "no answer")]
    facts.counts?["gaps"] = 1
    facts.setState(of: .devices, .partial)
    let finding = try Self.finding(Self.missing, facts)
    #expect(finding.outcome == .unknown)
    #expect(finding.severity == .blocker)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .undetermined)
  }

  @Test func aVolumeThatIsNotActiveMayBeTheOne() throws {
    var facts = try FactsFixtures.facts("lvm-one-physical-volume")
    var entry = FstabEntry(line: 7, spec: "UUID=0", mountPoint: "/data", type: "ext4", options: [], pass: 2)
    entry.device = .none
    facts.fstab = [entry]
    facts.counts?["fstab"] = 1
    #expect(try Self.finding(Self.missing, facts).severity == .blocker)
    var volumes = try #require(facts.volumeGroups?[0].logicalVolumes.value)
    volumes[0].active = .value(false)
    facts.volumeGroups?[0].logicalVolumes = .value(volumes)
    let finding = try Self.finding(Self.missing, facts)
    #expect(finding.outcome == .fail)
    #expect(finding.severity == .warning)
    volumes[0].active = .unknown
    facts.volumeGroups?[0].logicalVolumes = .value(volumes)
    #expect(try Self.finding(Self.missing, facts).outcome == .unknown)
  }

  @Test func anFstabThatCouldNotBeReadIsNoPass() throws {
    var facts = try FactsFixtures.facts("single-disk-ext4")
    facts.fstab = nil
    facts.counts?["fstab"] = nil
    facts.setState(of: .fstab, .absent)
    facts.gaps = [Gap(.init(.section, "fstab"), .unreadable, detail: "cannot read /etc/fstab: Input/output error")]
    facts.counts?["gaps"] = 1
    #expect(try Self.finding(Self.missing, facts).severity == .blocker)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .undetermined)
    // Image files have none to look at, which is no reason to doubt them.
    facts.gaps = [Gap(.init(.section, "fstab"), .unsupported, detail: "image files do not tell the fstab")]
    let finding = try Self.finding(Self.missing, facts)
    #expect(finding.outcome == .unknown)
    #expect(finding.severity == .note)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  @Test func windowsHasNone() throws {
    let facts = try FactsFixtures.facts("windows-basic-disks")
    #expect(try Self.finding(Self.missing, facts).reason == "windows_guest")
    #expect(try Self.finding(Self.unstable, facts).outcome == .notApplicable)
  }
}
