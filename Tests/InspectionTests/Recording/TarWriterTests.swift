// SPDX-License-Identifier: Apache-2.0

import Foundation
import LVMMetadata
import Testing

@testable import Inspection

/// Archives held against GNU tar.
@Suite struct TarWriterTests {
  private func archive(_ write: (TarWriter<any Error>) throws -> Void) throws -> [UInt8] {
    final class Bytes { var all: [UInt8] = [] }
    let bytes = Bytes()
    let writer = TarWriter<any Error>(time: 1_700_000_000) { bytes.all += $0 }
    try write(writer)
    try writer.end()
    return bytes.all
  }

  @Test func tarListsWhatWasWritten() throws {
    let folder = try Unpacked()
    let bytes = try archive { writer in
      try writer.folder("d")
      try writer.file("d/f", Array("hello\n".utf8))
      try writer.link("d/l", to: "../elsewhere")
      try writer.file(
        "d/s", size: 1 << 40, regions: [ByteRegion(offset: 4096, bytes: [UInt8](repeating: 7, count: 512))])
    }
    #expect(bytes.count.isMultiple(of: 512))
    #expect(
      try folder.tar(bytes, "-tvf").split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") } == [
        "drwx------ root/root 0 2023-11-14 22:13 d/", "-rw------- root/root 6 2023-11-14 22:13 d/f",
        "lrwxrwxrwx root/root 0 2023-11-14 22:13 d/l -> ../elsewhere",
        "-rw------- root/root 1099511627776 2023-11-14 22:13 d/s",
      ])
  }

  @Test(arguments: [1, 99, 100, 101, 154, 155, 156, 240]) func namesOfEveryLength(length: Int) throws {
    let folder = try Unpacked()
    let part = String(repeating: "n", count: 50)
    var name = "d"
    while name.utf8.count + 51 < length { name += "/" + part }
    name += "/" + String(repeating: "x", count: max(1, length - name.utf8.count - 1))
    let target = String(repeating: "../", count: length) + "t"
    try folder.tar(
      try archive { writer in
        var above = ""
        for step in name.split(separator: "/").dropLast() {
          above += (above.isEmpty ? "" : "/") + step
          try writer.folder(above)
        }
        try writer.file(name, [1, 2, 3])
        try writer.link("link", to: target)
      })
    #expect(try folder.data(name) == Data([1, 2, 3]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/link") == target)
  }

  @Test(arguments: ["with blank", "line\nbreak", "名字", "a=b", "100%\\x41", "-dash", "quote'\""])
  func oddNames(name: String) throws {
    let folder = try Unpacked()
    try folder.tar(
      try archive { writer in
        try writer.folder("d")
        try writer.file("d/\(name)", [9])
        try writer.file("d/\(name)2", size: 4096, regions: [ByteRegion(offset: 512, bytes: [UInt8](1...255) + [0])])
      })
    #expect(try folder.data("d/\(name)") == Data([9]))
    #expect(try folder.data("d/\(name)2").count == 4096)
  }

  /// Holes at the beginning, between and at the end, and an end that is no whole sector.
  @Test(
    arguments: [
      (size: 0, regions: []), (size: 8192, regions: []), (size: 1536, regions: [(0, 1536)]),
      (size: 1 << 20, regions: [(0, 512), (4096, 1024), ((1 << 20) - 512, 512)]),
      (size: (1 << 20) + 100, regions: [(1 << 20, 100)]),
      (size: 15 << 40, regions: [(512, 512), ((15 << 40) - 4096, 512)]),
      (size: 300 * 1024, regions: (0..<300).map { ($0 * 1024, 512) }),
    ] as [(size: Int, regions: [(Int, Int)])])
  func holesComeBack(size: Int, regions: [(Int, Int)]) throws {
    let folder = try Unpacked()
    let parts = regions.enumerated().map { index, part in
      ByteRegion(offset: UInt64(part.0), bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: index + 1), count: part.1))
    }
    let bytes = try archive { try $0.file("s", size: UInt64(size), regions: parts) }
    #expect(bytes.count < 1 << 20)
    try folder.tar(bytes)
    let sizes = folder.sizes("s")
    #expect(sizes.size == size)
    #expect(sizes.allocated <= 4096 * max(1, regions.count + 75))
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder.path + "/s"))
    var last = 0
    for part in parts {
      let start = Int(part.offset)
      try handle.seek(toOffset: UInt64(max(last, start - 4096)))
      let before = try handle.read(upToCount: start - max(last, start - 4096)) ?? Data()
      #expect(before.allSatisfy { $0 == 0 })
      #expect(try handle.read(upToCount: part.bytes.count) == Data(part.bytes))
      last = start + part.bytes.count
    }
    let rest = try handle.read(upToCount: 8192) ?? Data()
    #expect(rest.allSatisfy { $0 == 0 })
  }

  @Test func anErrorOfTheSinkEndsIt() {
    struct Full: Error {}
    var left = 3
    let writer = TarWriter<Full>(time: 0) { (_: [UInt8]) throws(Full) in
      left -= 1
      if left < 0 { throw Full() }
    }
    #expect(throws: Full.self) {
      for index in 0..<10 { try writer.file("f\(index)", [1]) }
    }
  }
}
