// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `cloud-init-missing`: nothing gives a server made from the image its password, keys and user data.
  public static let cloudInitMissing = PreparationRule(
    id: "cloud-init-missing", hazard: .isolation, sections: [.cloudInit], reads: CloudInitFault.reads,
    explanation: CloudInitMissing.explanation, words: CloudInitMissing.words, severity: { _ in .warning },
    blind: .warning, isHidden: { _ in true }, failures: CloudInitMissing.failures, missing: CloudInitFault.missing
  ).rule
}

enum CloudInitMissing {
  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    guard let cloud = input.facts.cloudInit, let fault = CloudInitFault(cloud) else { return [] }
    let values = Self.values(fault)
    return [
      RuleResult(
        .fail, subjects: [Subject(kind: "section", name: Section.cloudInit.rawValue)], title: title(fault).with(values),
        message: message(fault).with(values), evidence: [evidence(fault)],
        remedy: CloudInitRemedy.steps(fault, values, DistributionFamily(input.facts)))
    ]
  }

  private static func values(_ fault: CloudInitFault) -> [String: StatementValue] {
    switch fault {
    case .notInstalled, .notStarted: [:]
    case .disabled(let file): ["file": .text(file)]
    case .otherSources(let names, let file): ["file": .text(file), "names": .list(names)]
    }
  }

  private static func evidence(_ fault: CloudInitFault) -> Evidence {
    switch fault {
    case .notInstalled: Evidence(fact: "cloud_init.program", value: .null, from: "/usr/bin/cloud-init")
    case .disabled(let file): Evidence(fact: "cloud_init.disabled_by", value: file.json, from: file)
    case .notStarted: Evidence(fact: "cloud_init.started_by", value: .null, from: "/etc/systemd/system")
    case .otherSources(let names, let file):
      Evidence(fact: "cloud_init.datasource_list", value: names.json, from: file)
    }
  }

  private static func title(_ fault: CloudInitFault) -> Wording {
    switch fault {
    case .notInstalled: notInstalledTitle
    case .disabled: disabledTitle
    case .notStarted: notStartedTitle
    case .otherSources: otherSourcesTitle
    }
  }

  private static func message(_ fault: CloudInitFault) -> Wording {
    switch fault {
    case .notInstalled: notInstalled
    case .disabled: disabled
    case .notStarted: notStarted
    case .otherSources: otherSources
    }
  }

  static let notInstalledTitle = Wording("cloud-init is not installed", "未安装 Cloud-Init")
  static let notInstalled = Wording(
    "Without cloud-init nothing that is given when a server is made from the image - password, key pair, user data, "
      + "host name - gets into it: it is entered with this server's password and keys only.",
    "没有 Cloud-Init，用该镜像创建云服务器时指定的密码、密钥对、用户数据和主机名都无法注入：只能使用本云服务器原有的密码和密钥登录。")
  static let disabledTitle = Wording("cloud-init is disabled by {file}", "Cloud-Init 已被 {file} 禁用")
  static let disabled = Wording(
    "{file} keeps cloud-init from running, on a server made from the image as well: no password, key pair or user data "
      + "gets into it, and it is entered with this server's password and keys only.",
    "{file} 使 Cloud-Init 不再运行，用该镜像创建的云服务器也是如此：密码、密钥对和用户数据都无法注入，只能使用本云服务器原有的密码和密钥登录。")
  static let notStartedTitle = Wording("cloud-init is not started at boot", "Cloud-Init 未设置为开机启动")
  static let notStarted = Wording(
    "cloud-init is installed, and nothing starts it: no password, key pair or user data gets into a server made from "
      + "the image, which is entered with this server's password and keys only.",
    "已安装 Cloud-Init，但没有任何服务启动它：密码、密钥对和用户数据都无法注入用该镜像创建的云服务器，只能使用本云服务器原有的密码和密钥登录。")
  static let otherSourcesTitle = Wording(
    "cloud-init looks for data only in {names}", "Cloud-Init 只从 {names} 获取数据")
  static let otherSources = Wording(
    "{file} has cloud-init look for data only in {names}, where this cloud has none: no password, key pair or user "
      + "data gets into a server made from the image.",
    "{file} 使 Cloud-Init 只从 {names} 获取数据，而该云平台不通过这些数据源提供数据：密码、密钥对和用户数据都无法注入用该镜像创建的云服务器。")

  static let words = RuleWords(
    passed: Wording("cloud-init sets up a new server", "Cloud-Init 会对新云服务器进行初始化"),
    passedMessage: Wording(
      "cloud-init is installed, is started at boot, and looks for data where this cloud has it.",
      "已安装 Cloud-Init，已设置为开机启动，并从该云平台提供数据的数据源获取数据。"),
    unknown: Wording(
      "Cannot tell whether cloud-init sets up a new server", "无法判断 Cloud-Init 是否会对新云服务器进行初始化"))

  static let explanation = RuleExplanation(
    title: Wording("cloud-init is missing or does not run", "缺少 Cloud-Init 或其不会运行"),
    meaning: Wording(
      "Fails where cloud-init is not installed, where /etc/cloud/cloud-init.disabled, /etc/cloud/ds-identify.cfg or "
        + "cloud-init=disabled on the kernel's command line keeps it from running, where nothing starts it, and where "
        + "its list of data sources names none of OpenStack, ConfigDrive and Ec2. Without such a list it tries all it "
        + "knows, which passes. A warning in every profile.",
      "未安装 Cloud-Init；/etc/cloud/cloud-init.disabled、/etc/cloud/ds-identify.cfg 或内核命令行中的 cloud-init=disabled 使其不运行；"
        + "没有服务启动它；或者其数据源列表中没有 OpenStack、ConfigDrive、Ec2 中的任何一个时不通过。没有配置数据源列表时会尝试所有数据源，"
        + "视为通过。在任何配置下均为警告。"),
    why: Wording(
      "What is chosen when a server is made - password, key pair, user data, host name - is injected by cloud-init. "
        + "Without it only what was in the image works.",
      "创建云服务器时指定的密码、密钥对、用户数据和主机名由 Cloud-Init 注入。没有它时，只有镜像中原有的内容有效。"),
    fix: Wording(
      "Install cloud-init, let it start at boot, and put OpenStack into its list of data sources.",
      "安装 Cloud-Init，将其设置为开机启动，并在数据源列表中加入 OpenStack。"),
    source: Sources.cloudInit)
}

extension Sources {
  static let cloudInit = Wording(
    "Initial configuration before a private image is made: Installing and configuring Cloud-Init",
    "制作私有镜像前的初始化配置：安装并配置 Cloud-Init 工具")
}
