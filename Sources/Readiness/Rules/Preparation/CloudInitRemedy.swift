// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How cloud-init is made to run, in the terms of the distribution.
enum CloudInitRemedy {
  /// What to do, with commands where they are certain.
  static func steps(
    _ fault: CloudInitFault, _ values: [String: StatementValue], _ family: DistributionFamily
  ) -> [RuleResult.Step] {
    switch fault {
    case .notInstalled:
      let commands = family.install("cloud-init").map { [$0] } ?? []
      return [.init(install.with(values), commands: commands), .init(enable.with(values), commands: start(family))]
    case .notStarted: return [.init(enable.with(values), commands: start(family))]
    case .disabled(let file): return [disabled(by: file, values, family)]
    case .otherSources(_, let file): return [sources(in: file, values)]
    }
  }

  private static func start(_ family: DistributionFamily) -> [String] {
    if family == .alpine { return ["setup-cloud-init"] }
    // Since 24.3 the second stage has other units.
    return [
      "systemctl unmask cloud-init-local.service cloud-init.service cloud-config.service cloud-final.service",
      "systemctl enable cloud-init-local.service cloud-config.service cloud-final.service",
      "systemctl enable cloud-init.service || systemctl enable cloud-init-main.service cloud-init-network.service",
    ]
  }

  private static func disabled(
    by file: String, _ values: [String: StatementValue], _ family: DistributionFamily
  ) -> RuleResult.Step {
    switch file {
    case "/proc/cmdline":
      let commands =
        switch family {
        case .debian:
          [
            "sed -i.bak -E '/^GRUB_CMDLINE_LINUX/s/ ?(cloud-init|ci.di.policy)=disabled//' /etc/default/grub",
            "update-grub",
          ]
        case .redHat: ["grubby --update-kernel=ALL --remove-args='cloud-init=disabled ci.di.policy=disabled'"]
        case .suse:
          [
            "sed -i.bak -E '/^GRUB_CMDLINE_LINUX/s/ ?(cloud-init|ci.di.policy)=disabled//' /etc/default/grub",
            "grub2-mkconfig -o /boot/grub2/grub.cfg",
          ]
        case .alpine, .arch, .other: [String]()
        }
      return .init(takeOutArgument.with(values), commands: commands)
    case "/etc/cloud/ds-identify.cfg":
      return .init(
        changePolicy.with(values), commands: ["sed -i.bak '/^[[:space:]]*policy:/s/disabled/enabled/' \(file)"])
    default: return .init(remove.with(values), commands: ShellWord(file).map { ["rm \($0)"] } ?? [])
    }
  }

  private static func sources(in file: String, _ values: [String: StatementValue]) -> RuleResult.Step {
    switch file {
    case "/proc/cmdline": return .init(takeOutSource.with(values))
    case "/etc/cloud/ds-identify.cfg":
      return .init(
        takeOutLine.with(values), commands: ["sed -i.bak '/^[[:space:]]*datasource:/d' \(file)"])
    default:
      // A file of a later name has the last word.
      return .init(
        addSource.with(values),
        commands: [
          "echo 'datasource_list: [ OpenStack, ConfigDrive, None ]' > /etc/cloud/cloud.cfg.d/zz_datasource.cfg"
        ])
    }
  }

  static let install = Wording(
    "Install cloud-init from the distribution's packages.", "从发行版软件源安装 Cloud-Init。")
  static let enable = Wording(
    "Let cloud-init start at boot. If it never ran on this server, it sets this server up too at its next start (host "
      + "keys, host name, network): look at what /etc/cloud/cloud.cfg tells it first.",
    "将 Cloud-Init 设置为开机启动。如果它从未在本云服务器上运行过，下次启动时也会对本云服务器进行初始化（主机密钥、主机名、网络），"
      + "请先确认 /etc/cloud/cloud.cfg 中的配置。")
  static let remove = Wording("Remove {file}.", "删除 {file}。")
  static let takeOutArgument = Wording(
    "Take cloud-init=disabled (or ci.di.policy=disabled) out of the kernel's arguments in the boot loader's "
      + "configuration; it counts from the next start on.",
    "从启动加载程序配置的内核参数中删除 cloud-init=disabled（或 ci.di.policy=disabled），下次启动时生效。")
  static let changePolicy = Wording(
    "In {file} set the policy to enabled, or take the line out (the old file is kept beside it).",
    "在 {file} 中将 policy 改为 enabled，或删除该行（旁边保留原文件的备份）。")
  static let takeOutSource = Wording(
    "Take ds=, ci.ds= and ci.datasource= out of the kernel's arguments in the boot loader's configuration; they count "
      + "from the next start on.",
    "从启动加载程序配置的内核参数中删除 ds=、ci.ds= 和 ci.datasource=，下次启动时生效。")
  static let takeOutLine = Wording(
    "Take the data source out of {file} (the old file is kept beside it).", "从 {file} 中删除 datasource 行（旁边保留原文件的备份）。")
  static let addSource = Wording(
    "Put OpenStack into the list of data sources: a file whose name comes last has the last word over {file}.",
    "在数据源列表中加入 OpenStack：名称排在最后的配置文件优先于 {file}。")
}
