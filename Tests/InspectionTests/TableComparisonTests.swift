// SPDX-License-Identifier: Apache-2.0

import Facts
import TestSupport
import Testing

@testable import Inspection

/// The kernel's partitions beside the table on the disk.
@Suite struct TableComparisonTests {
  private static let mebibyte = 1 << 20

  /// An MBR with primary partitions: type, start and size in MiB.
  private static func table(_ partitions: [(type: UInt8, start: Int, size: Int)]) -> (offset: Int, bytes: [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: 512)
    bytes.replaceSubrange(440..<444, with: [0x44, 0x33, 0x22, 0x11])
    for (index, partition) in partitions.enumerated() {
      let entry = 446 + index * 16
      bytes[entry + 4] = partition.type
      for (offset, value) in [(8, partition.start), (12, partition.size)] {
        for byte in 0..<4 { bytes[entry + offset + byte] = UInt8(truncatingIfNeeded: (value * 2048) >> (8 * byte)) }
      }
    }
    bytes.replaceSubrange(510..<512, with: [0x55, 0xAA])
    return (0, bytes)
  }

  /// A disk whose table has partitions 1 and 2; what the kernel shows of them as number, start and size in MiB.
  private func facts(kernel: [(number: Int, start: Int, size: Int)]) throws -> GuestFacts {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, content: [Self.table([(0x83, 1, 8), (0x8E, 9, 16)])])
    for partition in kernel {
      try machine.addPartition(
        partition.number, of: "vda", start: partition.start * Self.mebibyte, size: partition.size * Self.mebibyte)
    }
    return try machine.inspected()
  }

  private func stale(_ facts: GuestFacts) -> [Int]? {
    facts.devices?.first?.partitionTable.value?.stalePartitions.value
  }

  @Test func theTableThatTheKernelUses() throws {
    let facts = try facts(kernel: [(1, 1, 8), (2, 9, 16)])
    #expect(stale(facts) == [] && facts.gaps == [])
    #expect(facts.devices?.last?.partition.value?.type == .value("0x8e"))
    #expect(facts.devices?.last?.partition.value?.uuid == .value("11223344-02"))
  }

  @Test(arguments: [
    ([(1, 1, 8)], [2]), ([(1, 1, 8), (2, 10, 16)], [2]), ([(1, 1, 8), (2, 9, 15)], [2]),
    ([(1, 1, 8), (2, 9, 16), (3, 26, 4)], [3]), ([(1, 2, 8), (3, 9, 16)], [1, 2, 3]), ([], [1, 2]),
  ]) func aTableThatTheKernelHasNotRead(kernel: [(Int, Int, Int)], expected: [Int]) throws {
    let facts = try facts(kernel: kernel.map { (number: $0.0, start: $0.1, size: $0.2) })
    #expect(stale(facts) == expected)
    let gaps = try #require(facts.gaps).filter { $0.subject.member == "partitions" }
    #expect(!gaps.isEmpty && gaps.allSatisfy { $0.subject.name == "vda" && $0.hidesStorage })
  }

  /// A partition or a volume may hold the disk of a virtual machine, with a table of its own.
  @Test func theTableInsideAPartitionIsNotTheKernels() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, content: [Self.table([(0x83, 1, 32)])])
    try machine.addPartition(
      1, of: "vda", start: Self.mebibyte, size: 32 << 20, content: [Self.table([(0x83, 1, 8)])])
    #expect(try machine.inspected().gaps == [])
  }
}
