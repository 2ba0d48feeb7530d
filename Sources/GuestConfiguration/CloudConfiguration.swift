// SPDX-License-Identifier: Apache-2.0

public import ConfigurationText

/// What a configuration file of cloud-init says of the network, of data sources and of host keys; all else in it -
/// users, passwords, scripts - is passed over.
///
/// The file is YAML whose outermost map has a key for each subject ("Base configuration" of cloud-init's
/// documentation). Only the subjects that are wanted are read as YAML, so that what others hold need not be understood.
public struct CloudConfiguration: Equatable, Sendable {
  /// What a file says of the network ("Network configuration" of cloud-init's documentation).
  public enum Network: Equatable, Sendable {
    /// To leave it alone: `network: {config: disabled}`.
    case disabled
    /// The configuration itself, which counts before what a data source has.
    case given
  }

  /// What cloud-init is told of the network; `nil` where the file says nothing of it.
  public private(set) var network: Network?
  /// `datasource_list`: the names of the data sources that are tried, in their order; `nil` where the file says
  /// nothing.
  public var dataSources: [String]? { sourceNames.map { $0.map { $0[...].text } } }
  /// `ssh_deletekeys`: whether a new server's host keys are made anew; `nil` where the file says nothing.
  public private(set) var deletesHostKeys: Bool?
  /// For each list of modules that the file has, by its key, whether the module for host keys is in it.
  public private(set) var runsSSH: [String: Bool] = [:]
  /// Why a subject is not understood; one for each such subject, in the order of lines.
  public private(set) var errors: [ConfigurationError] = []
  private var sourceNames: [[UInt8]]?
  private var misunderstood: [Int: String] = [:]

  /// The lists of modules, one for each stage.
  public static let moduleLists = ["cloud_init_modules", "cloud_config_modules", "cloud_final_modules"]
  private static let wanted = Set(["datasource_list", "ssh_deletekeys"] + moduleLists)

  /// Reads the file.
  public init(parsing bytes: [UInt8]) {
    let lines = bytes.lines
    readNetwork(lines)
    for (key, block) in Self.blocks(lines).sorted(by: { $0.value.lowerBound < $1.value.lowerBound }) {
      read(key, lines[block], at: block.lowerBound)
    }
  }

  /// Whether the file speaks of a subject in a way that is not understood.
  public func isMisunderstood(_ subject: String) -> Bool { misunderstood.values.contains(subject) }

  // MARK: subjects

  /// The lines of each wanted subject, which begins with its key at the margin; of one that is there twice the last.
  private static func blocks(_ lines: [Bytes]) -> [String: Range<Int>] {
    var blocks: [String: Range<Int>] = [:]
    var open: String?
    for (index, line) in lines.enumerated() {
      guard let first = line.first, !first.isBlank, first != UInt8(ascii: "#") else {
        if let open, let block = blocks[open] { blocks[open] = block.lowerBound..<index + 1 }
        continue
      }
      // A list may stand at the margin below its key, and a bracket may end there.
      if let open, let block = blocks[open], "-]},".utf8.contains(first), !line.hasPrefix("---") {
        blocks[open] = block.lowerBound..<index + 1
        continue
      }
      let key = line.prefix { $0 != UInt8(ascii: ":") }.filter { !"'\"".utf8.contains($0) }[...].trimmed.text
      open = wanted.contains(key) ? key : nil
      if let open { blocks[open] = index..<index + 1 }
    }
    return blocks
  }

  private mutating func read(_ key: String, _ lines: ArraySlice<Bytes>, at start: Int) {
    let failed = ConfigurationError(line: start + 1, .value)
    do throws(ConfigurationError) {
      let block = Array(lines.joined(separator: [0x0A]))
      guard let entry = try YAMLReader.parse(block).entries?.first, entry.key.elementsEqual(key.utf8) else {
        throw failed
      }
      switch key {
      case "datasource_list": sourceNames = try Self.names(entry.value, failed)
      case "ssh_deletekeys": deletesHostKeys = try Self.truth(entry.value, failed)
      default: runsSSH[key] = try Self.modules(entry.value, failed).contains("ssh")
      }
    } catch {
      misunderstood[start + 1] = key
      errors.append(failed)
    }
  }

  /// A list of names, or names in one text; nothing, and a list of nothing, is as if the key were not there.
  private static func names(_ value: YAMLNode, _ failed: ConfigurationError) throws(ConfigurationError) -> [[UInt8]]? {
    var names: [[UInt8]] = []
    switch value {
    case .nothing: return nil
    case .scalar(let text, _): names = text[...].split(separator: UInt8(ascii: ",")).map { Array($0.trimmed) }
    case .list(let items):
      for item in items {
        guard let text = item.scalar else { throw failed }
        names.append(Array(text[...].trimmed))
      }
    case .map: throw failed
    }
    names.removeAll(where: \.isEmpty)
    guard names.count <= mostNames else { throw failed }
    return names.isEmpty ? nil : names
  }

  /// There are not half as many data sources.
  private static let mostNames = 128

  /// The names of modules: alone, with their frequency behind them, or under `name`.
  private static func modules(_ value: YAMLNode, _ failed: ConfigurationError) throws(ConfigurationError) -> Set<String>
  {
    guard case .list(let items) = value else {
      guard case .nothing = value else { throw failed }
      return []
    }
    var names: Set<String> = []
    for item in items {
      let name: YAMLNode? =
        switch item {
        case .scalar, .nothing: item
        case .list(let parts): parts.first
        case .map(let entries): entries["name"]?.value
        }
      guard let text = name?.scalar else { throw failed }
      names.insert(text[...].trimmed.text)
    }
    return names
  }

  /// `true`, `yes`, `on`, `1` and nothing else is true (cloud-init's `is_true`).
  private static func truth(_ value: YAMLNode, _ failed: ConfigurationError) throws(ConfigurationError) -> Bool {
    switch value {
    case .nothing: return false
    case .scalar(let text, _): return ["true", "yes", "on", "1"].contains(text[...].trimmed.text.lowercased())
    case .list, .map: throw failed
    }
  }

  // MARK: network

  /// `network: {config: disabled}`, in either form, or anything else that is not empty.
  private mutating func readNetwork(_ lines: [Bytes]) {
    var isInside = false
    for line in lines {
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      let content = Self.withoutMarks(line)
      if !first.isBlank {
        isInside = content.hasPrefix("network:")
        guard isInside else { continue }
        network = Self.inline(content.dropFirst("network:".utf8.count))
      } else if isInside, !content.isEmpty, network != .disabled {
        network = content.elementsEqual("config:disabled".utf8) ? .disabled : .given
      }
    }
  }

  /// What stands behind the key on its line.
  private static func inline(_ value: ArraySlice<UInt8>) -> Network? {
    if ["", "{}", "null", "~"].contains(where: { value.elementsEqual($0.utf8) }) { return nil }
    return value.elementsEqual("{config:disabled}".utf8) ? .disabled : .given
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

  // MARK: recording

  /// The file as it goes into a recording: what was read of it.
  public var recorded: [UInt8] {
    var lines = NumberedLines()
    // What is not understood stays so, on its line.
    for (line, key) in misunderstood.sorted(by: { $0.key < $1.key }) { lines.put("\(key): {-: &", at: line) }
    switch network {
    case .disabled?: lines.put("network: {config: disabled}", at: 0)
    case .given?: lines.put("network: {version: 2}", at: 0)
    case nil: break
    }
    if let sourceNames {
      let items = sourceNames.map(YAMLScalar.singleQuoted)
      lines.put(
        Array("datasource_list: [".utf8) + Array(items.joined(separator: Array(", ".utf8))) + Array("]".utf8), at: 0)
    }
    if let deletesHostKeys { lines.put("ssh_deletekeys: \(deletesHostKeys)", at: 0) }
    for (key, runs) in runsSSH.sorted(by: { $0.key < $1.key }) { lines.put("\(key): [\(runs ? "ssh" : "")]", at: 0) }
    return lines.bytes
  }
}
