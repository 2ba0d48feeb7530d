// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import TestSupport
import Testing

@testable import Inspection

/// Image files of disks: only the bytes of a disk say what is on it.
@Suite struct DiskImageTests {
  /// The gaps that keep a verdict from being ready, of an image with these bytes at their offsets.
  private func gaps(_ size: Int, _ content: [(offset: Int, bytes: [UInt8])]) throws -> [Gap] {
    let file = URL(filePath: NSTemporaryDirectory()).appending(path: "wholeimage-image-" + UUID().uuidString)
    var bytes = Data(count: size)
    for part in content { bytes.replaceSubrange(part.offset..<(part.offset + part.bytes.count), with: part.bytes) }
    try bytes.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let facts = try Inspector(.diskImages([file.path], .linux), agentVersion: "test", usesHelpers: false).inspect()
    return (facts.gaps ?? []).filter(\.hidesStorage)
  }

  @Test func aRawImageIsSeen() throws {
    #expect(try gaps(16 << 20, [Fixture.ext4()]).isEmpty)
    #expect(try gaps(16 << 20, [Fixture.partitionTable([(0x83, 1, 15)])]).isEmpty)
  }

  @Test(
    arguments: [
      (0, [0x51, 0x46, 0x49, 0xFB, 0, 0, 0, 3], "qcow2"), (0, Array("KDMV".utf8), "VMDK"),
      (0, Array("vhdxfile".utf8), "VHDX"), (0x40, [0x7F, 0x10, 0xDA, 0xBE], "VDI"), (0, [0x1F, 0x8B, 8], "gzip"),
      (0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"), (257, Array("ustar".utf8), "tar"),
    ] as [(Int, [UInt8], String)])
  func aDiskThatIsWrappedIsNotSeen(offset: Int, mark: [UInt8], format: String) throws {
    let gaps = try gaps(1 << 20, [(offset, mark)])
    #expect(gaps.map(\.reason) == [.unsupported] && gaps.allSatisfy { $0.detail.contains(format) })
  }

  @Test(arguments: [0, 1, 511, 513, (1 << 20) + 100]) func aSizeThatNoDiskHas(size: Int) throws {
    #expect(try gaps(size, []).contains { $0.reason == .truncated })
  }

  /// Cut off where the second partition begins, within it, and just before it ends.
  @Test(arguments: [9, 10, 24]) func anImageThatIsCutOff(mebibytes: Int) throws {
    let table = Fixture.partitionTable([(0x83, 1, 8), (0x8E, 9, 16)])
    #expect(try gaps(25 << 20, [table]).isEmpty)
    let gaps = try gaps(mebibytes << 20, [table])
    #expect(gaps.contains { $0.reason == .truncated && $0.subject.name.hasSuffix("partition 2") })
  }
}
