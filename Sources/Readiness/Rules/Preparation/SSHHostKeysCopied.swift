// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `ssh-host-keys-copied`: a server made from the image proves to be this one.
  public static let sshHostKeysCopied = PreparationRule(
    id: "ssh-host-keys-copied", hazard: .isolation, sections: [.configuration, .cloudInit],
    reads: CloudInitFault.reads + [
      "cloud_init.renews_host_keys", "configuration", "configuration.ssh_host_keys", "configuration.ssh_server",
      "counts.ssh_host_keys",
    ],
    explanation: HostKeys.explanation, words: HostKeys.words, severity: { _ in .warning }, blind: .warning,
    isHidden: HostKeys.isHidden, failures: HostKeys.failures, missing: HostKeys.missing
  ).rule
}

enum HostKeys {
  /// Gaps at whatever else a copy has in common say nothing of keys.
  @Sendable static func isHidden(_ gap: Gap) -> Bool {
    let others = ["/etc/machine-id", "/var/lib/dbus", "/etc/lvm", "/etc/multipath"]
    return !others.contains { gap.subject.member.hasPrefix($0) }
  }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    guard let configuration = input.facts.configuration, let keys = configuration.hostKeys, !keys.isEmpty,
      let cloud = input.facts.cloudInit, isPresented(configuration)
    else { return [] }
    let message: Wording
    let evidence: Evidence
    if CloudInitFault(cloud) != nil {
      message = nobodyRenews
      evidence = Evidence(fact: "configuration.ssh_host_keys", value: keys.json, from: "/etc/ssh")
    } else if cloud.renewsHostKeys == .value(false) {
      message = notRenewed
      evidence = Evidence(fact: "cloud_init.renews_host_keys", value: false.json, from: "/etc/cloud/cloud.cfg")
    } else {
      return []
    }
    let values: [String: StatementValue] = ["keys": .list(keys)]
    return [
      RuleResult(
        .fail, severity: configuration.sshServer == .value(.installed) ? .note : .warning,
        subjects: [Subject(kind: "file", name: "/etc/ssh")], title: title.with(values), message: message.with(values),
        evidence: [evidence], remedy: remedy(cloud, values))
    ]
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let configuration = facts.configuration else { return [.section(.configuration, .sectionMissing)] }
    let subject = Subject(kind: "section", name: Section.configuration.rawValue)
    guard configuration.hostKeys != nil else { return [.fact("configuration.ssh_host_keys", of: subject)] }
    guard facts.counts?["ssh_host_keys"] != nil else { return [.count(of: "ssh_host_keys")] }
    guard configuration.sshServer.isKnown else { return [.fact("configuration.ssh_server", of: subject)] }
    guard facts.cloudInit?.renewsHostKeys.isKnown ?? false else {
      return [
        .fact("cloud_init.renews_host_keys", of: Subject(kind: "section", name: Section.cloudInit.rawValue))
      ]
    }
    return CloudInitFault.missing(facts)
  }

  /// Whether there is a server that shows the keys.
  private static func isPresented(_ configuration: ConfigurationFacts) -> Bool {
    if case .none = configuration.sshServer { return false }
    return true
  }

  private static func remedy(_ cloud: CloudInitFacts, _ values: [String: StatementValue]) -> [RuleResult.Step] {
    let anew = RuleResult.Step(
      makeAnew.with(values),
      commands: [
        "rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub", "ssh-keygen -A",
        "systemctl restart sshd || systemctl restart ssh",
      ])
    guard CloudInitFault(cloud) == nil else { return [.init(repair.with(values)), anew] }
    let renew = RuleResult.Step(
      letRenew.with(values), commands: ["echo 'ssh_deletekeys: true' > /etc/cloud/cloud.cfg.d/zz_host_keys.cfg"])
    return [renew, anew]
  }

  static let title = Wording(
    "A server made from the image has this one's ssh host keys", "用该镜像创建的云服务器与本云服务器使用相同的 SSH 主机密钥")
  static let nobodyRenews = Wording(
    "{keys} are copied, and cloud-init, which would make new ones for a new server, does not run there. Whoever has "
      + "one of the servers can pass for the other, and clients cannot tell them apart.",
    "{keys} 会被复制，而为新云服务器生成新密钥的 Cloud-Init 不会在其上运行。控制其中一台云服务器的人可以冒充另一台，客户端无法区分它们。")
  static let notRenewed = Wording(
    "{keys} are copied, and cloud-init is told not to make new ones for a new server (ssh_deletekeys, or no module "
      + "\"ssh\"). Whoever has one of the servers can pass for the other, and clients cannot tell them apart.",
    "{keys} 会被复制，而 Cloud-Init 被配置为不为新云服务器生成新密钥（ssh_deletekeys，或缺少“ssh”模块）。控制其中一台云服务器的人可以冒充另一台，"
      + "客户端无法区分它们。")
  static let letRenew = Wording(
    "Let cloud-init make new host keys for a new server; the module \"ssh\" has to stand in cloud_init_modules. This "
      + "server keeps its own.",
    "让 Cloud-Init 为新云服务器生成新的主机密钥；cloud_init_modules 中必须有“ssh”模块。本云服务器的密钥不变。")
  static let repair = Wording(
    "Let cloud-init run, as the finding cloud-init-missing says: it makes new host keys for a new server.",
    "按照 cloud-init-missing 检查项的说明启用 Cloud-Init：它会为新云服务器生成新的主机密钥。")
  static let makeAnew = Wording(
    "Or make new ones by hand, on every server made from the image and not on this one.",
    "或者在每台用该镜像创建的云服务器上（而不是在本云服务器上）手动重新生成。")

  static let words = RuleWords(
    passed: Wording("A new server gets ssh host keys of its own", "新云服务器会使用自己的 SSH 主机密钥"),
    passedMessage: Wording(
      "cloud-init makes new host keys for every new server, or there are none here, or no ssh server that shows them.",
      "Cloud-Init 会为每台新云服务器生成新的主机密钥，或者此处没有主机密钥，或者没有使用它们的 SSH 服务。"),
    unknown: Wording(
      "Cannot tell whether a new server gets ssh host keys of its own", "无法判断新云服务器是否会使用自己的 SSH 主机密钥"))

  static let explanation = RuleExplanation(
    title: Wording("ssh host keys that a clone shares", "克隆共用 SSH 主机密钥"),
    meaning: Wording(
      "Fails where there are host keys in /etc/ssh and an ssh server, and cloud-init does not make new ones for a new "
        + "server: it is missing or does not run, ssh_deletekeys is false, or its module \"ssh\" is in no list. A "
        + "warning in every profile; a note where nothing starts the ssh server.",
      "/etc/ssh 中有主机密钥且安装了 SSH 服务，而 Cloud-Init 不会为新云服务器生成新密钥时不通过：缺少 Cloud-Init 或其不会运行、"
        + "ssh_deletekeys 为 false，或任何模块列表中都没有“ssh”模块。在任何配置下均为警告；没有设置启动 SSH 服务时为提示。"),
    why: Wording(
      "A host key proves to clients which server they talk to. One that several servers have proves nothing, and one "
        + "of them that is broken into gives away all.",
      "主机密钥用于向客户端证明服务器的身份。多台云服务器共用同一密钥时无法证明身份，并且其中一台被攻破就会危及所有云服务器。"),
    fix: Wording(
      "Let cloud-init run with ssh_deletekeys: true, or make new keys on every server made from the image.",
      "启用 Cloud-Init 并设置 ssh_deletekeys: true，或在每台用该镜像创建的云服务器上重新生成密钥。"),
    source: Sources.hostKeys)
}

extension Sources {
  static let hostKeys = Wording(
    "What a server made from the image has in common with this one: ssh host keys (sshd(8), FILES; cloud-init's "
      + "module ssh)",
    "用镜像创建的云服务器与本云服务器的共同之处：SSH 主机密钥（sshd(8)；Cloud-Init 的 ssh 模块）")
}
