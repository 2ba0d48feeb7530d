// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// What `/etc/cloud/ds-identify.cfg` tells the program that decides at boot whether cloud-init runs and where it gets
/// its data (cloud-init's `ds-identify`, described in its own head): `policy: MODE,found=..,maybe=..,notfound=..` and
/// `datasource: NAME`, a line each.
public struct DataSourceIdentification: Equatable, Sendable {
  /// Whether cloud-init is not to run at all.
  public private(set) var isDisabled = false
  /// The one data source that is used whatever the machine looks like; `nil` where none is named.
  public private(set) var dataSource: String?
  /// The line that says so.
  public private(set) var line: Int?

  /// Reads the file; what is neither of the two is passed over, as the program does, and the last of each counts.
  public init(parsing bytes: [UInt8]) {
    for (index, raw) in bytes.lines.enumerated() {
      let content = raw.prefix { $0 != UInt8(ascii: "#") }
      guard let colon = content.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let value = Self.unquoted(content[content.index(after: colon)...].trimmed)
      switch content[..<colon].trimmed.text {
      case "policy":
        isDisabled = Self.isDisabled(policy: value)
        line = isDisabled ? index + 1 : nil
      case "datasource": dataSource = value.isEmpty ? nil : value
      default: break
      }
    }
  }

  /// Whether a policy's mode - the last one in it - is `disabled`.
  static func isDisabled(policy: String) -> Bool {
    let modes = policy.split(separator: ",").filter { ["enabled", "disabled", "search", "report"].contains($0) }
    return modes.last == "disabled"
  }

  private static func unquoted(_ value: Bytes) -> String {
    guard value.count > 1, let quote = value.first, "\"'".utf8.contains(quote), value.last == quote else {
      return value.text
    }
    return value.dropFirst().dropLast().text
  }
}
