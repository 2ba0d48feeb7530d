// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Inspection

@Suite struct HiddenFoldersTests {
  @Test func whatASandboxPutsOverAPathIsNotEmpty() throws {
    let machine = try RecordedMachine()
    try machine.write("seen/file", "")
    try machine.write("hidden/file", "x")
    try machine.write("full", "x")
    let files = FileManager.default
    try files.removeItem(atPath: machine.path + "/hidden/file")
    try files.createDirectory(atPath: machine.path + "/empty", withIntermediateDirectories: false)
    for (name, mode) in [("hidden", 0), ("seen/file", 0), ("empty", 0o700)] {
      try files.setAttributes([.posixPermissions: mode], ofItemAtPath: machine.path + "/" + name)
    }
    defer { try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: machine.path + "/hidden") }
    let root = try Root(path: machine.path)
    #expect(throws: ReadFailure(operation: "list", path: "/hidden", code: EACCES)) { try root.list("/hidden") }
    #expect(throws: ReadFailure.self) { try root.read("/seen/file") }
    #expect(try root.list("/empty") == [] && root.read("/full") == [0x78])
    try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: machine.path + "/seen/file")
    #expect(try root.read("/seen/file") == [])
  }

  @Test func modulesAreSeenWhereTheyAreMounted() throws {
    // What is mounted at /sys stands for them.
    let root = Root.live.showingModules(at: "/sys")
    #expect(try root.list("/lib/modules") == Root.live.list("/sys"))
    #expect(try root.list("/usr/lib/modules/class") == Root.live.list("/sys/class"))
    for path in ["/lib/modulesx", "/lib", "/", "/boot/lib/modules", "/lib/modules.d/a"] {
      #expect(root.place(of: path) == path)
    }
    #expect(root.place(of: "/lib/modules/6.1/modules.builtin") == "/sys/6.1/modules.builtin")
  }

  /// A folder that is only there, or not even that, shows nothing of them.
  @Test func withoutAMountTheyAreLookedForWhereTheyBelong() throws {
    let machine = try RecordedMachine()
    for place in [machine.path, machine.path + "/none", ""] {
      #expect(Root.live.showingModules(at: place).modulesPlace == nil, "\(place)")
    }
    #expect(try Root(path: machine.path).showingModules(at: "/sys").modulesPlace == nil)
  }
}
