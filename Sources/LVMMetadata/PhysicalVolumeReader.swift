// SPDX-License-Identifier: Apache-2.0

/// Reads what a device says about itself as a physical volume: its label, its header and every metadata area.
///
/// A device without a label costs one read of 2 KiB; a physical volume costs two or three more for each metadata area.
public enum PhysicalVolumeReader {
  /// Labels are looked for in this many sectors of 512 bytes, as lvm2 does (`LABEL_SCAN_SECTORS`).
  public static let scannedSectors = 4
  /// The longest text that is read, 32 MiB: lvm2 needs some 500 bytes for a logical volume and warns long before this.
  public static let maximumTextSize: UInt64 = 32 << 20
  /// The texts of all areas of one device may have this many bytes in sum, so that hostile headers cannot multiply the
  /// limit.
  public static let maximumTextSizeOfDevice: UInt64 = 64 << 20

  /// Reads the device behind `source`, `deviceSize` bytes long.
  ///
  /// The first valid label is in force, as for lvm2; damage in another sector is reported beside it. A failing metadata
  /// area is part of the result, only a failing read of the label sectors is thrown.
  public static func read(
    deviceSize: UInt64, from source: inout some ByteSource
  ) throws(ByteSourceError) -> PhysicalVolumeReading {
    let bytes = try source.read(at: 0, count: scannedSectors * LabelSector.size)
    var header: (sector: Int, value: PhysicalVolumeHeader)?
    var damage: [LabelDamage] = []
    for sector in 0..<min(scannedSectors, bytes.count / LabelSector.size) {
      let start = sector * LabelSector.size
      switch LabelSector.judge(bytes[start..<(start + LabelSector.size)], number: sector) {
      case .notALabel: break
      case .damaged(let found): damage.append(found)
      case .valid(let found): if header == nil { header = (sector, found) }
      }
    }
    guard let header else {
      if let first = damage.first(where: { $0.kind != .erased }) ?? damage.first { return .damaged(first) }
      return isLVM1(bytes) ? .unsupported(.lvm1) : .none
    }
    var areaReader = MetadataAreaReader(deviceSize: deviceSize, textBudget: maximumTextSizeOfDevice)
    var areas: [MetadataAreaReading] = []
    for area in header.value.metadataAreas { areas.append(areaReader.read(area, from: &source)) }
    return .found(
      PhysicalVolume(
        identifier: header.value.identifier, labelSector: header.sector, headerSize: header.value.deviceSize,
        deviceSize: deviceSize, dataAreas: header.value.dataAreas, metadataAreas: areas,
        headerExtension: header.value.headerExtension, labelDamage: damage))
  }

  /// LVM1 starts the device with "HM" and a 16-bit version of 1 or 2 (libblkid `src/superblocks/lvm.c`).
  private static func isLVM1(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 4 && bytes[0] == UInt8(ascii: "H") && bytes[1] == UInt8(ascii: "M") && (1...2).contains(bytes[2])
      && bytes[3] == 0
  }
}
