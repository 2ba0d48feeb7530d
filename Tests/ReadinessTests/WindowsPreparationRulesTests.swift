// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The rules on how a Windows guest is prepared for being cloned, by tables of facts.
@Suite struct WindowsPreparationRulesTests {
  static let address = "windows-static-address"
  static let desktop = "windows-remote-desktop-off"
  static let drivers = "windows-without-virtio"
  static let cloudbase = "windows-cloudbase-init-missing"
  static let sysprep = "windows-sysprep-interrupted"
  static let all = [address, desktop, drivers, cloudbase, sysprep]

  private static func facts(_ change: (inout WindowsPreparation) -> Void = { _ in }) throws -> GuestFacts {
    var facts = try FactsFixtures.facts("windows-prepared")
    var prepared = try #require(facts.windowsPreparation)
    change(&prepared)
    facts.windowsPreparation = prepared
    facts.countArrays()
    return facts
  }

  private static func findings(_ rule: String, _ facts: GuestFacts, _ language: Language = .english) -> [Finding] {
    RuleSet.current.judge(facts, scope: .guest, language: language).findings.filter { $0.rule == rule }
  }

  private static func finding(_ rule: String, _ facts: GuestFacts, _ language: Language = .english) throws -> Finding {
    let found = findings(rule, facts, language)
    try #require(found.count == 1)
    return found[0]
  }

  private static func service(
    _ start: WindowsService.Start?, _ state: WindowsService.State? = nil
  ) -> Observed<WindowsService> {
    var service = WindowsService()
    service.start = Observed(known: start)
    service.state = Observed(known: state)
    return .value(service)
  }

  @Test(arguments: all) func aPreparedGuestPasses(_ rule: String) throws {
    #expect(try Self.finding(rule, try Self.facts()).outcome == .pass)
  }

  // MARK: addresses

  struct Adapter: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var dhcp: Observed<Bool>
    var addresses: [String]
    var gateways: [String] = []
    var text = "Red Hat VirtIO Ethernet Adapter"
    var outcome: Outcome
  }

  static let adapters = [
    Adapter(testDescription: "DHCP", dhcp: .value(true), addresses: ["192.0.2.5"], outcome: .pass),
    Adapter(testDescription: "static", dhcp: .value(false), addresses: ["192.0.2.5"], outcome: .fail),
    Adapter(
      testDescription: "static with a gateway", dhcp: .value(false), addresses: ["192.0.2.5"], gateways: ["192.0.2.1"],
      outcome: .fail),
    Adapter(testDescription: "without address", dhcp: .value(false), addresses: [], outcome: .pass),
    Adapter(testDescription: "nobody answered", dhcp: .value(false), addresses: ["169.254.7.9"], outcome: .pass),
    Adapter(testDescription: "IPv6 alone", dhcp: .value(false), addresses: ["fe80::1", "2001:db8::5"], outcome: .pass),
    Adapter(testDescription: "not known", dhcp: .unknown, addresses: ["192.0.2.5"], outcome: .unknown),
    Adapter(
      testDescription: "a switch for containers", dhcp: .value(false), addresses: ["172.28.80.1"],
      text: "Hyper-V Virtual Ethernet Adapter", outcome: .pass),
    Adapter(
      testDescription: "a switch that carries the server's address", dhcp: .value(false), addresses: ["192.0.2.5"],
      gateways: ["192.0.2.1"], text: "Hyper-V Virtual Ethernet Adapter", outcome: .fail),
    Adapter(
      testDescription: "a part of a real card", dhcp: .value(false), addresses: ["192.0.2.5"],
      text: "Intel(R) 82599 Virtual Function", outcome: .fail),
  ]

  @Test(arguments: adapters) func addresses(_ row: Adapter) throws {
    let facts = try Self.facts { prepared in
      var adapter = WindowsAdapter(name: "Ethernet")
      adapter.description = row.text
      (adapter.dhcp, adapter.addresses, adapter.gateways) = (row.dhcp, row.addresses, row.gateways)
      prepared.adapters = [adapter]
    }
    let finding = try Self.finding(Self.address, facts)
    #expect(finding.outcome == row.outcome)
    if row.outcome == .fail { #expect(finding.severity == .warning && finding.hazard == .isolation) }
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  @Test(arguments: [
    (
      nil as Int?, "Ethernet",
      [
        "netsh interface ipv4 set address name=\"Ethernet\" source=dhcp",
        "netsh interface ipv4 set dnsservers name=\"Ethernet\" source=dhcp",
      ]
    ),
    (
      7, "a\"b",
      [
        "netsh interface ipv4 set address name=7 source=dhcp",
        "netsh interface ipv4 set dnsservers name=7 source=dhcp",
      ]
    ),
    (nil, "a\" & del", []),
  ]) func remediesNameTheAdapter(_ index: Int?, _ name: String, _ commands: [String]) throws {
    let facts = try Self.facts { prepared in
      var adapter = WindowsAdapter(name: name)
      (adapter.index, adapter.dhcp, adapter.addresses) = (index, .value(false), ["192.0.2.5"])
      prepared.adapters = [adapter]
    }
    let finding = try Self.finding(Self.address, facts)
    #expect(finding.remedy.flatMap(\.commands) == commands)
    #expect(finding.subjects.map(\.name) == [name])
    #expect(try Self.finding(Self.address, facts, .chinese).title == "\(name) 使用静态地址 192.0.2.5")
  }

  // MARK: switches and states

  @Test func remoteDesktopOff() throws {
    let finding = try Self.finding(Self.desktop, try Self.facts { $0.remoteDesktop = .value(false) })
    #expect(finding.outcome == .fail && finding.severity == .warning && finding.hazard == .isolation)
    #expect(finding.remedy.flatMap(\.commands).count == 2)
  }

  @Test(arguments: [
    ("IMAGE_STATE_COMPLETE", Observed<Int>.value(7), Outcome.pass, "Windows setup is complete"),
    ("IMAGE_STATE_COMPLETE", .none, .pass, "Windows setup is complete"),
    ("IMAGE_STATE_COMPLETE", .unknown, .pass, "Windows setup is complete"),
    ("IMAGE_STATE_COMPLETE", .value(3), .fail, "Sysprep did not finish (GeneralizationState 3)"),
    ("IMAGE_STATE_UNDEPLOYABLE", .value(7), .fail, "Windows setup is not complete (IMAGE_STATE_UNDEPLOYABLE)"),
    (
      "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE", .value(7), .fail,
      "Windows is sealed for another first start (IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE)"
    ),
    ("\\x1b[2J", .value(7), .fail, "Windows setup is not complete (\\x1b[2J)"),
  ]) func setupStates(_ image: String, _ general: Observed<Int>, _ outcome: Outcome, _ title: String) throws {
    let facts = try Self.facts { ($0.imageState, $0.generalizationState) = (.value(image), general) }
    let finding = try Self.finding(Self.sysprep, facts)
    #expect(finding.outcome == outcome && finding.title == title)
    if outcome == .fail { #expect(finding.severity == .warning && finding.hazard == .bootFailure) }
  }

  @Test func cloudbaseInit() throws {
    let missing = try Self.finding(
      Self.cloudbase, try Self.facts { $0.services[.cloudbaseInit] = Observed<WindowsService>.none })
    #expect(missing.outcome == .fail && missing.severity == .note && missing.title == "Cloudbase-Init is not installed")
    let disabled = try Self.finding(
      Self.cloudbase, try Self.facts { $0.services[.cloudbaseInit] = Self.service(.disabled) })
    #expect(disabled.remedy.flatMap(\.commands) == ["sc config cloudbase-init start= auto"])
    // It runs once at the start and then stops.
    let stopped = try Self.facts { $0.services[.cloudbaseInit] = Self.service(.automatic, .stopped) }
    #expect(try Self.finding(Self.cloudbase, stopped).outcome == .pass)
  }

  struct Drivers: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var viostor: Observed<WindowsService>
    var vioscsi: Observed<WindowsService>
    var netkvm: Observed<WindowsService>
    var outcomes: [Outcome]
    var commands: [String] = []
  }

  private static let gone = Observed<WindowsService>.none
  private static let install = #"pnputil -i -a D:\viostor.inf"#

  static let driverRows = [
    Drivers(
      testDescription: "all there", viostor: service(.boot, .running), vioscsi: service(.boot),
      netkvm: service(.manual),
      outcomes: [.pass]),
    Drivers(
      testDescription: "one of the disks' suffices", viostor: gone, vioscsi: service(.boot), netkvm: service(.manual),
      outcomes: [.pass]),
    Drivers(
      testDescription: "loaded, whenever that is", viostor: service(.manual, .running), vioscsi: gone,
      netkvm: service(.manual), outcomes: [.pass]),
    Drivers(
      testDescription: "none for disks", viostor: gone, vioscsi: gone, netkvm: service(.manual), outcomes: [.fail],
      commands: [install]),
    Drivers(
      testDescription: "disabled", viostor: service(.disabled), vioscsi: gone, netkvm: service(.manual),
      outcomes: [.fail], commands: ["sc config viostor start= boot"]),
    Drivers(
      testDescription: "too late", viostor: service(.manual, .stopped), vioscsi: gone, netkvm: service(.manual),
      outcomes: [.fail], commands: ["sc config viostor start= boot"]),
    Drivers(
      testDescription: "network disabled", viostor: service(.boot), vioscsi: gone, netkvm: service(.disabled),
      outcomes: [.fail], commands: ["sc config netkvm start= demand"]),
    Drivers(
      testDescription: "nothing there", viostor: gone, vioscsi: gone, netkvm: gone, outcomes: [.fail, .fail],
      commands: [install, #"pnputil -i -a D:\netkvm.inf"#]),
    Drivers(
      testDescription: "one of them not asked", viostor: gone, vioscsi: .unknown, netkvm: service(.manual),
      outcomes: [.unknown]),
    Drivers(
      testDescription: "there, and nothing else known", viostor: service(nil), vioscsi: gone, netkvm: service(.manual),
      outcomes: [.unknown]),
    Drivers(
      testDescription: "network not asked", viostor: service(.boot), vioscsi: gone, netkvm: .unknown,
      outcomes: [.unknown]),
  ]

  @Test(arguments: driverRows) func virtio(_ row: Drivers) throws {
    let facts = try Self.facts { prepared in
      prepared.services = [:]
      for (service, value) in [
        (WindowsPreparation.Service.viostor, row.viostor), (.vioscsi, row.vioscsi), (.netkvm, row.netkvm),
      ] where value.isKnown {
        prepared.services[service] = value
      }
    }
    let findings = Self.findings(Self.drivers, facts)
    #expect(findings.map(\.outcome) == row.outcomes)
    if row.outcomes != [.unknown] { #expect(findings.flatMap(\.remedy).flatMap(\.commands) == row.commands) }
    #expect(findings.allSatisfy { $0.severity == .warning || $0.outcome == .pass })
  }

  // MARK: what is not known, and other guests

  @Test(arguments: all) func whatWasNotAskedIsANote(_ rule: String) throws {
    var facts = try FactsFixtures.facts("windows-basic-disks")
    let without = try Self.finding(rule, facts)
    #expect(without.outcome == .unknown && without.severity == .note && without.reason == "section_missing")
    // Something else was asked.
    facts.windowsPreparation = WindowsPreparation()
    facts.setState(of: .windowsPreparation, .complete)
    facts.countArrays()
    let empty = try Self.finding(rule, facts)
    #expect(empty.outcome == .unknown && empty.severity == .note && empty.reason == "section_missing")
  }

  @Test(arguments: [
    (address, "adapters"), (desktop, "remote_desktop"), (drivers, "netkvm"), (cloudbase, "cloudbase_init"),
    (sysprep, "image_state"),
  ]) func whatWasAskedAndIsNotThereIsADoubt(_ rule: String, _ member: String) throws {
    for member in [member, "", "end"] {
      var facts = try Self.facts()
      facts.windowsPreparation = WindowsPreparation()
      facts.gaps = [Gap(.init(.section, "windows_preparation", member: member), .truncated, detail: "cut")]
      facts.setState(of: .windowsPreparation, .partial)
      facts.countArrays()
      let finding = try Self.finding(rule, facts)
      #expect(finding.outcome == .unknown && finding.severity == (rule == Self.cloudbase ? .note : .warning))
      #expect(finding.remedy.contains { $0.text.contains("capture-diskpart.ps1") })
      // It weighs nothing in the verdict, which is diskpart's.
      #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
    }
    // What is about something else hides nothing.
    var facts = try Self.facts()
    facts.gaps = [Gap(.init(.section, "windows_preparation", member: "password_reset"), .unreadable, detail: "")]
    facts.setState(of: .windowsPreparation, .partial)
    facts.countArrays()
    #expect(try Self.finding(rule, facts).outcome == .pass)
  }

  @Test(arguments: all) func theFamilyDecides(_ rule: String) throws {
    let linux = try Self.finding(rule, try FactsFixtures.facts("single-disk-ext4"))
    #expect(linux.outcome == .notApplicable && linux.reason == "linux_guest")
    let unknown = try Self.finding(rule, try FactsFixtures.facts("unknown-family"))
    #expect(unknown.outcome == .unknown && unknown.severity == .note && unknown.reason == "os_family_unknown")
  }

  @Test func linuxRulesStillDoNotApply() throws {
    for rule in ["network-static-address", "fstab-device-missing"] {
      #expect(try Self.finding(rule, try Self.facts()).reason == "windows_guest")
    }
  }
}
