// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Layouts made up at random, on real loop devices and as recorded trees: what the agent says of them, what util-linux
/// says, and what the generator knows must be the same.
///
/// Root only. `WHOLEIMAGE_LAYOUTS=COUNT` and `WHOLEIMAGE_SEED=N` play more of them, or others.
@Suite(.serialized, .enabled(if: LoopDevices.areAvailable, "needs root and loop devices"))
struct GeneratedStorageTests {
  private static func setting(_ name: String, _ usual: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } ?? usual
  }

  private static var seeds: [UInt64] {
    let first = setting("WHOLEIMAGE_SEED", 1)
    return (0..<setting("WHOLEIMAGE_LAYOUTS", 6)).map { first + $0 }
  }

  @Test(arguments: seeds) func everybodyAgrees(seed: UInt64) throws {
    let disks = try GeneratedDisks(GeneratedStorage(seed: seed))
    let live = try observe(disks, root: nil)
    for difference in try GuestDevices(live).differences(live).list { Issue.record("seed \(seed): \(difference)") }
    for difference in truth(disks, live.facts).list { Issue.record("seed \(seed), live: \(difference)") }

    let machine = try record(disks)
    let recorded = try observe(disks, root: machine.path)
    for difference in truth(disks, recorded.facts).list { Issue.record("seed \(seed), recorded: \(difference)") }
    for device in live.facts["devices"].list {
      let again = recorded.facts["devices"].list.first { $0["name"] == device["name"] }
      for member in ["content", "partition", "partition_table", "size_bytes", "parents", "disks"] {
        #expect(again?[member] == device[member], "seed \(seed): \(device["name"].word) \(member)")
      }
    }
  }

  /// The agent's facts about these disks only, and the tools' answers beside them.
  private func observe(_ disks: GeneratedDisks, root: String?) throws -> GuestObservation {
    let folder = URL(filePath: disks.folder).appending(path: root == nil ? "live" : "recorded")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let outcome = try LiveMachine.look {
      try Program.run("wholeimage-agent", ["inspect"] + (root.map { ["--root", $0] } ?? []))
    }
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let names = Set(disks.allNames)
    var facts = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any] ?? [:]
    for (array, key) in [("devices", "name"), ("gaps", "subject")] {
      facts[array] = (facts[array] as? [[String: Any]] ?? []).filter { element in
        names.contains(element[key] as? String ?? (element[key] as? [String: Any])?["name"] as? String ?? "")
      }
    }
    for array in ["volume_groups", "multi_device_filesystems"] {
      facts[array] = (facts[array] as? [[String: Any]] ?? []).filter { element in
        !names.isDisjoint(with: element["disks"] as? [String] ?? [])
      }
    }
    try JSONSerialization.data(withJSONObject: facts).write(to: folder.appending(path: "facts.json"))
    try Data("{}".utf8).write(to: folder.appending(path: "report.json"))
    if root == nil {
      let lsblk = try Program.run("lsblk", ["-a", "-J", "-b", "-O"] + disks.names.map { "/dev/\($0)" })
      try Data(lsblk.output.utf8).write(to: folder.appending(path: "lsblk.json"))
      var found = ""
      let partitionNames = try partitionNames(disks)
      for name in disks.allNames {
        let answer = try Program.run("blkid", ["-p", "-o", "export", "/dev/\(name)"]).output
        // blkid writes names that are not ASCII in a form of its own; sfdisk tells them as they are.
        let lines = answer.split(separator: "\n").filter { !$0.hasPrefix("PART_ENTRY_NAME=") }
        found += "KNAME=\(name)\n" + lines.joined(separator: "\n") + "\n"
        found += partitionNames[name].map { "PART_ENTRY_NAME=\($0)\n" } ?? ""
      }
      try Data(found.utf8).write(to: folder.appending(path: "blkid"))
    }
    return try GuestObservation(name: "seed", folder: folder)
  }

  /// The names in the GPTs of the disks, by partition, as sfdisk(8) reads them.
  private func partitionNames(_ disks: GeneratedDisks) throws -> [String: String] {
    var names: [String: String] = [:]
    for (index, disk) in disks.storage.disks.enumerated() where disk.table == "gpt" {
      let table = try Program.run("sfdisk", ["-J", "/dev/\(disks.names[index])"]).output
      let document = try JSONDecoder().decode(Document.self, from: Data(table.utf8))
      for partition in document["partitiontable"]["partitions"].list {
        names[String(partition["node"].word.dropFirst("/dev/".count))] = partition["name"].word
      }
    }
    return names
  }

  /// The same disks as a recorded tree, under the same names.
  private func record(_ disks: GeneratedDisks) throws -> RecordedMachine {
    let machine = try RecordedMachine()
    for (index, disk) in disks.storage.disks.enumerated() {
      let name = disks.names[index]
      try machine.addDisk(name, size: disk.mebibytes << 20)
      try copy("/dev/\(name)", to: machine, name)
      let extended = disk.extended == 0 ? [] : [disk.extended]
      for number in disk.partitions.map(\.number) + extended {
        let partition = "\(name)p\(number)"
        func attribute(_ file: String) throws -> Int {
          let text = try String(contentsOfFile: "/sys/class/block/\(partition)/\(file)", encoding: .utf8)
          return (Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) * 512
        }
        try machine.addPartition(
          number, of: name, separator: "p", start: try attribute("start"), size: try attribute("size"))
        try copy("/dev/\(partition)", to: machine, partition)
      }
    }
    return machine
  }

  private func copy(_ device: String, to machine: RecordedMachine, _ name: String) throws {
    let copy = try Program.run(
      "dd", ["if=\(device)", "of=\(machine.path)/dev/\(name)", "bs=1M", "conv=sparse,notrunc", "status=none"])
    #expect(copy.status == 0, "\(copy.errors)")
  }

  /// What the generator knows.
  private func truth(_ disks: GeneratedDisks, _ facts: Document) -> Differences {
    var differences = Differences()
    let devices = Dictionary(facts["devices"].list.map { ($0["name"].word, $0) }) { first, _ in first }
    differences.compare("devices", agent: devices.keys, guest: disks.allNames)
    for (place, content) in disks.storage.contents {
      let name = disks.name(place)
      differences.compare("\(name) disks", agent: devices[name]?["disks"].texts ?? [], guest: [disks.names[place.disk]])
      differences.compare(
        "\(name) type", agent: devices[name]?["content"]["type"].word ?? "", guest: type(content, place, disks))
      let locked = facts["gaps"].list.contains { gap in
        gap["subject"]["name"].word == name && gap["reason"].word == "encrypted"
      }
      if case .locked = content {
        if !locked { differences.note("\(name): a locked container without a gap") }
      } else if locked {
        differences.note("\(name): a gap without a locked container")
      }
    }
    for members in disks.storage.sets { compare(members, disks, facts, &differences) }
    let groups = disks.storage.sets.filter { $0.kind == .group }.map { "\($0.name)-\(disks.names[0])" }
    differences.compare("groups", agent: facts["volume_groups"].list.map(\.["name"].word), guest: groups)
    let single = disks.storage.contents.values.filter { $0 == .alone("btrfs") }.count
    let several = disks.storage.sets.filter { $0.kind != .group }.count
    differences.compare(
      "file systems over devices", agent: "\(facts["multi_device_filesystems"].list.count)",
      guest: "\(single + several)")
    return differences
  }

  private func type(
    _ content: GeneratedStorage.Content, _ place: GeneratedStorage.Place, _ disks: GeneratedDisks
  ) -> String {
    switch content {
    case .nothing: return ""
    case .alone(let type): return type
    case .locked: return "crypto_LUKS"
    case .member(let set):
      let members = disks.storage.sets[set]
      switch members.kind {
      case .group: return "LVM2_member"
      case .btrfs: return "btrfs"
      case .journal: return members.places[0] == place ? "jbd" : "ext4"
      }
    }
  }

  private func compare(
    _ members: GeneratedStorage.Members, _ disks: GeneratedDisks, _ facts: Document, _ differences: inout Differences
  ) {
    let names = members.places.map { disks.name($0) }
    let below = Set(members.places.map { disks.names[$0.disk] })
    switch members.kind {
    case .group:
      let group = facts["volume_groups"].list.first { $0["name"].word == "\(members.name)-\(disks.names[0])" } ?? .null
      let volumes = group["physical_volumes"].list
      differences.compare("\(members.name) members", agent: volumes.map(\.["device"].word), guest: names)
      differences.compare("\(members.name) disks", agent: group["disks"].texts, guest: below)
    case .btrfs, .journal:
      let system =
        facts["multi_device_filesystems"].list.first { Set($0["members"].texts) == Set(names) } ?? .null
      differences.compare("\(members.name) members", agent: system["members"].texts, guest: names)
      differences.compare("\(members.name) disks", agent: system["disks"].texts, guest: below)
      differences.compare("\(members.name) count", agent: system["member_count"].word, guest: "2")
    }
  }
}
