// SPDX-License-Identifier: Apache-2.0

import Facts
import TestSupport
import Testing

@testable import Inspection

/// The kernel's partitions beside the table on the disk.
@Suite struct TableComparisonTests {
  private static let mebibyte = 1 << 20

  /// A disk whose table has partitions 1 and 2; what the kernel shows of them as number, start and size in MiB.
  private func facts(kernel: [(number: Int, start: Int, size: Int)]) throws -> GuestFacts {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, content: [Fixture.partitionTable([(0x83, 1, 8), (0x8E, 9, 16)])])
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
    try machine.addDisk("vda", size: 64 << 20, content: [Fixture.partitionTable([(0x83, 1, 32)])])
    try machine.addPartition(
      1, of: "vda", start: Self.mebibyte, size: 32 << 20, content: [Fixture.partitionTable([(0x83, 1, 8)])])
    #expect(try machine.inspected().gaps == [])
  }

  /// A GPT that was cut off or damaged leaves its protective MBR.
  @Test(arguments: [[], [1]]) func aGPTThatIsNotIntact(kernel: [Int]) throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, content: [Fixture.partitionTable([(0xEE, 0, 64)])])
    for number in kernel { try machine.addPartition(number, of: "vda", start: Self.mebibyte, size: 8 << 20) }
    let facts = try machine.inspected()
    #expect(stale(facts) == kernel)
    let gap = try #require(facts.gaps?.first { $0.reason == .malformed })
    #expect(gap.subject.name == "vda" && gap.hidesStorage)
  }

  /// The table was wiped while its partitions are in use: a clone has none of them.
  @Test func partitionsWithoutATable() throws {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20)
    try machine.addPartition(1, of: "vda", start: Self.mebibyte, size: 8 << 20, content: [Fixture.ext4()])
    try machine.mount("vda1", on: "/srv", type: "ext4")
    // Whoever makes a tree by hand need not write a table for the partitions in it.
    #expect(try machine.inspected().gaps == [])
    let manifest = RecordingManifest(agentVersion: "test", recordedAt: "2026-01-01T00:00:00Z", treePath: nil)
    try machine.write(RecordingManifest.file, manifest.json.text)
    let facts = try machine.inspected()
    #expect(facts.devices?.first?.partitionTable == .unknown)
    let gap = try #require(facts.gaps?.first { $0.subject.name == "vda" && $0.reason == .inconsistent })
    #expect(gap.hidesStorage)
  }
}
