// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A recorded machine made for a test: a directory with the parts of /sys, /proc, /etc and /dev that are read.
public final class RecordedMachine {
  /// The directory.
  public let path: String
  private var number = 0
  private var mountInfo = "22 1 0:21 / /proc rw,relatime - proc proc rw\n"
  private var partitions = "major minor  #blocks  name\n\n"
  private var swaps = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

  /// An empty machine with the names that every Linux has.
  public init() throws {
    path = NSTemporaryDirectory() + "wholeimage-machine-" + UUID().uuidString
    try write("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n")
    try write("etc/machine-id", "0123456789abcdef0123456789abcdef\n")
    try write("proc/sys/kernel/hostname", "ecs-a\n")
    try write("proc/sys/kernel/osrelease", "6.1.0-18-cloud-amd64\n")
    try write("proc/sys/kernel/arch", "x86_64\n")
    try write("proc/sys/kernel/random/boot_id", "0a1b2c3d-0000-4000-8000-000000000001\n")
    try write("sys/class/dmi/id/product_uuid", "877A2CDA-BA63-4E1E-B95F-E67E48B6129A\n")
    try write("sys/class/dmi/id/sys_vendor", "OpenStack Foundation\n")
    try write("sys/class/dmi/id/product_name", "OpenStack Nova\n")
    try write("etc/fstab", "")
    try write(
      "proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz root=UUID=01020304-0506-0708-090a-0b0c0d0e0f10 ro console=ttyS0\n")
    try FileManager.default.createDirectory(atPath: path + "/sys/class/block", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: path + "/dev", withIntermediateDirectories: true)
    try flush()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file of the machine.
  public func write(_ file: String, _ text: String) throws { try write(file, Data(text.utf8)) }

  /// Writes a file of the machine.
  public func write(_ file: String, _ data: Data) throws {
    let full = path + "/" + file
    let folder = (full as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try data.write(to: URL(fileURLWithPath: full))
  }

  /// Removes a file of the machine.
  public func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: path + "/" + file) }

  /// Puts a symbolic link into the machine.
  public func link(_ file: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path + "/" + file, withDestinationPath: target)
  }

  private func flush() throws {
    try write("proc/1/mountinfo", mountInfo)
    try write("proc/swaps", swaps)
    try write("proc/partitions", partitions)
  }

  /// Adds a virtio disk whose content is the bytes at their offsets.
  public func addDisk(
    _ name: String, size: Int, serial: String? = nil, wwid: String? = nil,
    content: [(offset: Int, bytes: [UInt8])] = []
  ) throws {
    number += 1
    let slot = String(number, radix: 16)
    let place = String(repeating: "0", count: 2 - slot.count) + slot
    let device = "devices/pci0000:00/0000:00:\(place).0/virtio\(number)/block/\(name)"
    try addDevice(name, folder: device, kind: "disk", minor: number * 16, size: size)
    try write("sys/\(device)/removable", "0\n")
    try write("sys/\(device)/queue/rotational", "1\n")
    if let serial { try write("sys/\(device)/serial", serial) }
    if let wwid { try write("sys/\(device)/\(name.hasPrefix("nvme") ? "wwid" : "device/wwid")", wwid + "\n") }
    try addContent(name, size: size, content)
  }

  /// Adds a partition of a disk.
  public func addPartition(
    _ index: Int, of disk: String, separator: String = "", start: Int, size: Int,
    content: [(offset: Int, bytes: [UInt8])] = []
  ) throws {
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/sys/class/block/\(disk)")
    let parent = link.replacingOccurrences(of: "../../", with: "")
    let name = "\(disk)\(separator)\(index)"
    try addDevice(
      name, folder: "\(parent)/\(name)", kind: "partition", minor: number * 16 + index, size: size,
      more: "PARTN=\(index)\n")
    try write("sys/\(parent)/\(name)/partition", "\(index)\n")
    try write("sys/\(parent)/\(name)/start", "\(start / 512)\n")
    try addContent(name, size: size, content)
  }

  /// Adds a device-mapper device over others.
  public func addMapping(
    _ index: Int, name: String, uuid: String, over parents: [String], size: Int,
    content: [(offset: Int, bytes: [UInt8])] = []
  ) throws {
    let folder = "devices/virtual/block/dm-\(index)"
    try addDevice("dm-\(index)", folder: folder, kind: "disk", major: 252, minor: index, size: size)
    try write("sys/\(folder)/dm/name", name + "\n")
    try write("sys/\(folder)/dm/uuid", uuid + "\n")
    try write("sys/\(folder)/dm/suspended", "0\n")
    try addSlaves(folder, parents)
    try addContent("dm-\(index)", size: size, content)
  }

  /// Adds a device of a driver of its own, such as `md0`, `bcache0` or `zram0`, over others.
  public func addVirtual(
    _ name: String, over parents: [String], size: Int, attributes: [String: String] = [:],
    content: [(offset: Int, bytes: [UInt8])] = []
  ) throws {
    number += 1
    let folder = "devices/virtual/block/\(name)"
    try addDevice(name, folder: folder, kind: "disk", major: 9, minor: number, size: size)
    try addSlaves(folder, parents)
    for (attribute, value) in attributes { try write("sys/\(folder)/\(attribute)", value + "\n") }
    try addContent(name, size: size, content)
  }

  private func addSlaves(_ folder: String, _ parents: [String]) throws {
    try FileManager.default.createDirectory(atPath: "\(path)/sys/\(folder)/slaves", withIntermediateDirectories: true)
    for parent in parents {
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/sys/\(folder)/slaves/\(parent)", withDestinationPath: "../../\(parent)")
    }
  }

  private func addDevice(
    _ name: String, folder: String, kind: String, major: Int = 253, minor: Int, size: Int, more: String = ""
  ) throws {
    try write("sys/\(folder)/uevent", "MAJOR=\(major)\nMINOR=\(minor)\nDEVNAME=\(name)\nDEVTYPE=\(kind)\n\(more)")
    try write("sys/\(folder)/dev", "\(major):\(minor)\n")
    try write("sys/\(folder)/size", "\(size / 512)\n")
    try write("sys/\(folder)/ro", "0\n")
    partitions += " \(major) \(minor) \(size / 1024) \(name)\n"
    try flush()
    try FileManager.default.createSymbolicLink(
      atPath: "\(path)/sys/class/block/\(name)", withDestinationPath: "../../\(folder)")
  }

  private func addContent(_ name: String, size: Int, _ content: [(offset: Int, bytes: [UInt8])]) throws {
    // A slash in a driver's name is an exclamation mark in sysfs.
    let file = "\(path)/dev/\(name.replacingOccurrences(of: "!", with: "/"))"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    defer { try? handle.close() }
    try handle.truncate(atOffset: UInt64(size))
    for part in content {
      try handle.seek(toOffset: UInt64(part.offset))
      try handle.write(contentsOf: Data(part.bytes))
    }
  }

  /// Mounts a device.
  public func mount(_ device: String, on folder: String, type: String, root: String = "/") throws {
    let numbers = try String(contentsOfFile: "\(path)/sys/class/block/\(device)/dev", encoding: .utf8)
    let number = numbers.trimmingCharacters(in: .whitespacesAndNewlines)
    mountInfo += "30 22 \(number) \(root) \(folder) rw,relatime - \(type) /dev/\(device) rw\n"
    try flush()
  }

  /// Mounts something that is no device, as an automount's trap.
  public func mountOther(on folder: String, type: String) throws {
    mountInfo += "31 22 0:41 / \(folder) rw,relatime - \(type) none rw\n"
    try flush()
  }

  /// Swaps on a device.
  public func swapOn(_ device: String, kibibytes: Int) throws {
    swaps += "/dev/\(device)                            partition\t\(kibibytes)\t0\t-2\n"
    try flush()
  }
}
