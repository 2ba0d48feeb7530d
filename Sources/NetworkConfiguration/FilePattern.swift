// SPDX-License-Identifier: Apache-2.0

/// A path whose last name may hold `*` and `?`.
public struct FilePattern: Equatable, Sendable {
  /// The directory.
  public let folder: String
  private let name: [UInt8]

  /// The pattern; `nil` for one that takes a shell, or has wildcards in its directories.
  public init?(_ path: String) {
    let bytes = Array(path.utf8)
    guard !bytes.contains(where: { "[]{}~$`\\\"'".utf8.contains($0) }) else { return nil }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    guard !bytes[..<slash].contains(where: { "*?".utf8.contains($0) }) else { return nil }
    folder = String(decoding: bytes[..<slash], as: UTF8.self)
    name = Array(bytes[(slash + 1)...])
  }

  /// Whether it stands for more than one file.
  public var hasWildcard: Bool { name.contains { "*?".utf8.contains($0) } }

  /// Whether a name fits; one that begins with a dot only where the pattern does.
  public func matches(_ text: String) -> Bool {
    let text = Array(text.utf8)
    if text.first == UInt8(ascii: "."), name.first != UInt8(ascii: ".") { return false }
    var (at, place) = (0, 0)
    // Where the last star stands, and what it stood for so far: going back there is enough.
    var star: (at: Int, place: Int)?
    while place < text.count {
      if at < name.count, name[at] == UInt8(ascii: "*") {
        star = (at, place)
        at += 1
      } else if at < name.count, name[at] == UInt8(ascii: "?") || name[at] == text[place] {
        at += 1
        place += 1
      } else if let last = star {
        star = (last.at, last.place + 1)
        at = last.at + 1
        place = last.place + 1
      } else {
        return false
      }
    }
    return name[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
