// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Something that keeps a rule from passing although it did not fail.
struct Obstacle: Sendable {
  /// The kind of obstacle.
  var reason: FindingReason
  /// What is concerned.
  var subject: Subject?
  /// What the facts say, or that they say nothing.
  var evidence: Evidence
  /// The obstacle in a sentence.
  var sentence: Statement
  /// The gap behind it.
  var gap: Gap?
  /// How much it weighs, where that is not as the rule says.
  var weight: Severity?

  /// The operating system's family is not known.
  static let systemUnknown = absent(.systemUnknown, "guest.os.family", Statement(Sentences.systemUnknown))

  /// The gaps that may hide what a rule looks for, in their order.
  static func hidden(in facts: GuestFacts, from kinds: Set<Gap.Kind>) -> [Obstacle] {
    hidden(in: facts) { $0.hidesStorage && concerns($0, kinds) }
  }

  /// The gaps that hide what a rule looks for, in their order.
  static func hidden(in facts: GuestFacts, where isHidden: (Gap) -> Bool) -> [Obstacle] {
    let gaps = (facts.gaps ?? []).filter(isHidden)
    guard !gaps.isEmpty else { return [] }
    let names = GapNames(facts)
    return gaps.map { gap in
      let name = names.name(of: gap.subject)
      let member = gap.subject.member.isEmpty ? "" : ".\(gap.subject.member)"
      return Obstacle(
        reason: .storageHidden,
        subject: Subject(kind: gap.subject.kind.rawValue, name: name, uuid: names.uuid(of: gap.subject)),
        evidence: Evidence(
          fact: "gaps[\(gap.subject.kind.rawValue) \(gap.subject.name)]\(member)", value: gap.reason.json,
          from: gap.detail),
        sentence: GapWords.sentence(gap, name: name), gap: gap)
    }
  }

  /// Whether a gap may hide what lies on things of these kinds.
  private static func concerns(_ gap: Gap, _ kinds: Set<Gap.Kind>) -> Bool {
    switch gap.subject.kind {
    case .section:
      switch Section(rawValue: gap.subject.name) {
      case .devices: kinds.contains(.device)
      case .volumeGroups: kinds.contains(.volumeGroup)
      case .raidArrays: kinds.contains(.raidArray)
      case .multiDeviceFileSystems: kinds.contains(.fileSystem)
      case .guest, .mounts, .swaps, .fstab, .network, .boot, .initramfs, .cloudInit, .configuration, .windows,
        .windowsPreparation, nil:
        true
      }
    case .windowsDisk, .windowsVolume, .mount, .file: true
    case .device, .physicalVolume, .volumeGroup, .logicalVolume, .raidArray, .fileSystem:
      kinds.contains(gap.subject.kind)
    }
  }

  /// What is missing of the things that every rule on storage stands on.
  static func ground(of facts: GuestFacts, _ section: Section) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    for section in section == .devices ? [section] : [.devices, section] {
      let name = section.rawValue
      let there = section == .devices ? facts.devices != nil : facts.arrayIsThere(section)
      switch facts.state(of: section) {
      case .complete: break
      case .partial:
        // "Something was not looked at: gaps say what." Where none does, anything may be missing.
        if facts.gaps?.isEmpty ?? true {
          obstacles.append(
            absent(.sectionUnexplained, "sections.\(name)", Sentences.sectionUnexplained.with(["section": .text(name)]))
          )
        }
      case .absent, nil:
        obstacles.append(
          absent(.sectionMissing, "sections.\(name)", Sentences.sectionMissing.with(["section": .text(name)])))
      }
      if !there {
        obstacles.append(absent(.sectionMissing, name, Sentences.sectionMissing.with(["section": .text(name)])))
      }
      if facts.counts?[name] == nil {
        obstacles.append(absent(.countMissing, "counts.\(name)", Sentences.countMissing.with(["array": .text(name)])))
      }
    }
    if facts.devices?.isEmpty ?? false {
      obstacles.insert(absent(.noDevice, "devices", Statement(Sentences.noDevice)), at: 0)
    }
    if facts.gaps == nil {
      obstacles.append(.gapsMissing)
    }
    if facts.counts?["gaps"] == nil {
      obstacles.append(.count(of: "gaps"))
    }
    return obstacles
  }

  /// A section that was not looked at, or in part without a word on what is missing.
  static func section(_ section: Section, _ reason: FindingReason) -> Obstacle {
    let wording = reason == .sectionUnexplained ? Sentences.sectionUnexplained : Sentences.sectionMissing
    return absent(reason, "sections.\(section.rawValue)", wording.with(["section": .text(section.rawValue)]))
  }

  /// The document does not say whether there are gaps.
  static let gapsMissing = absent(.gapsMissing, "gaps", Statement(Sentences.gapsMissing))

  /// An array carries no count.
  static func count(of array: String) -> Obstacle {
    absent(.countMissing, "counts.\(array)", Sentences.countMissing.with(["array": .text(array)]))
  }

  /// A single fact that is not in the document.
  static func fact(_ path: String, of subject: Subject, weight: Severity? = nil) -> Obstacle {
    var obstacle = absent(.factMissing, path, Sentences.factMissing.with(["fact": .text(path)]), subject)
    obstacle.weight = weight
    return obstacle
  }

  private static func absent(
    _ reason: FindingReason, _ fact: String, _ sentence: Statement, _ subject: Subject? = nil
  ) -> Obstacle {
    Obstacle(
      reason: reason, subject: subject, evidence: Evidence(fact: fact, value: .null, from: "not in the facts"),
      sentence: sentence, gap: nil)
  }
}

extension Obstacle {
  /// What is concerned, each once.
  static func subjects(of obstacles: [Obstacle]) -> [Subject] {
    var seen: Set<String> = []
    return obstacles.compactMap(\.subject).filter { seen.insert("\($0.kind) \($0.name) \($0.uuid ?? "")").inserted }
  }

  /// Why the rule cannot tell.
  static func message(of obstacles: [Obstacle]) -> Statement {
    guard let first = obstacles.first else { return Statement(Rule.noAnswer) }
    guard obstacles.count > 1 else { return first.sentence }
    return Sentences.andMore.with(["first": .statement(first.sentence), "count": .number(obstacles.count - 1)])
  }

  /// What to do: for gaps by their reasons; for facts that are missing without a gap, to look again.
  static func remedy(of obstacles: [Obstacle], _ facts: GuestFacts) -> [RuleResult.Step] {
    let gaps = obstacles.compactMap(\.gap)
    if !gaps.isEmpty {
      // From inside a container the reasons of gaps say little: what is not there may be outside.
      let isEnclosed = facts.visibility.contains { [.container, .chroot, .sandbox].contains($0.limit) }
      return (isEnclosed ? [lookOutside] : []) + GapWords.remedy(for: gaps, facts)
    }
    if obstacles.contains(where: { $0.reason == .systemUnknown }) { return [.init(Statement(Sentences.nameSystem))] }
    if obstacles.contains(where: { $0.reason == .noDevice }) {
      return [lookOutside]
    }
    return [.init(Statement(Sentences.lookAgain))]
  }

  /// What a rule answers that cannot tell for these: why, and what to do.
  static func result(
    of obstacles: [Obstacle], _ title: Wording, _ severity: Severity? = nil, remedy: [RuleResult.Step]
  ) -> RuleResult {
    RuleResult(
      .unknown, reason: obstacles.first?.reason, severity: severity, subjects: subjects(of: obstacles),
      title: Statement(title), message: message(of: obstacles), evidence: obstacles.map(\.evidence), remedy: remedy)
  }

  private static let lookOutside = RuleResult.Step(
    Statement(Sentences.lookWhereDevicesAre), commands: ["sudo wholeimage-agent check"])

  /// The sentences about what is missing.
  enum Sentences {
    static let systemUnknown = Wording(
      "It is not known whether this guest runs Linux or Windows.", "无法确定该云服务器运行 Linux 还是 Windows。")
    static let noDevice = Wording(
      "No block device at all was seen, which no server can be.", "没有看到任何块设备，这对云服务器来说是不可能的。")
    static let sectionMissing = Wording(
      "The facts do not say what was looked at in {section}.", "采集结果没有说明 {section} 部分的检查情况。")
    static let sectionUnexplained = Wording(
      "The facts say that {section} was looked at only in part, and no gap says what is missing.",
      "采集结果表明 {section} 只检查了一部分，但没有说明缺少什么。")
    static let countMissing = Wording(
      "The facts carry no count of {array}, so a lost entry would not be noticed.",
      "采集结果缺少 {array} 的数量，若有条目丢失将无法发现。")
    static let gapsMissing = Wording(
      "The facts do not say whether anything could not be seen.", "采集结果没有说明是否存在未能检查的内容。")
    static let factMissing = Wording("The fact {fact} is missing.", "缺少事实 {fact}。")
    static let andMore = Wording("{first} ({count} more like this.)", "{first}（另有 {count} 项类似情况。）")
    static let nameSystem = Wording(
      "Check with an agent that runs in the guest; for image files, name the system with --os-family.",
      "请在云服务器内部运行检查；检查镜像文件时请用 --os-family 指明操作系统。")
    static let lookWhereDevicesAre = Wording(
      "Check again as root in the guest itself, outside of any container.",
      "请以 root 身份在云服务器内（而不是容器内）重新检查。")
    static let lookAgain = Wording(
      "The facts are incomplete. Inspect the guest again with a current agent.",
      "采集结果不完整。请使用最新版本的 agent 重新检查该云服务器。")
  }
}

extension GuestFacts {
  fileprivate func arrayIsThere(_ section: Section) -> Bool {
    switch section {
    case .devices: devices != nil
    case .volumeGroups: volumeGroups != nil
    case .raidArrays: raidArrays != nil
    case .multiDeviceFileSystems: multiDeviceFileSystems != nil
    case .guest: true
    case .mounts: mounts != nil
    case .swaps: swaps != nil
    case .fstab: fstab != nil
    case .windows: windows != nil
    case .windowsPreparation: windowsPreparation != nil
    case .network: network != nil
    case .boot: boot != nil
    case .initramfs: initramfs != nil && kernels != nil
    case .cloudInit: cloudInit != nil
    case .configuration: configuration != nil
    }
  }
}
