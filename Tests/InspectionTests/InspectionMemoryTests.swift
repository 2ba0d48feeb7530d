// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import TestSupport
import Testing

@testable import Inspection

/// What is remembered from one inspection to the next.
@Suite struct InspectionMemoryTests {
  private static let path = "/boot/initrd.img-6.1.0-18-amd64"

  private static func inspected(_ root: Root, _ memory: inout InspectionMemory) throws -> GuestFacts {
    try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect(with: &memory)
  }

  /// What an inspection before would have left of a file as it is now, with drivers that are not inside it.
  private static func memory(of root: Root, drivers: [String], version: String = "test") throws -> JSON {
    let stamp = try #require(root.stamp(of: path))
    var file = Initramfs(path: path)
    file.kernelVersion = .value("6.1.0-18-amd64")
    file.drivers = .value(drivers)
    file.persistentRules = .value([])
    let reading = JSON.members(
      ("file", file.json), ("gaps", .array([])), ("path", path.json), ("stamp", stamp.json))
    return .members(("initramfs", .array([reading])), ("version", version.json))
  }

  @Test func aFileThatIsTheSameIsNotRead() throws {
    let machine = try InitramfsTreeTests.machine(InitramfsTreeTests.trees[0])
    let root = try Root(path: machine.path)
    let before = try Self.memory(of: root, drivers: ["nvme"])
    var memory = InspectionMemory(json: before, version: "test")
    #expect(memory.json == before)
    #expect(try Self.inspected(root, &memory).initramfs?.map(\.drivers) == [.value(["nvme"])])
    #expect(memory.json == before)
    // Another file in its place, of the same size.
    let bytes = try Data(contentsOf: URL(filePath: machine.path + Self.path))
    try machine.remove(String(Self.path.dropFirst()))
    try machine.write("boot/other", "x")
    try machine.write(String(Self.path.dropFirst()), bytes)
    let facts = try Self.inspected(root, &memory)
    #expect(facts.initramfs?.map(\.drivers) == [.value(InitramfsTreeTests.both)])
    // It was written a moment ago, and could be written to again without a trace.
    #expect(memory == InspectionMemory(version: "test"))
  }

  @Test func aFileThatWasWrittenToIsRead() throws {
    let machine = try InitramfsTreeTests.machine(InitramfsTreeTests.trees[0])
    let root = try Root(path: machine.path)
    var memory = InspectionMemory(json: try Self.memory(of: root, drivers: ["nvme"]), version: "test")
    let handle = try FileHandle(forUpdating: URL(filePath: machine.path + Self.path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0, 0, 0, 0]))
    try handle.close()
    #expect(try Self.inspected(root, &memory).initramfs?.map(\.drivers) == [.value(InitramfsTreeTests.both)])
  }

  @Test func whatIsNoMemoryIsNone() throws {
    let machine = try InitramfsTreeTests.machine(InitramfsTreeTests.trees[0])
    let root = try Root(path: machine.path)
    let whole = try Self.memory(of: root, drivers: ["nvme"])
    let none = InspectionMemory(version: "test")
    #expect(InspectionMemory(json: whole, version: "test") != none)
    #expect(InspectionMemory(json: whole, version: "other") == InspectionMemory(version: "other"))
    for document in [JSON.null, .array([]), .members(("initramfs", .array([.null])), ("version", "test".json))] {
      #expect(InspectionMemory(json: document, version: "test") == none)
    }
    // Answers that are watched or made up are not told by what was seen before.
    let faulty = try Root(path: machine.path) { _, _ in nil }
    var memory = InspectionMemory(json: whole, version: "test")
    #expect(try Self.inspected(faulty, &memory).initramfs?.map(\.drivers) == [.value(InitramfsTreeTests.both)])
  }
}
