// SPDX-License-Identifier: Apache-2.0

/// A name in which `*` stands for any bytes and `?` for one (fnmatch(3), without brackets).
package struct WildcardName: Equatable, Sendable {
  private let bytes: [UInt8]

  /// The pattern of those bytes.
  package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// Whether it stands for more than one name.
  package var hasWildcard: Bool { bytes.contains { "*?".utf8.contains($0) } }
  /// Whether it begins with a dot.
  package var isHidden: Bool { bytes.first == UInt8(ascii: ".") }

  /// Whether a name fits; takes as many steps as both are long, multiplied.
  package func matches(_ name: [UInt8]) -> Bool {
    var (at, place) = (0, 0)
    // Where the last star stands, and what it stood for so far: going back there is enough.
    var star: (at: Int, place: Int)?
    while place < name.count {
      if at < bytes.count, bytes[at] == UInt8(ascii: "*") {
        star = (at, place)
        at += 1
      } else if at < bytes.count, bytes[at] == UInt8(ascii: "?") || bytes[at] == name[place] {
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
    return bytes[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
