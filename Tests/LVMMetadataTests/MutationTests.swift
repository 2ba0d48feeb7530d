// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// Bytes changed and cut at random: never a crash, and never another group in silence.
@Suite struct MutationTests {
  /// What decides about a whole image, as one comparable value.
  private static func essence(_ group: VolumeGroupMetadata) -> [String] {
    group.physicalVolumes.map { "\($0.identifier) \($0.extentCount)" }
      + group.logicalVolumes.map { volume in
        "\(volume.name) \(volume.identifier) \(volume.size) \(volume.layout) \(group.physicalVolumeIndices(of: volume))"
      }
  }

  @Test(arguments: ["linear", "striped", "pvmove"]) func aTextCutAnywhereIsRefusedOrTheSame(fixture: String) throws {
    let text = try FixtureMachine(fixture).text()
    let whole = Self.essence(try VolumeGroupMetadata.parse(text))
    var accepted = 0
    for length in 0..<text.count {
      guard let group = try? VolumeGroupMetadata.parse(Array(text[..<length])) else { continue }
      accepted += 1
      #expect(Self.essence(group) == whole, "cut at \(length)")
    }
    // The group comes first in the text; only what lvm2 writes about itself behind it may be missing.
    #expect(accepted < 400)
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["linear", "striped", "stack", "pvmove"])
  func changedTextsNeverCrash(fixture: String) throws {
    let text = try FixtureMachine(fixture).text()
    var random = SeededGenerator(seed: UInt64(text.count))
    let tokens = [
      "{", "}", "[", "]", "=", ",", "\"", "#", "\0", "\\", "9", "-", "pv0", "type = \"zero\"", "18446744073709551615",
    ]
    for round in 0..<500 {
      var changed = text
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0..<changed.count, using: &random)
        switch round % 4 {
        case 0: changed[at] = UInt8.random(in: 0...255, using: &random)
        case 1: changed[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: changed.replaceSubrange(at..<at, with: Array((tokens.randomElement(using: &random) ?? "").utf8))
        default:
          let other = Int.random(in: 0..<changed.count, using: &random)
          changed.removeSubrange(min(at, other)..<min(max(at, other), min(at, other) + 200))
          if changed.isEmpty { changed = text }
        }
      }
      guard let group = try? VolumeGroupMetadata.parse(changed) else { continue }
      for volume in group.logicalVolumes {
        for segment in group.segments(of: volume) { _ = group.areas(of: segment).count }
        #expect(group.physicalVolumes(ofLogicalVolume: volume.name) != nil)
      }
    }
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["striped", "copies", "wrapped"])
  func changedDevicesNeverGiveAnotherGroupInSilence(fixture: String) throws {
    let machine = try FixtureMachine(fixture)
    let whole = try machine.assembled()
    let expected = whole.groups.map { Self.essence($0.metadata) }
    var random = SeededGenerator(seed: 11)
    var noticed = 0
    for _ in 0..<500 {
      var changed = machine
      let number = Int.random(in: 0..<changed.devices.count, using: &random)
      guard let piece = changed.devices[number].pieces.randomElement(using: &random) else { continue }
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let at = piece.offset + UInt64(Int.random(in: 0..<piece.bytes.count, using: &random))
        let value = UInt8.random(in: 0...255, using: &random)
        changed.devices[number].change(at: at) { _ in value }
      }
      let readings = try changed.devices.map { try $0.reading() }
      let isDamaged = readings.contains {
        switch $0 {
        case .found(let volume): !volume.labelDamage.isEmpty
        case .damaged: true
        case .none, .unsupported: false
        }
      }
      let assembly = try changed.assembled()
      if isDamaged || !assembly.unreadable.isEmpty {
        noticed += 1
        continue
      }
      #expect(!readings.contains(.none))
      #expect(assembly.groups.map { Self.essence($0.metadata) } == expected)
      #expect(assembly.groups.map(\.members) == whole.groups.map(\.members))
    }
    #expect(noticed > 20)
  }

  @Test(.timeLimit(.minutes(5))) func randomBytesAreNoPhysicalVolume() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<1_000 {
      let bytes = (0..<Int.random(in: 0...4096, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let device = FixtureMachine.Device(
        name: "noise", size: UInt64(bytes.count), pieces: [ByteRegion(offset: 0, bytes: bytes)])
      #expect(try device.reading() == .none)
    }
  }

  @Test(.timeLimit(.minutes(5))) func headersWithRandomFieldsNeverCrash() throws {
    var random = SeededGenerator(seed: 7)
    let values: [UInt64] = [0, 1, 511, 512, 513, 4096, 1 << 20, 64 << 20, 1 << 31, 1 << 32, 1 << 63, .max - 511, .max]
    func any() -> UInt64 { values.randomElement(using: &random) ?? 0 }
    for _ in 0..<1_000 {
      var device = HandmadeDevice()
      device.dataAreas = (0..<Int.random(in: 0...3, using: &random)).map { _ in (any(), any()) }
      device.metadataAreas = (0..<Int.random(in: 0...3, using: &random)).map { _ in (any(), any()) }
      device.slots = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        (any(), any(), UInt32(truncatingIfNeeded: any()), 0)
      }
      device.areaSize = Bool.random(using: &random) ? any() : nil
      guard case .found(let volume) = try device.read() else { continue }
      #expect(!volume.metadataAreas.contains { if case .text = $0.content { true } else { false } })
      _ = VolumeGroupAssembly.assemble([("d", volume)])
    }
  }
}
