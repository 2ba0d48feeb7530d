// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Agent

@Suite struct UeventTests {
  @Test(arguments: [
    (["add@/devices/virtual/block/loop0", "ACTION=add", "SUBSYSTEM=block", "MAJOR=7"], true),
    (["change@/devices/virtual/block/dm-0", "DM_COOKIE=1", "SUBSYSTEM=block"], true),
    (["add@/devices/x", "SUBSYSTEM=net", "INTERFACE=block"], false),
    (["add@/module/block", "SUBSYSTEM=blocks"], false),
    (["add@/module/block", "SUBSYSTEM="], false),
    (["add@/module/block", "NAME=x SUBSYSTEM=block"], true),
    ([], false),
    (["", ""], false),
  ])
  func whatIsAboutABlockDevice(fields: [String], expected: Bool) {
    let message = fields.joined(separator: "\0") + "\0"
    #expect(Uevent.isAboutBlockDevice(Array(message.utf8)) == expected)
  }

  @Test func bytesThatAreNoTextAreRead() {
    #expect(Uevent.isAboutBlockDevice([0xFF, 0, 0xC0, 0x80] as [UInt8]))
    #expect(!Uevent.isAboutBlockDevice(Array("add@/x\0SUBSYSTEM=".utf8) + [0xFF]))
  }
}

@Suite struct EventPaceTests {
  @Test func nothingHappenedNothingIsDue() {
    #expect(EventPace().due == nil)
  }

  @Test func aBurstIsLookedAtOnceAndOnceMoreWhenItHasSettled() {
    var pace = EventPace()
    for time in [1000, 1040, 1080] { pace.event(at: time) }
    #expect(pace.due == 1180)
    pace.looked(at: 1180)
    #expect(pace.due == 1080 + EventPace.settling)
    pace.looked(at: 4080)
    #expect(pace.due == nil)
  }

  @Test func aBurstWithoutEndIsLookedAtMeanwhile() {
    var pace = EventPace()
    for time in stride(from: 0, through: 480, by: 40) { pace.event(at: time) }
    #expect(pace.due == EventPace.longest)
  }

  @Test func eventsThatNeverEndAreLookedAtSeldom() {
    var pace = EventPace()
    var looks: [Int] = []
    for now in stride(from: 0, to: 600_000, by: 50) {
      pace.event(at: now)
      if let due = pace.due, due <= now {
        pace.looked(at: now)
        looks.append(now)
      }
    }
    #expect(looks.count <= EventPace.most + 600_000 / EventPace.spacing + 1)
    #expect(looks.count >= 600_000 / EventPace.spacing)
    #expect(
      zip(looks.dropFirst(), looks).dropFirst(2 * EventPace.most).allSatisfy { $0 - $1 >= EventPace.spacing - 50 })
    // A quiet time buys quick looks again.
    pace.event(at: 900_000)
    #expect((pace.due ?? .max) <= 900_000 + EventPace.quiet)
  }
}

@Suite(.timeLimit(.minutes(1))) struct StorageEventsTests {
  @Test func aChangedFstabIsAnEventAndAnotherFileIsNone() throws {
    let folder = NSTemporaryDirectory() + "wholeimage-etc-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let events = StorageEvents(stop: StopSignal(), mountTable: "/dev/null", folder: folder)
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/passwd"))
    #expect(!fstabChanged(events, milliseconds: 0))
    // Editors write beside and rename; others write in place.
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/fstab"), options: .atomic)
    #expect(fstabChanged(events, milliseconds: 10_000))
    try Data("y".utf8).write(to: URL(fileURLWithPath: folder + "/fstab"))
    #expect(fstabChanged(events, milliseconds: 10_000))
    try FileManager.default.removeItem(atPath: folder + "/fstab")
    #expect(fstabChanged(events, milliseconds: 10_000))
  }

  /// Whether one of the events at hand is that; those of other tests' devices and mounts come in between.
  private func fstabChanged(_ events: StorageEvents, milliseconds: Int32) -> Bool {
    while true {
      switch events.next(milliseconds: milliseconds) {
      case .changed(let sources): if sources.contains(.fstab) { return true }
      case .timeOver: return false
      case .stopped: return false
      }
    }
  }

  @Test func theStopEndsTheWaitForGood() {
    let stop = StopSignal()
    let events = StorageEvents(stop: stop, mountTable: "/dev/null", folder: "/nonexistent")
    #expect(events.missing.contains { $0.source == .fstab })
    #expect(!stop.isRaised)
    stop.raise()
    #expect(stop.isRaised)
    #expect(events.next(milliseconds: -1) == .stopped)
    #expect(events.next(milliseconds: -1) == .stopped)
  }
}
