// SPDX-License-Identifier: Apache-2.0

import ConfigurationText
import Facts
import NetworkConfiguration
import Testing

/// netplan's YAML: what it says, and that what is beyond the subset is an error and no guess.
@Suite struct NetplanFileTests {
  private static func interfaces(_ text: some Sequence<UInt8>) throws(ConfigurationError) -> [NetworkInterface] {
    var configuration = NetplanConfiguration()
    configuration.add(try NetplanFile(parsing: Array(text)), path: "/etc/netplan/50-cloud-init.yaml")
    return configuration.interfaces
  }

  /// As an outcome that can be compared.
  private static func outcome(_ bytes: [UInt8]) -> Result<[NetworkInterface], ConfigurationError> {
    do throws(ConfigurationError) { return .success(try interfaces(bytes)) } catch { return .failure(error) }
  }

  private static let cloud = """
    # This file is generated from information provided by the datasource.
    network:
        ethernets:
            eth0:
                dhcp4: true
                match:
                    macaddress: fa:16:3e:00:00:01
                set-name: eth0
        version: 2
    """

  @Test func aCloudImageAsksForItsAddress() throws {
    let interfaces = try Self.interfaces(Self.cloud.utf8)
    #expect(interfaces.map(\.name) == ["eth0"] && interfaces.map(\.method) == [.dhcp])
    #expect(interfaces.map(\.line) == [4] && interfaces.map(\.generated) == [true])
  }

  static let addresses = [
    "network:\n  ethernets:\n    a:\n      addresses:\n      - 192.0.2.5/24\n      - \"2001:db8::5/64\"\n",
    "network:\n  ethernets:\n    a: {addresses: [192.0.2.5/24, '2001:db8::5/64']}\n",
    "network: {ethernets: {a: {dhcp4: no, addresses: [192.0.2.5/24,\n  2001:db8::5/64 # b\n ]}}}\n",
    "---\nnetwork:\n  ethernets:\n    a:\n      addresses:\n        - 192.0.2.5/24:\n            label: x\n        - 2001:db8::5/64\n",
  ]

  @Test(arguments: addresses) func addressesInEveryForm(_ text: String) throws {
    let interfaces = try Self.interfaces(text.utf8)
    #expect(interfaces.map(\.addresses) == [["192.0.2.5/24", "2001:db8::5/64"]])
    #expect(interfaces.map(\.method) == [.static])
  }

  @Test(arguments: [
    ("network:\n\tethernets: {}\n", 2, ConfigurationError.Reason.tab),
    ("network: &a\n", 1, .unsupported), ("network: |\n  x\n", 1, .unsupported), ("network: *a\n", 1, .unsupported),
    ("network: !t {}\n", 1, .unsupported), ("network:\n  ethernets: [\n", 2, .flow),
    ("network:\n  ethernets: \"a\n", 2, .quote), ("network: x\n", 1, .notMap), ("- a\n", 1, .notMap),
    ("a: b\n---\nc: d\n", 2, .severalDocuments), ("a: b\n  c: d\n", 2, .indentation),
    ("network:\n  ethernets:\n    a:\n      dhcp4: maybe\n", 4, .value), ("a: b c\n   d\n", 2, .indentation),
  ]) func whatIsBeyondTheSubsetIsAnError(_ text: String, _ line: Int, _ reason: ConfigurationError.Reason) {
    #expect(Self.outcome(Array(text.utf8)) == .failure(ConfigurationError(line: line, reason)))
    #expect(Self.outcome(NetplanFile.recorded(Array(text.utf8))) == Self.outcome(Array(text.utf8)))
  }

  @Test func depthIsBounded() {
    for text in ["a: " + String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000) + "a"] {
      #expect(Self.outcome(Array(text.utf8)) == .failure(ConfigurationError(line: 1, .nesting)))
    }
  }

  @Test func aRecordingSaysTheSameWithoutSecrets() throws {
    let wifi = """
      network:
        wifis:
          wlan0:
            addresses: [192.0.2.9/24]
            access-points:
              "home": {password: "s3cret"}
        bridges:
          br0:
            interfaces: [eth0]
            dhcp4: yes
      """
    for text in Self.addresses + [Self.cloud, wifi, "", "network:\n", "other: x\n"] {
      let recorded = NetplanFile.recorded(Array(text.utf8))
      #expect(Self.outcome(recorded) == Self.outcome(Array(text.utf8)), "\(text)")
      #expect(!String(decoding: recorded, as: UTF8.self).contains("s3cret"))
    }
    #expect(try Self.interfaces(wifi.utf8).map(\.kind) == [.wireless, .bridge])
  }

  @Test func aLaterFileAddsAndReplaces() throws {
    var configuration = NetplanConfiguration()
    let first = "network: {ethernets: {a: {addresses: [192.0.2.5/24], dhcp4: true}}}"
    let second = "network: {ethernets: {a: {addresses: [192.0.2.6/24], dhcp4: false}}}"
    configuration.add(try NetplanFile(parsing: Array(first.utf8)), path: "/1.yaml")
    configuration.add(try NetplanFile(parsing: Array(second.utf8)), path: "/2.yaml")
    #expect(configuration.interfaces.map(\.addresses) == [["192.0.2.5/24", "192.0.2.6/24"]])
    #expect(configuration.interfaces.map(\.method) == [.static])
    #expect(configuration.interfaces.map(\.file) == ["/2.yaml"])
  }
}
