// SPDX-License-Identifier: Apache-2.0

public import Facts

/// Which disk of a guest is which volume of the cloud.
///
/// A virtio disk's serial number is the first 20 characters of its volume's id, a SCSI disk's name for itself is the
/// volume's `wwn`; else the address of its controller tells (EVS FAQ, "How do I match a disk in the OS with a disk in
/// the console?"). A disk that fits two volumes fits none.
public struct DiskMatching: Sendable {
  /// The guest's whole disks, in the order of the facts.
  public let disks: [Device]
  private var volumeOfDisk: [String: String] = [:]
  private var diskOfVolume: [String: String] = [:]

  /// Matches a guest's disks with the volumes that the cloud names.
  public init(_ facts: GuestFacts, _ cloud: CloudFacts) {
    disks = Self.wholeDisks(of: facts)
    var candidates: Set<String> = Set(cloud.volumes.value?.map(\.id) ?? [])
    candidates.formUnion(cloud.backup.value?.volumeIDs.value ?? [])
    let attachments = cloud.server.value?.attachments.value ?? []
    candidates.formUnion(attachments.map(\.volumeID))
    for disk in disks {
      let matching = candidates.filter { id in
        Self.isSame(disk, volume: id, wwn: cloud.volume(id)?.wwn.value)
      }
      var found = matching.count == 1 ? matching.first : nil
      if matching.isEmpty, disk.serial.value == nil || disk.wwid.value == nil, let address = disk.pciAddress.value {
        let there = attachments.filter { $0.pciAddress.value == address }.map(\.volumeID)
        found = there.count == 1 ? there.first : nil
      }
      guard let found, diskOfVolume[found] == nil else { continue }
      volumeOfDisk[disk.name] = found
      diskOfVolume[found] = disk.name
    }
  }

  /// The path of the disk that a volume is in the guest.
  public func device(of volume: String) -> String? { diskOfVolume[volume].map { "/dev/" + $0 } }

  /// The volume that a disk of the guest is.
  public func volume(of disk: String) -> String? { volumeOfDisk[disk] }

  /// Whether a disk says of itself which volume it is: with a name, or a serial number that begins as a volume's id does.
  public static func hasIdentity(_ disk: Device) -> Bool {
    if disk.wwid.value?.isEmpty == false { return true }
    guard let serial = disk.serial.value, serial.utf8.count == 20 else { return false }
    return serial.utf8.enumerated().allSatisfy { index, byte in
      [8, 13, 18].contains(index) ? byte == UInt8(ascii: "-") : Character(Unicode.Scalar(byte)).isHexDigit
    }
  }

  /// Whole disks that a cloud's volume can be: no drive for media, no loop or RAM disk; paths of one disk count once.
  static func wholeDisks(of facts: GuestFacts) -> [Device] {
    (facts.devices ?? []).filter { disk in
      guard disk.kind == .disk || disk.kind == .multipath, disk.sizeBytes.value != 0 else { return false }
      return disk.disks.value.map { $0.isEmpty || $0.contains(disk.name) } ?? true
    }
  }

  private static func isSame(_ disk: Device, volume id: String, wwn: String?) -> Bool {
    if let serial = disk.serial.value, serial.utf8.count >= 20, id.lowercased().hasPrefix(serial.lowercased()) {
      return true
    }
    guard let wwn = wwn?.lowercased(), !wwn.isEmpty, let wwid = disk.wwid.value?.lowercased() else { return false }
    // sysfs says `naa.6888…`, udev and SCSI identification pages put a `3` before it.
    return [wwn, "naa." + wwn, "3" + wwn, "0x" + wwn].contains(wwid)
  }
}
