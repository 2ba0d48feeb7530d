// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Inspection

/// Devices that an earlier inspection still waits for.
@Suite struct UnansweredDevicesTests {
  private let folder = NSTemporaryDirectory() + "wholeimage-unanswered-" + UUID().uuidString

  @Test func aDeviceIsLeftAloneWhileItsHelperLives() {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(UnansweredDevices(folder: folder).waiting.isEmpty)
    let living = getpid()
    UnansweredDevices(folder: folder).note("7:2", helper: living)
    #expect(UnansweredDevices(folder: folder).waiting == ["7:2": living])
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/7:2")
    #expect(attributes?[.posixPermissions] as? Int == 0o600)
  }

  @Test func aHelperThatEndedIsForgotten() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // This process began at another time; no process has the second number.
    try Data("\(getpid()) 1\n".utf8).write(to: URL(filePath: folder + "/7:2"))
    try Data("4194305 1\n".utf8).write(to: URL(filePath: folder + "/7:3"))
    #expect(UnansweredDevices(folder: folder).waiting.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test(arguments: ["", "x", "1", "-1 2", "1 2 3", "99999999999 1", String(repeating: "9", count: 9000)])
  func nonsenseIsNoHelper(text: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: folder + "/7:2"))
    #expect(UnansweredDevices(folder: folder).waiting.isEmpty)
  }

  @Test func aFolderThatCannotBeWrittenCostsNothing() {
    let nowhere = UnansweredDevices(folder: "/proc/self/nowhere")
    nowhere.note("7:2", helper: getpid())
    #expect(UnansweredDevices(folder: "/proc/self/nowhere").waiting.isEmpty)
  }
}
