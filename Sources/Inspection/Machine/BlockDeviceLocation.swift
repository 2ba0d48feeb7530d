// SPDX-License-Identifier: Apache-2.0

/// Where sysfs keeps the attributes of one block device.
struct BlockDeviceLocation {
  /// The kernel's name.
  var name: String
  /// The directory.
  var folder: String
  /// The disk, of a partition.
  var disk: String?
  /// The device's place in the device tree.
  var target: String

  /// Where each device's attributes are: `/sys/class/block` where there is one, else `/sys/block` and below.
  static func all(in root: Root) throws(ReadFailure) -> [BlockDeviceLocation] {
    var locations: [BlockDeviceLocation] = []
    let names: [String]
    do throws(ReadFailure) {
      names = try root.list("/sys/class/block")
    } catch {
      guard error.isAbsent else { throw error }
      return try belowDisks(of: root)
    }
    for name in names {
      let folder = "/sys/class/block/\(name)"
      guard let target = try root.link(folder) else {
        locations.append(BlockDeviceLocation(name: name, folder: folder, disk: nil, target: ""))
        continue
      }
      // A partition's directory lies in its disk's: …/block/vda/vda1.
      let parts = target.split(separator: "/")
      let above = parts.dropLast().last.map(String.init)
      let disk = above == "block" ? nil : above.flatMap { names.contains($0) ? $0 : nil }
      locations.append(BlockDeviceLocation(name: name, folder: folder, disk: disk, target: target))
    }
    return locations
  }

  private static func belowDisks(of root: Root) throws(ReadFailure) -> [BlockDeviceLocation] {
    var locations: [BlockDeviceLocation] = []
    for disk in try root.list("/sys/block") {
      let folder = "/sys/block/\(disk)"
      let target = try root.link(folder) ?? ""
      locations.append(BlockDeviceLocation(name: disk, folder: folder, disk: nil, target: target))
      for name in try root.list(folder) where name.hasPrefix(disk) && root.exists("\(folder)/\(name)/partition") {
        locations.append(
          BlockDeviceLocation(name: name, folder: "\(folder)/\(name)", disk: disk, target: "\(target)/\(name)"))
      }
    }
    return locations.sorted { $0.name < $1.name }
  }
}
