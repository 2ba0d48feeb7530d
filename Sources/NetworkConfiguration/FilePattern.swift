// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// A path whose last name may hold `*` and `?`.
public struct FilePattern: Equatable, Sendable {
  /// The directory.
  public let folder: String
  private let name: WildcardName

  /// The pattern; `nil` for one that takes a shell, or has wildcards in its directories.
  public init?(_ path: String) {
    let bytes = Array(path.utf8)
    guard !bytes.contains(where: { "[]{}~$`\\\"'".utf8.contains($0) }) else { return nil }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    guard !bytes[..<slash].contains(where: { "*?".utf8.contains($0) }) else { return nil }
    folder = String(decoding: bytes[..<slash], as: UTF8.self)
    name = WildcardName(bytes[(slash + 1)...])
  }

  /// Whether it stands for more than one file.
  public var hasWildcard: Bool { name.hasWildcard }

  /// Whether a name fits; one that begins with a dot only where the pattern does.
  public func matches(_ text: String) -> Bool {
    let text = Array(text.utf8)
    return (text.first != UInt8(ascii: ".") || name.isHidden) && name.matches(text)
  }
}
