// SPDX-License-Identifier: Apache-2.0

import LVMMetadata

/// A physical volume put together byte by byte, with every checksum right unless a test breaks it.
struct HandmadeDevice {
  static let identifier = String(repeating: "A", count: 31) + "1"

  var sector = 1
  var deviceSize: UInt64 = 64 << 20
  var type = Array("LVM2 001".utf8)
  var headerOffset: UInt32 = 32
  var identifier = Array(HandmadeDevice.identifier.utf8)
  var dataAreas: [(UInt64, UInt64)] = [(1 << 20, 0)]
  var metadataAreas: [(UInt64, UInt64)] = [(4096, 1_044_480)]
  /// Version and flags; nil writes no extension.
  var headerExtension: (UInt32, UInt32)? = (2, 1)

  var areaStart: UInt64?
  var areaSize: UInt64?
  var areaVersion: UInt32 = 1
  var areaMagic = Array(" LVM2 x[5A%r0N*>".utf8)
  /// Offset, size, checksum and flags of each slot.
  var slots: [(UInt64, UInt64, UInt32, UInt32)] = []
  /// Bytes by offset from the start of the device, written last.
  var contents: [(UInt64, [UInt8])] = []

  /// The checksum a bit at a time, independent of the one under test.
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xf597_a6cf
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return crc
  }

  /// Puts `text` at `offset` of the area, around the end of the ring if it does not fit, and commits it.
  mutating func commit(_ text: [UInt8], at offset: UInt64) {
    let (start, size) = metadataAreas[0]
    let first = min(UInt64(text.count), size - offset)
    contents.append((start + offset, Array(text[..<Int(first)])))
    contents.append((start + 512, Array(text[Int(first)...])))
    slots = [(offset, UInt64(text.count), Self.checksum(text), 0)]
  }

  var label: [UInt8] {
    var sector = [UInt8](repeating: 0, count: 512)
    var header = identifier + little(deviceSize)
    for area in dataAreas + [(0, 0)] + metadataAreas + [(0, 0)] { header += little(area.0) + little(area.1) }
    if let headerExtension { header += little(headerExtension.0) + little(headerExtension.1) }
    let head = Array("LABELONE".utf8) + little(UInt64(self.sector)) + [0, 0, 0, 0] + little(headerOffset) + type
    sector.replaceSubrange(0..<32, with: head)
    let room = min(header.count, 512 - 32)
    sector.replaceSubrange(32..<(32 + room), with: header[..<room])
    sector.replaceSubrange(16..<20, with: little(Self.checksum(sector[20...])))
    return sector
  }

  var areaHeader: [UInt8] {
    let (start, size) = metadataAreas.first ?? (0, 0)
    var rest = areaMagic + little(areaVersion) + little(areaStart ?? start) + little(areaSize ?? size)
    for slot in slots { rest += little(slot.0) + little(slot.1) + little(slot.2) + little(slot.3) }
    rest += [UInt8](repeating: 0, count: 508 - rest.count)
    return little(Self.checksum(rest)) + rest
  }

  /// The device: label, area header and contents.
  var device: FixtureMachine.Device {
    var pieces = [ByteRegion(offset: UInt64(sector) * 512, bytes: label)]
    if let start = metadataAreas.first?.0 { pieces.append(ByteRegion(offset: start, bytes: areaHeader)) }
    pieces += contents.map { ByteRegion(offset: $0.0, bytes: $0.1) }
    return FixtureMachine.Device(name: "handmade", size: deviceSize, pieces: pieces.filter { $0.offset < deviceSize })
  }

  func read() throws -> PhysicalVolumeReading { try device.reading() }

  /// What the first area holds.
  func content() throws -> MetadataAreaReading.Content? {
    try device.physicalVolume().metadataAreas.first?.content
  }
}

private func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}
