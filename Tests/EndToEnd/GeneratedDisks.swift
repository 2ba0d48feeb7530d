// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A generated layout on real loop devices, written by the tools themselves.
final class GeneratedDisks {
  let storage: GeneratedStorage
  /// Kernel names of the disks: `loop3`.
  private(set) var names: [String] = []
  let folder: String

  init(_ storage: GeneratedStorage) throws {
    self.storage = storage
    folder = NSTemporaryDirectory() + "wholeimage-generated-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (index, disk) in storage.disks.enumerated() {
      let file = "\(folder)/disk\(index).img"
      try Self.tool("truncate", ["-s", "\(disk.mebibytes)M", file])
      if !disk.table.isEmpty { try partition(file, disk) }
      let loop = try Self.tool("losetup", ["-f", "-P", "--show", file])
      let path = loop.trimmingCharacters(in: .whitespacesAndNewlines)
      names.append(String(path.dropFirst("/dev/".count)))
      // Some kernels are built without a parser of GPT: this tells them what is in the table.
      if !disk.table.isEmpty {
        try Program.run("partx", ["-d", path])
        try Self.tool("partx", ["-a", path])
      }
    }
    for (place, content) in storage.contents { try fill(place, content) }
    for members in storage.sets { try make(members) }
    try Self.tool("sync", [])
  }

  deinit {
    for name in names { _ = try? Program.run("losetup", ["-d", "/dev/\(name)"]) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// The kernel's name of a place.
  func name(_ place: GeneratedStorage.Place) -> String {
    names[place.disk] + (place.partition == 0 ? "" : "p\(place.partition)")
  }

  /// The names of everything there is: disks, partitions, extended ones too.
  var allNames: [String] {
    storage.disks.enumerated().flatMap { index, disk in
      let extended = disk.extended == 0 ? [] : [disk.extended]
      return [names[index]] + (disk.partitions.map(\.number) + extended).map { "\(names[index])p\($0)" }
    }
  }

  @discardableResult
  private static func tool(_ name: String, _ arguments: [String], input: String? = nil) throws -> String {
    let outcome =
      try input == nil
      ? Program.run(name, arguments)
      : Program.run(
        "sh", ["-c", "printf %s \"$INPUT\" | \"$0\" \"$@\"", name] + arguments, environment: ["INPUT": input ?? ""])
    guard outcome.status == 0 else {
      throw CocoaError(
        .fileWriteUnknown, userInfo: [NSLocalizedDescriptionKey: "\(name) \(arguments): \(outcome.errors)"])
    }
    return outcome.output
  }

  private func partition(_ file: String, _ disk: GeneratedStorage.Disk) throws {
    var script = "label: \(disk.table)\n"
    for partition in disk.partitions {
      if partition.number == 5, disk.extended > 0 { script += "\(disk.extended) : type=5\n" }
      script += "\(partition.number) : size=\(partition.mebibytes)MiB, type=\(partition.type)"
      script += partition.name.isEmpty ? "\n" : ", name=\"\(partition.name)\"\n"
    }
    try Self.tool("sfdisk", ["-q", file], input: script)
  }

  private func fill(_ place: GeneratedStorage.Place, _ content: GeneratedStorage.Content) throws {
    let path = "/dev/\(name(place))"
    switch content {
    case .nothing, .member: break
    case .locked(let type):
      let fast = type == "luks2" ? ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"] : ["--iter-time", "1"]
      try Self.tool(
        "cryptsetup", ["luksFormat", "-q", "--type", type] + fast + ["--key-file", "/etc/os-release", path])
    case .alone(let type):
      let label = "label \(place.partition)".prefix(11)
      switch type {
      case "swap": try Self.tool("mkswap", ["-q", "-L", String(label), path])
      case "xfs": try Self.tool("mkfs.xfs", ["-q", "-f", "-L", String(label).replacing(" ", with: "_"), path])
      case "vfat": try Self.tool("mkfs.vfat", ["-n", "LABEL\(place.partition)", path])
      case "btrfs": try Self.tool("mkfs.btrfs", ["-q", "-f", "-L", String(label), path])
      default: try Self.tool("mke2fs", ["-q", "-F", "-t", type, "-L", String(label), path])
      }
    }
  }

  private func make(_ members: GeneratedStorage.Members) throws {
    let paths = members.places.map { "/dev/\(name($0))" }
    switch members.kind {
    case .btrfs: try Self.tool("mkfs.btrfs", ["-q", "-f", "-L", members.name] + paths)
    case .journal:
      try Self.tool("mke2fs", ["-q", "-F", "-O", "journal_dev", "-b", "4096", paths[0]])
      try Self.tool("mke2fs", ["-q", "-F", "-t", "ext4", "-b", "4096", "-J", "device=\(paths[0])", paths[1]])
    case .group:
      let filter = paths.map { "\"a|^\($0)$|\"" }.joined(separator: ", ")
      let settings =
        "devices { use_devicesfile=0 external_device_info_source=\"none\" hints=\"none\" filter=[\(filter), \"r|.*|\"] } "
        + "backup { backup=0 archive=0 } activation { udev_sync=0 udev_rules=0 monitoring=0 }"
      try Self.tool("lvm", ["vgcreate", "-q", "-y", "--config", settings, "\(members.name)-\(names[0])"] + paths)
    }
  }
}
