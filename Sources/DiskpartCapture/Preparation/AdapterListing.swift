// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The adapters in an answer of `ipconfig /all`, or in the capture script's words.
///
/// Of `ipconfig` the layout is read: `name:` begins an adapter, `key . . . : value` says something of it, and a value
/// without key goes on with the one above. Of its words only those for yes and no have to be known; `DHCP`, `IPv4`,
/// `DNS` and `WINS` are the same in every language.
struct AdapterListing {
  /// The adapters so far.
  private(set) var adapters: [WindowsAdapter] = []
  /// How many the script said that there are.
  private(set) var expected: Int?
  /// The script could not ask.
  private(set) var isUnavailable = false
  /// Adapters of which a line on DHCP was seen.
  private(set) var withDHCP = 0
  /// There were more than are kept, or a line that makes no sense.
  private(set) var isDamaged = false
  private var last = Property.other
  private var isTitled = false

  /// No server has so many adapters, and no adapter so many addresses.
  private static let (adapterLimit, addressLimit) = (256, 64)

  private enum Property { case address, gateway, names, other }

  /// Words for yes and no, in lower case.
  private static let words: [String: Bool] = [
    "yes": true, "no": false, "是": true, "否": false, "はい": true, "いいえ": false, "예": true, "아니요": false,
    "아니오": false, "ja": true, "nein": false, "oui": true, "non": false, "sí": true, "sim": true, "não": false,
    "да": true, "нет": false,
  ]

  /// What stands before the name of an adapter.
  private static let kinds = [
    "Ethernet adapter ", "Wireless LAN adapter ", "Unknown adapter ", "以太网适配器 ", "无线局域网适配器 ", "未知适配器 ",
    "イーサネット アダプター ", "이더넷 어댑터 ", "Ethernet-Adapter ", "Carte Ethernet ", "Adaptador de Ethernet ",
    "Adaptador Ethernet ", "Адаптер Ethernet ",
  ]

  // MARK: ipconfig

  /// Takes in a line; false if it is none of `ipconfig`.
  mutating func read(_ line: Line) -> Bool {
    if let (key, value) = Self.property(line) {
      take(key, value)
      return true
    }
    let text = line.text
    if text.hasSuffix(":") || text.hasSuffix("：") {
      begin(String(text.dropLast()))
      return true
    }
    if Self.isTitle(text) {
      isTitled = true
      return true
    }
    if line.words.count == 1, let address = Self.address(text) {
      append(address, to: last)
      return true
    }
    if line.words.count == 1, last == .names { return true }
    // The title in another language, as the first line.
    guard !isTitled, adapters.isEmpty else { return false }
    isTitled = true
    return true
  }

  /// `Windows IP Configuration`: in Chinese, Japanese and Korean the first two words are the same.
  static func isTitle(_ text: String) -> Bool {
    text.hasPrefix("Windows IP ") && text.split(separator: " ").count == 3 && !text.contains(":")
  }

  /// The key and the value of `key . . . : value`.
  private static func property(_ line: Line) -> (key: String, value: String)? {
    guard let start = line.words.first?.lowerBound,
      let colon = line.units.prefix(120).firstIndex(where: { $0 == 0x3A || $0 == 0xFF1A }), colon > start
    else { return nil }
    let left = line.text(start..<colon)
    guard left.hasSuffix(".") else { return nil }
    let end = left.lastIndex { $0 != "." && $0 != " " } ?? left.startIndex
    return (String(left[...end]), line.text((colon + 1)..<line.units.count))
  }

  private mutating func begin(_ title: String) {
    guard adapters.count < Self.adapterLimit else { return isDamaged = true }
    var name = title
    while name.last == " " { name.removeLast() }
    if let kind = Self.kinds.first(where: { name.hasPrefix($0) }) { name.removeFirst(kind.count) }
    adapters.append(WindowsAdapter(name: PlainText.from(name)))
    (last, isTitled) = (.other, true)
  }

  private mutating func take(_ key: String, _ value: String) {
    let upper = key.uppercased()
    let isOfNames = upper.contains("DNS") || upper.contains("WINS")
    last = isOfNames ? .names : .other
    guard let index = adapters.indices.last, !isOfNames, !upper.contains("DHCPV6") else { return }
    let address = Self.address(value)
    if upper.contains("DHCP") {
      if address != nil {
        // Who gave it the address.
        adapters[index].dhcp = .value(true)
      } else {
        withDHCP += 1
        if let answer = Self.words[value.lowercased()] { adapters[index].dhcp = .value(answer) }
      }
    } else if upper.contains("IPV4") || upper.contains("IPV6") || upper.contains("IP ADDRESS") {
      last = .address
      if let address { append(address, to: .address) }
    } else if let address {
      // What is left besides the mask.
      guard !address.hasPrefix("255.") else { return }
      last = .gateway
      append(address, to: .gateway)
    } else if ["Description", "描述"].contains(key) {
      adapters[index].description = PlainText.from(value)
    }
  }

  private mutating func append(_ address: String, to property: Property) {
    guard let index = adapters.indices.last else { return }
    switch property {
    case .address where adapters[index].addresses.count < Self.addressLimit: adapters[index].addresses.append(address)
    case .gateway where adapters[index].gateways.count < Self.addressLimit: adapters[index].gateways.append(address)
    case .names, .other: break
    case .address, .gateway: isDamaged = true
    }
  }

  /// The address that a value is, without its zone and what is remarked in brackets.
  static func address(_ value: String) -> String? {
    let end = value.firstIndex { $0 == "%" || $0 == "(" || $0 == "（" } ?? value.endIndex
    let text = value[..<end]
    guard !text.isEmpty, text.utf8.count <= 45 else { return nil }
    if text.contains(":") {
      let isAddress = text.utf8.allSatisfy { unit in
        unit == 0x3A || unit == 0x2E || (0x30...0x39).contains(unit) || (0x61...0x66).contains(unit | 0x20)
      }
      return isAddress && text.utf8.count(where: { $0 == 0x3A }) > 1 ? text.lowercased() : nil
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil && $0.utf8.count <= 3 } ? String(text) : nil
  }

  // MARK: the capture script

  /// Takes in `adapters: 2`, `adapters: unavailable` and `adapter: index=12 dhcp=True addresses=A,B gateways=C name=D`;
  /// false if the line is none of them.
  mutating func readScript(_ text: String) -> Bool {
    if let value = Self.rest(of: text, behind: "adapters: ") {
      expected = Int(value)
      isUnavailable = expected == nil
      return true
    }
    guard let value = Self.rest(of: text, behind: "adapter: ") else { return false }
    guard adapters.count < Self.adapterLimit, let adapter = Self.adapter(value) else {
      isDamaged = true
      return true
    }
    adapters.append(adapter)
    return true
  }

  private static func rest(of text: String, behind start: String) -> String? {
    text.hasPrefix(start) ? String(text.dropFirst(start.count)) : nil
  }

  private static func adapter(_ text: String) -> WindowsAdapter? {
    let parts = text.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
    let keys = ["index=", "dhcp=", "addresses=", "gateways=", "name="]
    guard parts.count == keys.count, zip(parts, keys).allSatisfy({ $0.hasPrefix($1) }) else { return nil }
    let values = zip(parts, keys).map { String($0.dropFirst($1.count)) }
    var adapter = WindowsAdapter(name: PlainText.from(values[4]))
    adapter.description = adapter.name
    adapter.index = Int(values[0])
    adapter.dhcp = Observed(known: ["true": true, "false": false][values[1].lowercased()])
    adapter.addresses = values[2].split(separator: ",").prefix(addressLimit).compactMap { address(String($0)) }
    adapter.gateways = values[3].split(separator: ",").prefix(addressLimit).compactMap { address(String($0)) }
    return adapter.index != nil && adapter.dhcp.isKnown ? adapter : nil
  }
}
