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
    addFileSystems(contents)
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

  private mutating func addFileSystems(_ contents: DeviceContents) {
    var sets: [String: [(device: String, member: PoolMember)]] = [:]
    for entry in contents.poolMembers { sets[entry.member.set, default: []].append(entry) }
    for members in sets.values {
      guard let newest = members.max(by: { $0.member.generation < $1.member.generation }) else { continue }
      let names = members.map(\.device).sorted()
      let count = newest.member.memberCount
      var system = MultiDeviceFileSystem(uuid: newest.member.uuid, type: newest.member.type)
      let label = contents.devices.first { $0.name == newest.device }?.content.value?.label ?? .unknown
      system.label = newest.member.name.map { .value($0) } ?? label
      system.members = .value(names)
      system.memberCount = .value(newest.member.countIsLeast ? max(count, names.count) : count)
      system.degraded = .value(names.count < count)
      system.disks = graph.disks(of: names)
      fileSystems.append(system)
    }
    noteUnreadMembers(contents)
  }

  /// Devices that belong to such a file system and do not say to which.
  private mutating func noteUnreadMembers(_ contents: DeviceContents) {
    let known = Set(contents.poolMembers.map(\.device))
    let noted = Set(contents.gaps.filter { $0.subject.member == "members" }.map(\.subject.name))
    for device in contents.devices where !known.contains(device.name) && !noted.contains(device.name) {
      guard let type = device.content.value?.type, PoolMember.types.contains(type) else { continue }
      gaps.append(
        Gap(
          .init(.device, device.name, member: "members"), .malformed,
          detail: "\(device.path) is a \(type) whose members cannot be told from its superblock or label"))
    }
  }
}
