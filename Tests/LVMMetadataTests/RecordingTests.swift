// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// Reads that are recorded in one process and replayed in another.
@Suite struct RecordingTests {
  static let fixtures = ["linear", "copies", "wrapped", "stack", "corrupt-text", "flipped-header", "orphan"]

  @Test(arguments: fixtures) func aReplayReadsTheSame(fixture: String) throws {
    for device in try FixtureMachine(fixture).devices {
      var recorder = RecordingSource(device)
      let first = try PhysicalVolumeReader.read(deviceSize: device.size, from: &recorder)
      var replay = MemorySource(recorder.recording)
      #expect(try PhysicalVolumeReader.read(deviceSize: device.size, from: &replay) == first)
      #expect(recorder.recording.byteCount < 80_000)
    }
  }

  @Test func errorsAndShortReadsAreReplayed() throws {
    struct Half: ByteSource {
      mutating func read(at offset: UInt64, count: Int) throws(ByteSourceError) -> [UInt8] {
        guard offset < 100 else { throw ByteSourceError(code: 5, description: "broken") }
        return [UInt8](repeating: 7, count: min(count, 100 - Int(offset)))
      }
    }
    var recorder = RecordingSource(Half())
    #expect(try recorder.read(at: 0, count: 40).count == 40)
    #expect(try recorder.read(at: 90, count: 40).count == 10)
    #expect(throws: ByteSourceError(code: 5, description: "broken")) { try recorder.read(at: 500, count: 4) }
    var replay = MemorySource(recorder.recording)
    #expect(try replay.read(at: 0, count: 40).count == 40)
    #expect(try replay.read(at: 10, count: 20) == [UInt8](repeating: 7, count: 20))
    #expect(try replay.read(at: 90, count: 40).count == 10)
    #expect(throws: ByteSourceError(code: 5, description: "broken")) { try replay.read(at: 500, count: 4) }
    #expect(try replay.read(at: 200, count: 4).isEmpty)
  }

  static let unread: [(UInt64, Int)] = [(0, 1), (9, 2), (15, 6), (10, 11), (20, 1), (.max, 1), (0, .max)]

  @Test(arguments: unread)
  func whatWasNotReadIsNotMadeUp(offset: UInt64, count: Int) {
    var source = MemorySource(regions: [ByteRegion(offset: 10, bytes: Array(0..<10))])
    let error = #expect(throws: ByteSourceError.self) { try source.read(at: offset, count: count) }
    #expect(error?.code == ByteSourceError.notRecordedCode)
  }

  @Test func regionsMerge() {
    let recording = ByteRecording(regions: [
      ByteRegion(offset: 30, bytes: [30, 31]), ByteRegion(offset: 10, bytes: [10, 11]),
      ByteRegion(offset: 12, bytes: [12]),
      ByteRegion(offset: 11, bytes: [1, 2, 3, 4]), ByteRegion(offset: 50, bytes: []), ByteRegion(offset: 8, bytes: [8]),
      ByteRegion(offset: .max, bytes: [1, 2]),
    ])
    #expect(
      recording.regions == [
        ByteRegion(offset: 8, bytes: [8]), ByteRegion(offset: 10, bytes: [10, 1, 2, 3, 4]),
        ByteRegion(offset: 30, bytes: [30, 31]),
      ])
    #expect(recording.byteCount == 8)
    let all = ByteRecording(
      regions: recording.regions + [ByteRegion(offset: 0, bytes: .init(repeating: 0, count: 100))])
    #expect(all.regions.count == 1)
    #expect(all.byteCount == 100)
  }

  @Test func randomRegionsMergeLikeASheetOfBytes() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      var sheet = [UInt8?](repeating: nil, count: 64)
      var regions: [ByteRegion] = []
      for number in 0..<UInt8(12) {
        let offset = Int.random(in: 0..<60, using: &random)
        let count = Int.random(in: 0...min(9, 64 - offset), using: &random)
        regions.append(ByteRegion(offset: UInt64(offset), bytes: .init(repeating: number, count: count)))
        for index in offset..<(offset + count) { sheet[index] = number }
      }
      let recording = ByteRecording(regions: regions)
      var found = [UInt8?](repeating: nil, count: 64)
      for region in recording.regions {
        for (index, byte) in region.bytes.enumerated() { found[Int(region.offset) + index] = byte }
      }
      #expect(found == sheet)
      #expect(recording.byteCount == sheet.count { $0 != nil })
      #expect(
        zip(recording.regions, recording.regions.dropFirst()).allSatisfy {
          $0.offset + UInt64($0.bytes.count) < $1.offset
        })
    }
  }

  @Test func aRecordingHasALimit() throws {
    var recorder = RecordingSource(FixtureMachine.Device(name: "big", size: 1 << 30, pieces: []), byteLimit: 1000)
    #expect(try recorder.read(at: 0, count: 1000).count == 1000)
    let error = #expect(throws: ByteSourceError.self) { try recorder.read(at: 5000, count: 1) }
    #expect(error?.code == ByteSourceError.recordingFullCode)
  }
}

/// Random numbers that are the same in each run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
