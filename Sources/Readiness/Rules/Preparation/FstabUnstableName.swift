// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `fstab-unstable-name`: `/etc/fstab` names a disk by what a clone's disk need not have.
  public static let fstabUnstableName = PreparationRule(
    id: "fstab-unstable-name", hazard: .bootFailure, sections: [.fstab], reads: ["counts.fstab", "fstab"],
    explanation: UnstableName.explanation, words: UnstableName.words, severity: { _ in .warning }, blind: .warning,
    isHidden: FstabLines.isHidden, failures: UnstableName.failures, missing: FstabLines.missing
  ).rule
}

/// What the rules on `/etc/fstab` need of it.
enum FstabLines {
  /// A line that makes no sense is passed over by whoever mounts what the file says (getmntent(3)).
  @Sendable static func isHidden(_ gap: Gap) -> Bool { gap.subject.kind != .file || gap.reason != .malformed }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    if facts.fstab == nil { return [.section(.fstab, .sectionMissing)] }
    return facts.counts?["fstab"] == nil ? [.count(of: "fstab")] : []
  }
}

enum UnstableName {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    (input.facts.fstab ?? []).compactMap { entry in
      // Where there is no such device at all, another rule has more to say.
      if case .none = entry.device { return nil }
      guard !entry.isManual else { return nil }
      let message: Wording
      switch entry.specKind {
      case .order: message = entry.isExpendable ? byOrderExpendable : byOrder
      case .hardware: message = entry.isExpendable ? byHardwareExpendable : byHardware
      case .content, .otherName, .noDevice: return nil
      }
      let device = (input.facts.devices ?? []).first { $0.name == entry.device.value }
      return RuleResult(
        .fail, subjects: [Subject(kind: Gap.Kind.file.rawValue, name: "/etc/fstab")],
        title: title.with(entry.values), message: message.with(entry.values), evidence: [entry.evidence],
        remedy: [remedy(entry, device)])
    }
  }

  /// The very change where the device has a name that lasts and both can be written into a command.
  private static func remedy(_ entry: FstabEntry, _ device: Device?) -> RuleResult.Step {
    guard let name = device.flatMap(lastingName), isPlain(entry.spec), isPlain(name) else {
      let path = device.flatMap { ShellWord($0.path)?.description }
      return .init(Statement(explanation.fix), commands: path.map { ["sudo blkid \($0)"] } ?? [])
    }
    var values = entry.values
    values["name"] = .text(name)
    return .init(
      exact.with(values),
      commands: ["sudo sed -i.bak '\(entry.line)s,^[[:space:]]*\(entry.spec)[[:space:]],\(name) ,' /etc/fstab"])
  }

  /// A name by what is on a device, which its copies have too.
  private static func lastingName(of device: Device) -> String? {
    if let name = device.dmName.value { return "/dev/mapper/\(name)" }
    guard let content = device.content.value, content.usage != "raid", let uuid = content.uuid.value, !uuid.isEmpty
    else { return nil }
    return "UUID=\(uuid)"
  }

  /// Whether a text means itself in a sed expression within single quotes.
  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "/_-=:.+".unicodeScalars.contains($0)
    }
  }

  static let title = Wording(
    "/etc/fstab line {line} names a disk in a way that a clone may not: {spec}",
    "/etc/fstab 第 {line} 行使用了克隆后可能改变的磁盘名：{spec}")
  static let byOrder = Wording(
    "{spec}, for {target}, is named by the order in which disks are found or by its place on the bus. On a server made "
      + "from the image the disks may be found in another order or sit elsewhere: it then waits for a disk that is not "
      + "there and stops, or mounts another disk in its place.",
    "{spec}（用于 {target}）按磁盘被发现的顺序或所在总线位置命名。用该镜像创建的云服务器上，磁盘的发现顺序或位置可能不同："
      + "系统会等待不存在的磁盘而无法启动，或者错挂另一块磁盘。")
  static let byHardware = Wording(
    "{spec}, for {target}, is named by the disk's own serial number or world-wide name. The disks of a server made from "
      + "the image have others: it then waits for a disk that is not there, and may stop.",
    "{spec}（用于 {target}）按磁盘自身的序列号或 WWN 命名。用该镜像创建的云服务器的磁盘序列号不同：系统会等待不存在的磁盘，"
      + "并可能无法启动。")
  static let byOrderExpendable = Wording(
    "{spec}, for {target}, is named by the order in which disks are found or by its place on the bus. On a server made "
      + "from the image the disks may be found in another order or sit elsewhere: it starts all the same, but {target} is "
      + "then empty, or another disk is mounted in its place.",
    "{spec}（用于 {target}）按磁盘被发现的顺序或所在总线位置命名。用该镜像创建的云服务器上，磁盘的发现顺序或位置可能不同："
      + "系统仍能启动，但 {target} 为空，或者错挂另一块磁盘。")
  static let byHardwareExpendable = Wording(
    "{spec}, for {target}, is named by the disk's own serial number or world-wide name. The disks of a server made from "
      + "the image have others: it starts all the same, but {target} is then empty.",
    "{spec}（用于 {target}）按磁盘自身的序列号或 WWN 命名。用该镜像创建的云服务器的磁盘序列号不同：系统仍能启动，但 {target} 为空。")
  static let exact = Wording(
    "Name it by what is on it: {name} in line {line}. The old file is kept as /etc/fstab.bak.",
    "改用磁盘内容的标识：第 {line} 行使用 {name}。原文件保留为 /etc/fstab.bak。")

  static let words = RuleWords(
    passed: Wording("/etc/fstab names disks as a clone does too", "/etc/fstab 中的磁盘名在克隆后仍然有效"),
    passedMessage: Wording(
      "No line goes by the order of disks, a place on the bus or a disk's serial number.", "没有任何一行按磁盘顺序、总线位置或磁盘序列号指定磁盘。"
    ),
    unknown: Wording(
      "Cannot tell whether /etc/fstab names disks as a clone does too", "无法判断 /etc/fstab 中的磁盘名在克隆后是否仍然有效"))

  static let explanation = RuleExplanation(
    title: Wording("/etc/fstab names disks by order or serial number", "/etc/fstab 按顺序或序列号指定磁盘"),
    meaning: Wording(
      "Warns of lines that are used at boot and name a device as /dev/vdb1, /dev/sda2 and the like, by "
        + "/dev/disk/by-path, or by a disk's serial number in /dev/disk/by-id. UUID, LABEL, PARTUUID, PARTLABEL and the "
        + "names of LVM, device-mapper and md are copied with what is on the disks, and are fine.",
      "对开机时使用且按 /dev/vdb1、/dev/sda2 等名称、/dev/disk/by-path 或 /dev/disk/by-id 中的磁盘序列号指定设备的行发出警告。"
        + "UUID、LABEL、PARTUUID、PARTLABEL 以及 LVM、device-mapper、md 的名称会随磁盘内容一起复制，不受影响。"),
    why: Wording(
      "A clone has the same contents on other disks: their order, places and serial numbers are its own.",
      "克隆出的云服务器磁盘内容相同，但磁盘的顺序、位置和序列号都是新的。"),
    fix: Wording(
      "Put UUID= and the UUID that blkid shows for the device in the place of its name, then run findmnt --verify.",
      "用 UUID= 加 blkid 显示的该设备的 UUID 替换设备名，然后运行 findmnt --verify 检查。"),
    source: FstabSources.byUUID)
}

/// The clauses that the rules on `/etc/fstab` are from.
enum FstabSources {
  static let byUUID = Wording(
    "Configuration of a server before imaging: disk identifiers in fstab by UUID",
    "制作镜像前的云服务器配置：将 fstab 中的磁盘标识方式改为 UUID")
  static let bootable = Wording(
    "Configuration of a server before imaging: every device that fstab names exists",
    "制作镜像前的云服务器配置：fstab 中的设备必须存在")
}
