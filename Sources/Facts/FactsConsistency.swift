// SPDX-License-Identifier: Apache-2.0

extension GuestFacts {
  /// Holds every array to the count that the document carries for it.
  func checkCounts() throws(DocumentError) {
    if let counts {
      for (name, count) in arrayCounts {
        guard let expected = counts[name] else { continue }
        guard expected == count else {
          throw DocumentError(path: name, reason: "\(count) elements, but counts.\(name) is \(expected)")
        }
      }
    }
    for (index, group) in (volumeGroups ?? []).enumerated() {
      try Self.check(group.physicalVolumes, group.physicalVolumeCount, "volume_groups[\(index)]", "physical_volume")
      try Self.check(group.logicalVolumes, group.logicalVolumeCount, "volume_groups[\(index)]", "logical_volume")
    }
  }

  /// A section that was not looked at in full has gaps that say why; a document without any contradicts itself.
  func checkSections() throws(DocumentError) {
    guard let gaps, gaps.isEmpty, let section = sections?.first(where: { $0.value == .partial }) else { return }
    throw DocumentError(path: "sections.\(PlainText.from(section.key))", reason: "partial, but there is no gap")
  }

  private static func check<Element>(
    _ elements: Observed<[Element]>, _ count: Observed<Int>, _ path: String, _ member: String
  ) throws(DocumentError) {
    guard let elements = elements.value, let count = count.value, elements.count != count else { return }
    let reason = "\(elements.count) elements, but \(member)_count is \(count)"
    throw DocumentError(path: "\(path).\(member)s", reason: reason)
  }

  /// Checks that names and uuids are unique and that every reference resolves.
  func checkReferences() throws(DocumentError) {
    try windows?.checkReferences()
    guard let devices else { return }
    var names = Set<String>(minimumCapacity: devices.count)
    for (index, device) in devices.enumerated() {
      guard names.insert(device.name).inserted else {
        throw DocumentError(path: "devices[\(index)].name", reason: "a second device of this name")
      }
    }
    func check(_ references: [String]?, _ path: @autoclosure () -> String) throws(DocumentError) {
      for name in references ?? [] where !names.contains(name) {
        throw DocumentError(path: path(), reason: "no device \"\(PlainText.from(name))\" in this document")
      }
    }
    for (index, device) in devices.enumerated() {
      try check(device.parents.value, "devices[\(index)].parents")
      try check(device.disks.value, "devices[\(index)].disks")
    }
    for (index, mount) in (mounts ?? []).enumerated() { try check([mount.device], "mounts[\(index)].device") }
    for (index, swap) in (swaps ?? []).enumerated() {
      try check(swap.device.value.map { [$0] }, "swaps[\(index)].device")
    }
    for (index, entry) in (boot?.entries ?? []).enumerated() {
      try check(entry.rootDevice.value.map { [$0] }, "boot.entries[\(index)].root_device")
    }
    for (index, entry) in (fstab ?? []).enumerated() {
      try check(entry.device.value.map { [$0] }, "fstab[\(index)].device")
    }
    for (index, array) in (raidArrays ?? []).enumerated() {
      try check(array.members.value, "raid_arrays[\(index)].members")
      try check(array.disks.value, "raid_arrays[\(index)].disks")
    }
    for (index, system) in (multiDeviceFileSystems ?? []).enumerated() {
      try check(system.members.value, "multi_device_filesystems[\(index)].members")
      try check(system.disks.value, "multi_device_filesystems[\(index)].disks")
    }
    for (index, group) in (volumeGroups ?? []).enumerated() {
      let path = "volume_groups[\(index)]"
      try check(group.disks.value, "\(path).disks")
      guard let volumes = group.physicalVolumes.value else { continue }
      var uuids = Set<String>()
      for (index, volume) in volumes.enumerated() {
        guard uuids.insert(volume.uuid).inserted else {
          throw DocumentError(path: "\(path).physical_volumes[\(index)].uuid", reason: "listed twice in its group")
        }
        try check(volume.device.value.map { [$0] }, "\(path).physical_volumes[\(index)].device")
        try check(volume.duplicateDevices.value, "\(path).physical_volumes[\(index)].duplicate_devices")
        try check(volume.disks.value, "\(path).physical_volumes[\(index)].disks")
      }
      for (index, volume) in (group.logicalVolumes.value ?? []).enumerated() {
        try check(volume.device.value.map { [$0] }, "\(path).logical_volumes[\(index)].device")
        for uuid in volume.physicalVolumes.value ?? [] where !uuids.contains(uuid) {
          let reason = "no physical volume \"\(PlainText.from(uuid))\" in this group"
          throw DocumentError(path: "\(path).logical_volumes[\(index)].physical_volumes", reason: reason)
        }
      }
    }
  }
}
