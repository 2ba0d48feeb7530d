// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `filesystem-spans-devices`: one file system, pool or cache over several devices.
  ///
  /// Beside those that spread data themselves (btrfs, ZFS, bcachefs, F2FS) an ext4 or XFS whose journal lies on another
  /// device, bcache, and devices that device-mapper or another driver joins out of several disks.
  public static let fileSystemSpansDevices = StorageRule(
    id: "filesystem-spans-devices", section: .multiDeviceFileSystems,
    reads: [
      "multi_device_filesystems[].members", "multi_device_filesystems[].member_count",
      "multi_device_filesystems[].disks", "devices[].disks",
    ],
    gaps: [.device, .raidArray, .fileSystem], explanation: SpreadFileSystem.explanation,
    words: { _ in SpreadFileSystem.words }, severity: Grading.otherTechnology, failures: SpreadFileSystem.failures,
    missing: SpreadFileSystem.missing
  ).rule
}

enum SpreadFileSystem {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    sets(input) + JoinedDevice.failures(input)
  }

  private static func sets(_ input: RuleInput) -> [RuleResult] {
    (input.facts.multiDeviceFileSystems ?? []).compactMap { system in
      let spread = Spread(system.members, system.memberCount, system.disks)
      guard spread.places > 1 else { return nil }
      let subject = subject(of: system)
      let values: [String: StatementValue] = [
        "system": .text(subject.name), "type": .text(typeName(system.type)), "count": .number(spread.places),
        "members": .list(spread.memberPaths), "disks": .list(spread.diskPaths),
      ]
      return RuleResult(
        .fail, subjects: [subject], title: title.with(values), message: message.with(values),
        evidence: spread.evidence("multi_device_filesystems[\(system.uuid)]", from: "superblocks of the members"),
        remedy: [.init(system.type == "btrfs" ? btrfs.with(values) : copy.with(values))])
    }
  }

  @Sendable static func missing(_ input: RuleInput) -> [Obstacle] {
    (input.facts.multiDeviceFileSystems ?? []).flatMap { system in
      Spread(system.members, system.memberCount, system.disks)
        .missing("multi_device_filesystems[\(system.uuid)]", of: subject(of: system))
    } + JoinedDevice.missing(input)
  }

  private static func subject(of system: MultiDeviceFileSystem) -> Subject {
    let label = system.label.value ?? ""
    return Subject(kind: "file_system", name: label.isEmpty ? system.uuid : label, uuid: system.uuid)
  }

  /// libblkid's word for a ZFS device is not what people call the pool.
  private static func typeName(_ type: String) -> String {
    switch type {
    case "zfs_member": "zfs"
    case "jbd", "xfs_external_log": "journal"
    default: type
    }
  }

  static let title = Wording(
    "File system {system} ({type}) lies on {count} devices", "文件系统 {system}（{type}）分布在 {count} 个设备上")
  static let message = Wording(
    "Devices found: {members}; disks below them: {disks}. A whole image takes the disks apart; a file system "
      + "whose devices come from different moments or not at all cannot be mounted or loses data.",
    "已找到的设备：{members}；所在磁盘：{disks}。整机镜像会将磁盘拆开；各设备的数据来自不同时刻或缺失时，"
      + "文件系统可能无法挂载或丢失数据。")
  static let btrfs = Wording(
    "Bring {system} onto one device that has room for all of it: convert the profiles for that with btrfs balance "
      + "(data to single, metadata to dup), take the other devices out with btrfs device remove, and check again. "
      + "Have a backup first.",
    "请将 {system} 集中到一个容量足够的设备上：用 btrfs balance 转换配置（数据为 single，元数据为 dup），"
      + "再用 btrfs device remove 移除其余设备，然后重新检查。请先做好备份。")
  static let copy = Wording(
    "Copy the data of {system} to a file system on one disk, switch over to it, take the old one apart, and check "
      + "again.",
    "请将 {system} 的数据复制到单块磁盘的文件系统上并切换过去，拆除旧文件系统后重新检查。")

  static let words = RuleWords(
    passed: Wording("No file system lies on several devices", "没有分布在多个设备上的文件系统"),
    passedMessage: Wording(
      "Every file system that could lie on several devices lies on one, or there is none.",
      "每个可跨设备的文件系统都只位于一个设备上，或者不存在此类文件系统。"),
    unknown: Wording(
      "Cannot tell whether a file system lies on several devices", "无法判断是否有文件系统分布在多个设备上"))

  static let explanation = RuleExplanation(
    title: Wording("File system on several devices", "文件系统分布在多个设备上"),
    meaning: Wording(
      "Fails for a btrfs, ZFS, bcachefs, F2FS or bcache of more than one device, for an ext4 or XFS whose journal, "
        + "log or realtime data lies on another device, whether all of them were found or not, and for a device that "
        + "the kernel joins out of several disks by other means than LVM and md. A warning; in the profile strict a "
        + "blocker.",
      "以下情况不通过（无论设备是否全部找到）：btrfs、ZFS、bcachefs、F2FS 或 bcache 的设备多于一个；ext4 或 XFS 的日志"
        + "或实时数据位于另一个设备；内核以 LVM 和 md 以外的方式用多块磁盘组合成的设备。默认为警告；在 strict 配置下为阻断项。"),
    why: Wording(
      "The cloud's document names volume groups only, but such a file system is taken apart and put together the "
        + "same way.",
      "云平台的文档只提到卷组，但这类文件系统同样会被拆开再组合，存在同样的风险。"),
    fix: Wording(
      "Bring the file system onto one device, or copy the data to one that lies on one disk.",
      "将文件系统集中到一个设备上，或将数据复制到只位于一块磁盘的文件系统。"),
    source: Sources.otherTechnology)
}
