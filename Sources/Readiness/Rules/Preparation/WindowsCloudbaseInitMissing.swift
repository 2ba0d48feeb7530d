// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-cloudbase-init-missing`: nothing gives a new server its password and host name; a note, since it is
  /// optional.
  public static let windowsCloudbaseInitMissing = PreparationRule(
    id: "windows-cloudbase-init-missing", hazard: .isolation, sections: [.windowsPreparation],
    reads: [
      "windows_preparation", "windows_preparation.services", "windows_preparation.services.cloudbase_init",
      "windows_preparation.services.cloudbase_init.start",
    ],
    explanation: CloudbaseInitMissing.explanation, words: CloudbaseInitMissing.words, severity: { _ in .note },
    blind: .note, isHidden: CloudbaseInitMissing.part.isHidden, family: .windows,
    wasAsked: CloudbaseInitMissing.part.wasAsked, lookAgain: WindowsPreparedPart.lookAgain,
    failures: CloudbaseInitMissing.failures, missing: CloudbaseInitMissing.missing
  ).rule
}

enum CloudbaseInitMissing {
  static let part = WindowsPreparedPart(members: [WindowsPreparation.Service.cloudbaseInit.member]) {
    $0.service(.cloudbaseInit).isKnown
  }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    let service: Observed<WindowsService> = input.facts.windowsPreparation?.service(.cloudbaseInit) ?? .unknown
    switch service {
    case .none: return [result(title: title, message: message, value: .null, remedy: .init(Statement(install)))]
    case .value(let service) where service.start.value == .disabled:
      let step = RuleResult.Step(Statement(enable), commands: ["sc config cloudbase-init start= auto"])
      return [result(title: disabledTitle, message: disabled, value: "disabled", remedy: step)]
    case .value, .unknown: return []
    }
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let service = facts.windowsPreparation?.service(.cloudbaseInit).value else {
      return [WindowsPreparedPart.missing("services.cloudbase_init")]
    }
    return service.start.value == nil ? [WindowsPreparedPart.missing("services.cloudbase_init.start")] : []
  }

  private static func result(
    title: Wording, message: Wording, value: JSON, remedy: RuleResult.Step
  ) -> RuleResult {
    RuleResult(
      .fail, subjects: [Subject(kind: "service", name: WindowsPreparation.Service.cloudbaseInit.rawValue)],
      title: Statement(title), message: Statement(message),
      evidence: [
        Evidence(
          fact: "windows_preparation.services.cloudbase_init", value: value, from: "capture: sc query cloudbase-init")
      ], remedy: [remedy])
  }

  static let title = Wording("Cloudbase-Init is not installed", "未安装 Cloudbase-Init")
  static let message = Wording(
    "There is no service cloudbase-init. A server made from the image keeps this server's password and host name: what is "
      + "given when it is ordered - a password, user data - has no effect.",
    "没有 cloudbase-init 服务。用该镜像创建的云服务器会沿用本云服务器的密码和主机名；创建时指定的密码、用户数据不会生效。")
  static let disabledTitle = Wording("Cloudbase-Init is disabled", "Cloudbase-Init 已被禁用")
  static let disabled = Wording(
    "The service cloudbase-init is never started. A server made from the image keeps this server's password and host "
      + "name: what is given when it is ordered - a password, user data - has no effect.",
    "cloudbase-init 服务被禁用。用该镜像创建的云服务器会沿用本云服务器的密码和主机名；创建时指定的密码、用户数据不会生效。")
  static let install = Wording(
    "Install Cloudbase-Init if new servers are to get passwords or user data of their own, and set in its configuration "
      + "metadata_services=cloudbaseinit.metadata.services.httpservice.HttpService and "
      + "netbios_host_name_compatibility=false.",
    "如需为新云服务器注入密码或用户数据，请安装 Cloudbase-Init，并在其配置文件中设置 "
      + "metadata_services=cloudbaseinit.metadata.services.httpservice.HttpService 和 netbios_host_name_compatibility=false。"
  )
  static let enable = Wording(
    "Have it started with Windows, in a command prompt as administrator.", "以管理员身份在命令提示符中将其设置为随 Windows 自动启动。")

  static let words = RuleWords(
    passed: Wording("Cloudbase-Init is installed", "已安装 Cloudbase-Init"),
    passedMessage: Wording(
      "The service cloudbase-init is there and not disabled.", "cloudbase-init 服务存在且未被禁用。"),
    unknown: Wording("Cannot tell whether Cloudbase-Init is installed", "无法判断是否已安装 Cloudbase-Init"))

  static let explanation = RuleExplanation(
    title: Wording("Cloudbase-Init missing", "缺少 Cloudbase-Init"),
    meaning: Wording(
      "Notes that a capture shows no service cloudbase-init, or that it is disabled. A note in every profile, since the "
        + "guide to images calls it optional. It does not read its configuration. On Linux it does not apply.",
      "采集内容显示没有 cloudbase-init 服务或该服务被禁用时给出提示。镜像制作指南将其列为可选项，因此在任何配置下都只是提示。"
        + "不读取其配置。不适用于 Linux。"),
    why: Wording(
      "Without it, all servers made from one image have one password, and what is ordered with a server is not carried out.",
      "缺少它时，用同一镜像创建的所有云服务器密码相同，创建时指定的内容也不会生效。"),
    fix: Wording(
      "Install Cloudbase-Init and name the cloud's metadata service in its configuration.",
      "安装 Cloudbase-Init，并在其配置中指定云平台的元数据服务。"),
    source: Sources.windowsCloudbaseInit)
}
