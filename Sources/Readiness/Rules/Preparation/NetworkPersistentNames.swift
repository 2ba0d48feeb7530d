// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `network-persistent-names`: rules of udev bind names of interfaces to this server's hardware addresses.
  public static let networkPersistentNames = PreparationRule(
    id: "network-persistent-names", hazard: .isolation, sections: [.network],
    reads: [
      "network", "network.persistent_rules", "network.persistent_rules[]", "counts.network_persistent_rules",
      "network.persistent_rules[].names", "network.persistent_rules[].generates",
    ],
    explanation: PersistentNames.explanation, words: PersistentNames.words, severity: { _ in .warning },
    blind: .warning, isHidden: { UdevRulesGap.is($0) || !$0.subject.member.hasPrefix("/") },
    failures: PersistentNames.failures, missing: PersistentNames.missing
  ).rule
}

enum PersistentNames {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    inSystem(input.facts) + inInitramfs(input.facts)
  }

  private static func inSystem(_ facts: GuestFacts) -> [RuleResult] {
    (facts.network?.persistentRules ?? []).compactMap { rules in
      guard !rules.names.isEmpty || rules.generates else { return nil }
      let values: [String: StatementValue] = ["file": .text(rules.file), "names": .list(rules.names)]
      let isRenewed = isRenewed(rules, facts)
      return RuleResult(
        .fail, severity: isRenewed ? .note : .warning, subjects: [Subject(kind: "file", name: rules.file)],
        title: (rules.names.isEmpty ? generatesTitle : title).with(values),
        message: (rules.names.isEmpty ? generates : isRenewed ? renewed : message).with(values),
        evidence: [
          Evidence(
            fact: "network.persistent_rules[\(rules.file)].\(rules.names.isEmpty ? "generates" : "names")",
            value: rules.names.isEmpty ? rules.generates.json : rules.names.json, from: rules.file)
        ],
        remedy: [remedy(rules, values)])
    }
  }

  /// Whether cloud-init writes the file on a server made from the image before its network is up, with the interfaces
  /// that it names (`netrules_path` of cloud-init's renderers for ifupdown and for ifcfg files, SUSE's among them).
  private static func isRenewed(_ rules: PersistentNameRules, _ facts: GuestFacts) -> Bool {
    guard let stacks = writers[rules.file], !rules.names.isEmpty, !rules.generates,
      facts.network?.cloudInit == .value(.renders)
    else { return false }
    let interfaces = facts.network?.interfaces ?? []
    return rules.names.allSatisfy { name in
      let own = interfaces.filter { $0.name == name }
      return !own.isEmpty && own.allSatisfy { $0.generated && stacks.contains($0.stack) }
    }
  }

  private static let writers: [String: Set<NetworkStack>] = [
    "/etc/udev/rules.d/70-persistent-net.rules": [.ifupdown, .ifcfg],
    "/etc/udev/rules.d/85-persistent-net-cloud-init.rules": [.wicked],
  ]

  /// Copies inside initial RAM file systems, which name the cards before the system's own files are at hand.
  private static func inInitramfs(_ facts: GuestFacts) -> [RuleResult] {
    (facts.initramfs ?? []).compactMap { file in
      guard let rules = file.persistentRules.value, !rules.isEmpty else { return nil }
      let values: [String: StatementValue] = ["file": .text(file.path), "rules": .list(rules.map { "/\($0)" })]
      let isHarmless = rules.allSatisfy { rule in
        (facts.network?.persistentRules ?? []).contains { $0.file == "/\(rule)" && isRenewed($0, facts) }
      }
      return RuleResult(
        .fail, severity: isHarmless ? .note : .warning,
        subjects: [Subject(kind: Gap.Kind.file.rawValue, name: file.path)], title: insideTitle.with(values),
        message: (isHarmless ? insideRenewed : inside).with(values),
        evidence: [
          Evidence(fact: "initramfs[\(file.path)].persistent_rules", value: rules.json, from: file.path)
        ],
        remedy: [
          .init(
            renew.with(values),
            commands: InitramfsRemedy.renewing(file.path, release: file.kernelVersion.value, facts))
        ])
    }
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard facts.network?.persistentRules != nil else { return [.section(.network, .sectionMissing)] }
    guard facts.counts?["network_persistent_rules"] != nil else { return [.count(of: "network_persistent_rules")] }
    return []
  }

  private static func remedy(
    _ rules: PersistentNameRules, _ values: [String: StatementValue]
  ) -> RuleResult.Step {
    let file = ShellWord(rules.file)
    // An empty file keeps the system's own generator from writing the bindings again; a missing one would not.
    guard rules.generates else { return .init(remove.with(values), commands: file.map { ["rm \($0)"] } ?? []) }
    return .init(empty.with(values), commands: file.map { ["truncate -s 0 \($0)"] } ?? [])
  }

  static let title = Wording("{file} binds {names} to this server's cards", "{file} 将 {names} 绑定到本云服务器的网卡")
  static let message = Wording(
    "The file binds {names} to hardware addresses. A server made from the image has other ones: its cards get other "
      + "names, and what is configured for {names} - addresses, firewall, DHCP - does not apply to them.",
    "该文件将 {names} 绑定到硬件地址。用该镜像创建的云服务器的硬件地址不同：其网卡会得到其他名称，"
      + "为 {names} 所做的配置（地址、防火墙、DHCP）不再生效。")
  static let renewed = Wording(
    "The file binds {names} to hardware addresses. cloud-init wrote it with the configuration of {names}, and writes both "
      + "anew on a server made from the image, before its network is up.",
    "该文件将 {names} 绑定到硬件地址。它由 Cloud-Init 随 {names} 的配置一起写入；用该镜像创建的云服务器会在网络启动之前"
      + "重新写入两者。")
  static let generatesTitle = Wording("{file} has names bound to cards", "{file} 会生成网卡名称的绑定")
  static let generates = Wording(
    "The file has a rule written for every card that is new, so that a server made from the image numbers its cards "
      + "behind those of this one.",
    "该文件会为每块新网卡生成规则，用该镜像创建的云服务器的网卡编号会排在本云服务器之后。")
  static let insideTitle = Wording(
    "{file} holds rules that bind names to cards", "{file} 中含有将名称绑定到网卡的规则")
  static let inside = Wording(
    "The initial RAM file system holds {rules}. They name the cards before the files of the system are at hand: a server "
      + "made from the image, whose cards have other hardware addresses, gets other names than are configured.",
    "initramfs 中含有 {rules}。这些规则在系统自身的文件可用之前就为网卡命名：用该镜像创建的云服务器的硬件地址不同，"
      + "其网卡会得到与配置不符的名称。")
  static let insideRenewed = Wording(
    "The initial RAM file system holds {rules} with the hardware addresses of this server's cards. They match none of the "
      + "cards of a server made from the image, whose own rules cloud-init writes before its network is up.",
    "initramfs 中含有 {rules}，其中是本云服务器网卡的硬件地址。它们与用该镜像创建的云服务器的网卡都不匹配；"
      + "该云服务器自己的规则由 Cloud-Init 在网络启动之前写入。")
  static let renew = Wording(
    "Remove {rules} from the system if it is there too, then make {file} anew.",
    "如果系统中也有 {rules}，请先删除，然后重新生成 {file}。")
  static let remove = Wording(
    "Remove {file}; names at hand stay until the next start. Where the initial RAM file system holds a copy, make it anew "
      + "(update-initramfs -u, or dracut -f).",
    "删除 {file}；下次启动之前现有名称不变。如果 initramfs 中有其副本，请重新生成（update-initramfs -u 或 dracut -f）。")
  static let empty = Wording(
    "Empty {file}: as long as it is there and empty, no bindings are written. Do not remove it.",
    "清空 {file}：该文件存在且为空时不会再生成绑定。请勿删除该文件。")

  static let words = RuleWords(
    passed: Wording("No rule binds names of interfaces to cards", "没有规则将网卡名称绑定到硬件地址"),
    passedMessage: Wording(
      "No file in /etc/udev/rules.d whose name holds \"persistent\" and \"net\" binds a name to a hardware address; an "
        + "empty one does no harm.",
      "/etc/udev/rules.d 中名称含有“persistent”和“net”的文件没有将网卡名称绑定到硬件地址；空文件无害。"),
    unknown: Wording(
      "Cannot tell whether names of interfaces are bound to cards", "无法判断网卡名称是否绑定到硬件地址"))

  static let explanation = RuleExplanation(
    title: Wording("Names of interfaces bound to hardware addresses", "网卡名称绑定到硬件地址"),
    meaning: Wording(
      "Fails for every file in /etc/udev/rules.d whose name holds \"persistent\" and \"net\" and that binds a name to a "
        + "hardware address or has such bindings written, as 70-persistent-net.rules and "
        + "75-persistent-net-generator.rules; and for every initial RAM file system that holds such a file. Empty files "
        + "pass. A warning in every profile; a note where cloud-init wrote the file with the interfaces that it names.",
      "/etc/udev/rules.d 中名称含有“persistent”和“net”的文件（如 70-persistent-net.rules、75-persistent-net-generator.rules）"
        + "将网卡名称绑定到硬件地址或会生成绑定时不通过；initramfs 中含有此类文件时也不通过。空文件视为通过。"
        + "在任何配置下均为警告；如果该文件由 Cloud-Init 随其中的网卡配置一起写入，则为提示。"),
    why: Wording(
      "A clone's cards have other hardware addresses. The first one is then not eth0 but eth1, for which nothing is "
        + "configured, and the server is not reached.",
      "克隆出的云服务器的网卡硬件地址不同，第一块网卡不再是 eth0 而是 eth1，而 eth1 没有任何配置，因此无法访问该云服务器。"),
    fix: Wording(
      "Remove the file with the bindings; empty the generator's file instead of removing it. Make an initial RAM file system "
        + "that holds a copy anew.",
      "删除含有绑定的文件；对于生成绑定的文件，请清空而不要删除。如果 initramfs 中有其副本，请重新生成。"),
    source: Sources.networkRuleFiles)
}
