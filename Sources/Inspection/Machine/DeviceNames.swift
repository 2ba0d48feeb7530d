// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Finds the listed device that a number, a path or an fstab spec means.
struct DeviceNames {
  private var byNumber: [String: String] = [:]
  private var byPath: [String: String] = [:]
  private var byTag: [String: String] = [:]
  private let root: Root

  /// Learns the names of devices as sysfs shows them.
  init(_ devices: [Device], root: Root) {
    self.root = root
    for device in devices {
      if let number = device.number.value { byNumber[number] = device.name }
      byPath[device.path] = device.name
      if let name = device.dmName.value { byPath["/dev/mapper/\(name)"] = device.name }
      if let uuid = device.dmUUID.value { byPath["/dev/disk/by-id/dm-uuid-\(uuid)"] = device.name }
    }
  }

  /// Learns what the devices hold, for specs by uuid and label; the first device of an equal tag stands.
  mutating func learnContents(_ devices: [Device], volumeGroups: [VolumeGroup]) {
    func learn(_ tag: String, _ value: Observed<String>, _ folder: String, _ name: String) {
      guard let value = value.value, !value.isEmpty else { return }
      if byTag["\(tag)=\(value)"] == nil { byTag["\(tag)=\(value)"] = name }
      if byPath["/dev/disk/\(folder)/\(value)"] == nil { byPath["/dev/disk/\(folder)/\(value)"] = name }
    }
    for device in devices {
      if let content = device.content.value, content.usage != "raid", content.type != "LVM2_member" {
        learn("UUID", content.uuid, "by-uuid", device.name)
        learn("LABEL", content.label, "by-label", device.name)
      }
      guard let partition = device.partition.value else { continue }
      learn("PARTUUID", partition.uuid, "by-partuuid", device.name)
      learn("PARTLABEL", partition.name, "by-partlabel", device.name)
    }
    for group in volumeGroups {
      for volume in group.logicalVolumes.value ?? [] {
        guard let device = volume.device.value else { continue }
        byPath["/dev/\(group.name)/\(volume.name)"] = device
      }
    }
  }

  /// The device of a `MAJOR:MINOR`.
  func device(number: String) -> String? { byNumber[number] }

  /// The device of a path below `/dev`, through links of `/dev` if need be.
  func device(path: String) -> String? { (try? device(at: path)) ?? nil }

  /// The same; throws where a link could not be read.
  private func device(at path: String) throws(ReadFailure) -> String? {
    guard path.hasPrefix("/dev/") else { return nil }
    if let name = byPath[path] { return name }
    // Links below /dev are udev's: reading one opens no device and crosses no mount of the guest's owner.
    guard let target = try root.link(path), let last = target.split(separator: "/").last else { return nil }
    return byPath["/dev/\(last)"]
  }

  /// The device that a kernel's `root=` means: a value, `none` if no device, unknown if it names none; throws where a
  /// link could not be read.
  func device(root spec: String) throws(ReadFailure) -> Observed<String> {
    if spec.hasPrefix("/dev/") {
      // Not devices: roots that come over the network or are in memory (do_mounts.c).
      if ["/dev/nfs", "/dev/cifs", "/dev/root", "/dev/ram", "/dev/ram0"].contains(spec) { return .unknown }
      return Observed(looked: try device(at: spec))
    }
    // `PARTUUID=.../PARTNROFF=1` is a neighbour of the partition that it names.
    return spec.contains("/") || spec.hasPrefix("ID=") ? .unknown : device(spec: spec)
  }

  /// The device that an fstab spec resolves to: a value, `none` if to no device, unknown if it names none.
  func device(spec: String) -> Observed<String> {
    if spec.hasPrefix("/dev/") { return Observed(looked: device(path: spec)) }
    guard let equals = spec.firstIndex(of: "=") else { return .unknown }
    let tag = spec[..<equals]
    guard ["UUID", "LABEL", "PARTUUID", "PARTLABEL", "ID"].contains(tag) else { return .unknown }
    if tag == "ID" { return Observed(looked: device(path: "/dev/disk/by-id/\(spec[spec.index(after: equals)...])")) }
    // Ids are compared without case: mount(8) and udev write them in lower case, people do not.
    if let name = byTag[spec] { return .value(name) }
    guard tag == "UUID" || tag == "PARTUUID" else { return .none }
    let wanted = spec.lowercased()
    return Observed(looked: byTag.first { $0.key.lowercased() == wanted }?.value)
  }
}
