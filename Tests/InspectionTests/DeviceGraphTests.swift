// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

@testable import Inspection

@Suite struct DeviceGraphTests {
  private func device(_ name: String, _ kind: Device.Kind, _ parents: [String] = [], wwid: String? = nil) -> Device {
    var device = Device(name: name, kind: kind)
    device.parents = .value(parents)
    device.sizeBytes = .value(1 << 30)
    device.wwid = Observed(looked: wwid)
    return device
  }

  @Test func closureEndsAtWholeDisks() {
    let graph = DeviceGraph([
      device("vda", .disk), device("vda1", .partition, ["vda"]), device("vdb", .disk),
      device("md0", .raid, ["vda1", "vdb"]),
      device("dm-0", .lvm, ["md0"]),
    ])
    #expect(graph.disks(of: "dm-0") == .value(["vda", "vdb"]))
    #expect(graph.disks(of: "vda1") == .value(["vda"]))
    #expect(graph.disks(of: "vdb") == .value(["vdb"]))
  }

  @Test func twoPathsToOneLUNAreOneDisk() {
    let held = DeviceGraph([
      device("sda", .disk, wwid: "naa.1"), device("sdb", .disk, wwid: "naa.1"),
      device("dm-0", .multipath, ["sda", "sdb"]), device("dm-1", .partition, ["dm-0"]),
    ])
    #expect(held.disks(of: "dm-1") == .value(["dm-0"]))
    #expect(held.disks(of: "sda") == .value(["dm-0"]))
    let loose = DeviceGraph([device("sda", .disk, wwid: "naa.1"), device("sdb", .disk, wwid: "naa.1")])
    #expect(loose.disks(of: ["sda", "sdb"]) == .value(["sda"]))
  }

  @Test func unknownParentsMakeUnknownClosures() {
    var lost = device("dm-0", .lvm)
    lost.parents = .unknown
    let graph = DeviceGraph([lost, device("dm-1", .crypt, ["dm-0"])])
    #expect(graph.disks(of: "dm-1") == .unknown)
    #expect(graph.disks(of: ["dm-1"]) == .unknown)
  }

  @Test func loopsEnd() {
    let graph = DeviceGraph([
      device("dm-0", .lvm, ["dm-1"]), device("dm-1", .lvm, ["dm-0"]), device("dm-2", .lvm, ["dm-2"]),
    ])
    for name in ["dm-0", "dm-1", "dm-2"] { #expect(graph.disks(of: name) == .unknown) }
  }

  @Test func aDeepChainCostsNoStack() {
    var list = [device("dm-0", .disk)]
    for index in 1..<20_000 { list.append(device("dm-\(index)", .lvm, ["dm-\(index - 1)"])) }
    #expect(DeviceGraph(list.reversed()).disks(of: "dm-19999") == .value(["dm-0"]))
  }
}
