// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `vault-unusable`: the vault does not exist, is of the wrong kind, or cannot be used now (IMG.0184, IMG.0193,
  /// IMG.0188).
  public static let vaultUnusable = CloudRule(
    id: "vault-unusable", hazard: .dataLoss, forms: [.server, .cbrBackup],
    reads: ["vault", "vault.status", "vault.object_type", "vault.protect_type"],
    isIdle: { $0.form == .server && $0.vaultID == nil && !$0.needsVault ? UnusableVault.notAsked : nil },
    explanation: UnusableVault.explanation, evaluate: UnusableVault.evaluate
  ).rule
}

enum UnusableVault {
  @Sendable static func evaluate(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    let ofBackup = input.request.form == .cbrBackup ? cloud.backup.value?.vaultID.value : nil
    let named = input.request.form == .server ? input.request.vaultID : ofBackup
    guard let id = named else { return [withoutVault(cloud, input)] }
    let subjects = [Subject(kind: "vault", name: id)]
    func failure(_ reason: FindingReason, _ title: Wording, _ message: Statement, _ evidence: Evidence) -> RuleResult {
      RuleResult(
        .fail, reason: reason, subjects: subjects, title: Statement(title), message: message, evidence: [evidence],
        remedy: [.init(Statement(explanation.fix))])
    }
    if case .none = cloud.vault {
      return [
        failure(
          .noSuchThing, noVault, noVaultMessage.with(["vault": .text(PlainText.from(id))]),
          Evidence(fact: "vault", value: .null, from: "backup service"))
      ]
    }
    guard case .value(let vault) = cloud.vault else {
      return [CloudWords.unknown(.vault, id, fact: "vault", cloud, title: explanation.title)]
    }
    if let type = vault.objectType.value, type != "server" {
      return [
        failure(
          .wrongKind, wrongKind, wrongKindMessage.with(["type": .text(PlainText.from(type))]),
          Evidence(fact: "vault.object_type", value: type.json, from: "backup service"))
      ]
    }
    // An image is made from a replica too, but a backup cannot be made into a vault for replicas.
    if input.request.form == .server, let type = vault.protectType.value, type != "backup" {
      return [
        failure(
          .wrongKind, wrongKind, wrongKindMessage.with(["type": .text(PlainText.from(type))]),
          Evidence(fact: "vault.protect_type", value: type.json, from: "backup service"))
      ]
    }
    if let status = vault.status.value, !["available", "lock"].contains(status) {
      return [
        failure(
          .wrongState, notAvailable, notAvailableMessage.with(["status": .text(PlainText.from(status))]),
          Evidence(fact: "vault.status", value: status.json, from: "backup service"))
      ]
    }
    let missing: [(String, Bool)] = [
      ("vault.status", vault.status.value == nil), ("vault.object_type", vault.objectType.value == nil),
      ("vault.protect_type", input.request.form == .server && vault.protectType.value == nil),
    ]
    if let fact = missing.first(where: \.1)?.0 {
      return [CloudWords.unknown(.vault, id, fact: fact, cloud, title: explanation.title)]
    }
    return [
      RuleResult(
        .pass, title: Statement(passed), message: Statement(passedMessage),
        evidence: [Evidence(fact: "vault.status", value: vault.status.value?.json ?? .null, from: "backup service")])
    ]
  }

  private static func withoutVault(_ cloud: CloudFacts, _ input: RuleInput) -> RuleResult {
    if input.request.form == .cbrBackup {
      // The vault is the one that the backup lies in; where that is not known, the backup is not.
      if case .value(let backup) = cloud.backup, case .none = backup.vaultID {
        return RuleResult(
          .notApplicable, reason: .notAsked, title: Statement(explanation.title), message: Statement(notAsked))
      }
      return CloudWords.unknown(
        .backup, input.request.backupID, fact: "backup.vault_id", cloud, title: explanation.title)
    }
    return RuleResult(
      .fail, reason: .noSuchThing, title: Statement(needed), message: Statement(neededMessage),
      evidence: [Evidence(fact: "request.vault_id", value: .null, from: "request")],
      remedy: [.init(Statement(nameVault))])
  }

  static let notAsked = Wording("The request names no vault.", "请求未指定存储库。")
  private static let needed = Wording("No vault named", "未指定存储库")
  private static let neededMessage = Wording(
    "The cloud backs the server up into a vault first, and the request names none (vault_id).",
    "云平台需要先将云服务器备份到存储库，但请求未指定存储库（vault_id）。")
  private static let nameVault = Wording(
    "Name a vault for server backups in vault_id.", "请在 vault_id 中指定一个云服务器备份存储库。")
  private static let noVault = Wording("No such vault", "没有此存储库")
  private static let noVaultMessage = Wording(
    "The backup service knows no vault {vault} in this project.", "备份服务在该项目中没有存储库 {vault}。")
  private static let wrongKind = Wording("Vault of the wrong kind", "存储库类型不符")
  private static let wrongKindMessage = Wording(
    "The vault is for {type}; a vault for backups of servers is needed.", "该存储库的类型为 {type}；需要云服务器备份存储库。")
  private static let notAvailable = Wording("Vault not available", "存储库不可用")
  private static let notAvailableMessage = Wording(
    "The vault's status is {status}; it must be available or locked.", "该存储库的状态为 {status}；必须为可用或锁定状态。")
  private static let passed = Wording("Vault usable", "存储库可用")
  private static let passedMessage = Wording(
    "The vault exists, is for backups of servers and can be used.", "存储库存在，用于云服务器备份，且可以使用。")

  static let explanation = RuleExplanation(
    title: Wording("Vault cannot be used", "存储库无法使用"),
    meaning: Wording(
      "The vault must exist, be for backups of servers, and be available or locked.", "存储库必须存在，用于云服务器备份，且为可用或锁定状态。"),
    why: Wording(
      "The cloud makes a backup into the vault first; without one there is no image.", "云平台会先在存储库中创建备份；没有可用的存储库就无法制作镜像。"
    ),
    fix: Wording("Name another vault, or wait until this one is available.", "请指定其他存储库，或等待该存储库变为可用。"),
    source: CloudSources.vault)
}
