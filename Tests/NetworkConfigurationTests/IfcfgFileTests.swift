// SPDX-License-Identifier: Apache-2.0

import ConfigurationText
import Facts
import NetworkConfiguration
import Testing

/// `ifcfg-NAME` of the network scripts and of wicked.
@Suite struct IfcfgFileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String
    var stack = NetworkStack.ifcfg
    var method: NetworkInterface.Method
    var addresses: [String] = []
    var kind = NetworkInterface.Kind.ethernet
    var automatic = true
    var name = "eth0"
  }

  static let cases: [Case] = [
    Case(
      testDescription: "cloud image", text: "BOOTPROTO=dhcp\nDEVICE=eth0\nONBOOT=yes\nTYPE=Ethernet\n", method: .dhcp),
    Case(
      testDescription: "static", text: "BOOTPROTO=\"static\"\nIPADDR=192.0.2.5\nPREFIX=24\n", method: .static,
      addresses: ["192.0.2.5"]),
    Case(
      testDescription: "none with addresses", text: "BOOTPROTO=none\nIPADDR0='192.0.2.5'\nIPADDR1=192.0.2.6 # old\n",
      method: .static, addresses: ["192.0.2.5", "192.0.2.6"]),
    Case(testDescription: "none without one", text: "BOOTPROTO=none\nIPADDR=\n", method: .none),
    Case(testDescription: "nothing", text: "", method: .none),
    Case(
      testDescription: "dhcp and one more", text: "BOOTPROTO=dhcp\nIPADDR=192.0.2.5\n", method: .dhcp,
      addresses: ["192.0.2.5"]),
    Case(
      testDescription: "IPv6", text: "BOOTPROTO=none\nIPV6ADDR=2001:db8::5/64\n", method: .static,
      addresses: ["2001:db8::5/64"]),
    Case(
      testDescription: "not at boot", text: "IPADDR=192.0.2.5\nONBOOT=no\n", method: .static,
      addresses: ["192.0.2.5"], automatic: false),
    Case(testDescription: "DEVICE names", text: "DEVICE=ens3\nBOOTPROTO=dhcp\n", method: .dhcp, name: "ens3"),
    Case(testDescription: "VLAN", text: "VLAN=yes\nDEVICE=eth0.7\n", method: .none, kind: .vlan, name: "eth0.7"),
    Case(testDescription: "bond", text: "TYPE=Bond\nDEVICE=up\n", method: .none, kind: .bond, name: "up"),
    Case(testDescription: "port of a bridge", text: "BRIDGE=br0\n", method: .none),
    Case(
      testDescription: "wicked", text: "BOOTPROTO='dhcp'\nSTARTMODE='auto'\nIPADDR=''\n", stack: .wicked,
      method: .dhcp),
    Case(
      testDescription: "wicked static", text: "BOOTPROTO='static'\nSTARTMODE=hotplug\nIPADDR='192.0.2.5/24'\n",
      stack: .wicked, method: .static, addresses: ["192.0.2.5/24"]),
    Case(
      testDescription: "wicked by hand", text: "BOOTPROTO='dhcp4'\n", stack: .wicked, method: .dhcp, automatic: false),
    Case(
      testDescription: "wicked bridge without ports", text: "BRIDGE=yes\nBRIDGE_PORTS=''\nSTARTMODE=auto\n",
      stack: .wicked, method: .none, kind: .virtual),
    Case(testDescription: "the last one counts", text: "BOOTPROTO=none\nBOOTPROTO=dhcp\n", method: .dhcp),
    Case(testDescription: "line breaks of another system", text: "BOOTPROTO=dhcp\r\nDEVICE=eth0\r\n", method: .dhcp),
    Case(testDescription: "no shell code", text: "if true; then\nfi\nfoo bar\nBOOTPROTO=dhcp\n", method: .dhcp),
  ]

  @Test(arguments: cases) func whatItSays(_ entry: Case) {
    let file = IfcfgFile(parsing: Array(entry.text.utf8))
    #expect(file.errors == [])
    let interface = file.interface(file: "/etc/x/ifcfg-eth0", stack: entry.stack)
    #expect(interface.method == entry.method)
    #expect(interface.addresses == entry.addresses)
    #expect(interface.kind == entry.kind)
    #expect(interface.automatic == entry.automatic)
    #expect(interface.name == entry.name)
    expectSame(entry.text)
  }

  /// What goes into a recording says the same.
  private func expectSame(_ text: String) {
    let file = IfcfgFile(parsing: Array(text.utf8))
    #expect(IfcfgFile(parsing: file.recorded) == file)
  }

  @Test(arguments: [
    "IPADDR=$(hostname -i)", "IPADDR=${A}", "IPADDR=\"$A\"", "IPADDR=`x`", "IPADDR='open", "IPADDR=a\\", ". /etc/other",
    "source /etc/other",
  ]) func whatOnlyAShellCanTellIsAnError(_ line: String) {
    let text = "DEVICE=eth0\n" + line
    #expect(IfcfgFile(parsing: Array(text.utf8)).errors == [ConfigurationError(line: 2, .shell)])
    expectSame(text)
  }

  @Test func secretsAndCommentsAreLeftOut() {
    let text = "# key s3cret\nKEY='s3cret'\nWPA_PSK=s3cret\nIPADDR=192.0.2.5 # s3cret\nBOOTPROTO=none; x s3cret\n"
    let file = IfcfgFile(parsing: Array(text.utf8))
    #expect(!String(decoding: file.recorded, as: UTF8.self).contains("s3cret"))
    #expect(file.interface(file: "/ifcfg-a", stack: .ifcfg).line == 4)
    #expect(IfcfgFile(parsing: file.recorded) == file)
  }

  @Test func whatCloudInitWroteIsMarked() {
    let text = "# Created by cloud-init on instance boot automatically, do not edit.\n#\nBOOTPROTO=dhcp\n"
    let file = IfcfgFile(parsing: Array(text.utf8))
    #expect(file.interface(file: "/ifcfg-eth0", stack: .ifcfg).generated)
    expectSame(text)
  }

  @Test(arguments: [
    ("ifcfg-eth0", true), ("ifcfg-eth0:1", true), ("ifcfg-", false), ("ifcfg.template", false), ("route-eth0", false),
    ("ifcfg-eth0~", false), ("ifcfg-eth0.bak", false), ("ifcfg-eth0.rpmsave", false), ("keys-eth0", false),
  ]) func namesOfFiles(_ name: String, _ isOne: Bool) { #expect(IfcfgFile.isConfiguration(name) == isOne) }
}
