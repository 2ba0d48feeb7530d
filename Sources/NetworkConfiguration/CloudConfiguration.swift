// SPDX-License-Identifier: Apache-2.0

/// What a configuration file of cloud-init says of the network; all else in it - users, passwords, scripts - is passed
/// over.
public struct CloudConfiguration: Equatable, Sendable {
  /// Whether cloud-init is told to leave the network alone; `nil` where the file says nothing of the network.
  public private(set) var disablesNetwork: Bool?

  /// Reads the file: `network: {config: disabled}` at its outermost level, in either form.
  public init(parsing bytes: [UInt8]) {
    var isInside = false
    for line in bytes.lines {
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      let content = Self.withoutMarks(line)
      if !first.isBlank {
        isInside = content.hasPrefix("network:")
        guard isInside else { continue }
        disablesNetwork = content.elementsEqual("network:{config:disabled}".utf8)
      } else if isInside, content.elementsEqual("config:disabled".utf8) {
        disablesNetwork = true
      }
    }
  }

  /// The line without blanks, quotes and a comment at its end.
  private static func withoutMarks(_ line: Bytes) -> [UInt8] {
    var content: [UInt8] = []
    var before: UInt8 = 0x20
    for byte in line {
      if byte == UInt8(ascii: "#"), before.isBlank { break }
      if !byte.isBlank, byte != UInt8(ascii: "'"), byte != UInt8(ascii: "\"") { content.append(byte) }
      before = byte
    }
    return content
  }

  /// The file as it goes into a recording: what was read of it.
  public var recorded: [UInt8] {
    switch disablesNetwork {
    case true?: Array("network: {config: disabled}\n".utf8)
    case false?: Array("network: {}\n".utf8)
    case nil: []
    }
  }
}
