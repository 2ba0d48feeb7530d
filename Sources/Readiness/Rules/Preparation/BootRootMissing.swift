// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `boot-root-missing`: an entry of the boot loader starts from a root device that does not exist.
  public static let bootRootMissing = PreparationRule(
    id: "boot-root-missing", hazard: .bootFailure, sections: [.boot],
    reads: [
      "boot", "boot.loader", "boot.entries", "boot.entries[].root", "boot.entries[].root_device",
      "counts.boot_entries",
    ],
    explanation: MissingRoot.explanation, words: MissingRoot.words, severity: { _ in .blocker }, blind: .blocker,
    weight: BootEntries.weight, instead: { BootEntries.noEntry($0, MissingRoot.words.unknown) },
    isHidden: BootEntries.hidesRoots, failures: MissingRoot.failures, missing: MissingRoot.missing
  ).rule
}

enum MissingRoot {
  /// Whether an entry names a device, so that there is something to judge.
  private static func namesDevice(_ root: String) -> Bool {
    if root.hasPrefix("/dev/") {
      return !["/dev/nfs", "/dev/cifs", "/dev/root", "/dev/ram", "/dev/ram0"].contains(root)
    }
    if case .noDevice = FstabSpec(root) { return false }
    // The partition beside one that is named (init/do_mounts.c, `PARTNROFF`).
    return !root.contains("/")
  }

  private static func isMissing(_ entry: BootEntry, _ facts: GuestFacts) -> Bool {
    guard let root = entry.root.value, namesDevice(root), case .none = entry.rootDevice else { return false }
    return !DeviceAbsence.isInactiveVolume(root, facts)
  }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let facts = input.facts
    let entries = facts.boot?.entries ?? []
    let fails = entries.map { isMissing($0, facts) }
    guard fails.contains(true) else { return [] }
    let mayAppear = DeviceAbsence.mayAppear(facts)
    let isBlind = !DeviceAbsence.unseen(facts).isEmpty
    var groups: [(root: String, severity: Severity, entries: [BootEntry])] = []
    for (index, weight) in BootEntries.weights(of: fails, in: entries, facts).enumerated() where fails[index] {
      guard let root = entries[index].root.value, var weight else { continue }
      if weight == .blocker, !isCertain(root) || mayAppear { weight = .warning }
      // It may be one that could not be looked into; `missing` says which.
      if weight == .blocker, isBlind { continue }
      if let group = groups.firstIndex(where: { $0.root == root && $0.severity == weight }) {
        groups[group].entries.append(entries[index])
      } else {
        groups.append((root, weight, [entries[index]]))
      }
    }
    return groups.map { result($0.root, $0.severity, $0.entries, facts) }
  }

  /// Whether a name says what was searched for: other names are given by what runs only at boot.
  private static func isCertain(_ root: String) -> Bool {
    switch FstabSpec(root) {
    case .content, .order: return true
    case .hardware, .noDevice: return false
    case .otherName:
      // `/dev/GROUP/VOLUME`, or the same with a single hyphen: volumes were looked for on every disk.
      let parts = root.dropFirst(5).split(separator: "/")
      guard parts.count == 2, parts[0] != "disk", parts[0] != "md" else { return false }
      return parts[0] == "mapper" ? DeviceAbsence.mappingIsVolume(parts[1]) : true
    }
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    let missing = BootEntries.missing(facts)
    guard missing.isEmpty, let entries = facts.boot?.entries else { return missing }
    let fails = entries.map { isMissing($0, facts) }
    let weights = BootEntries.weights(of: fails, in: entries, facts)
    var obstacles: [Obstacle] = []
    for (index, part) in BootEntries.parts(of: entries).enumerated() {
      let entry = entries[index]
      let isKnown = entry.root.value.map { !namesDevice($0) || entry.rootDevice.isKnown } ?? entry.root.isKnown
      if !isKnown {
        let member = entry.root.isKnown ? "root_device" : "root"
        BootEntries.unknown(member, of: entry, part, facts).map { obstacles.append($0) }
      } else if fails[index], weights[index] == nil {
        obstacles.append(
          .fact("boot.entries[\(entry.title)].default", of: Subject(kind: "file", name: entry.file)))
      }
    }
    let isCulprit = entries.indices.contains { fails[$0] && weights[$0] == .blocker }
    return obstacles + (isCulprit ? DeviceAbsence.unseen(facts) : [])
  }

  private static func result(
    _ root: String, _ severity: Severity, _ entries: [BootEntry], _ facts: GuestFacts
  ) -> RuleResult {
    let values: [String: StatementValue] = ["root": .text(root), "entries": .list(BootEntries.titles(of: entries))]
    let evidence = entries.prefix(8).map { entry in
      Evidence(
        fact: "boot.entries[\(entry.title)].root", value: root.json, from: BootEntries.place(of: entry))
    }
    return RuleResult(
      .fail, severity: severity, subjects: entries.prefix(1).map { Subject(kind: "file", name: $0.file) },
      title: title.with(values), message: (severity == .blocker ? stops : mayStop).with(values),
      evidence: evidence + [Evidence(fact: "boot.entries[].root_device", value: .null, from: "devices")],
      remedy: BootRemedy.name(root, device: BootRemedy.rootDevice(facts), entries: entries, facts))
  }

  static let title = Wording(
    "The boot loader starts from a root that does not exist: {root}", "引导项指定的根设备不存在：{root}")
  static let stops = Wording(
    "{entries} - which is what this server starts next time - names {root} as the root file system, and none of this "
      + "server's devices is that. The start stops before the system is there, and so does every server made from the "
      + "image.",
    "{entries}（本云服务器下次启动所用的引导项）指定 {root} 为根文件系统，而本云服务器没有这样的设备。系统会在启动早期停住；"
      + "用该镜像创建的每台云服务器也是如此。")
  static let mayStop = Wording(
    "Nothing that this server has now is {root}, which {entries} would start from. It may be something that is opened "
      + "only at boot, or an entry that nobody chooses; a server that starts by it may stop.",
    "目前没有找到 {root}，而 {entries} 以它为根文件系统。它可能在启动时才会打开，也可能是不会被选用的引导项；"
      + "通过它启动的云服务器可能无法启动。")

  static let words = RuleWords(
    passed: Wording("Every root that the boot loader names exists", "引导项指定的根设备都存在"),
    passedMessage: Wording(
      "Each entry of the boot loader that names a device as root leads to one of this server's.",
      "引导程序中每个指定了根设备的引导项，其根设备都是本云服务器的设备。"),
    unknown: Wording(
      "Cannot tell whether every root that the boot loader names exists", "无法判断引导项指定的根设备是否都存在"))

  static let explanation = RuleExplanation(
    title: Wording("The boot loader starts from a root that does not exist", "引导项指定的根设备不存在"),
    meaning: Wording(
      "Fails for entries of GRUB, GRUB legacy and systemd-boot whose root= names a UUID, a label, a partition's id, a "
        + "logical volume or a disk that none of this server's devices is. A blocker for the entry that is started when "
        + "nobody chooses; a warning for others, and where something that is opened only at boot may hold the root; a "
        + "note for entries for repairs. Entries without root=, or whose root is no device, are not judged.",
      "GRUB、GRUB legacy、systemd-boot 的引导项用 root= 指定了 UUID、卷标、分区标识、逻辑卷或磁盘，而本云服务器没有这样的设备时"
        + "不通过。默认启动的引导项为阻断项；其他引导项，或根设备可能在启动时才会打开时为警告；用于修复的引导项为提示。"
        + "没有 root= 或根不是设备的引导项不作判断。"),
    why: Wording(
      "The initial RAM file system waits for the root and ends in an emergency shell (dracut.cmdline(7), "
        + "initramfs-tools(7)); without one the kernel panics. What is wrong here is wrong in every copy.",
      "initramfs 会一直等待根设备，最后进入紧急 shell（dracut.cmdline(7)、initramfs-tools(7)）；没有 initramfs 时内核会崩溃。"
        + "此处的错误会原样出现在每个副本中。"),
    fix: Wording(
      "Name the root by the UUID that blkid shows, and have the boot loader's configuration made anew.",
      "用 blkid 显示的 UUID 指定根设备，并重新生成引导配置。"),
    source: Sources.bootRootExists)
}

extension Sources {
  static let bootRootExists = Wording(
    "Configuration of a server before imaging: the device or UUID in GRUB exists",
    "制作镜像前的云服务器配置：GRUB 中的设备或 UUID 必须存在")
  static let bootRootByUUID = Wording(
    "Configuration of a server before imaging: disk identifiers in GRUB by UUID",
    "制作镜像前的云服务器配置：将 GRUB 文件中的磁盘标识方式改为 UUID")
  static let bootFilesExist = Wording(
    "Configuration of a server before imaging: the kernel and initial RAM file system that GRUB names exist",
    "制作镜像前的云服务器配置：GRUB 指定的内核和 initramfs 必须存在")
}
