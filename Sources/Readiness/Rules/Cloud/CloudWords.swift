// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What rules on the cloud's facts say in common.
enum CloudWords {
  /// A kind of thing in words.
  static func kind(_ kind: CloudGap.Kind) -> Wording {
    switch kind {
    case .server: Wording("server", "云服务器")
    case .volume: Wording("volume", "云硬盘")
    case .backup: Wording("backup", "备份")
    case .vault: Wording("vault", "存储库")
    case .image: Wording("image", "镜像")
    }
  }

  /// That something is not known, why, and what to do.
  ///
  /// - Parameters:
  ///   - id: what it is about, if that is known.
  ///   - fact: the path of the fact that is missing.
  static func unknown(
    _ kind: CloudGap.Kind, _ id: String?, fact: String, _ cloud: CloudFacts, title: Wording
  ) -> RuleResult {
    let gap = cloud.gaps.first { $0.kind == kind && (id == nil || $0.id == id) } ?? cloud.gaps.first { $0.kind == kind }
    let name = PlainText.from(id ?? gap?.id ?? "")
    let subject = Statement(self.kind(kind))
    let message: Statement
    if let gap {
      message = told.with([
        "kind": .statement(subject), "name": .text(name), "why": .statement(Statement(reason(gap.reason))),
        "detail": .text(PlainText.from(gap.detail)),
      ])
    } else {
      message = untold.with(["kind": .statement(subject), "name": .text(name), "fact": .text(fact)])
    }
    return RuleResult(
      .unknown, reason: .cloudFactsMissing, subjects: name.isEmpty ? [] : [Subject(kind: kind.rawValue, name: name)],
      title: Statement(title), message: message,
      evidence: [
        Evidence(fact: fact, value: .null, from: gap.map { "the cloud: \($0.reason.rawValue)" } ?? "the cloud")
      ],
      remedy: [.init(Statement(gap.map { remedy($0.reason) } ?? askAgain))])
  }

  /// Why something is not known, in words.
  static func reason(_ reason: CloudGap.Reason) -> Wording {
    switch reason {
    case .notConfigured:
      Wording("no address of that service is configured", "未配置该服务的地址")
    case .unreachable: Wording("the service could not be reached", "无法访问该服务")
    case .timedOut: Wording("the service did not answer in time", "该服务未在规定时间内响应")
    case .refused: Wording("the service refused to tell", "该服务拒绝提供信息")
    case .malformed: Wording("the answer makes no sense or lacks it", "返回内容无法识别或缺少所需信息")
    }
  }

  private static func remedy(_ reason: CloudGap.Reason) -> Wording {
    switch reason {
    case .notConfigured:
      Wording(
        "Start the collector with the address of that service (--ecs-url, --evs-url, --cbr-url, --csbs-url, --ims-url).",
        "请在启动 collector 时配置该服务的地址（--ecs-url、--evs-url、--cbr-url、--csbs-url、--ims-url）。")
    case .refused:
      Wording(
        "Give the caller, or the key of the collector, the right to read it, and ask again.",
        "请为调用者或 collector 的密钥授予读取权限后重试。")
    case .unreachable, .timedOut: askAgain
    case .malformed:
      Wording(
        "Look at what the service answers; if it is right, report it as a fault of the collector.",
        "请检查该服务的返回内容；如果内容正确，请作为 collector 的缺陷上报。")
    }
  }

  private static let askAgain = Wording("Ask again when the service answers.", "请在该服务恢复后重试。")
  private static let told = Wording(
    "The cloud's facts about {kind} {name} are not known: {why} ({detail}).",
    "{kind} {name} 的云侧信息未知：{why}（{detail}）。")
  private static let untold = Wording(
    "The cloud did not tell {fact} of {kind} {name}.", "云平台未提供{kind} {name} 的 {fact}。")
}

/// The clauses that the rules on the cloud's facts are from.
enum CloudSources {
  static let csbsConstraints = Wording(
    "Create Whole Image, constraints for cloud server backups", "制作整机镜像，使用云服务器备份的约束")
  static let cbrConstraints = Wording("Create Whole Image, constraints for cloud backups", "制作整机镜像，使用云备份的约束")
  static let oneImage = Wording(
    "Create Whole Image, constraints for backups: one whole image per backup", "制作整机镜像，使用备份的约束：一个备份只能制作一个整机镜像")
  static let vault = Wording("Create Whole Image, parameter vault_id", "制作整机镜像，参数 vault_id")
  static let followOn = Wording(
    "Create Whole Image, constraints: sharing, export, copying and publishing", "制作整机镜像，约束：共享、导出、复制与发布")
  static let whileMade = Wording(
    "Create Whole Image, constraints: the server while the image is being made", "制作整机镜像，约束：制作过程中的云服务器")
}
