// SPDX-License-Identifier: Apache-2.0

import ConfigurationText
import GuestConfiguration
import Testing

/// What is read of cloud-init's configuration, and what of it goes into a recording.
@Suite struct CloudConfigurationTests {
  /// A secret stands in every file, and in no recording.
  private static func parse(_ text: String) -> CloudConfiguration {
    let file = CloudConfiguration(parsing: Array((text + "chpasswd: {list: \"root:s3cret\"}\n").utf8))
    #expect(CloudConfiguration(parsing: file.recorded) == file)
    #expect(!String(decoding: file.recorded, as: UTF8.self).contains("s3cret"))
    return file
  }

  @Test(
    arguments: [
      ("network: {config: disabled}\n", .disabled), ("network:\n  config: \"disabled\" # x\n", .disabled),
      ("users: [a]\n", nil), ("network:\n  version: 2\n", .given),
      ("x:\n  network: {config: disabled}\n", nil), ("network: {}\n", nil), ("network:\n", nil),
      ("network: ~\nx:\n  y: 1\n", nil), ("network: {version: 1, config: []}\n", .given),
      ("network:\n  # installed\n  ethernets:\n    ens3: {addresses: [192.0.2.5/24]}\n  version: 2\n", .given),
      ("network:\n  version: 1\n  config: disabled\n", .disabled),
      ("network:\n  config: disabled\n  version: 1\n", .disabled),
    ] as [(String, CloudConfiguration.Network?)])
  func network(_ text: String, _ expected: CloudConfiguration.Network?) {
    #expect(Self.parse(text).network == expected)
  }

  @Test(arguments: [
    ("datasource_list: [ OpenStack, None ]\n", ["OpenStack", "None"]),
    ("datasource_list: ['OpenStack', \"Ec2\"] # both\n", ["OpenStack", "Ec2"]),
    ("datasource_list:\n- ConfigDrive\n- None\n", ["ConfigDrive", "None"]),
    ("datasource_list:\n  # two\n  - ConfigDrive\n\n  - None\n", ["ConfigDrive", "None"]),
    ("datasource_list: [ NoCloud,\n  OpenStack,\n]\n", ["NoCloud", "OpenStack"]),
    ("datasource_list: OpenStack\n", ["OpenStack"]), ("datasource_list: A, B\n", ["A", "B"]),
    ("datasource_list: [A]\ndatasource_list: [B]\n", ["B"]), ("\"datasource_list\": [A]\n", ["A"]),
    ("datasource_list: []\n", nil), ("datasource_list:\n", nil), ("# datasource_list: [A]\n", nil),
    ("x:\n  datasource_list: [A]\n", nil), ("datasource_list_x: [A]\n", nil), ("", nil),
    ("datasource_list: ['b\\x', ' c ']\n", ["b\\x5cx", "c"]),
  ]) func dataSources(_ text: String, _ expected: [String]?) {
    let file = Self.parse(text)
    #expect(file.dataSources == expected && file.errors == [])
  }

  @Test(arguments: [
    ("ssh_deletekeys: true\n", true), ("ssh_deletekeys: 1\n", true), ("ssh_deletekeys: \"yes\"\n", true),
    ("ssh_deletekeys: false\n", false), ("ssh_deletekeys:   0\n", false), ("ssh_deletekeys: ~\n", false),
    ("ssh_deletekeys:\n", false), ("ssh_genkeytypes: [rsa]\n", nil),
  ]) func hostKeys(_ text: String, _ expected: Bool?) { #expect(Self.parse(text).deletesHostKeys == expected) }

  @Test(arguments: [
    ("cloud_init_modules:\n - migrator\n - ssh\n", ["cloud_init_modules": true]),
    ("cloud_init_modules: [bootcmd, [ssh, always]]\n", ["cloud_init_modules": true]),
    ("cloud_init_modules:\n - {name: ssh, frequency: always}\n", ["cloud_init_modules": true]),
    ("cloud_init_modules: [ssh_import_id]\n", ["cloud_init_modules": false]),
    ("cloud_init_modules:\n", ["cloud_init_modules": false]),
    (
      "cloud_config_modules:\n- ssh\ncloud_final_modules: []\n",
      ["cloud_config_modules": true, "cloud_final_modules": false]
    ),
    ("modules: [ssh]\n", [:]),
  ]) func modules(_ text: String, _ expected: [String: Bool]) { #expect(Self.parse(text).runsSSH == expected) }

  /// Others' subjects need not be understood: block scalars, anchors, whatever there is.
  @Test func whatIsNotWantedIsPassedOver() {
    let text =
      "write_files:\n- content: |\n    datasource_list: [A]\n  path: &x /a\nruncmd:\n\t- [x\ndatasource_list: [B]\n"
    let file = Self.parse(text)
    #expect(file.dataSources == ["B"] && file.errors == [])
  }

  @Test(arguments: [
    "datasource_list: {a: b}\n", "datasource_list: [a\n", "datasource_list: &a [b]\n", "datasource_list: [[a]]\n",
    "datasource_list[a]\n", "datasource_list:\n\t- a\n", "datasource_list: |\n  a\n",
  ]) func whatIsWantedAndNotUnderstoodIsAnError(_ text: String) {
    let file = Self.parse("# one\n" + text)
    #expect(file.errors == (text.contains("list[") ? [] : [ConfigurationError(line: 2, .value)]))
    #expect(file.dataSources == nil)
    #expect(file.isMisunderstood("datasource_list") == !file.errors.isEmpty)
  }

  @Test func muchOfItCostsLittle() {
    let text =
      String(repeating: "datasource_list: [a]\n", count: 20_000)
      + "datasource_list: [\(String(repeating: "[", count: 50_000))\n"
    #expect(Self.parse(text).errors.count == 1)
    #expect(Self.parse("datasource_list: [" + String(repeating: "a, ", count: 1000) + "]\n").errors.count == 1)
  }
}
