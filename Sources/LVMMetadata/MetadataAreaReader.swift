// SPDX-License-Identifier: Apache-2.0

/// Reads metadata areas of one device: the header of 512 bytes and the committed text out of the ring behind it.
///
/// Layout (`struct mda_header`), little-endian: checksum of bytes 4 to 511, magic (16 bytes), version, start and size
/// of the area in bytes, then slots of offset, size, checksum and flags. Slot 0 is the committed text, slot 1 a
/// precommitted one.
struct MetadataAreaReader {
  static let headerSize: UInt64 = 512
  static let magic = Array(" LVM2 x[5A%r0N*>".utf8)
  static let ignoredFlag: UInt32 = 1

  let deviceSize: UInt64
  /// How many bytes of text may still be read from this device.
  var textBudget: UInt64

  init(deviceSize: UInt64, textBudget: UInt64) {
    self.deviceSize = deviceSize
    self.textBudget = textBudget
  }

  /// Reads one area; every failure is in the result.
  mutating func read(_ area: DeviceArea, from source: inout some ByteSource) -> MetadataAreaReading {
    var committed: MetadataLocation?
    var precommitted: MetadataLocation?
    let content: MetadataAreaReading.Content
    do throws(MetadataAreaDamage) {
      let header = try header(of: area, from: &source)
      committed = Self.location(in: header, at: 40)
      precommitted = Self.location(in: header, at: 64)
      // The flag is in force even while the slot is empty, as with lvm2.
      if (header[...].littleEndian32(at: 60) ?? 0) & Self.ignoredFlag != 0 {
        content = .ignored
      } else if let committed {
        content = .text(try text(at: committed, of: area, from: &source))
      } else {
        content = .empty
      }
    } catch {
      content = .unreadable(error)
    }
    return MetadataAreaReading(area: area, committed: committed, precommitted: precommitted, content: content)
  }

  private func header(
    of area: DeviceArea, from source: inout some ByteSource
  ) throws(MetadataAreaDamage) -> [UInt8] {
    guard area.size > Self.headerSize else { throw .areaTooSmall }
    guard area.offset <= deviceSize, area.size <= deviceSize - area.offset else { throw .beyondDevice }
    let header = try Self.bytes(at: area.offset, count: Self.headerSize, from: &source)
    guard header[4..<20].elementsEqual(Self.magic) else { throw .headerMagic }
    guard header[...].littleEndian32(at: 0) == Checksum.crc(header[4...]) else { throw .headerChecksum }
    let version = header[...].littleEndian32(at: 20) ?? 0
    guard version == 1 else { throw .headerVersion(version) }
    let start = header[...].littleEndian64(at: 24) ?? 0
    guard start == area.offset else { throw .headerStart(start) }
    let size = header[...].littleEndian64(at: 32) ?? 0
    guard size == area.size else { throw .headerSize(size) }
    return header
  }

  /// The slot at `offset` of the header; nil where its text offset is zero, which ends the list of slots.
  private static func location(in header: [UInt8], at offset: Int) -> MetadataLocation? {
    let header = header[...]
    guard let textOffset = header.littleEndian64(at: offset), textOffset != 0 else { return nil }
    return MetadataLocation(
      offset: textOffset, size: header.littleEndian64(at: offset + 8) ?? 0,
      checksum: header.littleEndian32(at: offset + 16) ?? 0, flags: header.littleEndian32(at: offset + 20) ?? 0)
  }

  private mutating func text(
    at location: MetadataLocation, of area: DeviceArea, from source: inout some ByteSource
  ) throws(MetadataAreaDamage) -> MetadataText {
    // The area fits the device, so sums of its offset with offsets inside it cannot overflow.
    guard location.offset >= Self.headerSize, location.offset < area.size, location.size > 0,
      location.size <= area.size - Self.headerSize
    else { throw .locationOutsideArea }
    guard location.size <= PhysicalVolumeReader.maximumTextSize, location.size <= textBudget else {
      throw .textTooLarge(location.size)
    }
    textBudget -= location.size
    let untilEnd = area.size - location.offset
    let first = min(location.size, untilEnd)
    var bytes = try Self.bytes(at: area.offset + location.offset, count: first, from: &source)
    if first < location.size {
      bytes += try Self.bytes(at: area.offset + Self.headerSize, count: location.size - first, from: &source)
    }
    guard Checksum.crc(bytes[...]) == location.checksum else { throw .textChecksum }
    return MetadataText(bytes: bytes, checksum: location.checksum, wrapped: first < location.size)
  }

  private static func bytes(
    at offset: UInt64, count: UInt64, from source: inout some ByteSource
  ) throws(MetadataAreaDamage) -> [UInt8] {
    let bytes: [UInt8]
    do throws(ByteSourceError) {
      bytes = try source.read(at: offset, count: Int(count))
    } catch {
      throw .readFailed(error)
    }
    guard bytes.count == Int(count) else { throw .beyondDevice }
    return bytes
  }
}
