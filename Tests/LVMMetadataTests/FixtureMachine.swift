// SPDX-License-Identifier: Apache-2.0

import Foundation
import LVMMetadata

/// The devices of one fixture folder, as `save.py` wrote them: runs of bytes, zeros everywhere else.
struct FixtureMachine {
  struct Device: ByteSource {
    let name: String
    var size: UInt64
    var pieces: [ByteRegion]

    mutating func read(at offset: UInt64, count: Int) throws(ByteSourceError) -> [UInt8] {
      guard offset < size else { return [] }
      let end = min(size, offset + UInt64(count))
      var bytes = [UInt8](repeating: 0, count: Int(end - offset))
      for piece in pieces {
        let first = max(offset, piece.offset)
        let last = min(end, piece.offset + UInt64(piece.bytes.count))
        guard first < last else { continue }
        let part = piece.bytes[Int(first - piece.offset)..<Int(last - piece.offset)]
        bytes.replaceSubrange(Int(first - offset)..<Int(last - offset), with: part)
      }
      return bytes
    }

    /// Changes one byte, which must lie in a stored run.
    mutating func change(at offset: UInt64, _ change: (UInt8) -> UInt8) {
      for (index, piece) in pieces.enumerated()
      where offset >= piece.offset && offset - piece.offset < UInt64(piece.bytes.count) {
        var bytes = piece.bytes
        bytes[Int(offset - piece.offset)] = change(bytes[Int(offset - piece.offset)])
        pieces[index] = ByteRegion(offset: piece.offset, bytes: bytes)
      }
    }

    func reading() throws -> PhysicalVolumeReading {
      var source = self
      return try PhysicalVolumeReader.read(deviceSize: size, from: &source)
    }

    func physicalVolume() throws -> PhysicalVolume {
      guard case .found(let volume) = try reading() else { throw FixtureError.noPhysicalVolume(name) }
      return volume
    }
  }

  enum FixtureError: Error {
    case noPhysicalVolume(String)
    case noText
  }

  static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/lvm")

  var devices: [Device]
  let report: LVMReport

  init(_ name: String) throws {
    struct Index: Decodable {
      struct Device: Decodable {
        struct Piece: Decodable {
          let file: String
          let offset: UInt64
        }
        let name: String
        let pieces: [Piece]
        let size_bytes: UInt64
      }
      let devices: [Device]
    }
    let folder = Self.folder.appending(path: name)
    let index = try JSONDecoder().decode(Index.self, from: Data(contentsOf: folder.appending(path: "devices.json")))
    devices = try index.devices.map { device in
      Device(
        name: device.name, size: device.size_bytes,
        pieces: try device.pieces.map { piece in
          ByteRegion(offset: piece.offset, bytes: [UInt8](try Data(contentsOf: folder.appending(path: piece.file))))
        })
    }
    report = try JSONDecoder().decode(LVMReport.self, from: Data(contentsOf: folder.appending(path: "lvm.json")))
  }

  subscript(name: String) -> Device {
    get { devices.first { $0.name == name } ?? Device(name: name, size: 0, pieces: []) }
    set { devices = devices.map { $0.name == name ? newValue : $0 } }
  }

  /// Every device that is a physical volume.
  func physicalVolumes() throws -> [(device: String, volume: PhysicalVolume)] {
    try devices.compactMap { device in
      guard case .found(let volume) = try device.reading() else { return nil }
      return (device.name, volume)
    }
  }

  func assembled() throws -> VolumeGroupAssembly {
    VolumeGroupAssembly.assemble(try physicalVolumes())
  }

  /// The text of the first area of the first device.
  func text() throws -> [UInt8] {
    for area in try devices[0].physicalVolume().metadataAreas {
      if case .text(let text) = area.content { return text.bytes }
    }
    throw FixtureError.noText
  }
}
