// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Loop devices over sparse files, with lvm2 kept to them; everything is detached and removed in the end.
final class LoopDevices {
  /// Paths of the devices.
  let paths: [String]
  private let folder: String

  /// Whether this process may make them.
  static var areAvailable: Bool { geteuid() == 0 && FileManager.default.fileExists(atPath: "/dev/loop-control") }

  init(count: Int, mebibytes: Int) throws {
    folder = NSTemporaryDirectory() + "wholeimage-loops-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var paths: [String] = []
    for index in 0..<count {
      let file = "\(folder)/disk\(index).img"
      try Program.run("truncate", ["-s", "\(mebibytes)M", file])
      let loop = try Program.run("losetup", ["-f", "--show", file])
      guard loop.status == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: ["losetup": loop.errors]) }
      paths.append(loop.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    self.paths = paths
    let filter = paths.map { "\"a|^\($0)$|\"" }.joined(separator: ", ")
    let settings = """
      devices { use_devicesfile=0
      external_device_info_source="none"
      hints="none"
      filter=[\(filter), "r|.*|"] }
      backup { backup=0
      archive=0 }
      activation { udev_sync=0
      udev_rules=0
      monitoring=0 }
      """
    try settings.write(toFile: "\(folder)/lvm.conf", atomically: true, encoding: .utf8)
  }

  deinit {
    for path in paths { _ = try? Program.run("losetup", ["-d", path]) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs a command of lvm2 on these devices only.
  @discardableResult
  func lvm(_ arguments: String...) throws -> Program.Outcome {
    try Program.run("lvm", arguments, environment: ["LVM_SYSTEM_DIR": folder])
  }

  /// Rows of a report of lvm2, as it prints them in JSON.
  func report(_ command: String, _ columns: String) throws -> [[String: String]] {
    let outcome = try lvm(command, "--reportformat", "json", "--units", "b", "--nosuffix", "-o", columns)
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let report = (document?["report"] as? [[String: Any]])?.first
    return report?.values.first as? [[String: String]] ?? []
  }

  /// Adds volumes to a group by lvm2's own backup and restore, which need no device-mapper: one stripe is linear.
  func addVolumes(to group: String, _ volumes: [(name: String, stripes: [(volume: String, start: Int, extents: Int)])])
    throws
  {
    let file = "\(folder)/\(group).txt"
    try lvm("vgcfgbackup", "-f", file, group)
    var text = try String(contentsOfFile: file, encoding: .utf8)
    var section = "logical_volumes {\n"
    for (index, volume) in volumes.enumerated() {
      let stripes = volume.stripes.map { "\"\($0.volume)\", \($0.start)" }.joined(separator: ", ")
      let extents = volume.stripes.reduce(0) { $0 + $1.extents }
      let size = volume.stripes.count > 1 ? "stripe_size = 128\n" : ""
      section += """
        \(volume.name) {
        id = "\(String(repeating: String(index), count: 6))-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa"
        status = ["READ", "WRITE", "VISIBLE"]
        flags = []
        segment_count = 1
        segment1 {
        start_extent = 0
        extent_count = \(extents)
        type = "striped"
        stripe_count = \(volume.stripes.count)
        \(size)stripes = [ \(stripes) ]
        }
        }

        """
    }
    guard let end = text.lastIndex(of: "}") else { return }
    text.insert(contentsOf: section + "}\n", at: end)
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let outcome = try lvm("vgcfgrestore", "-f", file, group)
    guard outcome.status == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: ["vgcfgrestore": outcome.errors]) }
  }
}
