// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The rules on the network's configuration, by tables of facts.
@Suite struct NetworkRulesTests {
  static let address = "network-static-address"
  static let names = "network-persistent-names"

  private static func facts(_ change: (inout NetworkInterface) -> Void) throws -> GuestFacts {
    var facts = try FactsFixtures.facts("network-static")
    var interface = NetworkInterface(name: "eth0", file: "/etc/a", line: 3, stack: .ifupdown)
    interface.method = .static
    interface.addresses = ["192.0.2.5/24"]
    change(&interface)
    facts.network?.interfaces = [interface]
    facts.counts?["network_interfaces"] = 1
    return facts
  }

  private static func finding(_ rule: String, _ facts: GuestFacts, _ language: Language = .english) throws -> Finding {
    let findings = RuleSet.current.judge(facts, scope: .guest, language: language).findings
    return try #require(findings.first { $0.rule == rule })
  }

  @Test func aStaticAddressIsAWarning() throws {
    let facts = try Self.facts { _ in }
    let finding = try Self.finding(Self.address, facts)
    #expect(finding.outcome == .fail && finding.severity == .warning && finding.hazard == .isolation)
    #expect(finding.title == "eth0 has the static address 192.0.2.5/24")
    #expect(finding.evidence.map(\.from) == ["/etc/a:3"])
    #expect(!finding.remedy.isEmpty)
    #expect(try Self.finding(Self.address, facts, .chinese).title == "eth0 使用静态地址 192.0.2.5/24")
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  @Test(arguments: [NetworkInterface.Kind.ethernet, .wireless, .bond, .bridge, .vlan, .other, .loopback, .virtual])
  func whichInterfacesCount(_ kind: NetworkInterface.Kind) throws {
    let expected: Outcome = [.loopback, .virtual].contains(kind) ? .pass : .fail
    #expect(try Self.finding(Self.address, try Self.facts { $0.kind = kind }).outcome == expected)
  }

  @Test(
    arguments: [
      ("192.0.2.5", true), ("2001:db8::5/64", true), ("127.0.0.5/8", false), ("::1/128", false),
      ("fe80::1/64", false), ("febf::1", false), ("fec0::1", true), ("0.0.0.0/28", false), ("::/64", false),
      ("", false),
      ("/24", false), ("\\x00", true),
    ] as [(String, Bool)])
  func whichAddressesAreTheServers(_ address: String, _ isOwn: Bool) throws {
    let facts = try Self.facts { $0.addresses = [address] }
    #expect(try Self.finding(Self.address, facts).outcome == (isOwn ? .fail : .pass))
  }

  @Test func whatIsNotUsedDoesNotCount() throws {
    #expect(try Self.finding(Self.address, try Self.facts { $0.automatic = false }).outcome == .pass)
    #expect(try Self.finding(Self.address, try Self.facts { $0.effective = false }).outcome == .pass)
    #expect(try Self.finding(Self.address, try Self.facts { $0.addresses = [] }).outcome == .pass)
  }

  @Test func whatCloudInitWritesAnewIsNoAddressOfTheServer() throws {
    var facts = try Self.facts { $0.generated = true }
    facts.network?.cloudInit = .value(.renders)
    #expect(try Self.finding(Self.address, facts).outcome == .pass)
    for renderer in [Observed<NetworkFacts.Renderer>.value(.disabled), .value(.fixed), .none, .unknown] {
      facts.network?.cloudInit = renderer
      #expect(try Self.finding(Self.address, facts).outcome == .fail)
    }
  }

  /// An installer's `network:` among cloud-init's own files is written for every server alike.
  @Test func whatCloudInitsOwnFilesHoldIsKept() throws {
    var facts = try Self.facts { $0.generated = true }
    facts.network?.cloudInit = .value(.fixed)
    let finding = try Self.finding(Self.address, facts)
    #expect(finding.message.contains("its own configuration says so"))
    #expect(finding.remedy.last?.text.contains("90-installer-network.cfg") ?? false)
    facts.network?.interfaces?[0].generated = false
    #expect(try Self.finding(Self.address, facts).remedy.count == finding.remedy.count - 1)
  }

  @Test func unknownIsAWarningAtMost() throws {
    var facts = try FactsFixtures.facts("network-dhcp")
    #expect(try Self.finding(Self.address, facts).outcome == .pass)
    #expect(try Self.finding(Self.names, facts).outcome == .pass)
    facts.gaps = [Gap(.init(.section, "network", member: "/etc/netplan/a.yaml"), .malformed, detail: "line 3")]
    facts.counts?["gaps"] = 1
    facts.setState(of: .network, .partial)
    #expect(try Self.finding(Self.address, facts).outcome == .unknown)
    #expect(try Self.finding(Self.address, facts).severity == .warning)
    #expect(try Self.finding(Self.names, facts).outcome == .pass, "not what the gap is about")
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
    facts.gaps = [Gap(.init(.section, "network", member: "/etc/udev/rules.d"), .unreadable, detail: "")]
    #expect(try Self.finding(Self.names, facts).outcome == .unknown)
    #expect(try Self.finding(Self.address, facts).outcome == .pass)
  }

  @Test func whatWasNeverLookedAtIsANote() throws {
    let facts = try FactsFixtures.facts("single-disk-ext4")
    for rule in [Self.address, Self.names] {
      let finding = try Self.finding(rule, facts)
      #expect(finding.outcome == .unknown && finding.severity == .note && finding.reason == "section_missing")
    }
  }

  @Test func boundNames() throws {
    var facts = try FactsFixtures.facts("network-dhcp")
    var rules = PersistentNameRules(file: "/etc/udev/rules.d/70-persistent-net.rules", sizeBytes: 90)
    rules.names = ["eth0", "eth1"]
    var generator = PersistentNameRules(file: "/etc/udev/rules.d/75-persistent-net-generator.rules", sizeBytes: 90)
    generator.generates = true
    facts.network?.persistentRules = [rules, generator]
    facts.counts?["network_persistent_rules"] = 2
    let findings = RuleSet.current.judge(facts, scope: .guest).findings.filter { $0.rule == Self.names }
    #expect(findings.map(\.outcome) == [.fail, .fail] && findings.allSatisfy { $0.severity == .warning })
    #expect(
      findings.flatMap(\.remedy).flatMap(\.commands) == [
        "rm /etc/udev/rules.d/70-persistent-net.rules",
        "truncate -s 0 /etc/udev/rules.d/75-persistent-net-generator.rules",
      ])
    // An empty file is what keeps the generator still.
    rules.names = []
    generator.generates = false
    facts.network?.persistentRules = [rules, generator]
    #expect(try Self.finding(Self.names, facts).outcome == .pass)
  }

  /// cloud-init's renderer for ifupdown writes the bindings with the configuration, and both anew on a clone.
  @Test func bindingsThatCloudInitWritesAnewAreANote() throws {
    var facts = try FactsFixtures.facts("network-dhcp")
    var rules = PersistentNameRules(file: "/etc/udev/rules.d/70-persistent-net.rules", sizeBytes: 90)
    rules.names = ["enp0s2"]
    var interface = NetworkInterface(
      name: "enp0s2", file: "/etc/network/interfaces.d/50-cloud-init", stack: .ifupdown)
    interface.generated = true
    facts.network?.persistentRules = [rules]
    facts.network?.interfaces = [interface]
    facts.network?.cloudInit = .value(.renders)
    facts.counts?["network_persistent_rules"] = 1
    func severity(_ change: (inout NetworkFacts) -> Void) throws -> Severity? {
      var facts = facts
      if var network = facts.network {
        change(&network)
        facts.network = network
      }
      let finding = try Self.finding(Self.names, facts)
      return finding.outcome == .fail ? finding.severity : nil
    }
    #expect(try severity { _ in } == .note)
    #expect(try severity { $0.cloudInit = .unknown } == .warning)
    #expect(try severity { $0.interfaces?[0].generated = false } == .warning)
    #expect(try severity { $0.interfaces?[0].name = "eth0" } == .warning)
    #expect(try severity { $0.interfaces = nil } == .warning)
    #expect(try severity { $0.persistentRules?[0].names.append("eth1") } == .warning)
    #expect(try severity { $0.persistentRules?[0].file = "/etc/udev/rules.d/80-net-persistent.rules" } == .warning)
    // Its renderer for ifcfg files does the same, and on SUSE by another name.
    #expect(try severity { $0.interfaces?[0].stack = .ifcfg } == .note)
    #expect(try severity { $0.interfaces?[0].stack = .netplan } == .warning)
    #expect(try severity { $0.interfaces?[0].stack = .wicked } == .warning)
    let suse = "/etc/udev/rules.d/85-persistent-net-cloud-init.rules"
    #expect(
      try severity {
        $0.interfaces?[0].stack = .wicked
        $0.persistentRules?[0].file = suse
      } == .note)
    #expect(try severity { $0.persistentRules?[0].file = suse } == .warning)
  }

  /// A copy inside an initial RAM file system of rules that cloud-init writes anew binds nothing of a clone's.
  @Test func copiesOfSuchBindings() throws {
    var facts = try FactsFixtures.facts("network-dhcp")
    var rules = PersistentNameRules(file: "/etc/udev/rules.d/70-persistent-net.rules", sizeBytes: 90)
    rules.names = ["eth0"]
    var interface = NetworkInterface(name: "eth0", file: "/etc/sysconfig/network-scripts/ifcfg-eth0", stack: .ifcfg)
    interface.generated = true
    facts.network?.persistentRules = [rules]
    facts.network?.interfaces = [interface]
    facts.network?.cloudInit = .value(.renders)
    facts.counts?["network_persistent_rules"] = 1
    var file = Initramfs(path: "/boot/initramfs-5.14.img")
    func severities() -> [Severity?] {
      facts.initramfs = [file]
      return RuleSet.current.judge(facts, scope: .guest).findings
        .filter { $0.rule == Self.names && $0.outcome == .fail }.map(\.severity)
    }
    file.persistentRules = .value(["etc/udev/rules.d/70-persistent-net.rules"])
    #expect(severities() == [.note, .note])
    file.persistentRules = .value([
      "etc/udev/rules.d/70-persistent-net.rules", "etc/udev/rules.d/70-mine-persistent-net.rules",
    ])
    #expect(Set(severities()) == [.note, .warning])
    facts.network?.cloudInit = .value(.disabled)
    file.persistentRules = .value(["etc/udev/rules.d/70-persistent-net.rules"])
    #expect(severities() == [.warning, .warning])
  }

  @Test func windowsHasNone() throws {
    let facts = try FactsFixtures.facts("windows-basic-disks")
    for rule in [Self.address, Self.names] { #expect(try Self.finding(rule, facts).reason == "windows_guest") }
  }
}
