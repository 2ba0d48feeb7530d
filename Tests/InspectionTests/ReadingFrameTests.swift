// SPDX-License-Identifier: Apache-2.0

import Facts
import LVMMetadata
import Testing

@testable import Inspection

@Suite struct ReadingFrameTests {
  private var outcome: ProbeOutcome {
    var reading = DeviceReading(
      sizeBytes: 1 << 40, signatures: .found(Content(usage: "raid", type: "LVM2_member", uuid: .value("x"))))
    reading.table = PartitionTable(type: "gpt", uuid: .none)
    reading.entries = [
      .init(partition: Partition(number: 1), startBytes: 1 << 20, sizeBytes: 1 << 30, isContainer: false)
    ]
    reading.recording = ByteRecording(
      regions: [ByteRegion(offset: 512, bytes: Array(0...255)), ByteRegion(offset: 1 << 30, bytes: [1])],
      failures: [FailedRead(offset: 4096, count: 512, error: ByteSourceError(code: 5, description: "I/O error"))])
    return .read(reading)
  }

  @Test func outcomesComeBackAsTheyWere() {
    let outcomes: [ProbeOutcome] = [
      outcome, .failed(operation: "open", code: 13), .notTheDevice("why"),
      .read(DeviceReading(sizeBytes: 0, signatures: .ambivalent(["ext4", "xfs"]))),
      .read(DeviceReading(sizeBytes: 0, signatures: .failed(5))), .read(DeviceReading(sizeBytes: 7, signatures: .none)),
    ]
    for outcome in outcomes {
      let frame = ReadingFrame.bytes(of: outcome)
      #expect(ReadingFrame.length(of: frame) == frame.count)
      #expect(ReadingFrame.outcome(from: frame) == outcome)
    }
  }

  @Test func requestsComeBackAsTheyWere() {
    let request = ProbeRequest(path: "/dev/vda", offset: 1 << 20, length: 1 << 30, number: "253:0", wantsTable: true)
    #expect(ReadingFrame.request(from: ReadingFrame.bytes(of: request)) == request)
  }

  @Test func aDamagedFrameIsACrashedHelperAndNothingWorse() {
    let frame = ReadingFrame.bytes(of: outcome)
    for count in 0..<frame.count { _ = ReadingFrame.outcome(from: Array(frame.prefix(count))) }
    for index in frame.indices {
      var changed = frame
      changed[index] ^= 0x41
      _ = ReadingFrame.outcome(from: changed)
    }
    #expect(ReadingFrame.outcome(from: []) == .crashed)
    #expect(ReadingFrame.length(of: [0xFF, 0xFF, 0xFF, 0xFF]) == 0)
  }
}
