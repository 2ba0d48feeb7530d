// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The devices with their edges, and where each of them ends: on which whole disks.
struct DeviceGraph {
  private(set) var devices: [String: Device] = [:]
  /// Devices that rest on a device (its holders, and its partitions).
  private(set) var children: [String: [String]] = [:]
  private var closures: [String: Observed<[String]>] = [:]
  /// The disk that stands for all disks of one world-wide id.
  private var representatives: [String: String] = [:]

  /// Builds the graph of devices with their parents.
  init(_ list: [Device]) {
    for device in list {
      devices[device.name] = device
      for parent in device.parents.value ?? [] { children[parent, default: []].append(device.name) }
    }
    collapsePaths(list)
    for device in list where closures[device.name] == nil { resolve(device.name) }
  }

  /// The kinds of device that rest on this one.
  func holders(of name: String) -> [Device] { (children[name] ?? []).compactMap { devices[$0] } }

  /// Whether a device is a part of a logical volume that is mapped for the kernel's own use.
  ///
  /// Such are the images of a mirror, the data of a pool, the layer below a snapshot. What it holds belongs to the
  /// volume on top of it.
  func isLayerOfVolume(_ name: String) -> Bool {
    guard let uuid = devices[name]?.dmUUID.value, uuid.hasPrefix("LVM-") else { return false }
    // "LVM-" and the group's identifier of 32 characters.
    let group = uuid.prefix(36)
    return holders(of: name).contains { $0.dmUUID.value?.hasPrefix(group) == true }
  }

  /// The whole disks that a device rests on, sorted; a disk names itself.
  func disks(of name: String) -> Observed<[String]> { closures[name] ?? .unknown }

  /// The whole disks that several devices rest on together; unknown if one of them is.
  func disks(of names: [String]) -> Observed<[String]> {
    var all: Set<String> = []
    for name in names {
      guard let disks = disks(of: name).value else { return .unknown }
      all.formUnion(disks)
    }
    return .value(all.sorted())
  }

  /// Two paths to one LUN are one disk: the multipath device that holds them, else the first of them by name.
  private mutating func collapsePaths(_ list: [Device]) {
    var byWWID: [String: [String]] = [:]
    for device in list where device.kind == .disk {
      if let wwid = device.wwid.value, !wwid.isEmpty { byWWID[wwid, default: []].append(device.name) }
    }
    for paths in byWWID.values where paths.count > 1 {
      let sizes = Set(paths.map { devices[$0]?.sizeBytes.value })
      guard sizes.count == 1, let first = paths.min() else { continue }
      for path in paths { representatives[path] = first }
    }
    for device in list where device.kind == .multipath {
      for path in device.parents.value ?? [] { representatives[path] = device.name }
    }
  }

  /// Walks down to the whole disks without recursion, so that a hostile depth costs no stack.
  private mutating func resolve(_ start: String) {
    var path: [(name: String, next: Int)] = [(start, 0)]
    var onPath: Set<String> = [start]
    while let top = path.last {
      let name = top.name
      guard let device = devices[name], let parents = device.parents.value else {
        closures[name] = .unknown
        onPath.remove(name)
        path.removeLast()
        continue
      }
      if device.kind == .multipath || parents.isEmpty {
        closures[name] = .value([representatives[name] ?? name])
        onPath.remove(name)
        path.removeLast()
        continue
      }
      if top.next < parents.count {
        path[path.count - 1].next += 1
        let parent = parents[top.next]
        // A loop in the graph has no disks: unknown, and so is everything that rests on it.
        if onPath.contains(parent) {
          closures[parent] = .unknown
        } else if closures[parent] == nil {
          onPath.insert(parent)
          path.append((parent, 0))
        }
        continue
      }
      closures[name] = disks(of: parents)
      onPath.remove(name)
      path.removeLast()
    }
  }
}
