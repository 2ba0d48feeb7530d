// SPDX-License-Identifier: Apache-2.0

import Facts
import Glibc

@testable import Inspection

/// Files of a small machine's sysfs, in the order in which the input's lines fill them.
private let files = [
  "sys/class/block/vda/uevent", "sys/class/block/vda/size", "sys/class/block/vda/ro", "sys/class/block/vda/removable",
  "sys/class/block/vda/serial", "sys/class/block/vda/device/wwid", "sys/class/block/vda1/uevent",
  "sys/class/block/vda1/partition", "sys/class/block/vda1/start", "sys/class/block/dm-0/uevent",
  "sys/class/block/dm-0/dm/name", "sys/class/block/dm-0/dm/uuid", "sys/class/block/dm-0/dm/suspended",
  "sys/class/block/md0/uevent", "sys/class/block/md0/md/level", "sys/class/block/md0/md/raid_disks",
  "sys/class/block/md0/md/degraded", "sys/class/block/md0/md/uuid", "sys/class/block/loop0/uevent",
  "sys/class/block/loop0/loop/backing_file", "proc/partitions",
]

/// The machine, in memory: each run writes its attributes anew.
private let machine: (path: String, root: Root)? = {
  let path = "/dev/shm/wholeimage-fuzz-\(getpid())"
  mkdir(path, 0o700)
  for file in files {
    var folder = path
    for part in file.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o700)
    }
  }
  for (device, slave) in [("dm-0", "vda1"), ("md0", "dm-0")] {
    mkdir("\(path)/sys/class/block/\(device)/slaves", 0o700)
    mkdir("\(path)/sys/class/block/\(device)/slaves/\(slave)", 0o700)
  }
  guard let root = try? Root(path: path) else { return nil }
  return (path, root)
}()

/// Any bytes as what sysfs says of devices; a line a file, a zero byte in it is a line's end within the file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard let machine else { preconditionFailure("no /dev/shm") }
  let lines = UnsafeBufferPointer(start: start, count: count).split(separator: 0x0A, omittingEmptySubsequences: false)
  for (index, file) in files.enumerated() {
    let line = index < lines.count ? lines[index].map { $0 == 0 ? 0x0A : $0 } : []
    let descriptor = open("\(machine.path)/\(file)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    _ = write(descriptor, line, line.count)
    close(descriptor)
  }
  guard let table = try? BlockDevices.read(from: machine.root) else { return 0 }
  let graph = DeviceGraph(table.devices)
  let names = Set(table.devices.map(\.name))
  for device in table.devices {
    for parent in device.parents.value ?? [] { precondition(names.contains(parent)) }
    _ = graph.disks(of: device.name)
    for text in [device.dmName, device.dmUUID, device.serial, device.wwid, device.model, device.number] {
      precondition(text.value?.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ?? true)
    }
    guard let again = try? Device(json: device.json), again == device else { preconditionFailure("not read again") }
  }
  return 0
}
