// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The superblock of one member of an md array (include/uapi/linux/raid/md_p.h of the kernel).
struct ArraySuperblock: Equatable, Sendable {
  /// The array's uuid, as mdadm writes it: four groups of eight hex digits.
  var arrayUUID: String
  /// The level in mdadm's words.
  var level: String
  /// How many members the array has when it is whole.
  var memberCount: Int
  /// Format version: `0.90` or `1.x`.
  var version: String
  /// How often the superblock was written; the highest is the newest.
  var events: UInt64

  /// How much to read at each offset.
  static let readSize = 4096

  /// Where a superblock may lie: version 1.2 4 KiB from the start, 1.1 at the start, 1.0 8 KiB before the end at a
  /// multiple of 4 KiB, 0.90 in the last 64 KiB block that is whole.
  static func offsets(deviceSize: UInt64) -> [UInt64] {
    var offsets: [UInt64] = [4096, 0]
    if deviceSize >= 16 << 10 { offsets.append((deviceSize / 512 - 16) / 8 * 8 * 512) }
    if deviceSize >= 128 << 10 { offsets.append(deviceSize / (64 << 10) * (64 << 10) - (64 << 10)) }
    return offsets
  }

  /// Reads one; `nil` if there is none at this place.
  init?(parsing bytes: [UInt8]) {
    guard bytes.count >= 256, Self.word(bytes, 0) == 0xA92B_4EFC else { return nil }
    switch Self.word(bytes, 4) {
    case 1:
      version = "1.x"
      arrayUUID = Self.uuidText(Array(bytes[16..<32]))
      level = Self.levelName(Int32(bitPattern: Self.word(bytes, 72)))
      memberCount = Int(Self.word(bytes, 92))
      events = Self.longWord(bytes, 200)
    case 0:
      version = "0.90"
      // The first word of the uuid stands apart from the other three, each in the byte order of the machine.
      var uuid: [UInt8] = []
      for offset in [20, 52, 56, 60] { uuid += bytes[offset..<(offset + 4)].reversed() }
      arrayUUID = Self.uuidText(uuid)
      level = Self.levelName(Int32(bitPattern: Self.word(bytes, 28)))
      memberCount = Int(Self.word(bytes, 40))
      events = UInt64(Self.word(bytes, 156)) | UInt64(Self.word(bytes, 152)) << 32
    default: return nil
    }
    guard memberCount > 0, memberCount <= 4096 else { return nil }
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func longWord(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
    bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func uuidText(_ bytes: [UInt8]) -> String {
    let hex = Array(Digest.hex(bytes))
    return stride(from: 0, to: hex.count, by: 8).map { String(hex[$0..<min($0 + 8, hex.count)]) }
      .joined(separator: ":")
  }

  private static func levelName(_ level: Int32) -> String {
    switch level {
    case -1: "linear"
    case -4: "multipath"
    case -5: "faulty"
    case -3: "container"
    default: "raid\(level)"
    }
  }
}
