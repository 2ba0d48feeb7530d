// SPDX-License-Identifier: Apache-2.0

import Facts
import LVMMetadata
import Readiness

@testable import Inspection

/// Any bytes as a second disk of a server that is ready without it: what makes no sense on it never leaves it ready.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  let types = ["", "LVM2_member", "linux_raid_member"] + PoolMember.types + ["ext4", "xfs", "f2fs"]
  let type = types[Int(start[0]) % types.count]
  let size = UInt64(64 << 20)
  var reading = DeviceReading(
    sizeBytes: size, signatures: type.isEmpty ? .none : .found(Content(usage: "raid", type: type)))
  reading.recording = ByteRecording(regions: [ByteRegion(offset: 0, bytes: bytes)], end: size)

  var root = Device(name: "vda", kind: .disk)
  var data = Device(name: "vdb", kind: .disk)
  root.parents = .value([])
  data.parents = .value([])
  root.sizeBytes = .value(size)
  data.sizeBytes = .value(size)
  let graph = DeviceGraph([root, data])
  let names = DeviceNames([root, data], root: .live)
  var contents = DeviceContents(
    [root, data], graph: graph, mounted: MountedDevices(MountInfo(parsing: [0x0A]), names: names))
  contents.settle(
    0, .read(DeviceReading(sizeBytes: size, signatures: .found(Content(usage: "filesystem", type: "ext4")))))
  contents.settle(1, .read(reading))
  let groups = VolumeGroups(contents, graph: graph, mappingsKnown: true)
  let sets = MemberSets(contents, states: [:], graph: graph)

  var facts = GuestFacts(collectedAt: "2026-01-01T00:00:00Z", agentVersion: "fuzz")
  facts.guest.os.family = .value(.linux)
  facts.devices = contents.devices.map { device in
    var device = device
    device.disks = graph.disks(of: device.name)
    return device
  }
  facts.volumeGroups = groups.groups
  facts.raidArrays = sets.arrays
  facts.multiDeviceFileSystems = sets.fileSystems
  facts.gaps = contents.gaps + groups.gaps + sets.gaps
  for section in Section.ofLinux {
    let touched = facts.gaps?.contains(where: section.isTouched) ?? true
    facts.setState(of: section, touched ? .partial : .complete)
  }
  facts.countArrays()
  guard (try? GuestFacts(json: facts.json)) == facts else { preconditionFailure("facts that contradict themselves") }

  let verdict = RuleSet.current.judge(facts, scope: .guest, profile: .strict).verdict
  var source = MemorySource(reading.recording)
  let member = MemberReading(of: reading, from: &source)
  if isBroken(member, type) { precondition(verdict != .ready, "ready with a \(type) disk that makes no sense") }
  return 0
}

/// Whether the disk says that it belongs to something, and not clearly to what.
private func isBroken(_ member: MemberReading, _ type: String) -> Bool {
  switch type {
  case "linux_raid_member": return member.arrayMember == nil
  case "", "LVM2_member": break
  default: if member.pool == .unreadable { return true }
  }
  switch member.physicalVolume {
  case .failure: return true
  case .success(.damaged(let damage)): return damage.kind != .erased
  case .success(.unsupported): return true
  case .success(.none): return type == "LVM2_member"
  case .success(.found(let volume)):
    return volume.metadataAreas.contains { area in
      guard case .unreadable = area.content else { return false }
      return true
    }
  }
}
