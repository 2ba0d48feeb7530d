// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// GRUB's environment block, `grubenv`: what one start leaves for the next (GRUB manual, "Environment block").
public struct GrubEnvironment: Equatable, Sendable {
  /// The variables with their values, without what may be a secret (`TellingWords`).
  let variables: [String: [UInt8]]
  /// Why it cannot be trusted: a block has exactly 1024 bytes and begins with its mark.
  public let error: BootFileError?

  /// The size of a block.
  public static let size = 1024
  private static let mark = "# GRUB Environment Block\n"
  /// No block has room for more variables.
  private static let most = 512

  /// A block that is not there: no variable.
  public init() {
    variables = [:]
    error = nil
  }

  /// Reads a block.
  public init(parsing bytes: [UInt8]) {
    guard bytes[...].hasPrefix(Self.mark), bytes.count >= Self.size else {
      variables = [:]
      error = BootFileError(bytes.isEmpty ? .empty : bytes[...].hasPrefix(Self.mark) ? .cutOff : .environment)
      return
    }
    var variables: [String: [UInt8]] = [:]
    var pending: [UInt8] = []
    for line in bytes[...].lines where variables.count < Self.most {
      // What is not used is filled with `#`.
      if pending.isEmpty, line.first == UInt8(ascii: "#") { continue }
      // A backslash keeps what follows as it is: a line break or another one.
      let (content, isJoined) = Self.unescaped(line)
      pending += content
      if isJoined {
        pending.append(0x0A)
        continue
      }
      if let equals = pending.firstIndex(of: UInt8(ascii: "=")) {
        let name = pending[..<equals].text
        guard name.utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }), !name.isEmpty else {
          pending = []
          continue
        }
        variables[name] = TellingWords.value(Array(pending[(equals + 1)...]), of: name)
      }
      pending = []
    }
    self.variables = variables
    error = nil
  }

  private static func unescaped(_ line: Bytes) -> ([UInt8], isJoined: Bool) {
    var content: [UInt8] = []
    var isEscaped = false
    for byte in line {
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        content.append(byte)
        isEscaped = false
      }
    }
    return (content, isEscaped)
  }

  /// The block for a recording: arguments of a kernel without those that are not read.
  public var recorded: [UInt8] {
    if let error { return error.reason == .empty ? [] : Array((error.reason == .cutOff ? Self.mark : "#\n").utf8) }
    var bytes = Array(Self.mark.utf8)
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
      bytes += name.utf8
      bytes.append(UInt8(ascii: "="))
      for byte in value {
        if byte == UInt8(ascii: "\\") || byte == 0x0A { bytes.append(UInt8(ascii: "\\")) }
        bytes.append(byte)
      }
      bytes.append(0x0A)
    }
    return bytes + [UInt8](repeating: UInt8(ascii: "#"), count: max(0, Self.size - bytes.count))
  }
}
