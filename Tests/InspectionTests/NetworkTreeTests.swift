// SPDX-License-Identifier: Apache-2.0

import Facts
import Glibc
import Readiness
import Synchronization
import TestSupport
import Testing

@testable import Inspection

/// The network configuration of distributions as their installers and images lay it out, and what the rules say of it.
@Suite struct NetworkTreeTests {
  struct Tree: Sendable, CustomTestStringConvertible {
    var name: String
    var stack: NetworkStack?
    var files: [String: String]
    /// Links by their paths; each leads to a unit.
    var units: [String] = []
    /// Interfaces that a clone would keep the address of.
    var kept: [String] = []
    var testDescription: String { name }
  }

  private static let cloudInit = ["etc/cloud/cloud.cfg": "datasource_list: [ OpenStack ]\n"]
  private static let loopback = "auto lo\niface lo inet loopback\n"
  private static let wants = "etc/systemd/system/multi-user.target.wants/"
  private static let onlineWants = "etc/systemd/system/network-online.target.wants/"

  static let trees: [Tree] = [
    Tree(name: "nothing", stack: nil, files: [:]),
    Tree(
      name: "Debian, ifupdown by DHCP", stack: .ifupdown,
      files: [
        "etc/network/interfaces":
          "source /etc/network/interfaces.d/*\n\(loopback)allow-hotplug ens3\niface ens3 inet dhcp\n"
      ], units: [wants + "networking.service"]),
    Tree(
      name: "Debian, ifupdown, static", stack: .ifupdown,
      files: [
        "etc/network/interfaces":
          "\(loopback)auto ens3\niface ens3 inet static\n  address 192.0.2.5/24\n  gateway 192.0.2.1\n"
      ], units: [wants + "networking.service"], kept: ["ens3"]),
    Tree(
      name: "Debian cloud image, netplan and cloud-init", stack: .netplan,
      files: cloudInit.merging([
        "etc/netplan/90-default.yaml":
          "network:\n  version: 2\n  ethernets:\n    all-en:\n      match:\n        name: en*\n      dhcp4: true\n"
          + "      dhcp6: true\n"
      ]) { $1 }, units: [wants + "systemd-networkd.service"]),
    Tree(
      name: "Ubuntu cloud image, rendered static by cloud-init", stack: .netplan,
      files: cloudInit.merging([
        "etc/netplan/50-cloud-init.yaml":
          "network:\n    version: 2\n    ethernets:\n        eth0:\n            addresses:\n            - 192.0.2.5/24\n"
          + "            match:\n                macaddress: fa:16:3e:00:00:01\n            set-name: eth0\n"
      ]) { $1 }, units: [wants + "systemd-networkd.service"]),
    Tree(
      name: "Ubuntu, rendered static from what the installer wrote", stack: .netplan,
      files: cloudInit.merging([
        "etc/cloud/cloud.cfg.d/90-installer-network.cfg":
          "# written by the installer\nnetwork:\n  ethernets:\n    ens3:\n      addresses: [192.0.2.5/24]\n  version: 2\n",
        "etc/netplan/50-cloud-init.yaml":
          "network:\n  version: 2\n  ethernets:\n    ens3:\n      addresses: [192.0.2.5/24]\n",
      ]) { $1 }, units: [wants + "systemd-networkd.service"], kept: ["ens3"]),
    Tree(
      name: "Ubuntu, rendered static by cloud-init and frozen", stack: .netplan,
      files: cloudInit.merging([
        "etc/cloud/cloud.cfg.d/99-disable-network-config.cfg": "network: {config: disabled}\n",
        "etc/netplan/50-cloud-init.yaml":
          "network:\n  version: 2\n  ethernets:\n    eth0:\n      addresses: [192.0.2.5/24]\n",
      ]) { $1 }, units: [wants + "systemd-networkd.service"], kept: ["eth0"]),
    Tree(
      name: "networkd by DHCP", stack: .networkd,
      files: [
        "etc/systemd/network/20-wired.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n",
        "usr/lib/systemd/network/80-container-host0.network":
          "[Match]\nVirtualization=container\nName=host0\n[Network]\nDHCP=yes\nLinkLocalAddressing=yes\n",
        "usr/lib/systemd/network/80-container-ve.network":
          "[Match]\nKind=veth\nName=ve-*\n[Network]\nAddress=0.0.0.0/28\nDHCPServer=yes\n",
      ], units: [wants + "systemd-networkd.service"]),
    Tree(
      name: "RHEL 9, NetworkManager by DHCP", stack: .networkManager,
      files: [
        "etc/NetworkManager/system-connections/ens3.nmconnection":
          "[connection]\nid=ens3\ntype=ethernet\ninterface-name=ens3\n[ipv4]\nmethod=auto\n[ipv6]\nmethod=auto\n",
        "run/NetworkManager/system-connections/docker0.nmconnection":
          "[connection]\nid=docker0\ntype=bridge\ninterface-name=docker0\n[ipv4]\naddress1=172.17.0.1/16\nmethod=manual\n"
          + "[.nmmeta]\nnm-generated=true\nvolatile=true\nexternal=true\n",
      ], units: [wants + "NetworkManager.service"]),
    Tree(
      name: "RHEL 9, NetworkManager, static", stack: .networkManager,
      files: [
        "etc/NetworkManager/system-connections/ens3.nmconnection":
          "[connection]\ntype=ethernet\ninterface-name=ens3\n[ipv4]\naddress1=192.0.2.5/24,192.0.2.1\nmethod=manual\n"
      ], units: [wants + "NetworkManager.service"], kept: ["ens3"]),
    Tree(
      name: "CentOS 7, network scripts by DHCP", stack: .ifcfg,
      files: [
        "etc/sysconfig/network-scripts/ifcfg-eth0":
          "DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\nPERSISTENT_DHCLIENT=\"y\"\n",
        "etc/sysconfig/network-scripts/ifcfg-lo": "DEVICE=lo\nIPADDR=127.0.0.1\nNETMASK=255.0.0.0\nONBOOT=yes\n",
      ], units: [wants + "NetworkManager.service"]),
    Tree(
      name: "CentOS 7, network scripts, static on the second card", stack: .ifcfg,
      files: [
        "etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\n",
        "etc/sysconfig/network-scripts/ifcfg-eth1":
          "DEVICE=eth1\nBOOTPROTO=static\nIPADDR=192.0.2.5\nPREFIX=24\nONBOOT=yes\n",
      ], units: [wants + "NetworkManager.service"], kept: ["eth1"]),
    Tree(
      name: "SLES 15, wicked by DHCP", stack: .wicked,
      files: ["etc/sysconfig/network/ifcfg-eth0": "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n"],
      units: [wants + "wicked.service"]),
    Tree(
      name: "SLES 15, wicked, static", stack: .wicked,
      files: ["etc/sysconfig/network/ifcfg-eth0": "BOOTPROTO='static'\nIPADDR='192.0.2.5/24'\nSTARTMODE='auto'\n"],
      units: [wants + "wicked.service"], kept: ["eth0"]),
    Tree(
      name: "files of a stack that is not started", stack: .networkManager,
      files: [
        "etc/network/interfaces": "\(loopback)auto eth0\niface eth0 inet static\n  address 192.0.2.5/24\n",
        "etc/NetworkManager/system-connections/eth0.nmconnection":
          "[connection]\ntype=ethernet\ninterface-name=eth0\n[ipv4]\nmethod=auto\n",
      ], units: [wants + "NetworkManager.service"]),
  ]

  static func machine(_ tree: Tree) throws -> RecordedMachine {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, serial: "root0", content: [Fixture.ext4()])
    try machine.mount("vda", on: "/", type: "ext4")
    for (file, text) in tree.files { try machine.write(file, text) }
    for unit in tree.units {
      // A directory is made by writing into it.
      try machine.write(unit.split(separator: "/").dropLast().joined(separator: "/") + "/.keep", "")
      try machine.link(unit, to: "/lib/systemd/system/" + (unit.split(separator: "/").last ?? ""))
    }
    return machine
  }

  static func failing(_ facts: GuestFacts, _ rule: String) -> [Finding] {
    RuleSet.current.judge(facts, scope: .guest).findings.filter { $0.rule == rule && $0.outcome == .fail }
  }

  @Test(arguments: trees) func whatACloneWouldKeep(_ tree: Tree) throws {
    let facts = try Self.machine(tree).inspected()
    #expect(facts.gaps == [], "\(facts.gaps ?? [])")
    #expect(facts.network?.stack == Observed(looked: tree.stack))
    #expect(Self.failing(facts, "network-static-address").flatMap(\.subjects).map(\.name) == tree.kept)
    #expect(Self.failing(facts, "network-persistent-names").isEmpty)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  @Test func namesThatAreBoundToCards() throws {
    let rules = "etc/udev/rules.d/"
    let machine = try Self.machine(
      Tree(
        name: "CentOS 6", stack: nil,
        files: [
          rules + "70-persistent-net.rules":
            "SUBSYSTEM==\"net\", ACTION==\"add\", ATTR{address}==\"fa:16:3e:00:00:01\", NAME=\"eth0\"\n",
          rules + "75-persistent-net-generator.rules": "", rules + "60-other.rules": "NAME=\"eth1\"\n",
        ]))
    let facts = try machine.inspected()
    let findings = Self.failing(facts, "network-persistent-names")
    #expect(findings.map { $0.subjects.map(\.name) } == [["/etc/udev/rules.d/70-persistent-net.rules"]])
    #expect(findings.flatMap(\.remedy).flatMap(\.commands) == ["rm /etc/udev/rules.d/70-persistent-net.rules"])
    #expect(facts.network?.persistentRules?.map(\.sizeBytes).contains(0) == true)
  }

  /// Every read of the network's files that fails leaves a gap, and no data-loss rule minds.
  @Test(arguments: trees.filter { !$0.files.isEmpty }) func everyReadFailsOnce(_ tree: Tree) throws {
    let machine = try Self.machine(tree)
    let reads = Mutex<[String]>([])
    func inspect(failing place: Int?) throws -> GuestFacts {
      let count = Atomic<Int>(0)
      let root = try Root(path: machine.path) { operation, path in
        let index = count.wrappingAdd(1, ordering: .relaxed).oldValue
        if place == nil { reads.withLock { $0.append("\(operation) \(path)") } }
        return index == place ? .fail(EIO) : nil
      }
      return try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect()
    }
    _ = try inspect(failing: nil)
    let folders = [
      "/etc/net", "/run/net", "/lib/net", "NetworkManager", "sysconfig", "systemd", "/etc/cloud", "udev/rules",
    ]
    for (index, read) in reads.withLock({ $0 }).enumerated() where folders.contains(where: read.contains) {
      let facts = try inspect(failing: index)
      let isShared = read.contains("/etc/cloud")
      let sections: [Section] =
        read.contains("ds-identify") ? [.cloudInit] : isShared ? [.network, .cloudInit] : [.network]
      for section in sections {
        #expect((facts.gaps ?? []).contains { $0.subject.name == section.rawValue && !$0.hidesStorage }, "\(read)")
        #expect(facts.state(of: section) == .partial, "\(read)")
      }
      #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready, "\(read)")
    }
  }

  /// A recording gives the same facts and takes no secret along.
  @Test(arguments: trees) func aRecordingHoldsNoSecret(_ tree: Tree) throws {
    var tree = tree
    for (file, text) in tree.files {
      switch true {
      case file.hasSuffix(".nmconnection"): tree.files[file] = text + "[wifi-security]\npsk=s3cret\n"
      case file.hasSuffix(".yaml"):
        tree.files[file] =
          text + "  wifis:\n    wl0:\n      access-points:\n"
          + "        \"home\": {password: \"s3cret\"}\n"
      case file.hasSuffix("interfaces"): tree.files[file] = text + "  wpa-psk s3cret\n"
      case file.contains("ifcfg-"): tree.files[file] = text + "WPA_PSK=s3cret\n"
      case file.contains("etc/cloud/"): tree.files[file] = text + "chpasswd: {list: \"root:s3cret\"}\n"
      default: break
      }
    }
    let machine = try Self.machine(tree)
    let recording = try MachineRecorder(Root(path: machine.path), agentVersion: "test", usesHelpers: false).record()
    let unpacked = try Unpacked(recording)
    let again = try Inspector(.machine(unpacked.root), agentVersion: "test", usesHelpers: false).inspect()
    #expect(again.network == recording.facts.network)
    #expect(try machine.inspected().network == again.network)
    var archive: [UInt8] = []
    recording.writeArchive(folder: "recording", time: 0) { archive += $0 }
    #expect(!String(decoding: archive, as: UTF8.self).contains("s3cret"))
  }
}
