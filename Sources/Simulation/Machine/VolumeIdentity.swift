// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// By what a volume is known to be a disk of the guest.
struct VolumeIdentity: Sendable, Equatable {
  /// The volume's id.
  var id: String
  /// The volume's `wwn`: the disk's world-wide name without its kind.
  var wwn: String?
  /// The volume's `serial_number`: the disk's, where it is not the beginning of the id.
  var serialNumber: String?
  /// Whether the disk is attached as SCSI.
  var isSCSI: Bool
  /// Whether anything tells the disk.
  var isMatched: Bool

  /// The identity of the volume that a disk is.
  init(of disk: Device, ordinal: Int, server: String) {
    let digits = String(Digest.of(.string("\(server) \(disk.name) \(ordinal)")).dropFirst(3).prefix(32))
    let filler = CloudCall.uuid(of: digits)
    let serial = disk.serial.value.flatMap { $0.isEmpty ? nil : $0 }
    wwn = disk.wwid.value.flatMap { wwid in
      // `naa.6888…` in the kernel's form; a name of another kind is no volume's.
      wwid.hasPrefix("naa.") ? String(wwid.dropFirst(4)) : nil
    }
    isSCSI = wwn != nil
    if let serial, Self.isBeginningOfUUID(serial) {
      id = serial.lowercased() + filler.dropFirst(20)
      serialNumber = nil
    } else {
      id = filler
      serialNumber = serial
    }
    isMatched = serial != nil || wwn != nil || disk.pciAddress.value != nil
  }

  /// Whether text is the first 20 characters of a UUID.
  static func isBeginningOfUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 20 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      [8, 13, 18].contains(index)
        ? byte == UInt8(ascii: "-")
        : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
  }
}
