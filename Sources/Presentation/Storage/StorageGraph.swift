// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// A thing in the storage tree.
enum StorageNode: Hashable {
  /// A block device, by its name.
  case device(String)
  /// A volume group, by its index.
  case group(Int)
  /// A logical volume, by the indices of its group and of itself.
  case volume(Int, Int)
  /// A physical volume that was found on no device, by the indices of its group and of itself.
  case missing(Int, Int)
  /// An array that is not assembled, by its index.
  case array(Int)
  /// A file system over several devices, by its index.
  case fileSystem(Int)
}

/// What lies on what: disk, partition, physical volume, group, logical volume, and whatever is stacked on that.
///
/// Facts from a hostile guest may hold loops; whoever walks this graph keeps account of where it has been.
struct StorageGraph {
  let facts: GuestFacts
  private(set) var devices: [String: Device] = [:]
  /// What a person looks for first: devices that rest on nothing, in natural order.
  private(set) var roots: [StorageNode] = []
  private var children: [StorageNode: [StorageNode]] = [:]
  /// Devices that a logical volume is mapped as; the volume stands for them.
  private var mapped: Set<String> = []

  init(_ facts: GuestFacts) {
    self.facts = facts
    for device in facts.devices ?? [] { devices[device.name] = device }
    addGroups()
    addArraysAndFileSystems()
    addDevices()
    addRoots()
    for (node, nodes) in children { children[node] = sorted(nodes) }
  }

  /// What rests on a node, in natural order; a logical volume passes on what rests on its device.
  func children(of node: StorageNode) -> [StorageNode] { children[node] ?? [] }

  /// The logical volume of a node.
  func volume(_ group: Int, _ index: Int) -> LogicalVolume? {
    guard let volumes = self.group(group)?.logicalVolumes.value, volumes.indices.contains(index) else { return nil }
    return volumes[index]
  }

  /// The group of a node.
  func group(_ index: Int) -> VolumeGroup? {
    guard let groups = facts.volumeGroups, groups.indices.contains(index) else { return nil }
    return groups[index]
  }

  /// The name of a node, made safe for a terminal.
  func name(_ node: StorageNode) -> String {
    let name: String? =
      switch node {
      case .device(let name): name
      case .group(let index): self.group(index)?.name
      case .volume(let group, let index): volume(group, index)?.name
      case .missing(let group, let index): physicalVolume(group, index).map { "uuid \($0.uuid)" }
      case .array(let index): facts.raidArrays?[index].name
      case .fileSystem(let index): facts.multiDeviceFileSystems.map { $0[index].label.value ?? $0[index].uuid }
      }
    return Canvas.safe(name ?? "?")
  }

  /// The physical volume of a node.
  func physicalVolume(_ group: Int, _ index: Int) -> PhysicalVolume? {
    guard let volumes = self.group(group)?.physicalVolumes.value, volumes.indices.contains(index) else { return nil }
    return volumes[index]
  }

  private mutating func addGroups() {
    for (index, group) in (facts.volumeGroups ?? []).enumerated() {
      for (number, volume) in (group.physicalVolumes.value ?? []).enumerated() {
        let found = Set((volume.device.value.map { [$0] } ?? []) + (volume.duplicateDevices.value ?? []))
        for device in found { children[.device(device), default: []].append(.group(index)) }
        if found.isEmpty { children[.missing(index, number), default: []].append(.group(index)) }
      }
      for (number, volume) in (group.logicalVolumes.value ?? []).enumerated() {
        if let device = volume.device.value { mapped.insert(device) }
        // Parts of another volume are not what people mount; they are in the JSON.
        guard volume.hidden.value != true else { continue }
        children[.group(index), default: []].append(.volume(index, number))
      }
    }
  }

  private mutating func addArraysAndFileSystems() {
    for (index, array) in (facts.raidArrays ?? []).enumerated() where devices[array.name] == nil {
      for member in Set(array.members.value ?? []) { children[.device(member), default: []].append(.array(index)) }
    }
    for (index, system) in (facts.multiDeviceFileSystems ?? []).enumerated() {
      let members = Set(system.members.value ?? [])
      // On one device it is an ordinary file system, and stands with that device.
      guard members.count > 1 || system.memberCount.value ?? 0 > 1 else { continue }
      for member in members { children[.device(member), default: []].append(.fileSystem(index)) }
    }
  }

  private mutating func addDevices() {
    var volumeOfDevice: [String: StorageNode] = [:]
    for (index, group) in (facts.volumeGroups ?? []).enumerated() {
      for (number, volume) in (group.logicalVolumes.value ?? []).enumerated() {
        guard let device = volume.device.value, volume.hidden.value != true else { continue }
        volumeOfDevice[device] = .volume(index, number)
      }
    }
    for device in facts.devices ?? [] where !mapped.contains(device.name) {
      for parent in Set(device.parents.value ?? []) where parent != device.name {
        children[volumeOfDevice[parent] ?? .device(parent), default: []].append(.device(device.name))
      }
    }
    // Groups, arrays and file systems on a logical volume hang on the volume.
    for (device, volume) in volumeOfDevice {
      guard let nested = children.removeValue(forKey: .device(device)) else { continue }
      let present = Set(children[volume] ?? [])
      children[volume, default: []] += nested.filter { !present.contains($0) }
    }
  }

  private mutating func addRoots() {
    var bottom: [StorageNode] = []
    for device in facts.devices ?? [] where !mapped.contains(device.name) {
      if device.parents.value?.isEmpty ?? true { bottom.append(.device(device.name)) }
    }
    for node in children.keys { if case .missing = node { bottom.append(node) } }
    roots = sorted(bottom)
    // What nothing leads to - a loop in the facts, a group of which no disk is known - is shown all the same.
    var reached: Set<StorageNode> = []
    var pending = roots
    func walk() {
      while let node = pending.popLast() {
        guard reached.insert(node).inserted else { continue }
        pending += children[node] ?? []
      }
    }
    walk()
    let groups = (facts.volumeGroups ?? []).indices.map { StorageNode.group($0) }
    for node in sorted((facts.devices ?? []).filter { !mapped.contains($0.name) }.map { .device($0.name) }) + groups
    where !reached.contains(node) {
      roots.append(node)
      pending = [node]
      walk()
    }
  }

  private func sorted(_ nodes: [StorageNode]) -> [StorageNode] {
    nodes.map { (node: $0, key: key($0)) }.sorted {
      $0.key.0 != $1.key.0 ? $0.key.0 < $1.key.0 : NaturalOrder.precedes($0.key.1, $1.key.1)
    }.map(\.node)
  }

  /// Disks before everything else at the bottom, then the others; then by name.
  private func key(_ node: StorageNode) -> (Int, String) {
    switch node {
    case .device(let name): (devices[name]?.kind == .disk ? 0 : 1, name)
    case .group: (2, name(node))
    case .volume, .array, .fileSystem: (3, name(node))
    case .missing: (4, name(node))
    }
  }
}
