// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the rules on the boot loader's entries have in common.
enum BootEntries {
  /// What an entry is to a server that starts by itself.
  enum Part: Sendable {
    /// It is started.
    case started
    /// It may be: the entry that is started is not known.
    case possible
    /// Somebody may choose it.
    case selectable
    /// Somebody may choose it to repair the system.
    case recovery
  }

  /// What each entry is.
  static func parts(of entries: [BootEntry]) -> [Part] {
    let isKnown = entries.contains { $0.isDefault == .value(true) }
    return entries.map { entry in
      if entry.isDefault == .value(true) { return .started }
      if entry.isRecovery { return .recovery }
      if case .value(false) = entry.isDefault { return .selectable }
      return isKnown ? .selectable : .possible
    }
  }

  /// What entries weigh of which something is certainly missing: those that are started are blockers, the others are not.
  ///
  /// Where the entry that is started is not known, all of them missing it are as certain as one. Where only some are and no
  /// gap says why it is not known, there is no saying: `nil`.
  static func weights(of fails: [Bool], in entries: [BootEntry], _ facts: GuestFacts) -> [Severity?] {
    let parts = parts(of: entries)
    let possible = entries.indices.filter { parts[$0] == .possible }
    let allFail = possible.allSatisfy { fails[$0] }
    let isExplained = (facts.gaps ?? []).contains { $0.subject.name == Section.boot.rawValue && isUnsupported($0) }
    return parts.map { part in
      switch part {
      case .started: .blocker
      case .possible: allFail ? .blocker : isExplained ? .warning : nil
      case .selectable: .warning
      case .recovery: .note
      }
    }
  }

  /// What is missing of the entries themselves.
  static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let boot = facts.boot, boot.entries != nil else { return [.section(.boot, .sectionMissing)] }
    if facts.counts?["boot_entries"] == nil { return [.count(of: "boot_entries")] }
    return boot.loader.isKnown || hasGap(facts) ? [] : [.fact("boot.loader", of: subject)]
  }

  /// An entry of which a fact is not known: a fact that is missing, unless a gap of the same member says so already.
  static func unknown(_ member: String, of entry: BootEntry, _ part: Part, _ facts: GuestFacts) -> Obstacle? {
    guard !hasGap(facts, "entries[].\(member)") else { return nil }
    let weight: Severity? =
      switch part {
      case .started, .possible: nil
      case .selectable: .warning
      case .recovery: .note
      }
    return .fact("boot.entries[\(entry.title)].\(member)", of: Subject(kind: "file", name: entry.file), weight: weight)
  }

  private static let subject = Subject(kind: "section", name: Section.boot.rawValue)

  private static func hasGap(_ facts: GuestFacts, _ member: String? = nil) -> Bool {
    (facts.gaps ?? []).contains { gap in
      gap.subject.kind == .section && gap.subject.name == Section.boot.rawValue
        && (member == nil || gap.subject.member == member)
    }
  }

  private static func isUnsupported(_ gap: Gap) -> Bool { gap.subject.kind == .section && gap.reason == .unsupported }

  /// What is understood only in part may hide the entry that is started, and is most often none of it.
  @Sendable static func weight(_ gap: Gap) -> Severity? { isUnsupported(gap) ? .warning : nil }

  /// Gaps that say nothing of what entries name as root.
  @Sendable static func hidesRoots(_ gap: Gap) -> Bool {
    let member = gap.subject.member
    return member != "/proc/cmdline" && member != "entries[].default" && !member.hasPrefix("entries[].kernel")
      && !member.hasPrefix("entries[].initramfs")
  }

  /// No entry at all: servers start by other means too, as a unified kernel image or a kernel that the host loads.
  static func noEntry(_ facts: GuestFacts, _ title: Wording) -> RuleResult? {
    guard facts.boot?.entries?.isEmpty ?? true else { return nil }
    return RuleResult(
      .unknown, reason: .sectionMissing, severity: .note, subjects: [subject], title: Statement(title),
      message: Statement(none), evidence: [Evidence(fact: "boot.entries", value: .array([]), from: "boot")],
      remedy: [.init(Statement(byHand))])
  }

  private static let none = Wording(
    "No entry of a boot loader that is known here was found; the server starts by other means.",
    "没有找到此版本能识别的引导项；该云服务器通过其他方式启动。")
  private static let byHand = Wording(
    "Judge by hand how a server made from the image starts.", "请人工判断用该镜像创建的云服务器如何启动。")

  /// Where an entry stands, for people.
  static func place(of entry: BootEntry) -> String { entry.line.map { "\(entry.file):\($0)" } ?? entry.file }

  /// Titles of entries; the same one twice stands in two menus, and is named once.
  static func titles(of entries: [BootEntry]) -> [String] {
    var seen: Set<String> = []
    return entries.map(\.title).filter { seen.insert($0).inserted }
  }
}
