// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

@testable import Inspection

/// Packs name-value lists as libnvpair does, independently of the reader.
private struct NameValueWriter {
  var bytes: [UInt8] = [1, 1, 0, 0]

  enum Value {
    case number(UInt64)
    case text(String)
    case list([(String, Value)])
    case lists([[(String, Value)]])
  }

  init(_ pairs: [(String, Value)]) { bytes += Self.list(pairs) }

  static func word(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

  static func string(_ text: String) -> [UInt8] {
    let utf8 = Array(text.utf8)
    return word(utf8.count) + utf8 + [UInt8](repeating: 0, count: (4 - utf8.count % 4) % 4)
  }

  static func list(_ pairs: [(String, Value)]) -> [UInt8] {
    var bytes = word(0) + word(1)
    for (name, value) in pairs {
      let (type, count, data) = encoded(value)
      let body = string(name) + word(type) + word(count) + data
      bytes += word(8 + body.count) + word(64) + body
    }
    return bytes + word(0) + word(0)
  }

  static func encoded(_ value: Value) -> (Int, Int, [UInt8]) {
    switch value {
    case .number(let number): (8, 1, word(Int(number >> 32)) + word(Int(number & 0xFFFF_FFFF)))
    case .text(let text): (9, 1, string(text))
    case .list(let pairs): (19, 1, list(pairs))
    case .lists(let lists): (20, lists.count, lists.flatMap(list))
    }
  }
}

@Suite struct PoolMemberTests {
  private static let disk: [(String, NameValueWriter.Value)] = [("type", .text("disk")), ("path", .text("/dev/vdb1"))]

  private static func label(children: UInt64, tree: [(String, NameValueWriter.Value)]) -> [UInt8] {
    NameValueWriter([
      ("version", .number(5000)), ("name", .text("tank")), ("txg", .number(4)),
      ("pool_guid", .number(13_243_464_536_273_723_117)), ("hostname", .text("ecs-a")),
      ("vdev_children", .number(children)), ("vdev_tree", .list(tree)), ("features_for_read", .list([])),
    ]).bytes
  }

  @Test(arguments: [
    (UInt64(1), 0, 1), (1, 2, 2), (1, 3, 3), (3, 0, 3), (2, 2, 3),
  ]) func aPoolTellsHowManyDevicesItHasAtLeast(vdevs: UInt64, mirrored: Int, expected: Int) throws {
    let tree: [(String, NameValueWriter.Value)] =
      mirrored == 0
      ? Self.disk
      : [("type", .text("mirror")), ("children", .lists(Array(repeating: Self.disk, count: mirrored)))]
    let label = try #require(ZFSLabel(parsing: Self.label(children: vdevs, tree: tree)))
    #expect(label.leastMemberCount == expected)
    #expect(label.poolGUID == "13243464536273723117" && label.name == "tank" && label.generation == 4)
  }

  @Test func everyCutAndEveryChangedByteIsSafe() {
    let bytes = Self.label(children: 1, tree: [("children", .lists([Self.disk, Self.disk]))])
    for count in 0..<bytes.count { #expect(ZFSLabel(parsing: Array(bytes.prefix(count))) == nil) }
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0xFF
      _ = ZFSLabel(parsing: changed)
    }
  }

  @Test func hostileNestingEnds() {
    var tree: [(String, NameValueWriter.Value)] = Self.disk
    for _ in 0..<64 { tree = [("children", .lists([tree]))] }
    #expect(ZFSLabel(parsing: Self.label(children: 1, tree: tree)) == nil)
    #expect(ZFSLabel(parsing: [1, 1, 0, 0] + [UInt8](repeating: 0xFF, count: 1 << 16)) == nil)
  }

  /// Fields at the offsets of struct bch_sb; no tool that writes one is packaged where the tests run.
  @Test func aBcachefsTellsItsDevices() throws {
    var bytes = [UInt8](repeating: 0, count: 4096)
    bytes.replaceSubrange(
      24..<40, with: [0xC6, 0x85, 0x73, 0xF6, 0x66, 0xCE, 0x90, 0xA9, 0xD9, 0x6A, 0x60, 0xCF, 0x80, 0x3D, 0xF7, 0xEF])
    bytes.replaceSubrange(56..<72, with: Array(0..<16))
    bytes[112] = 9
    bytes[123] = 3
    var source = MemorySource(regions: [ByteRegion(offset: 4096, bytes: bytes)])
    let member = PoolMember(
      set: "00010203-0405-0607-0809-0a0b0c0d0e0f", type: "bcachefs", memberCount: 3, generation: 9)
    #expect(PoolMember.read("bcachefs", from: &source) == .member(member))
    bytes[24] = 0
    #expect(BcachefsSuperblock(parsing: bytes) == nil)
    for count in 0..<128 { #expect(BcachefsSuperblock(parsing: Array(bytes.prefix(count))) == nil) }
  }
}
