// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `multipath-bindings-copied`: names that multipath keeps for this server's disks are used to mount.
  public static let multipathBindingsCopied = PreparationRule(
    id: "multipath-bindings-copied", hazard: .bootFailure, sections: [.configuration, .fstab],
    reads: [
      "configuration", "configuration.multipath_bindings", "counts.multipath_bindings", "fstab", "counts.fstab",
    ],
    explanation: CopiedBindings.explanation, words: CopiedBindings.words, severity: { _ in .warning },
    blind: .warning, isHidden: CopiedBindings.isHidden, failures: CopiedBindings.failures,
    missing: CopiedBindings.missing
  ).rule
}

enum CopiedBindings {
  @Sendable static func isHidden(_ gap: Gap) -> Bool {
    if gap.subject.kind == .section, gap.subject.name == Section.configuration.rawValue {
      return !gap.subject.member.hasPrefix("/") || gap.subject.member.hasPrefix("/etc/multipath")
    }
    return FstabLines.isHidden(gap)
  }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let bindings = input.facts.configuration?.multipathBindings ?? []
    guard !bindings.isEmpty else { return [] }
    let mounts = (input.facts.fstab ?? []).compactMap { entry -> RuleResult? in
      guard !entry.isManual, let binding = bindings.first(where: { names($0, entry.spec) }) else { return nil }
      return result(entry, binding, DistributionFamily(input.facts))
    }
    return mounts.isEmpty ? groups(input.facts, bindings) : mounts
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let configuration = facts.configuration else { return [.section(.configuration, .sectionMissing)] }
    guard configuration.multipathBindings != nil else {
      return [
        .fact(
          "configuration.multipath_bindings", of: Subject(kind: "section", name: Section.configuration.rawValue))
      ]
    }
    if facts.counts?["multipath_bindings"] == nil { return [.count(of: "multipath_bindings")] }
    return FstabLines.missing(facts)
  }

  /// Whether a line names the disk of a binding, or a partition of it: `mpatha1`, `mpatha-part1`, `mpathap1`.
  private static func names(_ binding: MultipathBinding, _ spec: String) -> Bool {
    let prefix = "/dev/mapper/\(binding.alias)"
    guard spec.hasPrefix(prefix) else { return false }
    var rest = spec.dropFirst(prefix.count)
    if rest.isEmpty { return true }
    for separator in ["-part", "_part", "p"] where rest.hasPrefix(separator) {
      rest = rest.dropFirst(separator.count)
      break
    }
    return !rest.isEmpty && rest.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func result(
    _ entry: FstabEntry, _ binding: MultipathBinding, _ family: DistributionFamily
  ) -> RuleResult {
    let values = entry.values.merging(Self.values([binding])) { $1 }
    return RuleResult(
      .fail, severity: entry.isExpendable ? .note : .warning,
      subjects: [Subject(kind: Gap.Kind.file.rawValue, name: "/etc/fstab")], title: title.with(values),
      message: message.with(values), evidence: [entry.evidence, evidence(binding)],
      remedy: [
        .init(byUUID.with(values), commands: ShellWord(entry.spec).map { ["blkid \($0)"] } ?? []),
        onClone(binding, values, family),
      ])
  }

  /// A group that rests on such a disk is found by what is on the disk; only its paths may not be joined at first.
  private static func groups(_ facts: GuestFacts, _ bindings: [MultipathBinding]) -> [RuleResult] {
    let bound = (facts.devices ?? []).filter { device in
      device.kind == .multipath && bindings.contains { $0.alias == device.dmName.value }
    }
    let names = Set(bound.map(\.name))
    let resting = (facts.volumeGroups ?? []).filter { group in
      (group.physicalVolumes.value ?? []).contains { volume in
        guard let name = volume.device.value else { return false }
        let parents = (facts.devices ?? []).first { $0.name == name }?.parents.value ?? []
        return names.contains(name) || !names.isDisjoint(with: parents)
      }
    }
    guard !resting.isEmpty,
      let binding = bindings.first(where: { one in bound.contains { $0.dmName.value == one.alias } })
    else { return [] }
    let values = Self.values(bindings).merging(["groups": .list(resting.map(\.name).sorted())]) { $1 }
    return [
      RuleResult(
        .fail, severity: .note, subjects: [Subject(kind: "file", name: binding.file)], title: groupTitle.with(values),
        message: groupMessage.with(values), evidence: [evidence(binding)],
        remedy: [onClone(binding, values, DistributionFamily(facts), nameAnew)])
    ]
  }

  private static func values(_ bindings: [MultipathBinding]) -> [String: StatementValue] {
    ["file": .text(bindings.first?.file ?? ""), "alias": .text(bindings.first?.alias ?? "")]
  }

  private static func evidence(_ binding: MultipathBinding) -> Evidence {
    Evidence(
      fact: "configuration.multipath_bindings[\(binding.alias)].wwid", value: binding.wwid.json,
      from: "\(binding.file), line \(binding.line)")
  }

  private static func onClone(
    _ binding: MultipathBinding, _ values: [String: StatementValue], _ family: DistributionFamily,
    _ wording: Wording = removeOnClone
  ) -> RuleResult.Step {
    .init(
      wording.with(values),
      commands: ["rm -f /etc/multipath/bindings /etc/multipath/wwids", "multipath -r"]
        + (family.rebuildInitramfs.map { [$0] } ?? []))
  }

  static let title = Wording(
    "/etc/fstab line {line} mounts {spec}, a name that multipath keeps for this server's disk",
    "/etc/fstab 第 {line} 行挂载的 {spec} 是 multipath 为本云服务器的磁盘保留的名称")
  static let message = Wording(
    "{file} keeps the name {alias} for the world-wide name of this server's disk. The disk of a server made from the "
      + "image has another one and gets another name, so that {target} is not found there.",
    "{file} 将名称 {alias} 保留给本云服务器磁盘的 WWN。用该镜像创建的云服务器的磁盘 WWN 不同，会得到其他名称，因此找不到 {target}。")
  static let groupTitle = Wording(
    "{groups} rests on disks whose names multipath keeps", "{groups} 位于由 multipath 保留名称的磁盘上")
  static let groupMessage = Wording(
    "{file} keeps names for the world-wide names of this server's disks. On a server made from the image multipath "
      + "gives the disks other names; {groups} is found all the same, by what is on them.",
    "{file} 为本云服务器磁盘的 WWN 保留了名称。在用该镜像创建的云服务器上，multipath 会为磁盘分配其他名称；{groups} 仍可按磁盘内容找到。")
  static let byUUID = Wording(
    "Name it by the UUID that blkid shows in line {line} of /etc/fstab.", "在 /etc/fstab 第 {line} 行使用 blkid 显示的 UUID。")
  static let nameAnew = Wording(
    "On every server made from the image, and not on this one: have multipath give names anew.",
    "在每台用该镜像创建的云服务器上（而不是在本云服务器上）：让 multipath 重新分配名称。")
  static let removeOnClone = Wording(
    "Or on every server made from the image, and not on this one: have multipath give names anew.",
    "或者在每台用该镜像创建的云服务器上（而不是在本云服务器上）：让 multipath 重新分配名称。")

  static let words = RuleWords(
    passed: Wording("Nothing is mounted by a name that multipath keeps", "没有按 multipath 保留的名称进行挂载"),
    passedMessage: Wording(
      "Multipath keeps no names for disks, or /etc/fstab uses none of them.",
      "multipath 没有为磁盘保留名称，或者 /etc/fstab 没有使用这些名称。"),
    unknown: Wording(
      "Cannot tell whether something is mounted by a name that multipath keeps", "无法判断是否按 multipath 保留的名称进行挂载"))

  static let explanation = RuleExplanation(
    title: Wording("Names that multipath keeps for disks", "multipath 为磁盘保留的名称"),
    meaning: Wording(
      "Fails for a line of /etc/fstab that is used at boot and names a device by an alias in /etc/multipath/bindings. "
        + "A warning in every profile; a note where the server starts without the mount, and where only volume groups "
        + "rest on such devices, since those are found by what is on the disks.",
      "如果 /etc/fstab 中开机时使用的某一行按 /etc/multipath/bindings 中的别名指定设备，则不通过。在任何配置下均为警告；"
        + "云服务器没有该挂载也能启动时为提示；只有卷组位于这些设备上时也为提示，因为卷组按磁盘内容查找。"),
    why: Wording(
      "The file binds an alias to the world-wide name of a disk. A copy of the disk has another one, gets another "
        + "alias, and what waits for the old one waits in vain.",
      "该文件将别名绑定到磁盘的 WWN。磁盘副本的 WWN 不同，会得到其他别名，等待原别名的挂载将一直等不到。"),
    fix: Wording(
      "Name the device by UUID= in /etc/fstab.", "在 /etc/fstab 中使用 UUID= 指定设备。"),
    source: Sources.bindings)
}

extension Sources {
  static let bindings = Wording(
    "What a server made from the image has in common with this one: multipath's bindings (multipath.conf(5), "
      + "bindings_file)",
    "用镜像创建的云服务器与本云服务器的共同之处：multipath 的名称绑定（multipath.conf(5) bindings_file）")
}
