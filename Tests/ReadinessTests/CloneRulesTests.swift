// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import Testing

/// The rules on what sets a clone up and on what it has in common with its parent, by tables of facts.
@Suite struct CloneRulesTests {
  static let cloud = "cloud-init-missing"
  static let keys = "ssh-host-keys-copied"
  static let machine = "machine-id-copied"
  static let devices = "lvm-devices-file-pins-disks"
  static let bindings = "multipath-bindings-copied"
  static let all = [cloud, keys, machine, devices, bindings]

  private static func facts(_ change: (inout GuestFacts) -> Void = { _ in }) throws -> GuestFacts {
    var facts = try FactsFixtures.facts("clone-ready")
    change(&facts)
    facts.countArrays()
    return facts
  }

  private static func residue(_ change: (inout GuestFacts) -> Void = { _ in }) throws -> GuestFacts {
    var facts = try FactsFixtures.facts("clone-residue")
    change(&facts)
    facts.countArrays()
    return facts
  }

  private static func finding(_ rule: String, _ facts: GuestFacts, _ language: Language = .english) throws -> Finding {
    let findings = RuleSet.current.judge(facts, scope: .guest, language: language).findings
    return try #require(findings.first { $0.rule == rule })
  }

  @Test(arguments: all) func passesAndFails(_ rule: String) throws {
    #expect(try Self.finding(rule, try Self.facts()).outcome == .pass)
    let failed = try Self.finding(rule, try Self.residue())
    #expect(failed.outcome == .fail && failed.severity == (rule == Self.machine ? .note : .warning))
    #expect(!failed.evidence.isEmpty && !failed.remedy.flatMap(\.commands).isEmpty)
    let chinese = try Self.finding(rule, try Self.residue(), .chinese)
    #expect(chinese.title != failed.title && chinese.remedy.map(\.commands) == failed.remedy.map(\.commands))
  }

  @Test(arguments: all) func whatWasNeverLookedAtIsANote(_ rule: String) throws {
    let finding = try Self.finding(rule, try FactsFixtures.facts("single-disk-ext4"))
    #expect(finding.outcome == .unknown && finding.severity == .note && finding.reason == "section_missing")
    #expect(try Self.finding(rule, try FactsFixtures.facts("windows-basic-disks")).reason == "windows_guest")
  }

  /// A gap at a file leaves the rules that go by it without an answer, and no others.
  @Test(arguments: [
    ("cloud_init", "/etc/cloud/cloud.cfg", [cloud, keys]), ("cloud_init", "", [cloud, keys]),
    ("configuration", "/etc/ssh", [keys]), ("configuration", "/etc/machine-id", [machine]),
    ("configuration", "/etc/lvm/lvm.conf", [devices]), ("configuration", "/etc/multipath/bindings", [bindings]),
    ("configuration", "", [keys, machine, devices, bindings]), ("network", "/etc/netplan/a.yaml", [machine]),
    ("network", "/etc/udev/rules.d", []), ("later", "", all),
  ]) func gaps(_ section: String, _ member: String, _ unknown: [String]) throws {
    let facts = try Self.facts {
      $0.gaps = [Gap(.init(.section, section, member: member), .unreadable, detail: "")]
      if let section = Section(rawValue: section) { $0.setState(of: section, .partial) }
    }
    for rule in Self.all {
      let finding = try Self.finding(rule, facts)
      #expect(finding.outcome == (unknown.contains(rule) ? .unknown : .pass), "\(rule)")
      #expect(finding.outcome == .pass || finding.severity == (rule == Self.machine ? .note : .warning), "\(rule)")
    }
    if section != "later" { #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready) }
  }

  // MARK: cloud-init

  @Test func whyCloudInitDoesNotRun() throws {
    let changes: [(String, (inout CloudInitFacts) -> Void)] = [
      ("cloud-init is not installed", { $0.program = .none }),
      (
        "cloud-init is disabled by /etc/cloud/cloud-init.disabled",
        { $0.disabledBy = .value("/etc/cloud/cloud-init.disabled") }
      ),
      ("cloud-init is disabled by /proc/cmdline", { $0.disabledBy = .value("/proc/cmdline") }),
      (
        "cloud-init is disabled by /etc/cloud/ds-identify.cfg", { $0.disabledBy = .value("/etc/cloud/ds-identify.cfg") }
      ),
      ("cloud-init is not started at boot", { $0.startedBy = .none }),
      ("cloud-init looks for data only in None", { $0.dataSources = .value(["None"]) }),
      ("cloud-init looks for data only in Azure and GCE", { $0.dataSources = .value(["Azure", "GCE"]) }),
    ]
    for (title, change) in changes {
      let facts = try Self.facts { if var cloud = $0.cloudInit { change(&cloud); $0.cloudInit = cloud } }
      let finding = try Self.finding(Self.cloud, facts)
      #expect(finding.outcome == .fail && finding.severity == .warning && finding.hazard == .isolation)
      #expect(finding.title == title)
      // Then nothing makes host keys anew either.
      #expect(try Self.finding(Self.keys, facts).outcome == .fail)
      #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
    }
  }

  @Test(arguments: [["OpenStack"], ["NoCloud", "Ec2"], ["configdrive"], ["HuaweiCloud", "None"]])
  func dataSourcesOfThisCloud(_ names: [String]) throws {
    let facts = try Self.facts { $0.cloudInit?.dataSources = .value(names) }
    #expect(try Self.finding(Self.cloud, facts).outcome == .pass)
  }

  /// Without a list it tries all that it knows.
  @Test func noListPasses() throws {
    let facts = try Self.facts {
      $0.cloudInit?.dataSources = .none
      $0.cloudInit?.dataSourcesFile = .none
    }
    #expect(try Self.finding(Self.cloud, facts).outcome == .pass)
  }

  @Test(arguments: [
    ("debian", "apt-get install -y cloud-init"), ("ubuntu", "apt-get install -y cloud-init"),
    ("rhel", "yum install -y cloud-init"), ("openEuler", "yum install -y cloud-init"),
    ("sles", "zypper --non-interactive install cloud-init"), ("alpine", "apk add cloud-init"), ("plan9", nil),
  ]) func howToInstallIt(_ id: String, _ command: String?) throws {
    let facts = try Self.facts {
      $0.cloudInit?.program = .none
      $0.guest.os.id = .value(id)
    }
    let commands = try Self.finding(Self.cloud, facts).remedy.first?.commands
    #expect(commands == (command.map { [$0] } ?? []))
  }

  @Test func aHostileNameGetsNoCommand() throws {
    let facts = try Self.facts { $0.cloudInit?.disabledBy = .value("/etc/\\x0arm -rf") }
    #expect(try Self.finding(Self.cloud, facts).remedy.flatMap(\.commands).isEmpty)
  }

  // MARK: host keys

  @Test func hostKeys() throws {
    let kept = try Self.facts { $0.cloudInit?.renewsHostKeys = .value(false) }
    #expect(try Self.finding(Self.keys, kept).outcome == .fail)
    #expect(try Self.finding(Self.cloud, kept).outcome == .pass)
    var facts = kept
    facts.configuration?.sshServer = .value(.installed)
    #expect(try Self.finding(Self.keys, facts).severity == .note)
    facts.configuration?.sshServer = .none
    #expect(try Self.finding(Self.keys, facts).outcome == .pass)
    facts.configuration?.sshServer = .unknown
    #expect(try Self.finding(Self.keys, facts).outcome == .fail, "what is there is there")
    facts.configuration?.hostKeys = []
    facts.countArrays()
    #expect(try Self.finding(Self.keys, facts).outcome == .unknown)
    facts.configuration?.sshServer = .value(.started)
    #expect(try Self.finding(Self.keys, facts).outcome == .pass)
    let unknown = try Self.facts { $0.cloudInit?.renewsHostKeys = .unknown }
    #expect(try Self.finding(Self.keys, unknown).outcome == .unknown)
  }

  // MARK: machine id

  @Test(
    arguments: [
      (.value(.set), .none, .fail), (.value(.empty), .none, .pass), (.value(.uninitialized), .none, .pass),
      (.none, .none, .pass), (.value(.empty), .value(.set), .fail), (.none, .value(.set), .fail),
      (.none, .value(.empty), .pass), (.unknown, .value(.set), .unknown), (.value(.empty), .unknown, .unknown),
      (.value(.set), .unknown, .fail),
    ] as [(Observed<ConfigurationFacts.MachineID>, Observed<ConfigurationFacts.MachineID>, Outcome)])
  func machineIDs(
    _ id: Observed<ConfigurationFacts.MachineID>, _ dbus: Observed<ConfigurationFacts.MachineID>, _ expected: Outcome
  ) throws {
    let facts = try Self.residue {
      $0.configuration?.machineID = id
      $0.configuration?.dbusMachineID = dbus
    }
    #expect(try Self.finding(Self.machine, facts).outcome == expected)
  }

  @Test(
    arguments: [
      (.netplan, nil, .fail), (.netplan, "mac", .pass), (.netplan, "duid", .fail), (.networkd, nil, .fail),
      (.networkd, "mac", .pass), (.networkManager, nil, .pass), (.networkManager, "mac", .pass),
      (.networkManager, "duid", .fail), (.networkManager, "stable", .fail), (.networkManager, "01:02", .pass),
      (.ifupdown, nil, .pass), (.ifcfg, nil, .pass), (.wicked, nil, .pass), (.other, nil, .pass),
    ] as [(NetworkStack, String?, Outcome)])
  func whoAsksByTheMachineID(_ stack: NetworkStack, _ identifier: String?, _ expected: Outcome) throws {
    var interface = NetworkInterface(name: "eth0", file: "/etc/a", line: 3, stack: stack)
    interface.method = .dhcp
    interface.clientIdentifier = identifier
    let facts = try Self.facts { $0.network?.interfaces = [interface] }
    #expect(try Self.finding(Self.machine, facts).outcome == expected)
    for change in [
      { $0.method = .static }, { $0.effective = false }, { $0.automatic = false }, { $0.kind = .virtual },
    ] as [(inout NetworkInterface) -> Void] {
      var other = interface
      change(&other)
      let facts = try Self.facts { $0.network?.interfaces = [other] }
      #expect(try Self.finding(Self.machine, facts).outcome == .pass)
    }
  }

  // MARK: disks by their ids

  @Test(
    arguments: [
      ("sys_serial", .fail), ("sys_wwid", .fail), ("wwid_naa", .fail), ("mpath_uuid", .fail), ("devname", .pass),
      ("crypt_uuid", .pass), ("md_uuid", .pass), ("lvmlv_uuid", .pass), ("loop_file", .pass), (nil, .pass),
    ] as [(String?, Outcome)]) func idTypes(_ type: String?, _ expected: Outcome) throws
  {
    let facts = try Self.residue {
      if var list = $0.configuration?.lvmDevices.value {
        list.entries[0].idType = type
        $0.configuration?.lvmDevices = .value(list)
      }
    }
    #expect(try Self.finding(Self.devices, facts).outcome == expected)
  }

  @Test(
    arguments: [
      (.value(true), .value(false), .fail), (.value(false), .value(false), .pass), (.value(true), .value(true), .pass),
      (.unknown, .value(false), .unknown), (.value(true), .unknown, .unknown),
    ] as [(Observed<Bool>, Observed<Bool>, Outcome)])
  func whetherTheListCounts(_ used: Observed<Bool>, _ refreshed: Observed<Bool>, _ expected: Outcome) throws {
    let facts = try Self.residue {
      if var list = $0.configuration?.lvmDevices.value {
        (list.isUsed, list.isRefreshed) = (used, refreshed)
        $0.configuration?.lvmDevices = .value(list)
      }
    }
    #expect(try Self.finding(Self.devices, facts).outcome == expected)
  }

  @Test func whatIsNotHereIsNotMissed() throws {
    let change: (inout GuestFacts) -> Void = {
      if var list = $0.configuration?.lvmDevices.value {
        list.entries[0].physicalVolume = "gone"
        $0.configuration?.lvmDevices = .value(list)
      }
    }
    #expect(try Self.finding(Self.devices, try Self.residue(change)).outcome == .pass)
    // Where groups are not all known it may be.
    let partial = try Self.residue {
      change(&$0)
      $0.setState(of: .volumeGroups, .partial)
    }
    #expect(try Self.finding(Self.devices, partial).outcome == .fail)
    let finding = try Self.finding(Self.devices, try Self.residue())
    #expect(finding.message.contains("does not activate data"))
    #expect(
      finding.remedy.first?.commands == [
        "mv /etc/lvm/devices/system.devices /etc/lvm/devices/system.devices.saved", "dracut -f",
      ])
  }

  @Test(
    arguments: [
      ("/dev/mapper/mpatha", .fail), ("/dev/mapper/mpatha1", .fail), ("/dev/mapper/mpatha-part12", .fail),
      ("/dev/mapper/mpathap1", .fail), ("/dev/mapper/mpathab", .pass), ("/dev/mapper/mpath", .pass),
      ("/dev/mapper/mpathap", .pass), ("/dev/mapper/data-root", .pass), ("UUID=a", .pass),
    ] as [(String, Outcome)]) func mountsByAlias(_ spec: String, _ expected: Outcome) throws
  {
    let facts = try Self.residue { $0.fstab?[1].spec = spec }
    #expect(try Self.finding(Self.bindings, facts).outcome == expected)
    let manual = try Self.residue {
      $0.fstab?[1].spec = spec
      $0.fstab?[1].options = ["noauto"]
    }
    #expect(try Self.finding(Self.bindings, manual).outcome == .pass)
    let expendable = try Self.residue { $0.fstab?[1].options = ["nofail"] }
    #expect(try Self.finding(Self.bindings, expendable).severity == .note)
  }

  @Test func groupsOnBoundDisksAreNotes() throws {
    let facts = try Self.residue {
      $0.fstab?.removeLast()
      let name = $0.volumeGroups?[0].physicalVolumes.value?[0].device.value
      guard let index = $0.devices?.firstIndex(where: { $0.name == name }) else { return }
      $0.devices?[index].kind = .multipath
      $0.devices?[index].dmName = .value("mpatha")
    }
    let finding = try Self.finding(Self.bindings, facts)
    #expect(finding.outcome == .fail && finding.severity == .note)
    #expect(finding.title == "data rests on disks whose names multipath keeps")
  }
}
