// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The rules on the boot loader's entries, by tables of facts.
@Suite struct BootRulesTests {
  static let missing = "boot-root-missing"
  static let unstable = "boot-root-unstable-name"
  static let files = "boot-files-missing"

  /// A server with entries that `change` may spoil: the one that is started, an older one, and one for repairs.
  private static func facts(_ change: (inout [BootEntry]) -> Void = { _ in }) throws -> GuestFacts {
    var facts = try FactsFixtures.facts("boot-grub")
    var entries = try #require(facts.boot?.entries)
    entries.remove(at: 1)
    entries.swapAt(1, 2)
    change(&entries)
    facts.boot?.entries = entries
    facts.counts?["boot_entries"] = entries.count
    return facts
  }

  private static func findings(_ rule: String, _ facts: GuestFacts, _ language: Language = .english) -> [Finding] {
    RuleSet.current.judge(facts, scope: .guest, language: language).findings.filter { $0.rule == rule }
  }

  private static func finding(_ rule: String, _ facts: GuestFacts, _ language: Language = .english) throws -> Finding {
    try #require(findings(rule, facts, language).first)
  }

  private static func verdict(_ facts: GuestFacts) -> Verdict { RuleSet.current.judge(facts, scope: .guest).verdict }

  @Test func aStockServerPasses() throws {
    let facts = try Self.facts()
    for rule in [Self.missing, Self.unstable, Self.files] {
      #expect(try Self.finding(rule, facts).outcome == .pass)
      #expect(try Self.finding(rule, facts, .chinese).outcome == .pass)
    }
    #expect(Self.verdict(facts) == .ready)
  }

  // MARK: roots that are not there

  private static func lose(_ entry: inout BootEntry, _ root: String = "UUID=0") {
    entry.root = .value(root)
    entry.rootDevice = .none
  }

  @Test func theEntryThatIsStartedIsABlocker() throws {
    let facts = try Self.facts { Self.lose(&$0[0]) }
    let finding = try Self.finding(Self.missing, facts)
    #expect(finding.outcome == .fail && finding.severity == .blocker && finding.hazard == .bootFailure)
    #expect(finding.title == "The boot loader starts from a root that does not exist: UUID=0")
    #expect(finding.evidence.first?.from == "/boot/grub/grub.cfg:112")
    #expect(finding.remedy.flatMap(\.commands).contains("sudo update-grub"))
    #expect(try Self.finding(Self.missing, facts, .chinese).title == "引导项指定的根设备不存在：UUID=0")
    #expect(Self.verdict(facts) == .notReady)
  }

  @Test func othersWeighLess() throws {
    let old = try Self.facts { Self.lose(&$0[1]) }
    #expect(try Self.finding(Self.missing, old).severity == .warning && Self.verdict(old) == .ready)
    let repair = try Self.facts { Self.lose(&$0[2]) }
    #expect(try Self.finding(Self.missing, repair).severity == .note)
    #expect(try Self.finding(Self.missing, repair).outcome == .fail)
    let all = try Self.facts { for index in $0.indices { Self.lose(&$0[index]) } }
    #expect(Self.findings(Self.missing, all).map(\.severity) == [.blocker, .warning, .note])
  }

  @Test(
    arguments: [
      ("UUID=0", .blocker), ("LABEL=x", .blocker), ("PARTUUID=0", .blocker), ("PARTLABEL=x", .blocker),
      ("/dev/vda9", .blocker), ("/dev/disk/by-uuid/0", .blocker), ("/dev/mapper/vg-root", .blocker),
      ("/dev/vg/root", .blocker), ("/dev/mapper/luks-0", .warning), ("/dev/mapper/root", .warning),
      ("/dev/mapper/mpatha-part1", .warning), ("/dev/md0", .warning), ("/dev/md/root", .warning),
      ("/dev/disk/by-id/virtio-x", .warning), ("/dev/nfs", nil), ("ZFS=rpool/root", nil), ("live:CDLABEL=x", nil),
      ("nfs:192.0.2.1:/x", nil), ("0801", nil), ("PARTUUID=0/PARTNROFF=1", nil), ("", nil),
    ] as [(String, Severity?)]) func namesOfRoots(_ root: String, _ severity: Severity?) throws
  {
    let facts = try Self.facts { Self.lose(&$0[0], root) }
    let finding = try Self.finding(Self.missing, facts)
    #expect(finding.outcome == (severity == nil ? .pass : .fail))
    if let severity { #expect(finding.severity == severity) }
  }

  @Test func noRootIsNotJudged() throws {
    let facts = try Self.facts { entries in
      for index in entries.indices {
        entries[index].root = .none
        entries[index].rootDevice = .unknown
      }
    }
    for rule in [Self.missing, Self.unstable] { #expect(try Self.finding(rule, facts).outcome == .pass) }
  }

  @Test func whatMayAppearAtBootIsAWarning() throws {
    var facts = try Self.facts { Self.lose(&$0[0]) }
    var closed = Device(name: "vdb", kind: .disk)
    closed.content = .value(Content(usage: "crypto", type: "crypto_LUKS", uuid: .value("1")))
    closed.disks = .value(["vdb"])
    facts.devices?.append(closed)
    facts.counts?["devices"] = facts.devices?.count
    let finding = try Self.finding(Self.missing, facts)
    #expect(finding.outcome == .fail && finding.severity == .warning)
  }

  @Test func aDeviceThatCouldNotBeReadMayBeTheOne() throws {
    var facts = try Self.facts { Self.lose(&$0[0]) }
    facts.gaps = [Gap(.init(.device, "vda1", member: "content"), .timedOut, detail: "no answer")]
    facts.counts?["gaps"] = 1
    facts.setState(of: .devices, .partial)
    let finding = try Self.finding(Self.missing, facts)
    #expect(finding.outcome == .unknown && finding.severity == .blocker)
    // A culprit that weighs less does not hide that.
    var both = facts
    var entries = try #require(both.boot?.entries)
    Self.lose(&entries[1], "LABEL=y")
    both.boot?.entries = entries
    #expect(Self.findings(Self.missing, both).map(\.outcome) == [.unknown, .fail])
    #expect(Self.verdict(both) == .undetermined)
  }

  @Test func whereTheDefaultIsNotKnown() throws {
    func open(_ lost: Set<Int>, explained: Bool) throws -> GuestFacts {
      var facts = try Self.facts { entries in
        for index in entries.indices {
          entries[index].isDefault = .unknown
          if lost.contains(index) { Self.lose(&entries[index]) }
        }
      }
      if explained {
        facts.gaps = [Gap(.init(.section, "boot", member: "entries[].default"), .unsupported, detail: "")]
        facts.counts?["gaps"] = 1
        facts.setState(of: .boot, .partial)
      }
      return facts
    }
    #expect(try Self.finding(Self.missing, open([], explained: true)).outcome == .pass)
    #expect(try Self.finding(Self.missing, open([0], explained: true)).severity == .warning)
    #expect(try Self.finding(Self.missing, open([0], explained: false)).outcome == .unknown)
    #expect(try Self.finding(Self.missing, open([0, 1], explained: true)).severity == .blocker)
    #expect(try Self.finding(Self.missing, open([2], explained: true)).severity == .note)
  }

  // MARK: names that do not last

  @Test(
    arguments: [
      ("/dev/vda2", .fail), ("/dev/sda1", .fail), ("/dev/xvda1", .fail), ("/dev/nvme0n1p2", .fail),
      ("/dev/disk/by-path/pci-0000:00:04.0-part2", .fail), ("/dev/disk/by-id/virtio-x-part2", .fail),
      ("/dev/disk/by-id/dm-name-vg-root", .pass), ("/dev/mapper/vg-root", .pass), ("/dev/vg/root", .pass),
      ("UUID=1", .pass), ("LABEL=x", .pass), ("PARTUUID=1", .pass), ("PARTLABEL=x", .pass), ("/dev/nfs", .pass),
      ("/dev/md0", .pass), ("ZFS=x", .pass), ("/dev/disk/by-uuid/1", .pass),
    ] as [(String, Outcome)]) func names(_ root: String, _ outcome: Outcome) throws
  {
    let facts = try Self.facts { entries in
      for index in entries.indices {
        entries[index].root = .value(root)
        entries[index].rootDevice = .value("vda2")
      }
    }
    let findings = Self.findings(Self.unstable, facts)
    // Said once of all the entries.
    #expect(findings.map(\.outcome) == [outcome] && findings.allSatisfy { $0.severity == .warning })
    #expect(Self.verdict(facts) == .ready)
  }

  @Test(
    arguments: [
      ("debian", BootLoader.grub2, "sudo update-grub"), ("ubuntu", .grub2, "sudo update-grub"),
      ("rhel", .grub2, "sudo grubby --update-kernel=ALL --args=root=UUID=4cd8cf8e-48cf-4313-82c5-136ab40bd2b5"),
      ("openEuler", .grub2, "sudo grubby --update-kernel=ALL --args=root=UUID=4cd8cf8e-48cf-4313-82c5-136ab40bd2b5"),
      ("centos", .grubLegacy, "sudo grubby --update-kernel=ALL --args=root=UUID=4cd8cf8e-48cf-4313-82c5-136ab40bd2b5"),
      ("sles", .grub2, "sudo grub2-mkconfig -o /boot/grub2/grub.cfg"),
      ("opensuse-leap", .grub2, "sudo grub2-mkconfig -o /boot/grub2/grub.cfg"), ("gentoo", .grub2, nil),
      (
        "arch", .systemdBoot,
        "sudo sed -i.bak 's,root=/dev/vda2\\([[:space:]]\\|$\\),root=UUID=4cd8cf8e-48cf-4313-82c5-136ab40bd2b5\\1,' "
          + "/boot/grub/grub.cfg"
      ),
    ] as [(String, BootLoader, String?)]) func theRemedyIsTheDistributions(
      _ system: String, _ loader: BootLoader, _ command: String?
    ) throws
  {
    var facts = try Self.facts { $0[0].root = .value("/dev/vda2") }
    facts.guest.os.id = .value(system)
    facts.boot?.loader = .value(loader)
    let commands = try Self.finding(Self.unstable, facts).remedy.flatMap(\.commands)
    #expect(commands.last == command)
  }

  @Test func aHostileNameIsInNoCommand() throws {
    var facts = try Self.facts { entries in
      entries[0].root = .value("/dev/disk/by-path/x'; reboot; '")
      entries[0].file = "/boot/loader/entries/$(reboot).conf"
    }
    facts.boot?.loader = .value(.systemdBoot)
    #expect(try Self.finding(Self.unstable, facts).outcome == .fail)
    #expect(try Self.finding(Self.unstable, facts).remedy.flatMap(\.commands).isEmpty)
  }

  // MARK: files

  @Test func filesThatAreNotThere() throws {
    let kernel = try Self.facts { $0[0].kernel.path = .none }
    let finding = try Self.finding(Self.files, kernel)
    #expect(finding.outcome == .fail && finding.severity == .blocker && Self.verdict(kernel) == .notReady)
    #expect(
      finding.remedy.flatMap(\.commands) == [
        "sudo apt-get install --reinstall linux-image-6.1.0-18-cloud-amd64", "sudo update-grub",
      ])
    let initramfs = try Self.facts { $0[0].initramfs[0].path = .none }
    #expect(
      try Self.finding(Self.files, initramfs).remedy.flatMap(\.commands) == [
        "sudo update-initramfs -c -k 6.1.0-18-cloud-amd64"
      ])
    #expect(try Self.finding(Self.files, Self.facts { $0[1].kernel.path = .none }).severity == .warning)
    #expect(try Self.finding(Self.files, Self.facts { $0[2].kernel.path = .none }).severity == .note)
    #expect(try Self.finding(Self.files, Self.facts { $0[0].initramfs = [] }).outcome == .pass)
  }

  @Test func filesThatCannotBeSeen() throws {
    var facts = try Self.facts { $0[0].kernel.path = .unknown }
    #expect(try Self.finding(Self.files, facts).outcome == .unknown)
    #expect(Self.verdict(facts) == .undetermined)
    let member = "entries[].kernel.path"
    facts.gaps = [Gap(.init(.section, "boot", member: member), .unsupported, detail: "not mounted")]
    facts.counts?["gaps"] = 1
    facts.setState(of: .boot, .partial)
    #expect(try Self.finding(Self.files, facts).severity == .warning && Self.verdict(facts) == .ready)
    #expect(try Self.finding(Self.missing, facts).outcome == .pass, "not what the gap is about")
    facts.gaps = [Gap(.init(.section, "boot", member: member), .unreadable, detail: "I/O error")]
    #expect(Self.verdict(facts) == .undetermined)
  }

  // MARK: what was not seen

  @Test(
    arguments: [
      (Gap.Reason.notPermitted, .undetermined), (.unreadable, .undetermined), (.malformed, .undetermined),
      (.truncated, .undetermined), (.unsupported, .ready),
    ] as [(Gap.Reason, Verdict)]) func aScriptThatCouldNotBeRead(_ reason: Gap.Reason, _ verdict: Verdict) throws
  {
    var facts = try Self.facts()
    facts.gaps = [Gap(.init(.section, "boot", member: "/boot/grub/grub.cfg"), reason, detail: "line 3")]
    facts.counts?["gaps"] = 1
    facts.setState(of: .boot, .partial)
    #expect(try Self.finding(Self.missing, facts).outcome == .unknown)
    #expect(try Self.finding(Self.unstable, facts).severity == .warning)
    #expect(Self.verdict(facts) == verdict)
  }

  @Test func theCommandLineIsNotTheLoaders() throws {
    var facts = try Self.facts()
    facts.gaps = [Gap(.init(.section, "boot", member: "/proc/cmdline"), .unreadable, detail: "")]
    facts.counts?["gaps"] = 1
    facts.setState(of: .boot, .partial)
    for rule in [Self.missing, Self.unstable, Self.files] { #expect(try Self.finding(rule, facts).outcome == .pass) }
  }

  @Test func noEntryIsANote() throws {
    var facts = try Self.facts { $0 = [] }
    facts.boot?.loader = .none
    let never = try FactsFixtures.facts("single-disk-ext4")
    for rule in [Self.missing, Self.unstable, Self.files] {
      for facts in [facts, never] {
        let finding = try Self.finding(rule, facts)
        #expect(finding.outcome == .unknown && finding.severity == .note && finding.reason == "section_missing")
      }
    }
    #expect(Self.verdict(facts) == .ready)
  }

  @Test func windowsHasNone() throws {
    let facts = try FactsFixtures.facts("windows-basic-disks")
    for rule in [Self.missing, Self.unstable, Self.files] {
      #expect(try Self.finding(rule, facts).reason == "windows_guest")
    }
  }
}
