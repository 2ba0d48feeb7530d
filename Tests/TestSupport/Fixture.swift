// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The devices of a fixture that lvm2 itself wrote (`Tests/Fixtures/lvm/make`): runs of bytes, zeros everywhere else.
public enum Fixture {
  /// One device of a fixture.
  public struct Device {
    /// Its name in the fixture: `d0`.
    public let name: String
    /// Size in bytes.
    public let size: Int
    /// The bytes that are not zero.
    public let content: [(offset: Int, bytes: [UInt8])]
  }

  private struct Index: Decodable {
    struct Entry: Decodable {
      let name: String
      let size: Int
      enum CodingKeys: String, CodingKey {
        case name
        case size = "size_bytes"
      }
    }
    let devices: [Entry]
  }

  /// The folder of the fixtures.
  public static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  /// The content of a fixture's file.
  public static func data(_ file: String) throws -> Data { try Data(contentsOf: folder.appending(path: file)) }

  /// The devices of a fixture.
  public static func devices(_ name: String) throws -> [Device] {
    let folder = folder.appending(path: "lvm/\(name)")
    let index = try JSONDecoder().decode(Index.self, from: Data(contentsOf: folder.appending(path: "devices.json")))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try index.devices.map { entry in
      var content: [(offset: Int, bytes: [UInt8])] = []
      for file in files where file.hasPrefix("\(entry.name)@") {
        let offset = Int(file.dropFirst(entry.name.count + 1).prefix { $0 != "." }) ?? 0
        content.append((offset, Array(try Data(contentsOf: folder.appending(path: file)))))
      }
      return Device(name: entry.name, size: entry.size, content: content)
    }
  }

  /// A superblock that the file system's own tool wrote (`Tests/Fixtures/superblocks/make`).
  public static func superblock(_ name: String) throws -> (offset: Int, bytes: [UInt8]) {
    let folder = folder.appending(path: "superblocks")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard let file = files.first(where: { $0.hasPrefix("\(name)@") }),
      let offset = Int(file.dropFirst(name.count + 1).prefix { $0 != "." })
    else { throw CocoaError(.fileNoSuchFile) }
    return (offset, Array(try Data(contentsOf: folder.appending(path: file))))
  }

  /// An MBR with primary partitions: type, start and size in MiB.
  public static func partitionTable(
    _ partitions: [(type: UInt8, start: Int, size: Int)]
  ) -> (offset: Int, bytes: [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: 512)
    bytes.replaceSubrange(440..<444, with: [0x44, 0x33, 0x22, 0x11])
    for (index, partition) in partitions.enumerated() {
      let entry = 446 + index * 16
      bytes[entry + 4] = partition.type
      for (offset, value) in [(8, partition.start), (12, partition.size)] {
        for byte in 0..<4 { bytes[entry + offset + byte] = UInt8(truncatingIfNeeded: (value * 2048) >> (8 * byte)) }
      }
    }
    bytes.replaceSubrange(510..<512, with: [0x55, 0xAA])
    return (0, bytes)
  }

  /// The superblock of a minimal ext4, which libblkid recognises: at byte 1024 of a device.
  public static func ext4(uuid: [UInt8] = Array(1...16), label: String = "root") -> (offset: Int, bytes: [UInt8]) {
    var block = [UInt8](repeating: 0, count: 1024)
    block.replaceSubrange(4..<8, with: [0, 16, 0, 0])
    block.replaceSubrange(56..<58, with: [0x53, 0xEF])
    block.replaceSubrange(76..<80, with: [1, 0, 0, 0])
    block.replaceSubrange(92..<96, with: [4, 0, 0, 0])
    block.replaceSubrange(96..<100, with: [0x40, 0, 0, 0])
    block.replaceSubrange(104..<120, with: uuid)
    block.replaceSubrange(120..<(120 + label.utf8.count), with: Array(label.utf8))
    return (1024, block)
  }
}
