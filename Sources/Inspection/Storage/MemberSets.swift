// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Arrays and file systems that lie on several devices, out of what the members say and what the kernel runs.
struct MemberSets {
  var arrays: [RAIDArray] = []
  var fileSystems: [MultiDeviceFileSystem] = []
  var gaps: [Gap] = []
  private let graph: DeviceGraph

  /// Groups the members.
  init(_ contents: DeviceContents, states: [String: BlockDevices.ArrayState], graph: DeviceGraph) {
    self.graph = graph
    addRunningArrays(contents, states)
    addStoppedArrays(contents)
    addBtrfs(contents)
    addPools(contents)
    arrays.sort { $0.name < $1.name }
    fileSystems.sort { $0.uuid < $1.uuid }
  }

  private mutating func addRunningArrays(_ contents: DeviceContents, _ states: [String: BlockDevices.ArrayState]) {
    for device in contents.devices where device.kind == .raid {
      let members = (device.parents.value ?? []).sorted()
      let superblocks = contents.arrayMembers.filter { members.contains($0.device) }.map(\.superblock)
      // A device node of an array that does not run: no size, no members.
      if members.isEmpty, device.sizeBytes.value == 0, device.parents.isKnown { continue }
      let state = states[device.name] ?? BlockDevices.ArrayState()
      let newest = superblocks.max { $0.events < $1.events }
      var array = RAIDArray(name: device.name)
      array.uuid = Observed(known: newest?.arrayUUID ?? state.uuid.value)
      array.level = state.level.isKnown ? state.level : Observed(known: newest?.level)
      array.members = device.parents.map { $0.sorted() }
      array.memberCount = state.memberCount.isKnown ? state.memberCount : Observed(known: newest?.memberCount)
      array.degraded = state.degraded
      if !array.degraded.isKnown, let count = array.memberCount.value, array.members.isKnown {
        array.degraded = .value(members.count < count)
      }
      array.disks = graph.disks(of: members)
      if !array.memberCount.isKnown {
        gaps.append(
          Gap(
            .init(.raidArray, device.name, member: "member_count"), .unreadable,
            detail: "neither sysfs nor a superblock says how many members \(device.path) has"))
      }
      arrays.append(array)
    }
  }

  private mutating func addStoppedArrays(_ contents: DeviceContents) {
    var byUUID: [String: [(device: String, superblock: ArraySuperblock)]] = [:]
    let running = Set(arrays.compactMap(\.uuid.value))
    for member in contents.arrayMembers {
      if graph.holders(of: member.device).contains(where: { $0.kind == .raid }) { continue }
      if running.contains(member.superblock.arrayUUID) { continue }
      byUUID[member.superblock.arrayUUID, default: []].append(member)
    }
    for (uuid, members) in byUUID {
      guard let newest = members.map(\.superblock).max(by: { $0.events < $1.events }) else { continue }
      let names = members.map(\.device).sorted()
      var array = RAIDArray(name: uuid)
      array.uuid = .value(uuid)
      array.level = .value(newest.level)
      array.members = .value(names)
      array.memberCount = .value(newest.memberCount)
      array.degraded = .value(names.count < newest.memberCount)
      array.disks = graph.disks(of: names)
      arrays.append(array)
    }
    for device in contents.devices {
      guard let content = device.content.value, content.type.hasSuffix("_raid_member"),
        !graph.holders(of: device.name).contains(where: { $0.kind == .raid || $0.dmUUID.value != nil }),
        !contents.arrayMembers.contains(where: { $0.device == device.name })
      else { continue }
      gaps.append(
        Gap(
          .init(.device, device.name, member: "members"), .unsupported,
          detail: "\(device.path) is a member of an array of type \(content.type), whose superblock is not understood"))
    }
  }

  private mutating func addBtrfs(_ contents: DeviceContents) {
    var byUUID: [String: [(device: String, superblock: BtrfsSuperblock)]] = [:]
    for member in contents.btrfsMembers { byUUID[member.superblock.fileSystemUUID, default: []].append(member) }
    for (uuid, members) in byUUID {
      guard let newest = members.map(\.superblock).max(by: { $0.generation < $1.generation }) else { continue }
      let names = members.map(\.device).sorted()
      var system = MultiDeviceFileSystem(uuid: uuid, type: "btrfs")
      system.label = contents.devices.first { $0.name == names.first }?.content.value?.label ?? .unknown
      system.members = .value(names)
      system.memberCount = .value(Int(newest.deviceCount))
      system.degraded = .value(names.count < Int(newest.deviceCount))
      system.disks = graph.disks(of: names)
      fileSystems.append(system)
    }
    let known = Set(contents.btrfsMembers.map(\.device))
    for device in contents.devices where device.content.value?.type == "btrfs" && !known.contains(device.name) {
      if contents.gaps.contains(where: { $0.subject.name == device.name && $0.subject.member == "members" }) {
        continue
      }
      gaps.append(
        Gap(
          .init(.device, device.name, member: "members"), .malformed,
          detail: "\(device.path) is a btrfs without a readable superblock"))
    }
  }

  /// Pools whose labels only name the pool: how many members there are is not known.
  private mutating func addPools(_ contents: DeviceContents) {
    var byUUID: [String: [Device]] = [:]
    for device in contents.devices {
      guard let content = device.content.value, ["zfs_member", "bcachefs"].contains(content.type) else { continue }
      byUUID[content.uuid.value ?? device.name, default: []].append(device)
    }
    for (uuid, members) in byUUID {
      let names = members.map(\.name).sorted()
      var system = MultiDeviceFileSystem(uuid: uuid, type: members[0].content.value?.type ?? "unknown")
      system.label = members[0].content.value?.label ?? .unknown
      system.members = .value(names)
      system.disks = graph.disks(of: names)
      fileSystems.append(system)
      gaps.append(
        Gap(
          .init(.fileSystem, uuid, member: "member_count"), .unsupported,
          detail: "how many devices the \(system.type) pool on \(names.joined(separator: ", ")) has is not read yet"))
    }
  }
}
