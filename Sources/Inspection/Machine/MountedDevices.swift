// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Which listed devices the mount table and the swap table name: the kernel's own word on what a device holds.
struct MountedDevices {
  /// Mounts of listed devices.
  var mounts: [Mount] = []
  /// The other mounts, counted by type.
  var otherMounts: [String: Int] = [:]
  /// Devices by kernel name whose content the kernel knows, with its type.
  var contentTypes: [String: String] = [:]

  /// Finds the device of each mount.
  init(_ table: MountInfo, names: DeviceNames) {
    for entry in table.entries {
      guard let device = names.device(number: entry.number) ?? names.device(path: entry.source) else {
        otherMounts[entry.type, default: 0] += 1
        continue
      }
      var mount = Mount(device: device, mountPoint: entry.mountPoint, type: entry.type)
      mount.root = .value(entry.root)
      mount.options = .value(entry.options)
      mounts.append(mount)
      contentTypes[device] = entry.type
    }
  }

  /// Adds the swap areas, and gives each its device.
  mutating func add(_ swaps: [Swap], names: DeviceNames) -> [Swap] {
    swaps.map { swap in
      var swap = swap
      guard swap.type == "partition" else {
        swap.device = .none
        return swap
      }
      guard let device = names.device(path: swap.path) else { return swap }
      swap.device = .value(device)
      contentTypes[device] = "swap"
      return swap
    }
  }
}
