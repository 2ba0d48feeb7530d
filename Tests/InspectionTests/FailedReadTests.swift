// SPDX-License-Identifier: Apache-2.0

import Facts
import Glibc
import Readiness
import Synchronization
import TestSupport
import Testing

@testable import Inspection

/// Property (b) of the verdict: failing any one outside read of a recorded machine never turns another verdict into
/// `ready`, and always leaves a gap.
@Suite struct FailedReadTests {
  private static func machine(_ fixture: String?) throws -> RecordedMachine {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, serial: "root0")
    try machine.addPartition(1, of: "vda", start: 1 << 20, size: 32 << 20, content: [Fixture.ext4()])
    try machine.mount("vda1", on: "/", type: "ext4")
    try machine.addDisk("vdz", size: 8 << 20, serial: "swap")
    try machine.swapOn("vdz", kibibytes: 8188)
    if let fixture {
      for (device, name) in zip(try Fixture.devices(fixture), ["vdb", "vdc"]) {
        try machine.addDisk(name, size: device.size, serial: "data-\(name)", content: device.content)
      }
    }
    return machine
  }

  private static func inspect(
    _ machine: RecordedMachine, fault: (@Sendable (String, String) -> Root.Fault?)? = nil
  ) throws -> GuestFacts {
    let root = try Root(path: machine.path, fault: fault)
    return try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect()
  }

  private static func verdict(_ facts: GuestFacts) -> Verdict { RuleSet.current.judge(facts, scope: .guest).verdict }

  /// Every read that an inspection makes, in order.
  private static func reads(_ machine: RecordedMachine) throws -> [String] {
    let reads = Mutex<[String]>([])
    _ = try inspect(machine) { operation, path in
      reads.withLock { $0.append("\(operation) \(path)") }
      return nil
    }
    return reads.withLock { $0 }
  }

  @Test(arguments: [nil, "linear", "striped", "flipped-magic"]) func everyReadFailsOnce(fixture: String?) throws {
    let machine = try Self.machine(fixture)
    let whole = try Self.inspect(machine)
    let verdict = Self.verdict(whole)
    let reads = try Self.reads(machine)
    #expect(reads.count > 20)
    for (index, read) in reads.enumerated() {
      for fault in [Root.Fault.fail(EIO), .fail(EACCES), .empty, .short] {
        let count = Atomic<Int>(0)
        let facts = try Self.inspect(machine) { _, _ in
          count.wrappingAdd(1, ordering: .relaxed).oldValue == index ? fault : nil
        }
        let after = Self.verdict(facts)
        #expect(after == verdict || after != .ready, "\(fault) of read \(index): \(read)")
        if case .fail = fault {
          let gaps = (facts.gaps ?? []).filter { !(whole.gaps ?? []).contains($0) }
          #expect(!gaps.isEmpty, "\(fault) of read \(index): \(read) left no gap")
        }
        if facts.json != whole.json, Self.withoutTimes(facts) != Self.withoutTimes(whole) {
          let mayBeEmpty = ["etc/fstab", "/serial", "os-release", "machine-id", "dm/uuid", "product_uuid"]
          let expected = mayBeEmpty.contains { read.hasSuffix($0) }
          #expect(
            expected || facts.gaps != whole.gaps, "\(fault) of read \(index): \(read) changed facts without a gap")
        }
      }
    }
  }

  private static func withoutTimes(_ facts: GuestFacts) -> String { facts.factsDigest }
}
