// SPDX-License-Identifier: Apache-2.0

import ConfigurationText
import Facts
import NetworkConfiguration
import Testing

/// Keyfiles, systemd-networkd, ifupdown and udev's rules.
@Suite struct OtherFormsTests {
  @Test(
    arguments: [
      ("[connection]\ntype=ethernet\ninterface-name=eth0\n[ipv4]\nmethod=auto\n", .dhcp, [], true),
      (
        "[connection]\ntype=ethernet\n[ipv4]\naddress1=192.0.2.5/24,192.0.2.1\nmethod=manual\n", .static,
        ["192.0.2.5/24"], true
      ),
      (
        "[connection]\ntype=ethernet\n[ipv4]\naddresses1=192.0.2.5;24;192.0.2.1;\nmethod=manual\n", .static,
        ["192.0.2.5"], true
      ),
      ("[connection]\ntype=ethernet\nautoconnect=false\n", .dhcp, [], false),
      ("[connection]\ntype=ethernet\ncontroller=br0\nport-type=bridge\n", .none, [], true),
      ("[ipv4]\nmethod=disabled\naddress1=192.0.2.5/24\n[ipv6]\nmethod=ignore\n", .none, [], true),
    ] as [(String, NetworkInterface.Method, [String], Bool)]) func keyfiles(
      _ text: String, _ method: NetworkInterface.Method, _ addresses: [String], _ automatic: Bool
    )
  {
    let file = KeyfileConnection(parsing: Array((text + "[wifi-security]\npsk=s3cret\n").utf8))
    let interface = file.interface(file: "/a")
    #expect(interface.method == method && interface.addresses == addresses && interface.automatic == automatic)
    #expect(KeyfileConnection(parsing: file.recorded) == file)
    #expect(!String(decoding: file.recorded, as: UTF8.self).contains("s3cret"))
  }

  @Test func aStrayLineInAKeyfileIsAnError() {
    let file = KeyfileConnection(parsing: Array("[ipv4]\nmethod=auto\nstray\n".utf8))
    #expect(file.error == ConfigurationError(line: 3, .notAssignment))
    #expect(KeyfileConnection(parsing: file.recorded).error == file.error)
  }

  @Test(
    arguments: [
      ("[Match]\nName=en*\n[Network]\nDHCP=yes\n", .dhcp, [], .ethernet),
      ("[Match]\nName=eth0\n[Network]\nAddress=192.0.2.5/24\n", .static, ["192.0.2.5/24"], .ethernet),
      ("[Match]\nName=eth0\n[Network]\nAddress=192.0.2.5/24\nAddress=\n", .none, [], .ethernet),
      (
        "[Match]\nName=eth0\n[Address]\nAddress=192.0.2.5/24\n[Network]\nDHCP=ipv4\n", .dhcp, ["192.0.2.5/24"],
        .ethernet
      ),
      ("[Match]\nKind=veth\nName=ve-*\n[Network]\nAddress=0.0.0.0/28\n", .static, ["0.0.0.0/28"], .virtual),
      ("[Match]\nVirtualization=container\nName=host0\n[Network]\nDHCP=yes\n", .dhcp, [], .virtual),
    ] as [(String, NetworkInterface.Method, [String], NetworkInterface.Kind)]) func networkd(
      _ text: String, _ method: NetworkInterface.Method, _ addresses: [String], _ kind: NetworkInterface.Kind
    )
  {
    let file = NetworkdFile(parsing: Array(text.utf8))
    let interface = file.interface(file: "/a")
    #expect(interface.method == method && interface.addresses == addresses && interface.kind == kind)
    #expect(NetworkdFile(parsing: file.recorded) == file)
  }

  /// By what an interface names itself to the DHCP server.
  @Test(
    arguments: [
      ("[Match]\nName=a\n[Network]\nDHCP=yes\n[DHCPv4]\nClientIdentifier=MAC\n", "mac"),
      ("[Match]\nName=a\n[DHCP]\nClientIdentifier=duid\n", "duid"), ("[Match]\nName=a\n", nil),
    ] as [(String, String?)]) func clientIdentifiers(_ text: String, _ expected: String?)
  {
    let file = NetworkdFile(parsing: Array(text.utf8))
    #expect(file.interface(file: "/a").clientIdentifier == expected)
    #expect(NetworkdFile(parsing: file.recorded) == file)
    let keyfile = KeyfileConnection(parsing: Array("[ipv4]\ndhcp-client-id=stable\n".utf8))
    #expect(keyfile.interface(file: "/a").clientIdentifier == "stable")
  }

  @Test func ifupdown() {
    let text = """
      source /etc/network/interfaces.d/*
      auto lo eth0
      iface lo inet loopback
      iface eth0 inet static
        address 192.0.2.5/24
        wpa-psk s3cret
      iface eth1 inet dhcp
      iface br0 inet static
        bridge_ports none
        address 192.0.2.6
      """
    let file = InterfacesFile(parsing: Array(text.utf8))
    #expect(file.sources.map(\.path) == ["/etc/network/interfaces.d/*"] && file.errors == [])
    let interfaces = file.interfaces(file: "/a", automatic: Set(file.automatic))
    #expect(interfaces.map(\.kind) == [.loopback, .ethernet, .ethernet, .virtual])
    #expect(interfaces.map(\.method) == [.none, .static, .dhcp, .static])
    #expect(interfaces.map(\.automatic) == [true, true, false, false])
    #expect(interfaces.map(\.line) == [3, 4, 7, 8])
    #expect(InterfacesFile(parsing: file.recorded) == file)
    #expect(!String(decoding: file.recorded, as: UTF8.self).contains("s3cret"))
  }

  @Test(arguments: ["address 192.0.2.5\n", "iface\n", "source\n", "auto a\naddress b"]) func misplaced(_ text: String) {
    let file = InterfacesFile(parsing: Array(text.utf8))
    #expect(file.errors.map(\.reason) == [.statement])
    #expect(InterfacesFile(parsing: file.recorded) == file)
  }

  @Test func patterns() throws {
    let pattern = try #require(FilePattern("/etc/network/interfaces.d/*.cfg"))
    #expect(pattern.hasWildcard && pattern.matches("a.cfg") && !pattern.matches("a.conf") && !pattern.matches(".a.cfg"))
    #expect(FilePattern("/etc/*/a") == nil && FilePattern("/etc/[ab]") == nil && FilePattern("a") == nil)
    #expect(
      FilePattern("/a/" + String(repeating: "*a", count: 5000))?.matches(String(repeating: "a", count: 200)) == false)
  }

  /// What nobody has is cut off where it is read, and is still more than an inspection lists.
  @Test func manyAddresses() throws {
    let all = (0..<20_000).map { "10.\($0 >> 8).\($0 & 255).1" }
    let ifcfg = IfcfgFile(parsing: Array("IPADDR=\"\(all.joined(separator: " "))\"\n".utf8))
    #expect(ifcfg.interface(file: "ifcfg-eth0", stack: .ifcfg).addresses == Array(all.prefix(8192)))
    let lines = all.map { "Address=\($0)\n" }.joined()
    let networkd = NetworkdFile(parsing: Array("[Network]\n\(lines)".utf8))
    #expect(networkd.interface(file: "a.network", dropIns: [networkd], kinds: [:]).addresses.count == 8192)
    var netplan = NetplanConfiguration()
    let file = try NetplanFile(
      parsing: Array("network: {ethernets: {a: {addresses: [\(all.joined(separator: ", "))]}}}\n".utf8))
    for _ in 0..<64 { netplan.add(file, path: "/etc/netplan/a.yaml") }
    #expect(netplan.interfaces.map(\.addresses.count) == [8192])
  }

  @Test func udevRules() {
    let text = """
      # SUBSYSTEM=="net", ATTR{address}=="fa:16:3e:00:00:02", NAME="eth9"
      SUBSYSTEM=="net", ACTION=="add", ATTR{address}=="fa:16:3e:00:00:01", \\
        KERNEL=="eth*", NAME="eth0"
      SUBSYSTEM=="net", NAME="x"
      """
    let rules = UdevRules(parsing: Array(text.utf8))
    #expect(rules.names == ["eth0"] && !rules.generates)
    #expect(UdevRules(parsing: Array("IMPORT{program}=\"write_net_rules\"".utf8)).generates)
    #expect(UdevRules(parsing: []).names == [])
    #expect(UdevRules.isPersistentNames("70-persistent-net.rules"))
    #expect(!UdevRules.isPersistentNames("60-persistent-storage.rules"))
  }
}
