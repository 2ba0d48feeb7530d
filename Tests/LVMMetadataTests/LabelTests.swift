// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// The label and the physical volume header.
@Suite struct LabelTests {
  @Test func aHandmadeLabelIsFound() throws {
    guard case .found(let volume) = try HandmadeDevice().read() else { throw FixtureMachine.FixtureError.noText }
    #expect(volume.identifier.description == "AAAAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAAA1")
    #expect(volume.labelSector == 1)
    #expect(volume.headerSize == 64 << 20)
    #expect(volume.dataAreas == [DeviceArea(offset: 1 << 20, size: 0)])
    #expect(volume.isMarkedUsed == true)
    #expect(volume.labelDamage.isEmpty)
  }

  @Test func headerFieldsOfARealDevice() throws {
    let volume = try FixtureMachine("copies")["d0"].physicalVolume()
    #expect(volume.metadataAreas.count == 2)
    #expect(volume.headerExtension?.version == 2)
    #expect(volume.headerExtension?.bootloaderAreas.map(\.size) == [1 << 20])
    #expect(volume.headerSize == volume.deviceSize)
  }

  @Test(arguments: 0..<4) func everyScannedSectorCounts(sector: Int) throws {
    var device = HandmadeDevice()
    device.sector = sector
    guard case .found(let volume) = try device.read() else { throw FixtureMachine.FixtureError.noText }
    #expect(volume.labelSector == sector)
  }

  @Test func theFifthSectorDoesNot() throws {
    var device = HandmadeDevice()
    device.sector = 4
    #expect(try device.read() == .none)
  }

  @Test(arguments: [0, 1, 511, 512, 1023, 2048, 4096]) func devicesWithoutALabel(size: UInt64) throws {
    #expect(try FixtureMachine.Device(name: "blank", size: size, pieces: []).reading() == .none)
  }

  @Test func theFirstOfSeveralLabelsIsInForceAndDamageBesideItShows() throws {
    var second = HandmadeDevice()
    second.sector = 2
    second.identifier[0] = UInt8(ascii: "B")
    var device = HandmadeDevice().device
    device.pieces.append(ByteRegion(offset: 1024, bytes: second.label))
    #expect(try device.physicalVolume().identifier.description.first == "A")
    #expect(try device.physicalVolume().labelDamage.isEmpty)
    device.change(at: 512 + 100) { $0 ^ 1 }
    let volume = try device.physicalVolume()
    #expect(volume.identifier.description.first == "B")
    #expect(volume.labelDamage.map(\.kind) == [.checksum])
    #expect(volume.labelDamage.map(\.sector) == [1])
  }

  @Test func lvm2SeesNoneOfTheseAndWeSeeDamage() throws {
    let flipped = try FixtureMachine("flipped-header")
    #expect(flipped.report.physicalVolumes.isEmpty)
    guard case .damaged(let damage) = try flipped["d0"].reading() else { throw FixtureMachine.FixtureError.noText }
    #expect(damage.kind == .checksum)
    #expect(damage.sector == 1)

    // lvm2 2.03.16 looks at the type alone once the magic is gone, so it does read this one.
    let magic = try FixtureMachine("flipped-magic")
    guard case .damaged(let damage) = try magic["d0"].reading() else { throw FixtureMachine.FixtureError.noText }
    #expect(damage.kind == .magic)
    #expect(damage.claimedIdentifier?.description == magic.report.physicalVolumes.first?["pv_uuid"])
  }

  @Test func anErasedLabelIsToldFromADamagedOne() throws {
    let wiped = try FixtureMachine("wiped")
    #expect(wiped.report.physicalVolumes.isEmpty)
    guard case .damaged(let damage) = try wiped["d0"].reading() else { throw FixtureMachine.FixtureError.noText }
    #expect(damage.kind == .erased)
  }

  @Test func noSingleChangedByteHidesAPhysicalVolume() throws {
    let whole = try FixtureMachine("linear")["d0"]
    for offset in UInt64(512)..<1024 {
      for change in [UInt8(0x01), 0x20, 0xff] {
        var device = whole
        device.change(at: offset) { $0 ^ change }
        guard device.pieces != whole.pieces else { continue }
        guard case .damaged(let damage) = try device.reading() else {
          Issue.record("byte \(offset) changed by \(change) is not noticed")
          continue
        }
        #expect(damage.sector == 1)
      }
    }
  }

  @Test func twoChangedBytesOfTheMagicDoNotHideItEither() throws {
    let whole = try FixtureMachine("linear")["d0"]
    for first in UInt64(512)..<520 {
      for second in (first + 1)..<521 {
        var device = whole
        device.change(at: first) { $0 ^ 4 }
        device.change(at: second) { $0 ^ 4 }
        guard case .damaged = try device.reading() else {
          Issue.record("bytes \(first) and \(second) are not noticed")
          continue
        }
      }
    }
  }

  @Test(arguments: [UInt8(1), 2]) func lvm1IsKnownAndNotRead(version: UInt8) throws {
    let header: [UInt8] = [UInt8(ascii: "H"), UInt8(ascii: "M"), version, 0]
    let device = FixtureMachine.Device(name: "old", size: 1 << 20, pieces: [ByteRegion(offset: 0, bytes: header)])
    #expect(try device.reading() == .unsupported(.lvm1))
  }

  @Test func wrongFieldsUnderARightChecksum() throws {
    func kind(_ change: (inout HandmadeDevice) -> Void) throws -> LabelDamage.Kind? {
      var device = HandmadeDevice()
      change(&device)
      guard case .damaged(let damage) = try device.read() else { return nil }
      return damage.kind
    }
    #expect(try kind { $0.type = Array("LVM2 002".utf8) } == .type)
    #expect(try kind { $0.headerOffset = 31 } == .headerOffset)
    #expect(try kind { $0.headerOffset = 473 } == .headerOffset)
    #expect(try kind { $0.headerOffset = .max } == .headerOffset)
    #expect(try kind { $0.identifier[5] = 0 } == .identifier)
    #expect(try kind { $0.metadataAreas = .init(repeating: (4096, 8192), count: 9) } == .areaList)
    #expect(try kind { $0.dataAreas = .init(repeating: (4096, 8192), count: 40) } == .areaList)
    var moved = HandmadeDevice().device
    moved.pieces[0] = ByteRegion(offset: 0, bytes: moved.pieces[0].bytes)
    guard case .damaged(let damage) = try moved.reading() else { throw FixtureMachine.FixtureError.noText }
    #expect(damage.kind == .sectorNumber)
  }

  @Test func anOldHeaderCannotSayWhetherItIsUsed() throws {
    for old in [nil, (UInt32(1), UInt32(0))] {
      var device = HandmadeDevice()
      device.headerExtension = old
      #expect(try device.device.physicalVolume().isMarkedUsed == nil)
      // An empty area proves that no group uses it; without an area nothing does.
      let free = VolumeGroupAssembly.assemble([("d", try device.device.physicalVolume())])
      #expect(free.physicalVolumes.map(\.standing) == [.free])
      device.metadataAreas = []
      let unknown = VolumeGroupAssembly.assemble([("d", try device.device.physicalVolume())])
      #expect(unknown.physicalVolumes.map(\.standing) == [.unclaimed(.cannotTell)])
    }
  }

  @Test func identifiers() {
    let written = "qNp7d0-UKW2-J20N-IFvH-WUFy-qK9n-qyZ8gP"
    #expect(LVMIdentifier(written)?.description == written)
    #expect(LVMIdentifier(written.filter { $0 != "-" })?.description == written)
    for wrong in [
      "", "-", String(written.dropLast()), written + "a", written.replacing("q", with: "_"), "é" + written.dropFirst(2),
    ] {
      #expect(LVMIdentifier(wrong) == nil)
    }
  }
}
