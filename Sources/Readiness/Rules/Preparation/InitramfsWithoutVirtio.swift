// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `initramfs-without-virtio`: a kernel that can be started does not find virtio disks.
  public static let initramfsWithoutVirtio = PreparationRule(
    id: "initramfs-without-virtio", hazard: .bootFailure, sections: [.initramfs],
    reads: [
      "initramfs", "kernels", "counts.initramfs", "counts.kernels", "initramfs[].drivers", "kernels[].built_in",
    ],
    explanation: WithoutVirtio.explanation, words: WithoutVirtio.words, severity: { _ in .blocker }, blind: .warning,
    failures: WithoutVirtio.results, missing: WithoutVirtio.missing
  ).rule
}

enum WithoutVirtio {
  /// What a kernel needs before it finds a disk of virtio's; what these rest on comes along with them.
  static let needed = ["virtio_blk", "virtio_pci"]

  /// A kernel that does not find a virtio disk, or of which that cannot be told.
  private struct Doubt {
    var kernel: StartableKernel
    /// What it lacks for certain; `nil` if that is not known.
    var missing: [String]?
    var obstacles: [Obstacle] = []
    var unread = false
  }

  @Sendable static func results(_ input: RuleInput) -> [RuleResult] {
    let facts = input.facts
    guard facts.initramfs != nil || facts.kernels != nil else { return [] }
    let kernels = StartableKernel.all(facts)
    guard !kernels.isEmpty else { return nothingFound(facts) }
    var doubts: [Doubt] = []
    for kernel in kernels {
      switch kernel.drivers(needed, facts) {
      case .complete: break
      case .lacks(let missing): doubts.append(Doubt(kernel: kernel, missing: missing))
      case .unclear(let obstacles, let unread):
        doubts.append(Doubt(kernel: kernel, obstacles: obstacles, unread: unread))
      }
    }
    let view = View(facts, kernels, doubts)
    var results: [RuleResult] = []
    var open: [Obstacle] = []
    var openSeverity = Severity.note
    for doubt in doubts {
      if let missing = doubt.missing, let severity = view.severity(doubt) {
        results.append(failure(doubt.kernel, missing, severity, view, facts))
      } else if !doubt.kernel.isRecovery {
        open += doubt.missing == nil ? doubt.obstacles : [view.doubtful(doubt.kernel)]
        openSeverity = view.isDecisive(doubt) ? .blocker : openSeverity == .blocker ? .blocker : .warning
      }
    }
    return open.isEmpty ? results : results + [cannotTell(open, openSeverity, facts)]
  }

  private static func cannotTell(_ obstacles: [Obstacle], _ severity: Severity, _ facts: GuestFacts) -> RuleResult {
    Obstacle.result(of: obstacles, words.unknown, severity, remedy: Obstacle.remedy(of: obstacles, facts))
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let files = facts.initramfs, let kernels = facts.kernels else {
      return [.section(.initramfs, .sectionMissing)]
    }
    let counts = ["initramfs", "kernels"].filter { facts.counts?[$0] == nil }.map(Obstacle.count)
    let drivers = files.filter { !$0.drivers.isKnown }.map {
      Obstacle.fact("initramfs[\($0.path)].drivers", of: Subject(kind: Gap.Kind.file.rawValue, name: $0.path))
    }
    let builtIn = kernels.filter { !$0.builtIn.isKnown }.map {
      Obstacle.fact("kernels[\($0.version)].built_in", of: Subject(kind: Gap.Kind.file.rawValue, name: $0.version))
    }
    var none = Obstacle.section(.initramfs, .sectionMissing)
    none.weight = .note
    return counts + drivers + builtIn + (StartableKernel.all(facts).isEmpty ? [none] : [])
  }

  /// No kernel at all, as in a container or where a kernel is handed in from outside: that says nothing, unless it may be
  /// because they could not be seen.
  private static func nothingFound(_ facts: GuestFacts) -> [RuleResult] {
    let hidden = Obstacle.hidden(in: facts, where: Section.initramfs.isTouched)
    if hidden.contains(where: { $0.gap?.reason != .unsupported }), RootDisk(facts) != .other {
      return [cannotTell(hidden, .blocker, facts)]
    }
    guard hidden.isEmpty, facts.state(of: .initramfs) == .complete, facts.gaps != nil else { return [] }
    return [
      RuleResult(
        .unknown, reason: .sectionMissing, severity: .note, title: Statement(words.unknown),
        message: Statement(Words.noKernel),
        evidence: [Evidence(fact: "kernels", value: .array([]), from: "/lib/modules")])
    ]
  }

  // MARK: severity

  /// What decides how much a doubt weighs.
  private struct View {
    let disk: RootDisk
    /// Whether the entries of the boot loader were looked at.
    let knowsEntries: Bool
    /// Whether one kernel is known to be started when nobody chooses.
    let hasDefault: Bool
    /// Whether every kernel but those for repairs lacks a driver for certain, and whether none has all for certain.
    let allLack: Bool
    let noneIsComplete: Bool

    init(_ facts: GuestFacts, _ kernels: [StartableKernel], _ doubts: [Doubt]) {
      disk = RootDisk(facts)
      knowsEntries = facts.boot != nil || facts.state(of: .boot) != nil || facts.counts?["boot_entries"] != nil
      hasDefault = kernels.contains { $0.isDefault == .value(true) }
      let usual = kernels.count { !$0.isRecovery }
      allLack = doubts.count { !$0.kernel.isRecovery && $0.missing != nil } == usual
      noneIsComplete = doubts.count { !$0.kernel.isRecovery } == usual
    }

    /// Whether the root disk of a clone is one that these drivers are needed for; `nil` if that is not known.
    private func isNeeded(_ missing: [String]) -> Bool? {
      switch disk {
      case .unknown: nil
      case .other: false
      case .virtio(let onPCI): onPCI || missing.contains("virtio_blk")
      }
    }

    private func mayBeDefault(_ kernel: StartableKernel) -> Bool {
      switch kernel.isDefault {
      case .value(let isDefault): isDefault
      case .none, .unknown: !hasDefault
      }
    }

    /// What a kernel weighs that lacks drivers for certain; `nil` where it may be the one that decides, and is not
    /// certain to be.
    func severity(_ doubt: Doubt) -> Severity? {
      guard !doubt.kernel.isRecovery else { return .note }
      guard mayBeDefault(doubt.kernel), let isNeeded = isNeeded(doubt.missing ?? []) ?? (isOpen(doubt) ? nil : false)
      else { return mayBeDefault(doubt.kernel) ? nil : .warning }
      guard isNeeded else { return .warning }
      if doubt.kernel.isDefault == .value(true) || allLack { return .blocker }
      return knowsEntries ? nil : .warning
    }

    /// Whether it is open that the server starts with it.
    private func isOpen(_ doubt: Doubt) -> Bool {
      doubt.kernel.isDefault == .value(true) || allLack || knowsEntries
    }

    /// Whether something that cannot be told may be a certain failure of the boot.
    func isDecisive(_ doubt: Doubt) -> Bool {
      guard disk != .other, mayBeDefault(doubt.kernel) else { return false }
      if doubt.missing != nil { return true }
      guard doubt.unread else { return false }
      // Without entries, an installed kernel that has no file beside others that have theirs is hardly started.
      return doubt.kernel.entry != nil || !doubt.kernel.paths.isEmpty || noneIsComplete
    }

    /// That a kernel lacks drivers, and may be the one that is started.
    func doubtful(_ kernel: StartableKernel) -> Obstacle {
      let fact = disk == .unknown ? "mounts[/].device" : "boot.entries[\(kernel.name)].default"
      return Obstacle(
        reason: .factMissing, subject: Subject(kind: Gap.Kind.file.rawValue, name: kernel.entry?.file ?? kernel.name),
        evidence: Evidence(fact: fact, value: .null, from: "not in the facts"),
        sentence: (disk == .unknown ? Words.diskUnknown : Words.defaultUnknown).with(["kernel": .text(kernel.name)]),
        gap: nil)
    }
  }

  // MARK: findings

  private static func failure(
    _ kernel: StartableKernel, _ missing: [String], _ severity: Severity, _ view: View, _ facts: GuestFacts
  ) -> RuleResult {
    let values: [String: StatementValue] = [
      "kernel": .text(kernel.name), "drivers": .list(missing), "files": .list(kernel.paths),
    ]
    let cause = (kernel.paths.isEmpty ? Words.nowhere : Words.notInside).with(values)
    let what =
      switch severity {
      case .blocker: Words.stops
      case .warning: view.disk == .other ? Words.mayMove : Words.notChosen
      case .note: Words.notChosen
      }
    let file = kernel.paths.last { path in
      (facts.initramfs ?? []).contains { $0.path == path && $0.kernelVersion.value != nil }
    }
    let release = kernel.release ?? (facts.initramfs ?? []).first { $0.path == file }?.kernelVersion.value
    return RuleResult(
      .fail, severity: severity, subjects: [subject(kernel)], title: Words.title.with(values),
      message: what.with(["where": .statement(cause)]), evidence: evidence(kernel, release, facts),
      remedy: [InitramfsRemedy.adding(missing, to: file ?? kernel.paths.last, release: release, facts)])
  }

  private static func subject(_ kernel: StartableKernel) -> Subject {
    Subject(kind: Gap.Kind.file.rawValue, name: kernel.paths.last ?? kernel.entry?.file ?? kernel.name)
  }

  private static func evidence(_ kernel: StartableKernel, _ release: String?, _ facts: GuestFacts) -> [Evidence] {
    var evidence: [Evidence] = []
    if let entry = kernel.entry {
      let place = entry.line.map { "\(entry.file), line \($0)" } ?? entry.file
      evidence.append(
        Evidence(fact: "boot.entries[\(entry.title)].kernel", value: entry.kernel.written.json, from: place))
    }
    for path in kernel.paths {
      let drivers = (facts.initramfs ?? []).first { $0.path == path }?.drivers.value ?? []
      evidence.append(Evidence(fact: "initramfs[\(path)].drivers", value: drivers.json, from: path))
    }
    if let release, let own = (facts.kernels ?? []).first(where: { $0.version == release })?.builtIn.value {
      evidence.append(
        Evidence(
          fact: "kernels[\(release)].built_in", value: own.json, from: "/lib/modules/\(release)/modules.builtin"))
    }
    return evidence
  }

  // MARK: words

  enum Words {
    static let noKernel = Wording(
      "No installed kernel and no initial RAM file system was found.", "没有找到已安装的内核和 initramfs。")
    static let title = Wording(
      "Kernel {kernel} does not find virtio disks: it lacks {drivers}", "内核 {kernel} 无法识别 virtio 磁盘：缺少 {drivers}")
    static let notInside = Wording(
      "{drivers} are neither in {files} nor built into the kernel.", "{files} 中没有 {drivers}，内核也未内置。")
    static let nowhere = Wording(
      "The kernel is started without an initial RAM file system, and {drivers} are not built into it.",
      "该内核启动时不使用 initramfs，内核也未内置 {drivers}。")
    static let stops = Wording(
      "{where} The root file system is on a virtio disk, which the kernel then does not find: at its next start the "
        + "server stops before it reaches its root file system, and so does every server made from the image.",
      "{where}根文件系统位于 virtio 磁盘上，内核将找不到该磁盘：下次启动时系统会在挂载根文件系统之前停止，"
        + "用该镜像创建的每台云服务器也是如此。")
    static let mayMove = Wording(
      "{where} This server does not start from a virtio disk, but servers of KVM flavors do: one that is made from the "
        + "image there does not find its root file system.",
      "{where}本云服务器不是从 virtio 磁盘启动，但 KVM 规格的云服务器是：在这类规格上用该镜像创建的云服务器将找不到根文件系统。")
    static let notChosen = Wording(
      "{where} Whoever has this kernel started, on this server or on one made from the image, does not get to the root "
        + "file system.",
      "{where}在本云服务器或用该镜像创建的云服务器上选择启动该内核时，将找不到根文件系统。")
    static let defaultUnknown = Wording(
      "Kernel {kernel} does not find virtio disks, and it is not known whether it is the one that is started.",
      "内核 {kernel} 无法识别 virtio 磁盘，且无法确定默认启动的是否为该内核。")
    static let diskUnknown = Wording(
      "Kernel {kernel} does not find virtio disks, and it is not known whether the root file system is on one.",
      "内核 {kernel} 无法识别 virtio 磁盘，且无法确定根文件系统是否位于 virtio 磁盘上。")
  }

  static let words = RuleWords(
    passed: Wording("Every kernel finds virtio disks", "每个内核都能识别 virtio 磁盘"),
    passedMessage: Wording(
      "virtio_blk and virtio_pci are in the initial RAM file system of every kernel that can be started, or built into it.",
      "每个可启动内核的 initramfs 中都有 virtio_blk 和 virtio_pci，或内核已内置。"),
    unknown: Wording("Cannot tell whether every kernel finds virtio disks", "无法判断每个内核是否都能识别 virtio 磁盘"))

  static let explanation = RuleExplanation(
    title: Wording("A kernel does not find virtio disks", "内核无法识别 virtio 磁盘"),
    meaning: Wording(
      "Fails for every kernel that can be started and has virtio_blk or virtio_pci neither in its initial RAM file system "
        + "nor built in (modules.builtin). A blocker for the kernel that is started when nobody chooses, where the root "
        + "file system is on a virtio disk (vda); a warning for other kernels and other disks; a note for entries that are "
        + "for repairs.",
      "对于每个可启动的内核，如果 virtio_blk 或 virtio_pci 既不在其 initramfs 中，也未内置于内核（modules.builtin），则不通过。"
        + "默认启动的内核且根文件系统位于 virtio 磁盘（vda）时为阻断项；其他内核或其他磁盘为警告；用于修复的启动项为提示。"),
    why: Wording(
      "Before its root file system is mounted, a kernel has only what is built in or in its initial RAM file system. "
        + "Without virtio's drivers it finds no disk on a KVM flavor, and the start ends there.",
      "挂载根文件系统之前，内核只能使用内置的或 initramfs 中的驱动。缺少 virtio 驱动时，在 KVM 规格上找不到任何磁盘，启动随即中止。"),
    fix: Wording(
      "Have the drivers put into the initial RAM file system and make it anew.", "将驱动加入 initramfs 并重新生成。"),
    source: Sources.kvmDrivers)
}

extension Sources {
  static let kvmDrivers = Wording(
    "Initial configuration before a private image is made: Installing Native KVM Drivers",
    "制作私有镜像前的初始化配置：安装原生的 KVM 驱动")
}
