// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The rule on virtio's drivers, by tables of facts: what a kernel that lacks them weighs, and when nothing can be said.
@Suite struct InitramfsRulesTests {
  static let rule = "initramfs-without-virtio"
  static let newest = "6.1.0-18-amd64"
  static let older = "6.1.0-13-amd64"

  /// A server on a virtio disk with two kernels, of which the older one is the default and lacks the drivers.
  private static func facts(_ change: (inout GuestFacts) -> Void = { _ in }) throws -> GuestFacts {
    var facts = try FactsFixtures.facts("initramfs-without-virtio")
    change(&facts)
    facts.countArrays()
    return facts
  }

  private static func findings(_ facts: GuestFacts, _ language: Language = .english) -> [Finding] {
    RuleSet.current.judge(facts, scope: .guest, language: language).findings.filter { $0.rule == rule }
  }

  private static func verdict(_ facts: GuestFacts) -> Verdict { RuleSet.current.judge(facts, scope: .guest).verdict }

  private static func withoutBoot(_ facts: inout GuestFacts) {
    facts.boot = nil
    facts.counts?["boot_entries"] = nil
    var document = facts.json
    document = FactPath("sections.boot").erased(from: document) ?? document
    if let less = try? GuestFacts(json: document) { facts = less }
  }

  private static func setDrivers(_ drivers: Observed<[String]>, of release: String, _ facts: inout GuestFacts) {
    guard let index = facts.initramfs?.firstIndex(where: { $0.path.hasSuffix(release) }) else { return }
    facts.initramfs?[index].drivers = drivers
  }

  @Test func theDefaultKernelIsABlocker() throws {
    let facts = try Self.facts()
    let found = Self.findings(facts)
    #expect(found.map(\.outcome) == [.fail] && found.map(\.severity) == [.blocker])
    let finding = try #require(found.first)
    #expect(finding.hazard == .bootFailure)
    #expect(finding.title == "Kernel 6.1.0-13-amd64 does not find virtio disks: it lacks virtio_blk and virtio_pci")
    #expect(finding.subjects.map(\.name) == ["/boot/initrd.img-6.1.0-13-amd64"])
    #expect(
      finding.evidence.map(\.from) == [
        "/boot/grub/grub.cfg, line 190", "/boot/initrd.img-6.1.0-13-amd64",
        "/lib/modules/6.1.0-13-amd64/modules.builtin",
      ])
    #expect(
      finding.remedy.flatMap(\.commands) == [
        "printf '%s\\n' virtio_blk virtio_pci >>/etc/initramfs-tools/modules", "update-initramfs -u -k 6.1.0-13-amd64",
      ])
    #expect(
      Self.findings(facts, .chinese).first?.title == "内核 6.1.0-13-amd64 无法识别 virtio 磁盘：缺少 virtio_blk 和 virtio_pci")
    #expect(Self.verdict(facts) == .notReady)
  }

  /// An entry for repairs that is started when nobody chooses is what the server starts with.
  @Test func theDefaultCountsWhateverItIsFor() throws {
    let facts = try Self.facts { facts in
      for index in (facts.boot?.entries ?? []).indices where facts.boot?.entries?[index].isDefault == .value(true) {
        facts.boot?.entries?[index].isRecovery = true
      }
    }
    #expect(Self.findings(facts).map(\.severity) == [.blocker] && Self.verdict(facts) == .notReady)
  }

  @Test func builtInIsAsGood() throws {
    let facts = try Self.facts { $0.kernels?[0].builtIn = .value(["virtio_blk", "virtio_pci"]) }
    #expect(Self.findings(facts).map(\.outcome) == [.pass])
    let half = try Self.facts { $0.kernels?[0].builtIn = .value(["virtio_blk"]) }
    #expect(Self.findings(half).first?.title.hasSuffix("it lacks virtio_pci") == true)
  }

  @Test func anotherKernelIsAWarningAndOneForRepairsANote() throws {
    let facts = try Self.facts {
      $0.boot?.entries?[0].isDefault = .value(true)
      $0.boot?.entries?[2].isDefault = .value(false)
    }
    #expect(Self.findings(facts).map(\.severity) == [.warning])
    #expect(Self.verdict(facts) == .ready)
    let repairs = try Self.facts {
      $0.boot?.entries?[0].isDefault = .value(true)
      $0.boot?.entries?[2].isDefault = .value(false)
      $0.boot?.entries?[2].isRecovery = true
    }
    #expect(Self.findings(repairs).map(\.severity) == [.note] && Self.findings(repairs).map(\.outcome) == [.fail])
  }

  @Test(arguments: [("sda", Severity.warning), ("nvme0n1", .warning), ("xvda", .warning), ("vda", .blocker)])
  func whatTheRootDiskMeans(_ disk: String, _ severity: Severity) throws {
    let facts = try Self.facts { facts in
      facts.devices = facts.devices?.map { device in
        var device = device
        device.name = device.name.hasPrefix("vda") ? disk + device.name.dropFirst(3) : device.name
        device.parents = device.parents.map { $0.map { $0 == "vda" ? disk : $0 } }
        device.disks = device.disks.map { $0.map { $0 == "vda" ? disk : $0 } }
        return device
      }
      facts.mounts = facts.mounts?.map { mount in
        var mount = mount
        mount.device = disk + mount.device.dropFirst(3)
        return mount
      }
    }
    #expect(Self.findings(facts).map(\.severity) == [severity])
    #expect(Self.verdict(facts) == (severity == .blocker ? .notReady : .ready))
  }

  @Test func aDiskThatIsNotOnPCINeedsNoDriverForThat() throws {
    let facts = try Self.facts { facts in
      Self.setDrivers(.value(["virtio_blk"]), of: Self.older, &facts)
      for index in facts.devices?.indices ?? 0..<0 where facts.devices?[index].name == "vda" {
        facts.devices?[index].pciAddress = .none
      }
    }
    #expect(Self.findings(facts).map(\.severity) == [.warning])
  }

  @Test func whetherTheRootIsOnVirtioHasToBeKnown() throws {
    let facts = try Self.facts { $0.mounts = $0.mounts?.filter { $0.mountPoint != "/" } }
    #expect(Self.findings(facts).map(\.outcome) == [.unknown] && Self.findings(facts).map(\.severity) == [.blocker])
    #expect(Self.verdict(facts) == .undetermined)
  }

  @Test func whichKernelIsStartedHasToBeKnown() throws {
    let facts = try Self.facts { facts in
      for index in 0..<3 { facts.boot?.entries?[index].isDefault = .unknown }
    }
    #expect(Self.findings(facts).map(\.outcome) == [.unknown] && Self.findings(facts).map(\.severity) == [.blocker])
    let all = try Self.facts { facts in
      for index in 0..<3 { facts.boot?.entries?[index].isDefault = .unknown }
      Self.setDrivers(.value([]), of: Self.newest, &facts)
    }
    #expect(Self.findings(all).filter { $0.severity == .blocker }.map(\.outcome) == [.fail, .fail])
  }

  @Test func withoutEntriesTheInstalledKernelsCount() throws {
    let one = try Self.facts { Self.withoutBoot(&$0) }
    #expect(Self.findings(one).map(\.outcome) == [.fail] && Self.findings(one).map(\.severity) == [.warning])
    #expect(Self.verdict(one) == .ready)
    let both = try Self.facts {
      Self.withoutBoot(&$0)
      Self.setDrivers(.value([]), of: Self.newest, &$0)
    }
    #expect(Self.findings(both).map(\.severity) == [.blocker, .blocker])
  }

  @Test(arguments: [
    (Gap.Reason.unreadable, Severity.blocker), (.truncated, .blocker), (.malformed, .blocker), (.timedOut, .blocker),
    (.unsupported, .warning), (.notPermitted, .blocker),
  ]) func whatCouldNotBeRead(_ reason: Gap.Reason, _ severity: Severity) throws {
    func facts(of release: String) throws -> GuestFacts {
      try Self.facts { facts in
        for each in [Self.newest, Self.older] {
          Self.setDrivers(each == release ? .unknown : .value(["virtio_blk", "virtio_pci"]), of: each, &facts)
        }
        facts.gaps = [Gap(.init(.section, "initramfs", member: "/boot/initrd.img-\(release)"), reason, detail: "why")]
        facts.setState(of: .initramfs, .partial)
      }
    }
    let ofDefault = try facts(of: Self.older)
    #expect(Self.findings(ofDefault).map(\.outcome) == [.unknown])
    #expect(Self.findings(ofDefault).map(\.severity) == [severity])
    #expect(Self.findings(ofDefault).first?.message.contains("/boot/initrd.img-6.1.0-13-amd64") == true)
    #expect(Self.verdict(ofDefault) == (severity == .blocker ? .undetermined : .ready))
    let ofOther = try facts(of: Self.newest)
    #expect(Self.findings(ofOther).map(\.outcome) == [.unknown] && Self.findings(ofOther).map(\.severity) == [.warning])
    #expect(Self.verdict(ofOther) == .ready)
  }

  @Test func whatAnEntryNamesHasToBeThere() throws {
    let facts = try Self.facts { $0.boot?.entries?[2].initramfs[0].path = .none }
    #expect(Self.findings(facts).map(\.outcome) == [.unknown] && Self.findings(facts).map(\.severity) == [.blocker])
    let none = try Self.facts { $0.boot?.entries?[2].initramfs = [] }
    #expect(Self.findings(none).map(\.outcome) == [.fail] && Self.findings(none).map(\.severity) == [.blocker])
    #expect(Self.findings(none).first?.message.hasPrefix("The kernel is started without an initial RAM") == true)
  }

  /// What is loaded besides counts too: microcode in a file of its own.
  @Test func severalFilesForOneKernel() throws {
    let facts = try Self.facts { facts in
      var microcode = Initramfs(path: "/boot/intel-ucode.img")
      microcode.kernelVersion = .none
      microcode.drivers = .value([])
      facts.initramfs?.append(microcode)
      facts.boot?.entries?[0].initramfs.insert(BootFile(written: "/x", path: .value("/boot/intel-ucode.img")), at: 0)
      Self.setDrivers(.value(["virtio_blk", "virtio_pci"]), of: Self.older, &facts)
    }
    #expect(Self.findings(facts).map(\.outcome) == [.pass])
  }

  @Test func whereThereIsNoKernelNothingIsSaid() throws {
    let facts = try Self.facts { facts in
      Self.withoutBoot(&facts)
      facts.initramfs = []
      facts.kernels = []
    }
    let finding = try #require(Self.findings(facts).first)
    #expect(finding.outcome == .unknown && finding.severity == .note && finding.reason == "section_missing")
    let unread = try Self.facts { facts in
      Self.withoutBoot(&facts)
      facts.initramfs = []
      facts.kernels = []
      facts.gaps = [Gap(.init(.section, "initramfs", member: "/boot"), .unreadable, detail: "")]
      facts.setState(of: .initramfs, .partial)
    }
    #expect(Self.findings(unread).map(\.outcome) == [.unknown] && Self.findings(unread).map(\.severity) == [.blocker])
  }

  @Test func whatWasNeverLookedAtIsANote() throws {
    let finding = try #require(Self.findings(try FactsFixtures.facts("single-disk-ext4")).first)
    #expect(finding.outcome == .unknown && finding.severity == .note && finding.reason == "section_missing")
    #expect(Self.findings(try FactsFixtures.facts("windows-basic-disks")).map(\.reason) == ["windows_guest"])
  }

  @Test(
    arguments: [
      (
        "rhel", "9.4",
        [
          "echo 'add_drivers+=\" virtio_blk virtio_pci \"' >/etc/dracut.conf.d/virtio.conf",
          "dracut --force /boot/initrd.img-6.1.0-13-amd64 6.1.0-13-amd64",
        ]
      ),
      (
        "sles", "15.5",
        [
          "echo 'add_drivers+=\" virtio_blk virtio_pci \"' >/etc/dracut.conf.d/virtio.conf",
          "dracut --force /boot/initrd.img-6.1.0-13-amd64 6.1.0-13-amd64",
        ]
      ),
      (
        "sles", "11.4",
        ["sed -i.bak 's/^INITRD_MODULES=\"/&virtio_blk virtio_pci /' /etc/sysconfig/kernel", "mkinitrd"]
      ),
      ("arch", "", ["sed -i.bak 's/^MODULES=(/&virtio_blk virtio_pci /' /etc/mkinitcpio.conf", "mkinitcpio -P"]),
      (
        "alpine", "3.20",
        ["sed -i.bak 's/^features=\"/&virtio /' /etc/mkinitfs/mkinitfs.conf", "mkinitfs 6.1.0-13-amd64"]
      ),
      ("something", "1", []),
    ] as [(String, String, [String])]) func theRemedyIsTheDistributions(
      _ id: String, _ version: String, _ commands: [String]
    ) throws
  {
    let facts = try Self.facts {
      $0.guest.os.id = .value(id)
      $0.guest.os.version = .value(version)
    }
    #expect(Self.findings(facts).first?.remedy.flatMap(\.commands) == commands)
  }

  @Test func nothingOfAHostileNameGetsIntoACommand() throws {
    let facts = try Self.facts { facts in
      facts.guest.os.id = .value("rhel")
      facts.boot?.entries?[2].kernelVersion = .value("x;reboot")
      facts.kernels?[0].version = "x;reboot"
    }
    #expect(
      Self.findings(facts).first?.remedy.flatMap(\.commands).last
        == "dracut --force /boot/initrd.img-6.1.0-13-amd64 'x;reboot'")
    let marked = try Self.facts { facts in
      facts.boot?.entries?[2].kernelVersion = .value("-x\\x0a")
      facts.kernels?[0].version = "-x\\x0a"
    }
    #expect(Self.findings(marked).first?.remedy.flatMap(\.commands) == [])
  }

  @Test func rulesInsideAreSaidOfTheNetwork() throws {
    let facts = try Self.facts {
      $0.initramfs?[0].persistentRules = .value(["etc/udev/rules.d/70-persistent-net.rules"])
    }
    let found = RuleSet.current.judge(facts, scope: .guest).findings.filter { $0.rule == "network-persistent-names" }
    #expect(found.map(\.outcome) == [.fail] && found.map(\.severity) == [.warning])
    #expect(found.first?.evidence.map(\.from) == ["/boot/initrd.img-6.1.0-13-amd64"])
    let unknown = try Self.facts { $0.initramfs?[0].persistentRules = .unknown }
    let other = RuleSet.current.judge(unknown, scope: .guest).findings.first { $0.rule == "network-persistent-names" }
    #expect(other?.outcome == .pass)
  }
}
