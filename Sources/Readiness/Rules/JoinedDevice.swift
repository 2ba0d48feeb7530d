// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Devices that a driver joins out of several disks and that no group, array or file system accounts for: a
/// device-mapper table made by hand, a dm-verity device with its hashes elsewhere, a network mirror.
enum JoinedDevice {
  static func failures(_ input: RuleInput) -> [RuleResult] {
    joined(input.facts).map { device, names in
      let disks = VolumeGroup.paths(names)
      let name = device.dmName.value.map { "\(device.path) (\($0))" } ?? device.path
      let values: [String: StatementValue] = [
        "device": .text(name), "count": .number(disks.count), "disks": .list(disks),
      ]
      return RuleResult(
        .fail, subjects: [Subject(kind: "device", name: device.path)], title: title.with(values),
        message: message.with(values),
        evidence: [Evidence(fact: "devices[\(device.name)].disks", value: disks.json, from: "sysfs")],
        remedy: [.init(remedy.with(values))])
    }
  }

  /// The devices that lie on more disks than any that they rest on, and those disks.
  private static func joined(_ facts: GuestFacts) -> [(device: Device, disks: [String])] {
    let devices = facts.devices ?? []
    // bcache tells of itself in its superblocks.
    let others = devices.filter { $0.kind == .other && !$0.name.hasPrefix("bcache") }
    guard !others.isEmpty else { return [] }
    var disks: [String: Set<String>] = [:]
    for device in devices { disks[device.name] = Set(device.disks.value ?? []) }
    return others.compactMap { device in
      let below = (device.parents.value ?? []).map { disks[$0] ?? [] }
      let all = below.reduce(disks[device.name] ?? []) { $0.union($1) }
      guard all.count > 1, below.allSatisfy({ $0.count < all.count }) else { return nil }
      return (device, all.sorted())
    }
  }

  static func missing(_ input: RuleInput) -> [Obstacle] {
    (input.facts.devices ?? []).filter { $0.disks.value == nil }.map { device in
      .fact("devices[\(device.name)].disks", of: Subject(kind: "device", name: device.path))
    }
  }

  static let title = Wording("Device {device} lies on {count} disks", "设备 {device} 分布在 {count} 块磁盘上")
  static let message = Wording(
    "Disks below it: {disks}. A whole image takes the disks apart; what was joined out of disks from different "
      + "moments, or without one of them, loses data.",
    "所在磁盘：{disks}。整机镜像会将磁盘拆开；由不同时刻的磁盘组合而成或缺少其中一块时，会丢失数据。")
  static let remedy = Wording(
    "Copy the data of {device} to a file system on one disk, switch over to it, take the device apart, and check again.",
    "请将 {device} 的数据复制到单块磁盘的文件系统上并切换过去，拆除该设备后重新检查。")
}
