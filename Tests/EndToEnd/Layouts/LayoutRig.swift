// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageGenerator

/// A layout on real loop devices over sparse files, written by lvm2, which sees these devices and no others; all of it
/// is gone when the rig is.
final class LayoutRig {
  /// A command that did not do what the layout needs.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private var disks: [String: LoopFile] = [:]
  private let folder: String
  private let script: LayoutScript
  private var phaseCount = 0

  init(_ script: LayoutScript) throws {
    self.script = script
    // In memory where that is possible, because lvm2 waits for each of its writes; and short, because a line of a script
    // of lvm2 has at most 255 characters.
    let memory = "/dev/shm/"
    let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    folder = parent + "wil-\(UUID().uuidString.prefix(13))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, sectors) in script.disks { disks[name] = try LoopFile(path: file(name), sectors: sectors) }
    for (number, text) in script.texts.enumerated() {
      try text.write(toFile: "\(folder)/t\(number)", atomically: false, encoding: .utf8)
    }
    for phase in script.phases { try perform(phase) }
    for name in script.disks.keys where !script.attached.contains(name) { disks[name]?.detach() }
    for name in script.attached { try disks[name]?.attach() }
  }

  deinit {
    for name in disks.keys { disks[name]?.detach() }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// The image file of a disk.
  func file(_ name: String) -> String { "\(folder)/\(name)" }

  /// The devices of the disks that are attached, by name.
  var devices: [String: String] { disks.compactMapValues(\.device) }

  private func perform(_ phase: LayoutPhase) throws {
    var commands: [String] = []
    for action in phase.actions {
      switch action {
      case .lvm(let command): commands.append(command)
      case .copy(let source, let target):
        try Self.run("cp", ["--sparse=always", file(source), file(target)])
      case .flip(let disk, let offset): try disks[disk]?.flip(at: offset)
      case .grow(let disk, let sectors): try disks[disk]?.grow(toSectors: sectors)
      }
    }
    guard !commands.isEmpty else { return }
    try lvm(commands, visible: phase.visible)
  }

  /// Runs commands of lvm2 one after the other in one process, up to the first that fails; to lvm2 there are only the
  /// disks named.
  @discardableResult
  func lvm(_ commands: [String], visible: [String], settings: String = "") throws -> Program.Outcome {
    for name in visible { try disks[name]?.attach() }
    let devices = devices
    phaseCount += 1
    let system = "\(folder)/p\(phaseCount)"
    try FileManager.default.createDirectory(atPath: system, withIntermediateDirectories: true)
    let filter = visible.compactMap { devices[$0] }.map { "\"a|^\($0)$|\", " }.joined()
    let configuration = """
      devices { use_devicesfile=0
      external_device_info_source="none"
      md_component_detection=0
      multipath_component_detection=0
      hints="none"
      global_filter=[\(filter)"r|.*|"] }
      backup { backup=0
      archive=0 }
      activation { udev_sync=0
      udev_rules=0
      monitoring=0 }
      global { system_id_source="none" }
      \(settings)
      """
    try configuration.write(toFile: "\(system)/lvm.conf", atomically: false, encoding: .utf8)
    var lines = "#!lvm\n"
    for command in commands { lines += resolved(command) + "\n" }
    try lines.write(toFile: "\(system)/script", atomically: false, encoding: .utf8)
    return try Self.run("lvm", ["\(system)/script"], environment: ["LVM_SYSTEM_DIR": system], saying: lines)
  }

  /// A command with the devices and texts that it is about.
  private func resolved(_ command: String) -> String {
    var resolved = command
    for (name, device) in devices { resolved = resolved.replacingOccurrences(of: "{\(name)}", with: device) }
    for number in script.texts.indices {
      resolved = resolved.replacingOccurrences(of: "{text\(number)}", with: "\(folder)/t\(number)")
    }
    return resolved
  }

  @discardableResult
  private static func run(
    _ command: String, _ arguments: [String], environment: [String: String] = [:], saying lines: String = ""
  ) throws -> Program.Outcome {
    let outcome = try Program.run(command, arguments, environment: environment)
    guard outcome.status == 0 else {
      // What is said at every command of lvm2 where there is no device-mapper, or before all disks are made.
      let usual = ["/dev/mapper", "device-mapper", "Couldn't find device", "active volumes", "backed up", "Forced"]
      let said = outcome.errors.split(separator: "\n").filter { line in !usual.contains { line.contains($0) } }
      throw Failure(
        description: "\(command) \(arguments) exits \(outcome.status)\n\(lines)\(said.joined(separator: "\n"))")
    }
    return outcome
  }
}
