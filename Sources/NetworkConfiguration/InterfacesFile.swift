// SPDX-License-Identifier: Apache-2.0

public import ConfigurationText
public import Facts

/// `/etc/network/interfaces`, or a file that it sources (interfaces(5)).
public struct InterfacesFile: Equatable, Sendable {
  /// Another file that is read in where this stands.
  public struct Source: Equatable, Sendable {
    /// The line.
    public var line: Int
    /// A pattern of files, or a directory.
    public var path: String { written[...].text }
    /// Whether it is a directory, all of whose files are meant.
    public var isDirectory: Bool
    /// The path as written.
    var written: [UInt8]
  }

  /// What the lines at hand belong to.
  private enum Place {
    case nothing, stanza, mapping
  }

  struct Stanza: Equatable, Sendable {
    var line: Int
    /// The words of its first line: name, and family and method where they are given.
    var words: [[UInt8]]
    var options: [Option] = []

    var name: String { words[0][...].text }

    func option(_ name: String) -> String? { options.last { $0.key == name }.map { $0.value[...].text } }
  }

  struct Option: Equatable, Sendable {
    var line: Int
    var key: String
    var value: [UInt8]
  }

  /// The files that it reads in, in their order.
  public private(set) var sources: [Source] = []
  /// Statements that make no sense, by their lines.
  public private(set) var errors: [ConfigurationError] = []
  /// The interfaces that are brought up at the start or when they appear.
  public private(set) var automatic: [String] = []

  private var stanzas: [Stanza] = []
  private var automaticLines: [(line: Int, words: [[UInt8]])] = []

  /// Files are the same if they say the same.
  public static func == (one: InterfacesFile, other: InterfacesFile) -> Bool {
    one.sources == other.sources && one.errors == other.errors && one.automatic == other.automatic
      && one.stanzas == other.stanzas
  }

  /// Reads the file.
  public init(parsing bytes: [UInt8]) {
    var pending: (line: Int, content: [UInt8])?
    var place = Place.nothing
    for (index, raw) in bytes.lines.enumerated() {
      if pending == nil, raw.trimmed.first == UInt8(ascii: "#") { continue }
      var content = (pending?.content ?? []) + raw
      let line = pending?.line ?? index + 1
      pending = nil
      if content.last == UInt8(ascii: "\\") {
        content[content.count - 1] = 0x20
        pending = (line, content)
        continue
      }
      take(content[...].words.map(Array.init), line, &place)
    }
    if let pending { take(pending.content[...].words.map(Array.init), pending.line, &place) }
    automatic = automaticLines.flatMap { $0.words.map { $0[...].text } }
  }

  private mutating func take(_ words: [[UInt8]], _ line: Int, _ place: inout Place) {
    guard let first = words.first else { return }
    let rest = Array(words.dropFirst())
    let keyword = first[...].text
    switch keyword {
    case "iface":
      guard !rest.isEmpty else { return errors.append(ConfigurationError(line: line, .statement)) }
      stanzas.append(Stanza(line: line, words: Array(rest.prefix(3))))
      place = .stanza
    case "auto", "allow-auto", "allow-hotplug":
      automaticLines.append((line, rest))
      place = .nothing
    case "source", "source-directory", "source-dir":
      guard rest.count == 1 else { return errors.append(ConfigurationError(line: line, .statement)) }
      sources.append(Source(line: line, isDirectory: keyword != "source", written: rest[0]))
      place = .nothing
    // Their options are none of addresses; `mapping` has them below it.
    case "mapping", "template", "rename", "no-auto-down", "no-scripts":
      place = keyword == "mapping" ? .mapping : .nothing
    case _ where keyword.hasPrefix("allow-"): place = .nothing
    default:
      guard place != .nothing else { return errors.append(ConfigurationError(line: line, .statement)) }
      let key = String(keyword.map { $0 == "_" ? "-" : $0 })
      guard place == .stanza, Self.options.contains(key), !stanzas.isEmpty else { return }
      stanzas[stanzas.count - 1].options.append(
        Option(line: line, key: key, value: Array(rest.joined(separator: [0x20]))))
    }
  }

  private static let options: Set<String> = [
    "address", "bridge-ports", "bond-slaves", "bond-mode", "slaves", "vlan-raw-device", "vlan-id", "link-type",
    "wireless-essid",
  ]

  /// What the file says of interfaces; `automatic` are the names that it and the files around it bring up.
  public func interfaces(file: String, automatic: Set<String>) -> [NetworkInterface] {
    stanzas.map { stanza in
      var interface = NetworkInterface(name: stanza.name, file: file, line: stanza.line, stack: .ifupdown)
      interface.kind = Self.kind(stanza)
      // An address may stand once for each family, and in ifupdown2 and ifupdown-ng several times.
      interface.addresses = stanza.options.filter { $0.key == "address" && !$0.value.isEmpty }.map {
        $0.value[...].text
      }
      let method = stanza.words.count > 2 ? stanza.words[2][...].text : stanza.words.count > 1 ? "" : "static"
      switch method {
      case "dhcp", "bootp", "auto":
        // Those methods know no address (interfaces(5)): one that stands there is left over.
        interface.addresses = []
        interface.settle(asks: true)
      case "static", "manual", "loopback", "none", "": interface.settle(asks: false)
      default: interface.settle(asks: false, otherwise: .other)
      }
      // ifup(8) takes no address from an interface that is configured by hand.
      if method == "manual" || method == "loopback" {
        interface.addresses = []
        interface.method = .none
      }
      let base = stanza.name.split(separator: ":").first.map(String.init) ?? stanza.name
      interface.automatic =
        automatic.contains(stanza.name) || automatic.contains(base) || automatic.contains { $0.hasPrefix("/") }
      interface.generated = file.contains("/50-cloud-init")
      return interface
    }
  }

  private static func kind(_ stanza: Stanza) -> NetworkInterface.Kind {
    let named = InterfaceName.kind(stanza.name)
    if named == .loopback { return named }
    if let ports = stanza.option("bridge-ports") { return ports.isEmpty || ports == "none" ? .virtual : .bridge }
    if ["bond-slaves", "bond-mode", "slaves"].contains(where: { stanza.option($0) != nil }) { return .bond }
    if ["vlan-raw-device", "vlan-id"].contains(where: { stanza.option($0) != nil }) { return .vlan }
    if stanza.option("wireless-essid") != nil { return .wireless }
    return stanza.option("link-type").map(InterfaceName.kind(ofType:)) ?? named
  }

  /// The file as it goes into a recording: what was read of it, on its lines, without keys and scripts.
  public var recorded: [UInt8] {
    var parts: [(line: Int, content: [UInt8])] = []
    func put(_ line: Int, _ keyword: String, _ words: [[UInt8]]) {
      parts.append((line, Array(([Array(keyword.utf8)] + words).joined(separator: [0x20]))))
    }
    for stanza in stanzas {
      put(stanza.line, "iface", stanza.words)
      for option in stanza.options {
        put(option.line, option.key, option.value.isEmpty ? [] : [option.value])
      }
    }
    for automatic in automaticLines { put(automatic.line, "auto", automatic.words) }
    for source in sources {
      put(source.line, source.isDirectory ? "source-directory" : "source", [source.written])
    }
    for error in errors { put(error.line, "iface", []) }
    var lines = NumberedLines()
    // A backslash at the end of a line would join the next one to it.
    for part in parts.sorted(by: { $0.line < $1.line }) { lines.put(part.content + [0x20], at: part.line) }
    return lines.bytes
  }
}
