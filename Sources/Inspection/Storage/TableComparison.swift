// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The kernel's partitions of a disk beside the table on it.
///
/// The kernel reads a table when the disk appears or when it is told to; a clone starts with the table on the disk.
struct TableComparison {
  /// What is known of the kernel's partitions, in their order, with what the table adds.
  private(set) var partitions: [Observed<Partition>] = []
  /// Numbers of the partitions that differ, sorted.
  private(set) var stale: [Int] = []
  /// The differences, for a person.
  private(set) var differences: [String] = []

  /// Compares the partitions that the kernel shows of a disk with the entries of its table.
  init(of disk: Device, _ shown: [Device], with entries: [DeviceReading.TableEntry]) {
    var numbers: Set<Int> = []
    for device in shown {
      guard let partition = device.partition.value else {
        partitions.append(device.partition)
        continue
      }
      numbers.insert(partition.number)
      partitions.append(.value(compare(disk, device, partition, entries)))
    }
    noteUnshown(of: disk, numbers, entries, isSplit: !shown.isEmpty)
    stale = Array(Set(stale)).sorted()
  }

  private mutating func compare(
    _ disk: Device, _ device: Device, _ partition: Partition, _ entries: [DeviceReading.TableEntry]
  ) -> Partition {
    guard let entry = entries.first(where: { $0.partition.number == partition.number }) else {
      add([partition.number], "the table on \(disk.path) has no \(device.path)")
      return partition
    }
    if let start = partition.startBytes.value, start != entry.startBytes {
      add(
        [partition.number], "\(device.path) begins at byte \(start), in the table on disk at \(entry.startBytes)")
    } else if let size = device.sizeBytes.value, size != entry.sizeBytes, !entry.isContainer {
      // What the kernel shows of an extended partition is two sectors, whatever its size.
      add([partition.number], "\(device.path) has \(size) bytes, in the table on disk \(entry.sizeBytes)")
    }
    var partition = partition
    partition.uuid = entry.partition.uuid
    partition.type = entry.partition.type
    // The kernel keeps seven bits of each character of the name.
    if entry.partition.name.value != nil { partition.name = entry.partition.name }
    if !partition.startBytes.isKnown { partition.startBytes = .value(entry.startBytes) }
    return partition
  }

  private mutating func noteUnshown(
    of disk: Device, _ numbers: Set<Int>, _ entries: [DeviceReading.TableEntry], isSplit: Bool
  ) {
    // A volume or a file that itself holds a disk of another machine has a table that this kernel does not use.
    guard [.disk, .multipath, .raid].contains(disk.kind) || isSplit else { return }
    let missing = entries.filter { !$0.isContainer && !numbers.contains($0.partition.number) }
      .map(\.partition.number)
    guard !missing.isEmpty else { return }
    let list = missing.prefix(8).map { String($0) }.joined(separator: ", ")
    add(missing, "the kernel does not show partitions \(list) of the table on \(disk.path)")
  }

  private mutating func add(_ numbers: [Int], _ difference: String) {
    stale += numbers
    differences.append(difference)
  }
}
