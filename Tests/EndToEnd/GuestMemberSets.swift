// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Arrays and btrfs of a guest as mdadm(8), the kernel and btrfs(8) see them, beside the agent's.
enum GuestMemberSets {
  /// Where they differ.
  static func differences(_ observation: GuestObservation, _ devices: GuestDevices) throws -> Differences {
    var differences = Differences()
    try compareArrays(observation, devices, &differences)
    compareStoppedArrays(observation, devices, &differences)
    compareBtrfs(observation, devices, &differences)
    return differences
  }

  private static func compareArrays(
    _ observation: GuestObservation, _ devices: GuestDevices, _ differences: inout Differences
  ) throws {
    let ours = observation.facts["raid_arrays"].list.filter { devices.nodes[$0["name"].word] != nil }
    let files = try observation.files(endingIn: ".detail").filter { !observation.lines($0).isEmpty }
    differences.compare(
      "running arrays", agent: ours.map(\.["name"].word), guest: files.map { String($0.dropLast(".detail".count)) })
    for array in ours {
      let name = array["name"].word
      var detail: [String: String] = [:]
      for line in observation.lines("\(name).detail") {
        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 { detail[parts[0]] = parts[1] }
      }
      differences.compare("array \(name) level", agent: array["level"].word, guest: detail["MD_LEVEL"] ?? "")
      differences.compare("array \(name) uuid", agent: array["uuid"].word, guest: detail["MD_UUID"] ?? "")
      differences.compare("array \(name) count", agent: array["member_count"].word, guest: detail["MD_DEVICES"] ?? "")
      let members = detail.filter { $0.key.hasPrefix("MD_DEVICE_") && $0.key.hasSuffix("_DEV") }.values
      differences.compare(
        "array \(name) members", agent: array["members"].texts, guest: members.map { devices.names[$0] ?? $0 })
      // [2/1] in /proc/mdstat: two when whole, one that works; raid0 and linear have no such thing.
      let lines = observation.lines("mdstat")
      var degraded = "false"
      if let index = lines.firstIndex(where: { $0.hasPrefix("\(name) :") }), index + 1 < lines.count,
        let open = lines[index + 1].lastIndex(where: { $0 == "/" })
      {
        let whole = lines[index + 1][..<open].reversed().prefix(while: \.isNumber).reversed()
        let working = lines[index + 1][open...].dropFirst().prefix(while: \.isNumber)
        degraded = String(whole) == String(working) ? "false" : "true"
      }
      differences.compare("array \(name) degraded", agent: array["degraded"].word, guest: degraded)
      differences.compare("array \(name) disks", agent: array["disks"].texts, guest: devices.disks(of: name))
    }
  }

  /// Arrays that only their members tell of: those that mdadm finds on the devices and the kernel does not run.
  private static func compareStoppedArrays(
    _ observation: GuestObservation, _ devices: GuestDevices, _ differences: inout Differences
  ) {
    let running = observation.facts["raid_arrays"].list.filter { devices.nodes[$0["name"].word] != nil }
    let ours = observation.facts["raid_arrays"].list.filter { devices.nodes[$0["name"].word] == nil }
    var theirs: [String] = []
    var array: [String: String] = [:]
    // ARRAY /dev/md/name level=raid1 metadata=1.2 num-devices=2 UUID=… name=…, then devices=/dev/vdb,/dev/vdc
    for line in observation.lines("mdadm.examine") {
      if line.hasPrefix("ARRAY") { array = [:] }
      for field in line.split(whereSeparator: \.isWhitespace) {
        let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 2 { array[parts[0]] = parts[1] }
      }
      guard let list = array.removeValue(forKey: "devices"), let uuid = array["UUID"],
        !running.contains(where: { $0["uuid"].word == uuid })
      else { continue }
      let members = list.split(separator: ",").map { devices.names[String($0)] ?? "" }.sorted()
      let count = array["num-devices"] ?? ""
      theirs.append(
        "\(uuid) \(array["level"] ?? "") on \(members.joined(separator: ",")) of \(count), "
          + "degraded \(String(members.count) != count)")
    }
    differences.compare(
      "stopped arrays",
      agent: ours.map { array in
        "\(array["uuid"].word) \(array["level"].word) on \(array["members"].texts.sorted().joined(separator: ",")) "
          + "of \(array["member_count"].word), degraded \(array["degraded"].word)"
      }, guest: theirs)
  }

  private static func compareBtrfs(
    _ observation: GuestObservation, _ devices: GuestDevices, _ differences: inout Differences
  ) {
    var theirs: [String] = []
    var uuid = ""
    var total = ""
    var members: [String] = []
    func end() {
      if !uuid.isEmpty { theirs.append("\(uuid) \(total) \(members.sorted().joined(separator: ","))") }
      members = []
    }
    // Label: 'x'  uuid: …, then "Total devices 2 FS bytes used …", then "devid 1 size … used … path /dev/vdb".
    for line in observation.lines("btrfs") {
      let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
      if line.hasPrefix("Label:") {
        end()
        uuid = fields.last ?? ""
      } else if fields.starts(with: ["Total", "devices"]), fields.count > 2 {
        total = fields[2]
      } else if fields.first == "devid", let path = fields.last {
        members.append(devices.names[path] ?? path)
      }
    }
    end()
    let ours = observation.facts["multi_device_filesystems"].list.filter { $0["type"].word == "btrfs" }
    differences.compare(
      "btrfs",
      agent: ours.map { system in
        let members = system["members"].texts.sorted().joined(separator: ",")
        return "\(system["uuid"].word) \(system["member_count"].word) \(members)"
      }, guest: theirs)
    for system in ours {
      let disks = system["members"].texts.reduce(into: Set<String>()) { $0.formUnion(devices.disks(of: $1)) }
      differences.compare("btrfs \(system["uuid"].word) disks", agent: system["disks"].texts, guest: disks)
    }
  }
}
