// SPDX-License-Identifier: Apache-2.0

/// A group of facts that is looked at as one.
public enum Section: String, Sendable, CaseIterable, JSONConvertible {
  /// `guest`.
  case guest
  /// `devices`.
  case devices
  /// `volume_groups`.
  case volumeGroups = "volume_groups"
  /// `raid_arrays`.
  case raidArrays = "raid_arrays"
  /// `multi_device_filesystems`.
  case multiDeviceFileSystems = "multi_device_filesystems"
  /// `mounts` and `other_mounts`.
  case mounts
  /// `swaps`.
  case swaps
  /// `fstab`.
  case fstab
  /// `network`: how interfaces are configured.
  case network
  /// `boot`: what the boot loader can start.
  case boot
  /// `initramfs` and `kernels`: what a kernel has at hand before it finds its root.
  case initramfs
  /// `cloud_init`: whether cloud-init sets up a new server.
  case cloudInit = "cloud_init"
  /// `configuration`: what a copy has in common with this guest.
  case configuration
  /// `windows`: what diskpart says of a Windows guest.
  case windows
  /// `windows_preparation`: how a Windows guest is prepared for being cloned.
  case windowsPreparation = "windows_preparation"

  /// The sections that an inspection of a Linux guest looks at.
  public static let ofLinux: [Section] = allCases.filter { ![.windows, .windowsPreparation].contains($0) }
}

/// How far a section was looked at.
public enum SectionState: String, Sendable, JSONConvertible {
  /// Everything was looked at.
  case complete
  /// Something was not: gaps say what.
  case partial
  /// Nothing was looked at.
  case absent
}

extension Section {
  /// Whether a gap leaves this section partial: what hides on a device may be part of a group, an array or a pool.
  public func isTouched(by gap: Gap) -> Bool {
    let subject = gap.subject
    let isStorage = [.devices, .volumeGroups, .raidArrays, .multiDeviceFileSystems].contains(self)
    switch subject.kind {
    case .section: return subject.name == rawValue
    case .device: return self == .devices || isStorage && gap.hidesStorage
    case .physicalVolume, .volumeGroup, .logicalVolume: return self == .volumeGroups
    case .raidArray: return self == .raidArrays
    case .fileSystem: return self == .multiDeviceFileSystems
    case .mount: return self == .mounts
    case .file:
      let sections: [String: Section] = ["/etc/fstab": .fstab, "/proc/partitions": .devices]
      return sections[subject.name] == self || self == .mounts && subject.name.hasSuffix("mountinfo")
    case .windowsDisk, .windowsVolume: return self == .windows
    }
  }
}
