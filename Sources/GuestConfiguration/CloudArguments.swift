// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// What the kernel's command line tells cloud-init (`/proc/cmdline`; "Disable cloud-init" and "Kernel command line" of
/// its documentation): `cloud-init=disabled`, `ci.di.policy=MODE`, `ds=NAME`, `ci.ds=NAME`, `ci.datasource=NAME`.
public struct CloudArguments: Equatable, Sendable {
  /// Whether cloud-init is switched off (`true`) or on (`false`) whatever files say; `nil` where it says neither.
  public private(set) var isDisabled: Bool?
  /// Whether the policy for finding data sources is to use none.
  public private(set) var policyDisables = false
  /// The one data source that is used; `nil` where none is named.
  public var dataSource: String? { name.map { $0[...].text } }
  private var name: [UInt8]?

  /// Reads the command line; of an argument that is there twice the last counts.
  public init(parsing bytes: [UInt8]) {
    for word in bytes[...].split(whereSeparator: { $0.isBlank || $0 == 0x0A }) {
      guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let bytes = word[word.index(after: equals)...]
      let value = bytes.text
      switch word[..<equals].text {
      case "cloud-init" where value == "disabled": isDisabled = true
      case "cloud-init" where value == "enabled": isDisabled = false
      case "ci.di.policy": policyDisables = DataSourceIdentification.isDisabled(policy: value)
      case "ds", "ci.ds", "ci.datasource":
        // Behind a semicolon stand the source's own settings.
        let source = bytes.prefix { $0 != UInt8(ascii: ";") }
        name = source.isEmpty ? nil : Array(source)
      default: break
      }
    }
  }

  /// The command line as it goes into a recording: what was read of it, since others of its arguments may hold secrets.
  public var recorded: [UInt8] {
    var words: [[UInt8]] = []
    if let isDisabled { words.append(Array("cloud-init=\(isDisabled ? "disabled" : "enabled")".utf8)) }
    if policyDisables { words.append(Array("ci.di.policy=disabled".utf8)) }
    if let name { words.append(Array("ds=".utf8) + name) }
    return Array(words.joined(separator: [0x20])) + [0x0A]
  }
}
