// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText
public import Facts

/// All files of netplan together: a later one adds to what an earlier one says of an interface, or replaces it.
public struct NetplanConfiguration: Sendable {
  private struct Merged {
    var definition: NetplanFile.Definition
    var file: String
    var line: Int?
    var isGenerated: Bool
  }

  private var merged: [Merged] = []
  private var places: [String: Int] = [:]

  /// Of no file yet.
  public init() {}

  /// Adds the next file; files go by their names, whatever their directories.
  public mutating func add(_ file: NetplanFile, path: String) {
    let isGenerated = path.hasSuffix("/50-cloud-init.yaml")
    for definition in file.definitions {
      let key = "\(definition.group) \(definition.id[...].text)"
      guard let place = places[key] else {
        places[key] = merged.count
        merged.append(
          Merged(definition: definition, file: path, line: definition.line, isGenerated: isGenerated))
        continue
      }
      merged[place].definition.take(definition)
      // The finding names the file that sets the addresses.
      if !definition.addresses.isEmpty {
        merged[place].file = path
        merged[place].line = definition.line
      }
      merged[place].isGenerated = merged[place].isGenerated && isGenerated
    }
  }

  /// What the files say of interfaces.
  public var interfaces: [NetworkInterface] {
    merged.map { entry in
      let definition = entry.definition
      let match = definition.match?[...].text
      let name = definition.name ?? (match == nil ? definition.id : nil)
      var interface = NetworkInterface(
        name: name?[...].text, match: match, file: entry.file, line: entry.line, stack: .netplan)
      let isLoopback = definition.id.elementsEqual("lo".utf8) || match == "lo"
      interface.kind = isLoopback ? .loopback : NetplanFile.kinds[definition.group] ?? .other
      if definition.group == "bridges", definition.hasMembers != true { interface.kind = .virtual }
      var addresses = DistinctAddresses()
      for address in definition.addresses { addresses.add(address[...].text) }
      interface.addresses = addresses.all
      let asks = definition.asks4 == true || definition.asks6 == true && interface.addresses.isEmpty
      interface.settle(asks: asks)
      interface.automatic = !["manual", "off"].contains(definition.activation?[...].text ?? "")
      interface.clientIdentifier = definition.clientIdentifier?[...].text.lowercased()
      interface.generated = entry.isGenerated
      return interface
    }
  }
}

extension NetplanFile.Definition {
  /// Takes in what a later file says: lists are added to, all else is replaced.
  fileprivate mutating func take(_ later: NetplanFile.Definition) {
    asks4 = later.asks4 ?? asks4
    asks6 = later.asks6 ?? asks6
    name = later.name ?? name
    match = later.match ?? match
    activation = later.activation ?? activation
    clientIdentifier = later.clientIdentifier ?? clientIdentifier
    hasMembers = later.hasMembers == true ? true : hasMembers ?? later.hasMembers
    var seen = Set(addresses)
    for address in later.addresses where addresses.count < DistinctAddresses.most && seen.insert(address).inserted {
      addresses.append(address)
    }
  }
}
