// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `fstab-device-missing`: `/etc/fstab` wants a device mounted at boot that does not exist.
  public static let fstabDeviceMissing = PreparationRule(
    id: "fstab-device-missing", hazard: .bootFailure, sections: [.fstab],
    reads: ["counts.fstab", "fstab", "fstab[].device"], explanation: MissingDevice.explanation,
    words: MissingDevice.words, severity: { _ in .blocker }, blind: .blocker,
    isHidden: FstabLines.isHidden, failures: MissingDevice.failures, missing: MissingDevice.missing
  ).rule
}

enum MissingDevice {
  /// Lines that are used at boot and go by a device that was looked for and is not there.
  private static func unresolved(_ facts: GuestFacts) -> [FstabEntry] {
    (facts.fstab ?? []).filter { entry in
      guard case .none = entry.device, !entry.isManual else { return false }
      if case .noDevice = entry.specKind { return false }
      return true
    }
  }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let facts = input.facts
    let unresolved = unresolved(facts)
    guard !unresolved.isEmpty else { return [] }
    let obstacles = DeviceAbsence.unseen(facts)
    let mayAppear = DeviceAbsence.mayAppear(facts)
    return unresolved.compactMap { entry in
      let weighs = severity(entry, mayAppear: mayAppear, facts)
      // It may be one that could not be looked into; `missing` says which.
      if weighs == .blocker, !obstacles.isEmpty { return nil }
      return RuleResult(
        .fail, severity: weighs, subjects: [Subject(kind: Gap.Kind.file.rawValue, name: "/etc/fstab")],
        title: title.with(entry.values), message: message(entry, weighs).with(entry.values),
        evidence: [entry.evidence, Evidence(fact: "fstab[\(entry.line)].device", value: .null, from: "devices")],
        remedy: [remedy(entry)])
    }
  }

  /// A certain failure is a blocker: a mount that systemd requires, of what every device was searched for.
  private static func severity(_ entry: FstabEntry, mayAppear: Bool, _ facts: GuestFacts) -> Severity {
    // What holds the root is mounted before this file counts.
    if entry.isExpendable || entry.isSwap || entry.mountPoint == "/" || mayAppear { return .warning }
    return switch entry.specKind {
    case .content, .order: .blocker
    case .otherName: DeviceAbsence.isVolumeName(entry.spec, facts) ? .blocker : .warning
    case .hardware, .noDevice: .warning
    }
  }

  private static func message(_ entry: FstabEntry, _ severity: Severity) -> Wording {
    if severity == .blocker { return stops }
    return entry.isExpendable ? goesOn : mayStop
  }

  private static func remedy(_ entry: FstabEntry) -> RuleResult.Step {
    .init(
      (entry.isSwap ? dropSwap : dropOrMend).with(entry.values),
      commands: ["sudo sed -i.bak '\(entry.line)s/^/#/' /etc/fstab"])
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    let lines = FstabLines.missing(facts)
    guard lines.isEmpty else { return lines }
    let unknown = (facts.fstab ?? []).filter { entry in
      if case .noDevice = entry.specKind { return false }
      return !entry.device.isKnown && !entry.isManual
    }
    let missing = unknown.map {
      Obstacle.fact("fstab[\($0.line)].device", of: Subject(kind: Gap.Kind.file.rawValue, name: "/etc/fstab"))
    }
    return missing + (unresolved(facts).isEmpty ? [] : DeviceAbsence.unseen(facts))
  }

  static let title = Wording(
    "/etc/fstab line {line} mounts a device that does not exist: {spec}", "/etc/fstab 第 {line} 行挂载的设备不存在：{spec}")
  static let stops = Wording(
    "None of this server's devices is {spec}, which is to be mounted on {target} at boot and may not be missing. At its "
      + "next start the server waits for it, gives up and stops in emergency mode, and so does every server made from "
      + "the image.",
    "本云服务器没有设备 {spec}，而它必须在启动时挂载到 {target}。下次启动时系统会等待该设备，超时后停在紧急模式；"
      + "用该镜像创建的每台云服务器也是如此。")
  static let mayStop = Wording(
    "Nothing that this server has now is {spec}, for {target}. It may be something that is opened only at boot, or that "
      + "was taken away; in that case a server made from the image waits for it, and may stop.",
    "目前没有找到 {spec}（用于 {target}）。它可能在启动时才会打开，也可能已被移除；若已移除，用该镜像创建的云服务器会等待它，"
      + "并可能无法启动。")
  static let goesOn = Wording(
    "None of this server's devices is {spec}. The server starts without it, and {target} is empty there.",
    "本云服务器没有设备 {spec}。云服务器可以在没有它的情况下启动，但 {target} 为空。")
  static let dropOrMend = Wording(
    "Put the UUID that blkid shows in the place of {spec}, add nofail if the server can do without {target}, or take "
      + "line {line} out as below (the old file is kept as /etc/fstab.bak); then run findmnt --verify.",
    "用 blkid 显示的 UUID 替换 {spec}；如果没有 {target} 也能运行，请加上 nofail；或者按下面的命令注释掉第 {line} 行"
      + "（原文件保留为 /etc/fstab.bak）。然后运行 findmnt --verify 检查。")
  static let dropSwap = Wording(
    "Name the swap area by the UUID that blkid shows, or take line {line} out as below (the old file is kept as "
      + "/etc/fstab.bak).",
    "用 blkid 显示的 UUID 指定交换区，或者按下面的命令注释掉第 {line} 行（原文件保留为 /etc/fstab.bak）。")

  static let words = RuleWords(
    passed: Wording("Every device that /etc/fstab mounts exists", "/etc/fstab 挂载的设备都存在"),
    passedMessage: Wording(
      "Each line that is used at boot and names a device leads to one of this server's.", "开机时使用的每一行所指定的设备都是本云服务器的设备。"),
    unknown: Wording(
      "Cannot tell whether every device that /etc/fstab mounts exists", "无法判断 /etc/fstab 挂载的设备是否都存在"))

  static let explanation = RuleExplanation(
    title: Wording("/etc/fstab mounts a device that does not exist", "/etc/fstab 挂载了不存在的设备"),
    meaning: Wording(
      "Fails for a line that is used at boot and goes by a UUID, a label, a partition's id, a logical volume's or a "
        + "disk's name that none of this server's devices has. A blocker where the mount may not be missing; a warning where it may (nofail, "
        + "_netdev, swap), and where something that is opened only at boot may hold it.",
      "如果开机时使用的某一行按 UUID、卷标、分区标识、逻辑卷名或磁盘名指定设备，而本云服务器没有这样的设备，则不通过。该挂载不可缺少时为阻断项；"
        + "可以缺少（nofail、_netdev、交换区）或可能在启动时才打开时为警告。"),
    why: Wording(
      "systemd waits 90 seconds for such a device and then stops the start in emergency mode (systemd.mount(5)), on this "
        + "server and on every one made from its image.",
      "systemd 会等待该设备 90 秒，然后在紧急模式停止启动（systemd.mount(5)），本云服务器和用其镜像创建的云服务器都是如此。"),
    fix: Wording(
      "Correct the line, add nofail, or take it out.", "更正该行、加上 nofail，或删除该行。"),
    source: FstabSources.bootable)
}
