// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// On what kind of disk the root file system is, which a whole image's clone has too.
enum RootDisk: Equatable {
  /// A disk of virtio's own kind (`vda`; devices.txt of the kernel's documentation), whose driver is `virtio_blk`.
  case virtio(onPCI: Bool)
  /// Another one.
  case other
  /// That cannot be told.
  case unknown

  /// What the facts say.
  init(_ facts: GuestFacts) {
    guard let devices = facts.devices else {
      self = .unknown
      return
    }
    let virtio = devices.filter { $0.name.hasPrefix("vd") && $0.kind == .disk }
    guard !virtio.isEmpty else {
      self = .other
      return
    }
    guard let mount = facts.mounts?.last(where: { $0.mountPoint == "/" }),
      let device = devices.first(where: { $0.name == mount.device }), let disks = device.disks.value,
      !disks.isEmpty || device.kind == .disk
    else {
      self = .unknown
      return
    }
    let root = virtio.filter { $0.name == device.name || disks.contains($0.name) }
    if root.isEmpty {
      self = .other
    } else {
      self = .virtio(onPCI: root.contains { $0.pciAddress != .none })
    }
  }
}
