// SPDX-License-Identifier: Apache-2.0

import StorageGenerator

/// A storage layout made up at random, with the answers that an inspection must give about it.
struct GeneratedStorage {
  /// What one place, a whole disk or a partition, is filled with.
  enum Content: Equatable {
    case nothing
    /// A file system or swap area that lies here alone: libblkid's type.
    case alone(String)
    /// A closed container.
    case locked(String)
    /// One of the places of a set that lies on several.
    case member(set: Int)
  }

  /// Something over several places.
  struct Members: Equatable {
    enum Kind: String, CaseIterable { case group, btrfs, journal }
    var kind: Kind
    var name: String
    var places: [Place]
  }

  struct Place: Hashable {
    var disk: Int
    /// Partition number; 0 is the whole disk.
    var partition: Int
  }

  struct Partition {
    var number: Int
    var mebibytes: Int
    var type: String
    var name: String
  }

  struct Disk {
    /// `gpt`, `dos`, or empty for none.
    var table: String
    var mebibytes: Int
    var partitions: [Partition] = []
    /// Number of an extended partition that holds all from 5 on; 0 if there is none.
    var extended = 0
  }

  private(set) var disks: [Disk] = []
  private(set) var contents: [Place: Content] = [:]
  private(set) var sets: [Members] = []
  private var random: SeededRandom

  private static let alone = ["ext2", "ext3", "ext4", "xfs", "btrfs", "vfat", "swap"]

  /// The layout of a seed.
  init(seed: UInt64) {
    random = SeededRandom(seed: seed, case: 0)
    for _ in 0..<Int.random(in: 1...4, using: &random) { addDisk() }
    var places = disks.indices.flatMap { disk in
      disks[disk].table.isEmpty
        ? [Place(disk: disk, partition: 0)]
        : disks[disk].partitions.map { Place(disk: disk, partition: $0.number) }
    }
    places.shuffle(using: &random)
    addSets(&places)
    for place in places {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: contents[place] = .nothing
      case 1: contents[place] = .locked(Bool.random(using: &random) ? "luks1" : "luks2")
      default: contents[place] = .alone(Self.alone.randomElement(using: &random) ?? "ext4")
      }
    }
  }

  private mutating func addDisk() {
    let table = ["", "gpt", "gpt", "dos"].randomElement(using: &random) ?? ""
    guard !table.isEmpty else {
      disks.append(Disk(table: "", mebibytes: 320))
      return
    }
    var disk = Disk(table: table, mebibytes: 0)
    let count = Int.random(in: 1...(table == "gpt" ? 6 : 3), using: &random)
    for number in 1...count {
      // Not every number is taken: a partition may have been deleted.
      let skipped = table == "gpt" && Int.random(in: 0..<4, using: &random) == 0 ? 10 : 0
      disk.partitions.append(
        Partition(number: number + skipped, mebibytes: 320, type: type(table), name: name(table)))
    }
    if table == "dos", Bool.random(using: &random) {
      disk.extended = count + 1
      for number in 5..<(5 + Int.random(in: 1...3, using: &random)) {
        disk.partitions.append(Partition(number: number, mebibytes: 320, type: type(table), name: ""))
      }
    }
    disk.mebibytes = disk.partitions.count * 328 + 16
    disks.append(disk)
  }

  private mutating func type(_ table: String) -> String {
    // The type code says nothing reliable of what is inside, so any will do.
    let codes =
      table == "gpt"
      ? [
        "0fc63daf-8483-4772-8e79-3d69d8477de4", "e6d6d379-f507-44c2-a23c-238f2a3df928",
        "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
      ] : ["83", "8e", "fd", "7"]
    return codes.randomElement(using: &random) ?? ""
  }

  private mutating func name(_ table: String) -> String {
    guard table == "gpt" else { return "" }
    return ["", "data", "two words", "größe", "数据盘"].randomElement(using: &random) ?? ""
  }

  private mutating func addSets(_ places: inout [Place]) {
    for number in 0..<Int.random(in: 0...3, using: &random) {
      let kind = Members.Kind.allCases.randomElement(using: &random) ?? .group
      let count = kind == .group ? Int.random(in: 1...3, using: &random) : 2
      guard places.count >= count else { return }
      let chosen = Array(places.prefix(count))
      places.removeFirst(count)
      sets.append(Members(kind: kind, name: "set\(number)", places: chosen))
      for place in chosen { contents[place] = .member(set: sets.count - 1) }
    }
  }
}
