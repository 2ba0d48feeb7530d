// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// Metadata area headers and the ring of texts behind them.
@Suite struct MetadataAreaTests {
  static let area: UInt64 = 4096
  static let size: UInt64 = 1_044_480

  @Test func aRealTextThatWraps() throws {
    let machine = try FixtureMachine("wrapped")
    guard case .text(let text) = try machine["d0"].physicalVolume().metadataAreas.first?.content else {
      throw FixtureMachine.FixtureError.noText
    }
    #expect(text.wrapped)
    #expect(try VolumeGroupMetadata.parse(text.bytes).name == "wrap")
  }

  @Test(arguments: [512, 513, 1_044_479, 1_044_380, 1_044_379])
  func textsAtTheEdgesOfTheRing(offset: UInt64) throws {
    let text = (0..<100).map { UInt8($0) }
    var device = HandmadeDevice()
    device.commit(text, at: offset)
    guard case .text(let found) = try device.content() else { throw FixtureMachine.FixtureError.noText }
    #expect(found.bytes == text)
    #expect(found.checksum == HandmadeDevice.checksum(text))
    #expect(found.wrapped == (offset > 1_044_480 - 100))
  }

  @Test func longTextsInAllLengths() throws {
    // Every remainder of the sixteen bytes that a round of the checksum takes.
    for count in 1_000..<1_040 {
      var device = HandmadeDevice()
      device.commit((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }, at: 2048)
      guard case .text(let found) = try device.content() else { throw FixtureMachine.FixtureError.noText }
      #expect(found.bytes.count == count)
    }
  }

  static let outside: [(UInt64, UInt64)] = [
    (0, 0), (512, 0), (511, 100), (1, 100), (1_044_480, 10), (1_044_481, 10), (.max, 1), (512, .max), (.max, .max),
    (512, 1_044_480), (512, 1_043_969), (1 << 63, 1 << 63),
  ]

  @Test(arguments: outside)
  func slotsThatLeadOutside(offset: UInt64, size: UInt64) throws {
    var device = HandmadeDevice()
    device.slots = [(offset, size, 0, 0)]
    let expected: MetadataAreaReading.Content = offset == 0 ? .empty : .unreadable(.locationOutsideArea)
    #expect(try device.content() == expected)
  }

  @Test func textLargerThanTheLimitIsNotRead() throws {
    var device = HandmadeDevice()
    device.deviceSize = 1 << 40
    device.metadataAreas = [(4096, 1 << 35)]
    device.slots = [(512, PhysicalVolumeReader.maximumTextSize + 1, 0, 0)]
    #expect(try device.content() == .unreadable(.textTooLarge(PhysicalVolumeReader.maximumTextSize + 1)))
  }

  @Test func textsOfOneDeviceShareALimit() throws {
    var device = HandmadeDevice()
    device.deviceSize = 1 << 30
    device.metadataAreas = .init(repeating: (4096, 100 << 20), count: 8)
    device.slots = [(512, 30 << 20, 0, 0)]
    let contents = try device.device.physicalVolume().metadataAreas.map(\.content)
    #expect(contents.prefix(2).allSatisfy { $0 == .unreadable(.textChecksum) })
    #expect(contents.dropFirst(2).allSatisfy { $0 == .unreadable(.textTooLarge(30 << 20)) })
  }

  @Test func ignoredAndPrecommitted() throws {
    var device = HandmadeDevice()
    device.commit([1, 2, 3], at: 512)
    device.slots[0].3 = 1
    #expect(try device.content() == .ignored)
    device.slots = [(0, 0, 0, 1)]
    #expect(try device.content() == .ignored)
    device.commit([1, 2, 3], at: 512)
    device.slots.append((2048, 500, 7, 0))
    let area = try device.device.physicalVolume().metadataAreas[0]
    #expect(area.precommitted?.offset == 2048)
    guard case .text(let text) = area.content else { throw FixtureMachine.FixtureError.noText }
    #expect(text.bytes == [1, 2, 3])
    // A first change that was never committed leaves nothing.
    device.slots[0] = (0, 0, 0, 0)
    #expect(try device.content() == .empty)
  }

  @Test func damagedHeaders() throws {
    func code(_ change: (inout HandmadeDevice) -> Void) throws -> String? {
      var device = HandmadeDevice()
      device.commit([1, 2, 3], at: 512)
      change(&device)
      guard case .unreadable(let damage) = try device.content() else { return nil }
      return damage.code
    }
    #expect(try code { $0.areaMagic[3] ^= 1 } == "header_magic")
    #expect(try code { $0.areaVersion = 2 } == "header_version")
    #expect(try code { $0.areaStart = 8192 } == "header_start")
    #expect(try code { $0.areaSize = 8192 } == "header_size")
    #expect(try code { $0.metadataAreas = [(4096, 512)] } == "area_too_small")
    #expect(try code { $0.metadataAreas = [(4096, 64 << 20)] } == "beyond_device")
    #expect(try code { $0.metadataAreas = [(.max, 4096)] } == "beyond_device")
    #expect(try code { $0.metadataAreas = [(4096, .max)] } == "beyond_device")
    #expect(try code { $0.contents = [] } == "text_checksum")
    #expect(try code { _ in } == nil)
  }

  @Test func noSingleChangedByteOfAHeaderGoesUnnoticed() throws {
    var handmade = HandmadeDevice()
    handmade.commit(Array("text".utf8), at: 512)
    let device = handmade.device
    for offset in Self.area..<(Self.area + 512) {
      var changed = device
      changed.change(at: offset) { $0 ^ 0x10 }
      guard case .unreadable = try changed.physicalVolume().metadataAreas[0].content else {
        Issue.record("byte \(offset) is not noticed")
        continue
      }
    }
  }

  @Test func aFailingAreaDoesNotHideThePhysicalVolume() throws {
    struct Failing: ByteSource {
      var device: FixtureMachine.Device
      let broken: Range<UInt64>
      mutating func read(at offset: UInt64, count: Int) throws(ByteSourceError) -> [UInt8] {
        if broken.contains(offset) { throw ByteSourceError(code: 5, description: "Input/output error") }
        return try device.read(at: offset, count: count)
      }
    }
    let device = try FixtureMachine("linear")["d0"]
    var source = Failing(device: device, broken: 4096..<UInt64.max)
    guard case .found(let volume) = try PhysicalVolumeReader.read(deviceSize: device.size, from: &source) else {
      throw FixtureMachine.FixtureError.noText
    }
    #expect(
      volume.metadataAreas.map(\.content)
        == [.unreadable(.readFailed(ByteSourceError(code: 5, description: "Input/output error")))])
    source = Failing(device: device, broken: 0..<UInt64.max)
    #expect(throws: ByteSourceError(code: 5, description: "Input/output error")) {
      try PhysicalVolumeReader.read(deviceSize: device.size, from: &source)
    }
  }
}
