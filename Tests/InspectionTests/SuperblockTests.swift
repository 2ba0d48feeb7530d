// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Inspection

@Suite struct SuperblockTests {
  private func put(_ value: UInt64, _ width: Int, at offset: Int, in bytes: inout [UInt8]) {
    for index in 0..<width { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }

  @Test func readsAnArrayMember() throws {
    var bytes = [UInt8](repeating: 0, count: 4096)
    put(0xA92B_4EFC, 4, at: 0, in: &bytes)
    put(1, 4, at: 4, in: &bytes)
    bytes.replaceSubrange(16..<32, with: Array(0..<16))
    put(1, 4, at: 72, in: &bytes)
    put(2, 4, at: 92, in: &bytes)
    put(77, 8, at: 200, in: &bytes)
    let block = try #require(ArraySuperblock(parsing: bytes))
    #expect(block.arrayUUID == "00010203:04050607:08090a0b:0c0d0e0f")
    #expect(block.level == "raid1" && block.memberCount == 2 && block.events == 77)
    put(0, 4, at: 92, in: &bytes)
    #expect(ArraySuperblock(parsing: bytes) == nil)
    put(0xFFFF_FFFF, 4, at: 92, in: &bytes)
    #expect(ArraySuperblock(parsing: bytes) == nil)
  }

  @Test func everyPrefixIsSafe() {
    let bytes: [UInt8] = [0xFC, 0x4E, 0x2B, 0xA9, 1, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 300)
    for count in 0...bytes.count {
      _ = ArraySuperblock(parsing: Array(bytes.prefix(count)))
      _ = BtrfsSuperblock(parsing: Array(bytes.prefix(count)))
    }
  }

  @Test func offsetsLieOnTheDevice() {
    for size in [0, 4096, 16 << 10, 128 << 10, 1 << 20, UInt64(Int64.max)] {
      for offset in ArraySuperblock.offsets(deviceSize: size) where offset > 4096 { #expect(offset < size) }
    }
  }

  @Test func readsABtrfsMember() throws {
    var bytes = [UInt8](repeating: 0, count: 4096)
    bytes.replaceSubrange(0x40..<0x48, with: Array("_BHRfS_M".utf8))
    bytes.replaceSubrange(0x20..<0x30, with: Array(0..<16))
    put(2, 8, at: 0x88, in: &bytes)
    let block = try #require(BtrfsSuperblock(parsing: bytes))
    #expect(block.fileSystemUUID == "00010203-0405-0607-0809-0a0b0c0d0e0f" && block.deviceCount == 2)
    put(UInt64.max, 8, at: 0x88, in: &bytes)
    #expect(BtrfsSuperblock(parsing: bytes) == nil)
  }
}
