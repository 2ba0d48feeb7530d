// SPDX-License-Identifier: Apache-2.0

/// One of the first four sectors of 512 bytes, judged as an LVM2 label.
///
/// Layout (lvm2 `lib/label/label.h`, `lib/format_text/layout.h`), little-endian: "LABELONE", the sector's own number (8
/// bytes), a checksum of everything from byte 20 on, the offset of the physical volume header, the type "LVM2 001".
enum LabelSector {
  static let size = 512
  static let magic = Array("LABELONE".utf8)
  static let type = Array("LVM2 001".utf8)

  enum Judgement {
    case notALabel
    case damaged(LabelDamage)
    case valid(PhysicalVolumeHeader)
  }

  /// Judges `bytes`, 512 of them, read from sector `number`.
  ///
  /// A label with a few changed bytes still counts as one: its magic may differ in up to two bytes while the checksum
  /// or the type holds, or the type stands in its place, or the magic stands and the type does not. Empty and foreign
  /// sectors do none of these by chance.
  static func judge(_ bytes: ArraySlice<UInt8>, number: Int) -> Judgement {
    let start = bytes.startIndex
    let magicErrors = differences(bytes, at: start, from: magic)
    let typeErrors = differences(bytes, at: start + 24, from: type)
    guard magicErrors == 0 || typeErrors == 0 || (magicErrors <= 2 && typeErrors <= 2) else { return .notALabel }

    let checksumMatches = bytes.littleEndian32(at: 16) == Checksum.crc(bytes[(start + 20)...])
    let headerOffset = Int(bytes.littleEndian32(at: 20) ?? 0)
    let claimed =
      headerOffset >= 32 && headerOffset <= size - 40
      ? LVMIdentifier(characters: bytes[(start + headerOffset)..<(start + headerOffset + 32)]) : nil
    func damage(_ kind: LabelDamage.Kind) -> Judgement {
      .damaged(LabelDamage(sector: number, kind: kind, claimedIdentifier: claimed))
    }

    guard magicErrors == 0 else { return damage(.magic) }
    guard typeErrors == 0 else { return damage(isErased(bytes) ? .erased : checksumMatches ? .type : .checksum) }
    guard checksumMatches else { return damage(.checksum) }
    guard bytes.littleEndian64(at: 8) == UInt64(number) else { return damage(.sectorNumber) }
    guard headerOffset >= 32, headerOffset <= size - 40 else { return damage(.headerOffset) }
    guard let claimed else { return damage(.identifier) }
    guard let header = PhysicalVolumeHeader(identifier: claimed, bytes: bytes[(start + headerOffset)...]) else {
      return damage(.areaList)
    }
    return .valid(header)
  }

  /// In how many bytes the ones at a place differ from these.
  ///
  /// Counted by hand: a sequence of pairs is a type that every helper would have to make at run time, which took longer
  /// than judging a disk's four sectors.
  private static func differences(_ bytes: ArraySlice<UInt8>, at place: Int, from expected: [UInt8]) -> Int {
    var count = 0
    for index in expected.indices where bytes[place + index] != expected[index] { count += 1 }
    return count
  }

  /// Whether the type is all zeros and the label would be whole with it put back: `wipefs` erases these eight bytes and
  /// no others.
  private static func isErased(_ bytes: ArraySlice<UInt8>) -> Bool {
    let typeStart = bytes.startIndex + 24
    guard bytes[typeStart..<(typeStart + 8)].allSatisfy({ $0 == 0 }) else { return false }
    let restored = Array(bytes[(bytes.startIndex + 20)..<typeStart]) + type + Array(bytes[(typeStart + 8)...])
    return bytes.littleEndian32(at: 16) == Checksum.crc(restored[...])
  }
}

/// The physical volume header behind a label (`struct pv_header`, `struct pv_header_extension`).
struct PhysicalVolumeHeader {
  /// More than any tool writes: lvm2 makes one data area and at most two metadata areas.
  static let maximumAreas = 8

  let identifier: LVMIdentifier
  let deviceSize: UInt64
  let dataAreas: [DeviceArea]
  let metadataAreas: [DeviceArea]
  let headerExtension: PhysicalVolume.HeaderExtension?

  /// Reads the header at the start of `bytes`, which end with the sector; nil when a list does not end in there or is
  /// too long.
  init?(identifier: LVMIdentifier, bytes: ArraySlice<UInt8>) {
    self.identifier = identifier
    guard let deviceSize = bytes.littleEndian64(at: 32) else { return nil }
    self.deviceSize = deviceSize
    var at = 40
    guard let dataAreas = Self.areas(bytes, &at), let metadataAreas = Self.areas(bytes, &at) else { return nil }
    self.dataAreas = dataAreas
    self.metadataAreas = metadataAreas
    // Old headers end here, and a full sector may leave no room for an extension.
    guard let version = bytes.littleEndian32(at: at), version != 0 else {
      headerExtension = nil
      return
    }
    guard let flags = bytes.littleEndian32(at: at + 4) else { return nil }
    at += 8
    guard let bootloaderAreas = Self.areas(bytes, &at) else { return nil }
    headerExtension = PhysicalVolume.HeaderExtension(version: version, flags: flags, bootloaderAreas: bootloaderAreas)
  }

  /// A list of offset and size pairs that ends with an offset of zero.
  private static func areas(_ bytes: ArraySlice<UInt8>, _ at: inout Int) -> [DeviceArea]? {
    var areas: [DeviceArea] = []
    while let offset = bytes.littleEndian64(at: at), let size = bytes.littleEndian64(at: at + 8) {
      at += 16
      if offset == 0 { return areas }
      guard areas.count < maximumAreas else { return nil }
      areas.append(DeviceArea(offset: offset, size: size))
    }
    return nil
  }
}
