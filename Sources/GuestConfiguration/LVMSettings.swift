// SPDX-License-Identifier: Apache-2.0

public import ConfigurationText

/// What a configuration file of LVM (`lvm.conf`, `lvmlocal.conf`; lvm.conf(5)) says of the devices file.
///
/// The form: sections `name { ... }`, settings `name = value` also as `section/name = value`, strings in quotes, lists
/// in brackets, comments from `#` to the end of the line. A setting that has the value which lvm2 was built with stands
/// in a comment of its own line, as `lvmconfig --type default` writes it; it tells that value.
public struct LVMSettings: Equatable, Sendable {
  /// `devices/use_devicesfile`; `nil` where the file does not set it.
  public private(set) var usesDevicesFile: Bool?
  /// The same, as a comment tells what lvm2 was built with; `nil` where none does.
  public private(set) var usesDevicesFileByDefault: Bool?
  /// `devices/device_ids_refresh`: whether ids of another machine's devices are replaced; `nil` where it is not set.
  public private(set) var refreshesIDs: Bool?
  /// Where the file stops to make sense; what stands behind is not known.
  public private(set) var error: ConfigurationError?

  private static let deepest = 16

  /// Reads the file.
  public init(parsing bytes: [UInt8]) {
    for line in bytes.lines {
      let words = line.split { $0.isBlank || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "#") }
      guard line.trimmed.first == UInt8(ascii: "#"), line.contains(UInt8(ascii: "=")), words.count == 2,
        words[0].elementsEqual("use_devicesfile".utf8)
      else { continue }
      usesDevicesFileByDefault = Self.truth(words[1])
    }
    var cursor = Cursor(rest: bytes[...])
    do throws(ConfigurationError) {
      while let setting = try cursor.next(deepest: Self.deepest) { take(setting) }
    } catch {
      self.error = ConfigurationError(line: error.line, .statement)
    }
  }

  private mutating func take(_ setting: (path: String, value: Bytes)) {
    switch setting.path {
    case "devices/use_devicesfile": usesDevicesFile = Self.truth(setting.value)
    case "devices/device_ids_refresh": refreshesIDs = Self.truth(setting.value)
    default: break
    }
  }

  /// Any number but zero is true.
  private static func truth(_ value: Bytes) -> Bool? {
    let text = value.filter { !"\"'".utf8.contains($0) }[...].trimmed.text
    if ["y", "yes", "on", "true"].contains(text) { return true }
    if ["n", "no", "off", "false"].contains(text) { return false }
    return Int(text).map { $0 != 0 }
  }

  /// The file as it goes into a recording: what was read of it.
  public var recorded: [UInt8] {
    var settings: [String] = []
    if let usesDevicesFile { settings.append("devices/use_devicesfile = \(usesDevicesFile ? 1 : 0)") }
    if let refreshesIDs { settings.append("devices/device_ids_refresh = \(refreshesIDs ? 1 : 0)") }
    // What does not make sense stays so, on its line, behind what was understood.
    if error?.line == 1 { settings.append("}") }
    var lines = NumberedLines()
    lines.put(settings.joined(separator: " "), at: 1)
    if let error, error.line > 1 { lines.put("}", at: error.line) }
    if let usesDevicesFileByDefault { lines.put("# use_devicesfile = \(usesDevicesFileByDefault ? 1 : 0)", at: 0) }
    return lines.bytes
  }
}

extension LVMSettings {
  /// Walks the settings of a file.
  private struct Cursor {
    var rest: Bytes
    var line = 1
    var sections: [String] = []

    /// The next setting with the path to it; `nil` at the end of the file.
    mutating func next(deepest: Int) throws(ConfigurationError) -> (path: String, value: Bytes)? {
      while true {
        skipSpace()
        guard let first = rest.first else {
          guard sections.isEmpty else { throw ConfigurationError(line: line, .statement) }
          return nil
        }
        if first == UInt8(ascii: "}") {
          guard sections.popLast() != nil else { throw ConfigurationError(line: line, .statement) }
          rest = rest.dropFirst()
          continue
        }
        let name = rest.prefix { LVMSettings.isNameByte($0) }
        guard !name.isEmpty else { throw ConfigurationError(line: line, .statement) }
        rest = rest[name.endIndex...]
        skipSpace()
        switch rest.first {
        case UInt8(ascii: "{"):
          guard sections.count < deepest else { throw ConfigurationError(line: line, .nesting) }
          sections.append(name.text)
          rest = rest.dropFirst()
        case UInt8(ascii: "="):
          rest = rest.dropFirst()
          return ((sections + [name.text]).joined(separator: "/"), try value())
        default: throw ConfigurationError(line: line, .statement)
        }
      }
    }

    private mutating func value() throws(ConfigurationError) -> Bytes {
      skipSpace()
      guard let first = rest.first else { throw ConfigurationError(line: line, .statement) }
      if first == UInt8(ascii: "[") {
        let start = rest
        rest = rest.dropFirst()
        while true {
          skipSpace()
          guard let next = rest.first else { throw ConfigurationError(line: line, .flow) }
          if next == UInt8(ascii: "]") { break }
          if next == UInt8(ascii: ",") { rest = rest.dropFirst() } else { _ = try scalar() }
        }
        rest = rest.dropFirst()
        return start[..<rest.startIndex]
      }
      return try scalar()
    }

    private mutating func scalar() throws(ConfigurationError) -> Bytes {
      let start = rest
      guard let quote = rest.first, "\"'".utf8.contains(quote) else {
        let word = rest.prefix { LVMSettings.isNameByte($0) || $0 == UInt8(ascii: ":") }
        guard !word.isEmpty else { throw ConfigurationError(line: line, .value) }
        rest = rest[word.endIndex...]
        return word
      }
      rest = rest.dropFirst()
      while let byte = rest.first, byte != quote {
        rest = rest.dropFirst(byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1)
        if byte == 0x0A { line += 1 }
      }
      guard !rest.isEmpty else { throw ConfigurationError(line: line, .quote) }
      rest = rest.dropFirst()
      return start[..<rest.startIndex]
    }

    private mutating func skipSpace() {
      while let first = rest.first {
        if first == 0x0A { line += 1 }
        if first == 0x0A || first.isBlank {
          rest = rest.dropFirst()
        } else if first == UInt8(ascii: "#") {
          rest = rest[(rest.firstIndex(of: 0x0A) ?? rest.endIndex)...]
        } else {
          return
        }
      }
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isDigit || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "_-./+@".utf8.contains(byte)
  }
}
