// SPDX-License-Identifier: Apache-2.0

import Facts

/// Machines that are made up, of any number of disks.
enum Machines {
  /// A system disk with partitions, a volume group on the next two disks, an array on the two after those, and the
  /// others each with a group of their own.
  static func disks(_ count: Int) -> GuestFacts {
    var facts = GuestFacts(collectedAt: "2026-01-10T08:00:00Z", agentVersion: "1")
    facts.guest.os.family = .value(.linux)
    facts.guest.hostname = .value("server-of-\(count)-disks")
    var devices: [Device] = []
    for index in 0..<count { devices.append(disk(name(index))) }
    devices[0].content = .none
    for (number, point) in ["/boot/efi", "/boot", "/"].enumerated() {
      devices.append(device("vda\(number + 1)", .partition, parents: ["vda"], type: "ext4", at: point))
    }
    var groups: [VolumeGroup] = []
    func member(_ disk: Int) -> PhysicalVolume {
      devices[disk].content = .value(content("LVM2_member"))
      var volume = PhysicalVolume(uuid: "PV\(disk)")
      volume.device = .value(name(disk))
      volume.extentCount = .value(2559)
      volume.extentsAllocated = .value(1000)
      volume.sizeBytes = .value(10 << 30)
      return volume
    }
    func add(_ group: String, on disks: [Int], at points: [String]) {
      var made = VolumeGroup(name: group, uuid: "VG-\(group)")
      made.extentSizeBytes = .value(4 << 20)
      made.physicalVolumes = .value(disks.map(member))
      made.physicalVolumeCount = .value(disks.count)
      made.logicalVolumes = .value(
        points.enumerated().map { index, point in
          let mapped = "dm-\(groups.count)-\(index)"
          devices.append(device(mapped, .lvm, parents: disks.map(name), type: "xfs", at: point))
          var volume = LogicalVolume(name: "volume\(index)", uuid: "LV-\(group)-\(index)")
          volume.sizeBytes = .value(4 << 30)
          volume.device = .value(mapped)
          volume.layout = .value("linear")
          volume.hidden = .value(false)
          volume.physicalVolumes = .value(disks.map { "PV\($0)" })
          return volume
        })
      made.logicalVolumeCount = .value(points.count)
      made.disks = .value(disks.map(name))
      groups.append(made)
    }
    add("data", on: [1, 2], at: ["/srv/data", "/srv/archive/of/many/years/with-a-long-name"])
    if count > 4 {
      var array = RAIDArray(name: "md0")
      array.level = .value("raid1")
      array.members = .value([name(3), name(4)])
      array.memberCount = .value(2)
      array.disks = array.members
      facts.raidArrays = [array]
      devices.append(device("md0", .raid, parents: [name(3), name(4)], type: "ext4", at: "/var/lib/pgsql"))
      for disk in 5..<count { add("group\(disk)", on: [disk], at: ["/data/\(disk)"]) }
    }
    facts.devices = devices
    facts.volumeGroups = groups
    facts.countArrays()
    return facts
  }

  /// `vda`, `vdb`, ..., `vdz`, `vdaa`.
  static func name(_ index: Int) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    let last = String(letters[index % 26])
    return index < 26 ? "vd" + last : "vd" + String(letters[index / 26 - 1]) + last
  }

  private static func disk(_ name: String) -> Device {
    var disk = device(name, .disk, parents: [], type: nil, at: nil)
    disk.disks = .value([name])
    return disk
  }

  private static func device(
    _ name: String, _ kind: Device.Kind, parents: [String], type: String?, at point: String?
  ) -> Device {
    var device = Device(name: name, kind: kind)
    device.sizeBytes = .value(10 << 30)
    device.parents = .value(parents)
    device.content = type.map { .value(content($0)) } ?? .none
    device.mountPoints = .value(point.map { [$0] } ?? [])
    return device
  }

  private static func content(_ type: String) -> Content {
    Content(usage: type == "LVM2_member" ? "raid" : "filesystem", type: type)
  }
}
