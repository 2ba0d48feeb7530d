// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `lvm-devices-file-pins-disks`: LVM looks for its physical volumes by the ids of this server's disks.
  public static let lvmDevicesFilePinsDisks = PreparationRule(
    id: "lvm-devices-file-pins-disks", hazard: .bootFailure, sections: [.configuration],
    reads: [
      "configuration", "configuration.lvm_devices_file", "configuration.lvm_devices_file.used",
      "configuration.lvm_devices_file.refreshed", "counts.lvm_devices",
    ],
    explanation: PinnedDevices.explanation, words: PinnedDevices.words, severity: { _ in .warning }, blind: .warning,
    isHidden: { !$0.subject.member.hasPrefix("/") || $0.subject.member.hasPrefix("/etc/lvm") },
    failures: PinnedDevices.failures, missing: PinnedDevices.missing
  ).rule
}

enum PinnedDevices {
  /// Ids that belong to a disk and not to what is on it, so that a copy has others (lvmdevices(8), device ID types).
  ///
  /// `mpath_uuid` holds the world-wide name of what multipath joins.
  private static let hardwareTypes: Set<String> = [
    "sys_wwid", "sys_serial", "wwid_naa", "wwid_eui", "wwid_t10", "mpath_uuid",
  ]

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    guard let list = input.facts.configuration?.lvmDevices.value, list.isUsed != .value(false),
      list.isRefreshed != .value(true)
    else { return [] }
    // Whether they are listed wrongly is told by the settings: where those are not known, neither is this.
    guard list.isUsed.isKnown, list.isRefreshed.isKnown else { return [] }
    let here = Self.physicalVolumes(input.facts)
    let pinned = list.entries.filter { entry in
      guard let type = entry.idType, Self.hardwareTypes.contains(type), entry.idName != nil else { return false }
      // What is listed and not here is missed by nobody.
      return here.map { $0.keys.contains(entry.physicalVolume ?? "") } ?? true
    }
    guard !pinned.isEmpty else { return [] }
    let groups = Set(pinned.compactMap { here?[$0.physicalVolume ?? ""] }).sorted()
    let devices = pinned.map { $0.deviceName ?? $0.idName ?? "?" }
    let values: [String: StatementValue] = [
      "file": .text(list.file), "devices": .list(devices), "groups": .list(groups),
    ]
    return [
      RuleResult(
        .fail, subjects: [Subject(kind: "file", name: list.file)], title: title.with(values),
        message: (groups.isEmpty ? message : messageGroups).with(values),
        evidence: pinned.map { entry in
          Evidence(
            fact: "configuration.lvm_devices_file.entries[\(entry.line)]",
            value: "\(entry.idType ?? "") \(entry.idName ?? "")".json, from: "\(list.file), line \(entry.line)")
        },
        remedy: remedy(list, values, DistributionFamily(input.facts)))
    ]
  }

  /// The groups of the physical volumes that are here, by uuid without dashes; `nil` where they are not all known.
  private static func physicalVolumes(_ facts: GuestFacts) -> [String: String]? {
    guard let groups = facts.volumeGroups, facts.state(of: .volumeGroups) == .complete else { return nil }
    var names: [String: String] = [:]
    for group in groups {
      guard let volumes = group.physicalVolumes.value else { return nil }
      for volume in volumes { names[volume.uuid.filter { $0 != "-" }] = group.name }
    }
    return names
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let configuration = facts.configuration else { return [.section(.configuration, .sectionMissing)] }
    let subject = Subject(kind: "section", name: Section.configuration.rawValue)
    guard configuration.lvmDevices.isKnown else { return [.fact("configuration.lvm_devices_file", of: subject)] }
    guard let list = configuration.lvmDevices.value else { return [] }
    guard list.isUsed.isKnown else { return [.fact("configuration.lvm_devices_file.used", of: subject)] }
    guard list.isRefreshed.isKnown else { return [.fact("configuration.lvm_devices_file.refreshed", of: subject)] }
    return facts.counts?["lvm_devices"] == nil ? [.count(of: "lvm_devices")] : []
  }

  private static func remedy(
    _ list: LVMDevicesFile, _ values: [String: StatementValue], _ family: DistributionFamily
  ) -> [RuleResult.Step] {
    let move = ShellWord(list.file).map { ["mv \($0) \($0).saved"] } ?? []
    return [
      .init(takeAway.with(values), commands: move + (family.rebuildInitramfs.map { [$0] } ?? [])),
      .init(onClone.with(values), commands: ["rm \(list.file)", "vgimportdevices --all"]),
    ]
  }

  static let title = Wording(
    "LVM looks for its disks by ids that a clone's disks do not have", "LVM 按克隆磁盘所没有的标识查找磁盘")
  static let message = Wording(
    "{file} has LVM look at {devices} only, by their serial number or world-wide name. The disks of a server made "
      + "from the image have others: LVM passes over them there, does not activate what is on them, and what is "
      + "mounted from there at boot is missing.",
    "{file} 使 LVM 只按序列号或 WWN 查找 {devices}。用该镜像创建的云服务器的磁盘标识不同：LVM 会忽略这些磁盘，不激活其上的卷，"
      + "启动时需要挂载的文件系统会缺失。")
  static let messageGroups = Wording(
    "{file} has LVM look at {devices} only, by their serial number or world-wide name. The disks of a server made "
      + "from the image have others: LVM passes over them there and does not activate {groups}; what is mounted from "
      + "there at boot is missing.",
    "{file} 使 LVM 只按序列号或 WWN 查找 {devices}。用该镜像创建的云服务器的磁盘标识不同：LVM 会忽略这些磁盘，不激活 {groups}，"
      + "启动时需要从中挂载的文件系统会缺失。")
  static let takeAway = Wording(
    "Before the image is made, put {file} aside: without it LVM looks at all devices. Make the initial RAM file system "
      + "anew where that holds a copy. Afterwards it can be put back on this server.",
    "制作镜像之前移走 {file}：没有该文件时 LVM 会检查所有设备。如果 initramfs 中有其副本，请重新生成。制作完成后可在本云服务器上恢复该文件。")
  static let onClone = Wording(
    "Or on every server made from the image, and not on this one: make the list anew from what is there.",
    "或者在每台用该镜像创建的云服务器上（而不是在本云服务器上）：根据现有设备重新生成列表。")

  static let words = RuleWords(
    passed: Wording("LVM finds its disks on a clone too", "LVM 在克隆的云服务器上也能找到磁盘"),
    passedMessage: Wording(
      "LVM has no list of devices, does not go by it, knows its disks by what is on them, or notices that the list is "
        + "of another server and looks at all devices then.",
      "LVM 没有设备列表、未使用该列表、按磁盘内容识别磁盘，或者会发现列表属于其他服务器并检查所有设备。"),
    unknown: Wording(
      "Cannot tell whether LVM finds its disks on a clone too", "无法判断 LVM 在克隆的云服务器上是否也能找到磁盘"))

  static let explanation = RuleExplanation(
    title: Wording("LVM's list of devices pins disks by their ids", "LVM 的设备列表按标识固定了磁盘"),
    meaning: Wording(
      "Fails where LVM goes by /etc/lvm/devices/system.devices (devices/use_devicesfile) and a physical volume of this "
        + "server stands in it by a serial number or world-wide name. Passes where the file tells the machine that it "
        + "is of: a newer LVM then looks at all devices on another one (devices/device_ids_refresh). A warning in "
        + "every profile.",
      "LVM 使用 /etc/lvm/devices/system.devices（devices/use_devicesfile），且其中按序列号或 WWN 列出了本云服务器的物理卷时不通过。"
        + "如果文件中记录了所属的机器则通过：较新的 LVM 在其他机器上会检查所有设备（devices/device_ids_refresh）。在任何配置下均为警告。"),
    why: Wording(
      "A copy of a disk has another serial number. LVM does not look at a disk that is not listed, its volumes stay "
        + "inactive, and the start stops at the first mount that needs one.",
      "磁盘副本的序列号不同。LVM 不会检查未列出的磁盘，其上的卷保持未激活状态，启动会停在第一个需要它们的挂载处。"),
    fix: Wording(
      "Put the list aside before the image is made, or make it anew on every server made from it.",
      "制作镜像之前移走该列表，或者在每台用该镜像创建的云服务器上重新生成。"),
    source: Sources.devicesFile)
}

extension Sources {
  static let devicesFile = Wording(
    "What a server made from the image has in common with this one: LVM's list of devices (lvmdevices(8), lvm.conf(5))",
    "用镜像创建的云服务器与本云服务器的共同之处：LVM 的设备列表（lvmdevices(8)、lvm.conf(5)）")
}
