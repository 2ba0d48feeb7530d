// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What a gap means in words, and what to do about it.
enum GapWords {
  /// The file of the guest's configuration that a gap is about: of some sections the members are files.
  static func configurationFile(_ gap: Gap) -> String? {
    guard gap.subject.kind == .section, gap.subject.member.hasPrefix("/") else { return nil }
    return gap.subject.member
  }

  /// The gap in a sentence.
  static func sentence(_ gap: Gap, name: String) -> Statement {
    if let file = configurationFile(gap) {
      let values: [String: StatementValue] = [
        "file": .text(file), "reason": .statement(Statement(reason(gap.reason))), "detail": .text(gap.detail),
      ]
      return Statement(gap.detail.isEmpty ? Words.file : Words.fileDetailed, values)
    }
    let values: [String: StatementValue] = [
      "kind": .statement(Statement(kind(gap.subject.kind))), "name": .text(name),
      "reason": .statement(Statement(reason(gap.reason))), "detail": .text(gap.detail),
      "member": .text(gap.subject.member),
    ]
    switch (gap.subject.member.isEmpty, gap.detail.isEmpty) {
    case (true, true): return Statement(Words.plain, values)
    case (true, false): return Statement(Words.detailed, values)
    case (false, true): return Statement(Words.member, values)
    case (false, false): return Statement(Words.memberDetailed, values)
    }
  }

  /// What to do about gaps, a step for each reason among them.
  static func remedy(for gaps: [Gap], _ facts: GuestFacts) -> [RuleResult.Step] {
    let files = gaps.filter { configurationFile($0) != nil && $0.reason != .notPermitted }
    let others = gaps.filter { configurationFile($0) == nil || $0.reason == .notPermitted }
    var steps = others.isEmpty ? [] : remedyByReason(others, facts)
    if !files.isEmpty {
      let list = files.compactMap(configurationFile)
      steps.append(RuleResult.Step(Words.readFiles.with(["names": .list(list)])))
    }
    return steps
  }

  private static func remedyByReason(_ gaps: [Gap], _ facts: GuestFacts) -> [RuleResult.Step] {
    let names = GapNames(facts)
    var order: [Gap.Reason] = []
    var byReason: [Gap.Reason: [Gap]] = [:]
    for gap in gaps {
      if byReason[gap.reason] == nil { order.append(gap.reason) }
      byReason[gap.reason, default: []].append(gap)
    }
    return order.map { reason in
      var seen: Set<String> = []
      let subjects = (byReason[reason] ?? []).filter {
        seen.insert(configurationFile($0) ?? "\($0.subject.kind) \($0.subject.name)").inserted
      }
      let list = subjects.map { configurationFile($0) ?? names.name(of: $0.subject) }
      return RuleResult.Step(
        remedy(reason).with(["names": .list(list)]), commands: commands(reason, subjects, names))
    }
  }

  /// Commands that can be given exactly; each only looks or is what the remedy's words say.
  private static func commands(_ reason: Gap.Reason, _ gaps: [Gap], _ names: GapNames) -> [String] {
    switch reason {
    case .notPermitted: ["sudo wholeimage-agent check"]
    case .encrypted:
      each(gaps, names) { device, path in
        guard device.content.value?.type == "crypto_LUKS", !device.name.contains("/"), !device.name.contains("!"),
          let mapping = ShellWord("open-\(device.name)")
        else { return nil }
        return "cryptsetup open \(path) \(mapping)"
      }
    case .suspended:
      each(gaps, names) { device, _ in
        device.dmName.value.flatMap(ShellWord.init).map { "dmsetup resume \($0)" }
      }
    case .ambiguous: each(gaps, names) { _, path in "wipefs --no-act \(path)" }
    case .timedOut, .unreadable, .inconsistent, .malformed, .unsupported, .truncated: []
    }
  }

  private static func each(
    _ gaps: [Gap], _ names: GapNames, _ command: (Device, ShellWord) -> String?
  ) -> [String] {
    gaps.compactMap { gap in
      guard gap.subject.kind == .device, let device = names.device(gap.subject.name),
        let path = ShellWord(device.path)
      else { return nil }
      return command(device, path)
    }
  }

  /// A kind of subject in words.
  static func kind(_ kind: Gap.Kind) -> Wording {
    switch kind {
    case .device: Wording("device", "设备")
    case .physicalVolume: Wording("physical volume", "物理卷")
    case .volumeGroup: Wording("volume group", "卷组")
    case .logicalVolume: Wording("logical volume", "逻辑卷")
    case .raidArray: Wording("RAID array", "RAID 阵列")
    case .fileSystem: Wording("file system", "文件系统")
    case .mount: Wording("mount", "挂载")
    case .file: Wording("file", "文件")
    case .section: Wording("section", "采集项")
    case .windowsDisk: Wording("Windows disk", "Windows 磁盘")
    case .windowsVolume: Wording("Windows volume", "Windows 卷")
    }
  }

  /// A reason in words.
  static func reason(_ reason: Gap.Reason) -> Wording {
    switch reason {
    case .timedOut: Wording("it did not answer in time", "未在规定时间内响应")
    case .suspended: Wording("it is suspended", "已被挂起")
    case .unreadable: Wording("it could not be read", "无法读取")
    case .ambiguous: Wording("it can be read in more than one way", "内容有多种解释")
    case .inconsistent: Wording("two sources contradict each other", "两个来源互相矛盾")
    case .malformed: Wording("its content makes no sense", "内容格式错误")
    case .encrypted: Wording("it is locked by encryption", "已加密且未解锁")
    case .unsupported: Wording("its kind is not understood", "类型不受支持")
    case .notPermitted: Wording("no permission to read it", "没有读取权限")
    case .truncated: Wording("it is cut off", "内容被截断")
    }
  }

  /// What to do about gaps of a reason.
  static func remedy(_ reason: Gap.Reason) -> Wording {
    switch reason {
    case .timedOut:
      Wording(
        "No answer in time from {names}. Look for I/O errors (dmesg), bring the storage back, and check again.",
        "{names} 没有响应。请查看 dmesg 中的 I/O 错误，恢复存储后重新检查。")
    case .suspended:
      Wording(
        "Suspended, or resting on a suspended device: {names}. Unless something holds it on purpose just now "
          + "(a snapshot, a resize), resume it and check again.",
        "{names} 已被挂起，或其下层设备已被挂起。如果不是正在进行的操作（快照、扩容）有意为之，请恢复后重新检查。")
    case .unreadable:
      Wording(
        "Reading {names} failed. Look for I/O errors (dmesg), repair or detach the disk, and check again.",
        "读取 {names} 失败。请查看 dmesg 中的 I/O 错误，修复或卸载该磁盘后重新检查。")
    case .ambiguous:
      Wording(
        "Readable as more than one thing: {names}. List the signatures, take out the stale one when it is "
          + "certain which that is, and check again.",
        "{names} 上有多种签名。请列出签名，确认并清除残留的签名后重新检查。")
    case .inconsistent:
      Wording(
        "For {names} the disk and the kernel, or two copies on disk, contradict each other. Let the kernel read "
          + "the disk anew (partprobe, or a reboot), and check again.",
        "{names} 的磁盘内容与内核状态（或两份磁盘副本）互相矛盾。请让内核重新读取磁盘（partprobe 或重启）后重新检查。")
    case .malformed:
      Wording(
        "Damaged content: {names}. Examine it (for LVM with pvck and vgck), repair it, and check again.",
        "{names} 上的内容已损坏。请检查（LVM 可使用 pvck 和 vgck）并修复后重新检查。")
    case .encrypted:
      Wording(
        "Locked, so that what is inside is not known: {names}. Unlock it and check again.",
        "{names} 已加密且未解锁，无法得知其中内容。请解锁后重新检查。")
    case .unsupported:
      Wording(
        "Not understood by this version: {names}. Try a newer version, or have somebody who knows the layout "
          + "judge by hand.",
        "此版本无法识别 {names} 的类型。请尝试更新的版本，或由了解该存储布局的人员人工判断。")
    case .notPermitted:
      Wording(
        "No permission to read {names}. Check again as root, outside of containers and sandboxes.",
        "没有读取 {names} 的权限。请以 root 身份在容器和沙箱之外重新检查。")
    case .truncated:
      Wording(
        "Cut off: {names}. Take it again in full.",
        "读取到的 {names} 内容不完整。请重新完整采集。")
    }
  }

  enum Words {
    static let file = Wording("Could not tell what {file} says: {reason}.", "无法得知 {file} 的内容：{reason}。")
    static let fileDetailed = Wording(
      "Could not tell what {file} says: {reason} ({detail}).", "无法得知 {file} 的内容：{reason}（{detail}）。")
    static let readFiles = Wording(
      "Look into {names}: put right what makes no sense, or judge by hand what this version does not understand, and "
        + "check again.",
      "请查看 {names}：修正格式错误的内容，此版本无法识别的内容请人工判断，然后重新检查。")
    static let member = Wording(
      "Could not see {member} of {kind} {name}: {reason}.", "未能获取{kind} {name} 的 {member}：{reason}。")
    static let memberDetailed = Wording(
      "Could not see {member} of {kind} {name}: {reason} ({detail}).",
      "未能获取{kind} {name} 的 {member}：{reason}（{detail}）。")
    static let plain = Wording("Could not look at {kind} {name}: {reason}.", "未能检查{kind} {name}：{reason}。")
    static let detailed = Wording(
      "Could not look at {kind} {name}: {reason} ({detail}).", "未能检查{kind} {name}：{reason}（{detail}）。")
  }
}
