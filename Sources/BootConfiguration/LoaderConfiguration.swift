// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText

/// `loader/loader.conf` of systemd-boot (loader.conf(5)).
public struct LoaderConfiguration: Equatable, Sendable {
  /// The pattern of the entry that is started; `nil` where the first one is.
  public var pattern: String? { bytes.map { $0[...].text } }
  private var bytes: [UInt8]?
  private var isCutOff: Bool

  /// Why it cannot be trusted.
  public var error: BootFileError? { isCutOff ? BootFileError(.cutOff) : nil }

  /// No such file: the first entry is started.
  public init() { isCutOff = false }

  /// Reads the file.
  public init(parsing bytes: [UInt8]) {
    for line in bytes.lines where line.trimmed.first != UInt8(ascii: "#") {
      let (key, value) = line.headAndRest
      if key.isText("default"), !value.isEmpty { self.bytes = Array(value) }
    }
    // An empty file and a person's last line without a break are no loss.
    isCutOff = !(bytes.last ?? 0x0A == 0x0A) && self.bytes == nil
  }

  /// The place of the entry that is started among entries in their order; `nil` where that cannot be told.
  ///
  /// Patterns are of fnmatch(3), compared without case with the name of an entry's file.
  public func start(among entries: [BootLoaderEntry]) -> Int? {
    guard let pattern else { return entries.isEmpty ? nil : 0 }
    // What was started last stands in the firmware's variables, and brackets are patterns of their own.
    guard !pattern.hasPrefix("@"), !pattern.contains("[") else { return nil }
    let wanted = WildcardName(pattern.lowercased().utf8)
    let place = entries.firstIndex { entry in
      [entry.id + ".conf", entry.id].contains { wanted.matches(Array($0.lowercased().utf8)) }
    }
    return place ?? (entries.isEmpty ? nil : 0)
  }

  /// The file for a recording.
  public var recorded: [UInt8] {
    if let bytes { return Array("default ".utf8) + bytes + [0x0A] }
    return Array((isCutOff ? "#" : "#\n").utf8)
  }
}
