// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `boot-files-missing`: an entry of the boot loader loads a kernel or an initial RAM file system that does not exist.
  public static let bootFilesMissing = PreparationRule(
    id: "boot-files-missing", hazard: .bootFailure, sections: [.boot, .mounts],
    reads: [
      "boot", "boot.loader", "boot.entries", "boot.entries[].kernel.path", "boot.entries[].initramfs[].path",
      "counts.boot_entries", "mounts",
    ],
    explanation: MissingFiles.explanation, words: MissingFiles.words, severity: { _ in .blocker }, blind: .blocker,
    weight: BootEntries.weight, instead: { BootEntries.noEntry($0, MissingFiles.words.unknown) },
    isHidden: MissingFiles.isHidden, failures: MissingFiles.failures, missing: MissingFiles.missing
  ).rule
}

enum MissingFiles {
  @Sendable static func isHidden(_ gap: Gap) -> Bool {
    ![
      "/proc/cmdline", "entries[].default", "entries[].kernel_version", "entries[].root", "entries[].root_device",
    ].contains(gap.subject.member)
  }

  /// The files that an entry loads and that are certainly not there.
  private static func gone(_ entry: BootEntry) -> [BootFile] {
    ([entry.kernel] + entry.initramfs).filter { file in
      if case .none = file.path { return true }
      return false
    }
  }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let entries = input.facts.boot?.entries ?? []
    let fails = entries.map { !gone($0).isEmpty }
    guard fails.contains(true) else { return [] }
    let weights = BootEntries.weights(of: fails, in: entries, input.facts)
    return entries.indices.compactMap { index in
      guard fails[index], let weight = weights[index] else { return nil }
      return result(entries[index], weight, input.facts)
    }
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    let missing = BootEntries.missing(facts)
    guard missing.isEmpty, let entries = facts.boot?.entries else { return missing }
    let fails = entries.map { !gone($0).isEmpty }
    let weights = BootEntries.weights(of: fails, in: entries, facts)
    var obstacles: [Obstacle] = facts.mounts == nil ? [.section(.mounts, .sectionMissing)] : []
    for (index, part) in BootEntries.parts(of: entries).enumerated() {
      let entry = entries[index]
      if !entry.kernel.path.isKnown {
        BootEntries.unknown("kernel.path", of: entry, part, facts).map { obstacles.append($0) }
      }
      if entry.initramfs.contains(where: { !$0.path.isKnown }) {
        BootEntries.unknown("initramfs[].path", of: entry, part, facts).map { obstacles.append($0) }
      }
      if fails[index], weights[index] == nil {
        obstacles.append(.fact("boot.entries[\(entry.title)].default", of: Subject(kind: "file", name: entry.file)))
      }
    }
    return obstacles
  }

  private static func result(_ entry: BootEntry, _ severity: Severity, _ facts: GuestFacts) -> RuleResult {
    let files = gone(entry)
    let values: [String: StatementValue] = [
      "entry": .text(entry.title), "files": .list(files.map(\.written)), "place": .text(BootEntries.place(of: entry)),
    ]
    let isKernel = files.contains(entry.kernel)
    let member = isKernel ? "kernel.path" : "initramfs[].path"
    return RuleResult(
      .fail, severity: severity, subjects: files.map { Subject(kind: "file", name: $0.written) },
      title: title.with(values), message: (severity == .blocker ? stops : mayStop).with(values),
      evidence: [
        Evidence(
          fact: "boot.entries[\(entry.title)].\(member)", value: files.map(\.written).json,
          from: BootEntries.place(of: entry))
      ], remedy: BootRemedy.files(entry, isKernel: isKernel, isStarted: severity == .blocker, values, facts))
  }

  static let title = Wording(
    "{entry} loads files that do not exist: {files}", "引导项“{entry}”加载的文件不存在：{files}")
  static let stops = Wording(
    "{place} loads {files}, which the file system does not have, and it is what this server starts next time. It stops in "
      + "the boot loader, and so does every server made from the image.",
    "{place} 要加载 {files}，而文件系统中没有这些文件，且它是本云服务器下次启动所用的引导项。系统会停在引导程序中；"
      + "用该镜像创建的每台云服务器也是如此。")
  static let mayStop = Wording(
    "{place} loads {files}, which the file system does not have. It is not what is started when nobody chooses; whoever "
      + "chooses it does not get a system.",
    "{place} 要加载 {files}，而文件系统中没有这些文件。它不是默认启动的引导项；选用它则无法进入系统。")

  static let words = RuleWords(
    passed: Wording("Every file that the boot loader loads exists", "引导项加载的文件都存在"),
    passedMessage: Wording(
      "The kernel and the initial RAM file systems of each entry of the boot loader are there.",
      "引导程序中每个引导项的内核和 initramfs 都存在。"),
    unknown: Wording(
      "Cannot tell whether every file that the boot loader loads exists", "无法判断引导项加载的文件是否都存在"))

  static let explanation = RuleExplanation(
    title: Wording("The boot loader loads files that do not exist", "引导项加载的文件不存在"),
    meaning: Wording(
      "Fails for entries of GRUB, GRUB legacy and systemd-boot whose kernel or initial RAM file system is not on the file "
        + "system that the entry names. A blocker for the entry that is started when nobody chooses, a warning for "
        + "others, a note for entries for repairs. A file on a file system that is not mounted cannot be told.",
      "GRUB、GRUB legacy、systemd-boot 的引导项所加载的内核或 initramfs 不在其指定的文件系统上时不通过。默认启动的引导项为阻断项，"
        + "其他引导项为警告，用于修复的引导项为提示。文件系统未挂载时无法判断。"),
    why: Wording(
      "The boot loader stops with \"file not found\", on this server at its next start and on every one made from its "
        + "image: a kernel that was removed, or an update of which the last step failed.",
      "引导程序会以“file not found”停止，本云服务器下次启动和用其镜像创建的云服务器都是如此：通常是内核已被删除，"
        + "或更新的最后一步失败。"),
    fix: Wording(
      "Make the file anew (update-initramfs, dracut), install the kernel again, or have the boot loader's configuration "
        + "made anew without the entry.",
      "重新生成该文件（update-initramfs、dracut），重新安装内核，或重新生成不含该引导项的引导配置。"),
    source: Sources.bootFilesExist)
}
