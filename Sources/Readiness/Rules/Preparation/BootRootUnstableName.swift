// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `boot-root-unstable-name`: an entry of the boot loader names its root by what a clone's disk need not have.
  public static let bootRootUnstableName = PreparationRule(
    id: "boot-root-unstable-name", hazard: .bootFailure, sections: [.boot],
    reads: ["boot", "boot.loader", "boot.entries", "boot.entries[].root", "counts.boot_entries"],
    explanation: UnstableRoot.explanation, words: UnstableRoot.words, severity: { _ in .warning }, blind: .warning,
    weight: BootEntries.weight, instead: { BootEntries.noEntry($0, UnstableRoot.words.unknown) },
    isHidden: { BootEntries.hidesRoots($0) && $0.subject.member != "entries[].root_device" },
    failures: UnstableRoot.failures, missing: UnstableRoot.missing
  ).rule
}

enum UnstableRoot {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    var groups: [(root: String, isHardware: Bool, entries: [BootEntry])] = []
    for entry in input.facts.boot?.entries ?? [] {
      guard let root = entry.root.value else { continue }
      // Where there is no such device at all, another rule has more to say.
      if case .none = entry.rootDevice { continue }
      let isHardware: Bool
      switch FstabSpec(root) {
      case .order: isHardware = false
      case .hardware: isHardware = true
      case .content, .otherName, .noDevice: continue
      }
      if let group = groups.firstIndex(where: { $0.root == root }) {
        groups[group].entries.append(entry)
      } else {
        groups.append((root, isHardware, [entry]))
      }
    }
    return groups.map { result($0.root, isHardware: $0.isHardware, $0.entries, input.facts) }
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    let missing = BootEntries.missing(facts)
    guard missing.isEmpty, let entries = facts.boot?.entries else { return missing }
    return zip(entries, BootEntries.parts(of: entries)).compactMap { entry, part in
      entry.root.isKnown ? nil : BootEntries.unknown("root", of: entry, part, facts)
    }
  }

  private static func result(
    _ root: String, isHardware: Bool, _ entries: [BootEntry], _ facts: GuestFacts
  ) -> RuleResult {
    let values: [String: StatementValue] = ["root": .text(root), "entries": .list(BootEntries.titles(of: entries))]
    let device = (facts.devices ?? []).first { $0.name == entries.first?.rootDevice.value }
    return RuleResult(
      .fail, subjects: entries.prefix(1).map { Subject(kind: "file", name: $0.file) }, title: title.with(values),
      message: (isHardware ? byHardware : byOrder).with(values),
      evidence: entries.prefix(8).map { entry in
        Evidence(fact: "boot.entries[\(entry.title)].root", value: root.json, from: BootEntries.place(of: entry))
      }, remedy: BootRemedy.name(root, device: device, entries: entries, facts))
  }

  static let title = Wording(
    "The boot loader names the root in a way that a clone may not: {root}", "引导项使用了克隆后可能改变的根设备名：{root}")
  static let byOrder = Wording(
    "{entries} starts from {root}, which is named by the order in which disks are found or by its place on the bus. On a "
      + "server made from the image the disks may be found in another order or sit elsewhere: the root is then not found, "
      + "or another disk is taken for it.",
    "{entries} 以 {root} 为根设备，该名称取决于磁盘被发现的顺序或所在总线位置。用该镜像创建的云服务器上，磁盘的发现顺序或位置"
      + "可能不同：系统会找不到根设备，或者把另一块磁盘当作根设备。")
  static let byHardware = Wording(
    "{entries} starts from {root}, which is named by the disk's own serial number or world-wide name. The disks of a "
      + "server made from the image have others: the root is then not found, and the server does not start.",
    "{entries} 以 {root} 为根设备，该名称取决于磁盘自身的序列号或 WWN。用该镜像创建的云服务器的磁盘序列号不同："
      + "系统会找不到根设备而无法启动。")

  static let words = RuleWords(
    passed: Wording("The boot loader names roots as a clone does too", "引导项中的根设备名在克隆后仍然有效"),
    passedMessage: Wording(
      "No entry of the boot loader names its root by the order of disks, a place on the bus or a disk's serial number.",
      "没有引导项按磁盘顺序、总线位置或磁盘序列号指定根设备。"),
    unknown: Wording(
      "Cannot tell whether the boot loader names roots as a clone does too", "无法判断引导项中的根设备名在克隆后是否仍然有效"))

  static let explanation = RuleExplanation(
    title: Wording("The boot loader names the root by order or serial number", "引导项按顺序或序列号指定根设备"),
    meaning: Wording(
      "Warns of entries of the boot loader - also those for repairs - whose root= names a device as /dev/vda2, /dev/sda1 "
        + "and the like, by /dev/disk/by-path, or by a disk's serial number in /dev/disk/by-id. UUID, LABEL, PARTUUID, "
        + "PARTLABEL and the names of LVM, device-mapper and md are copied with what is on the disks, and are fine.",
      "对用 root= 按 /dev/vda2、/dev/sda1 等名称、/dev/disk/by-path 或 /dev/disk/by-id 中的磁盘序列号指定设备的引导项"
        + "（包括用于修复的引导项）发出警告。UUID、LABEL、PARTUUID、PARTLABEL 以及 LVM、device-mapper、md 的名称会随磁盘内容"
        + "一起复制，不受影响。"),
    why: Wording(
      "A clone has the same contents on other disks, and may have them on another bus: their order, places and serial "
        + "numbers are its own.",
      "克隆出的云服务器磁盘内容相同，但磁盘的顺序、位置和序列号都是新的，总线也可能不同。"),
    fix: Wording(
      "Name the root by its UUID: update-grub on Debian and Ubuntu without GRUB_DISABLE_LINUX_UUID, grubby on RHEL and "
        + "its relatives, grub2-mkconfig on SUSE.",
      "用 UUID 指定根设备：Debian、Ubuntu 去掉 GRUB_DISABLE_LINUX_UUID 后运行 update-grub，RHEL 系列使用 grubby，"
        + "SUSE 使用 grub2-mkconfig。"),
    source: Sources.bootRootByUUID)
}
