// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The devices of a guest as lsblk(8) and dmsetup(8) see them, beside the agent's.
struct GuestDevices {
  /// One device as lsblk shows it, with all its parents.
  struct Node {
    var answer: Document
    var parents: Set<String> = []
  }

  /// By kernel name.
  private(set) var nodes: [String: Node] = [:]
  /// Kernel name by path, by `/dev/mapper` name and by number.
  private(set) var names: [String: String] = [:]
  /// What blkid(8) finds on a device when it looks at the device itself.
  private var contents: [String: [String: String]] = [:]

  init(_ observation: GuestObservation) throws {
    for device in try observation.document("lsblk.json")["blockdevices"].list { add(device, parent: nil) }
    for (name, node) in nodes {
      names["/dev/\(name)"] = name
      names[node.answer["path"].word] = name
      names["/dev/\(node.answer["name"].word)"] = name
      names["/dev/mapper/\(node.answer["name"].word)"] = name
      names[node.answer["maj:min"].word] = name
    }
    for link in observation.lines("links") {
      let parts = link.split(separator: "\t").map(String.init)
      guard parts.count == 2, let target = parts[1].split(separator: "/").last.map(String.init) else { continue }
      if nodes[target] != nil { names[parts[0]] = target }
    }
    var current = ""
    for line in observation.lines("blkid") {
      let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
      if line.hasPrefix("KNAME="), parts.count == 2 { current = parts[1] }
      if parts.count == 2 { contents[current, default: [:]][parts[0]] = Self.unescaped(parts[1]) }
    }
  }

  /// A value without the backslashes that blkid puts before what a shell would take apart.
  private static func unescaped(_ value: String) -> String {
    var text = ""
    var isEscaped = false
    for character in value {
      if character == "\\", !isEscaped {
        isEscaped = true
      } else {
        text.append(character)
        isEscaped = false
      }
    }
    return text
  }

  /// The tree shows a device once below each of its parents.
  private mutating func add(_ device: Document, parent: String?) {
    let name = device["kname"].word
    if nodes[name] == nil { nodes[name] = Node(answer: device) }
    if let parent { nodes[name]?.parents.insert(parent) }
    for child in device["children"].list { add(child, parent: name) }
  }

  /// The whole disks below a device, walked in lsblk's tree: two paths of a multipath device are one disk.
  func disks(of name: String) -> Set<String> {
    guard let node = nodes[name] else { return [name] }
    if node.parents.isEmpty { return [disk(behind: name)] }
    if node.answer["type"].word == "mpath" { return [name] }
    return node.parents.reduce(into: []) { $0.formUnion(disks(of: $1)) }
  }

  /// The multipath device that a path belongs to, else the first of the paths that have one name for themselves.
  private func disk(behind path: String) -> String {
    if let device = multipathDevice(over: path) { return device }
    guard let answer = nodes[path]?.answer, !answer["wwn"].isNull else { return path }
    return nodes.keys.filter { other in
      nodes[other].map {
        $0.parents.isEmpty && $0.answer["wwn"] == answer["wwn"] && $0.answer["size"] == answer["size"]
      }
        ?? false
    }.min() ?? path
  }

  private func multipathDevice(over path: String) -> String? {
    nodes.first { $0.value.answer["type"].word == "mpath" && $0.value.parents.contains(path) }?.key
  }

  /// All devices below a device, itself too.
  func below(_ name: String) -> Set<String> {
    (nodes[name]?.parents ?? []).reduce(into: [name]) { $0.formUnion(below($1)) }
  }

  /// A text with the kernel's name instead of `{what the guest calls a device}`: a mapping's name, a serial number.
  func resolving(_ text: String) -> String {
    guard let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") else { return text }
    let name = String(text[text.index(after: open)..<close])
    let serial = nodes.first { $0.value.answer["serial"].word == name }?.key
    return text.replacing(text[open...close], with: names["/dev/mapper/\(name)"] ?? serial ?? name)
  }

  /// Where the agent's devices differ.
  func differences(_ observation: GuestObservation) -> Differences {
    var differences = Differences()
    let devices = observation.facts["devices"].list
    differences.compare("devices", agent: devices.map(\.["name"].word), guest: nodes.keys)
    for device in devices {
      guard let node = nodes[device["name"].word] else { continue }
      compare(device, node, &differences)
      // What is on a layer of a volume is seen through the volume: the agent does not open it.
      if !isLayer(device, among: devices) { compareContent(device, node, &differences) }
    }
    compareMappings(observation, &differences)
    return differences
  }

  /// Whether a device is a part of a mapped volume of its group.
  private func isLayer(_ device: Document, among devices: [Document]) -> Bool {
    let group = device["dm_uuid"].word.prefix(36)
    guard group.hasPrefix("LVM-") else { return false }
    return devices.contains { holder in
      holder["parents"].texts.contains(device["name"].word) && holder["dm_uuid"].word.hasPrefix(group)
    }
  }

  private func compare(_ device: Document, _ node: Node, _ differences: inout Differences) {
    let name = device["name"].word
    let answer = node.answer
    differences.compare("\(name) number", agent: device["number"].word, guest: answer["maj:min"].word)
    differences.compare("\(name) kind", agent: device["kind"].word, guest: Self.kind(name, answer["type"].word))
    differences.compare("\(name) size", agent: device["size_bytes"].word, guest: answer["size"].word)
    differences.compare("\(name) read-only", agent: device["read_only"].word, guest: answer["ro"].word)
    // Facts of whole disks; lsblk gives every device those of its disk.
    for (fact, column) in [("removable", "rm"), ("rotational", "rota")] where !device[fact].isNull {
      differences.compare("\(name) \(fact)", agent: device[fact].word, guest: answer[column].word)
    }
    if device["kind"].word == "disk" {
      differences.compare("\(name) model", agent: device["model"].word, guest: answer["model"].word)
      differences.compare("\(name) serial", agent: device["serial"].word, guest: answer["serial"].word)
      if device["wwid"].word.hasPrefix("naa.") {
        let number = "0x" + device["wwid"].word.dropFirst("naa.".count)
        differences.compare("\(name) wwid", agent: number, guest: answer["wwn"].word)
      }
    }
    differences.compare("\(name) parents", agent: device["parents"].texts, guest: node.parents)
    differences.compare("\(name) disks", agent: device["disks"].texts, guest: disks(of: name))
    let mountPoints = answer["mountpoints"].texts.filter { !$0.isEmpty && $0 != "[SWAP]" }
    differences.compare("\(name) mount points", agent: Set(device["mount_points"].texts), guest: mountPoints)
  }

  /// lsblk's TYPE in the agent's words.
  private static func kind(_ name: String, _ type: String) -> String {
    if name.hasPrefix("zram") { return "zram" }
    if name.hasPrefix("bcache") { return "other" }
    return switch type {
    case "part": "partition"
    case "mpath": "multipath"
    case "disk", "lvm", "crypt", "loop", "rom": type
    case _ where name.hasPrefix("md"): "raid"
    default: "other"
    }
  }

  private func compareContent(_ device: Document, _ node: Node, _ differences: inout Differences) {
    let name = device["name"].word
    let content = device["content"]
    let answer = node.answer
    var found = contents[name] ?? [:]
    // A path shows what is on the LUN, and blkid names no path whose LUN holds a partition table alone.
    if found["TYPE"] == nil, multipathDevice(over: name) != nil {
      found.merge(["TYPE": "mpath_member", "USAGE": "raid"]) { $1 }
    }
    for (fact, value) in [("type", "TYPE"), ("uuid", "UUID"), ("label", "LABEL"), ("version", "VERSION")] {
      differences.compare("\(name) content \(fact)", agent: content[fact].word, guest: found[value] ?? "")
    }
    if !content.isNull, found["TYPE"] != nil {
      differences.compare("\(name) content usage", agent: content["usage"].word, guest: found["USAGE"] ?? "")
    }
    if device["kind"].word == "partition" {
      let partition = device["partition"]
      // lsblk knows these from udev only; where there is none, blkid reads them in the table.
      for (fact, column, value) in [
        ("uuid", "partuuid", "PART_ENTRY_UUID"), ("type", "parttype", "PART_ENTRY_TYPE"),
        ("name", "partlabel", "PART_ENTRY_NAME"),
      ] {
        let theirs = answer[column].isNull ? found[value] ?? "" : answer[column].word
        differences.compare("\(name) partition \(fact)", agent: partition[fact].word, guest: theirs)
      }
      if case .number(let sectors) = answer["start"] {
        differences.compare("\(name) start", agent: partition["start_bytes"].word, guest: String(sectors * 512))
      }
    } else {
      let table = device["partition_table"]
      differences.compare("\(name) table", agent: table["type"].word, guest: found["PTTYPE"] ?? "")
      differences.compare("\(name) table uuid", agent: table["uuid"].word, guest: found["PTUUID"] ?? "")
    }
  }

  private func compareMappings(_ observation: GuestObservation, _ differences: inout Differences) {
    let mapped = observation.facts["devices"].list.filter { !$0["dm_name"].isNull }
    let theirs = observation.lines("dmsetup").map { $0.split(separator: " ", omittingEmptySubsequences: false) }
    differences.compare(
      "mappings", agent: mapped.map { "\($0["name"].word)=\($0["dm_name"].word)=\($0["dm_uuid"].word)" },
      guest: theirs.filter { $0.count == 4 }.map { "\($0[0])=\($0[2])=\($0[3])" })
  }
}
