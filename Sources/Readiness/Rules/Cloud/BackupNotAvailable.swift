// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `backup-not-available`: the backup cannot be made into an image now, or never (IMG.0132, IMG.0032, IMG.0198).
  public static let backupNotAvailable = CloudRule(
    id: "backup-not-available", hazard: .dataLoss, forms: [.csbsBackup, .cbrBackup],
    reads: ["backup", "backup.status", "backup.resource_type", "backup.contains_system_disk"],
    explanation: UnavailableBackup.explanation, evaluate: UnavailableBackup.evaluate
  ).rule
}

enum UnavailableBackup {
  @Sendable static func evaluate(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    let id = input.request.backupID ?? cloud.backup.value?.id ?? ""
    let subjects = [Subject(kind: "backup", name: id)]
    func failure(
      _ reason: FindingReason, _ title: Wording, _ message: Statement, _ evidence: [Evidence], _ fix: Wording
    )
      -> [RuleResult]
    {
      [
        RuleResult(
          .fail, reason: reason, subjects: subjects, title: Statement(title), message: message, evidence: evidence,
          remedy: [.init(Statement(fix))])
      ]
    }
    if case .none = cloud.backup {
      let isCBR = input.request.form == .cbrBackup
      return failure(
        .noSuchThing, noBackup, noBackupMessage.with(["backup": .text(PlainText.from(id))]),
        [Evidence(fact: "backup", value: .null, from: "backup service")], isCBR ? checkCBR : checkCSBS)
    }
    guard case .value(let backup) = cloud.backup else {
      return [CloudWords.unknown(.backup, id, fact: "backup", cloud, title: explanation.title)]
    }
    let wanted: BackupService = input.request.form == .cbrBackup ? .cbr : .csbs
    guard backup.service == wanted else {
      return failure(
        .otherService, otherService, otherServiceMessage.with(["service": .text(backup.service.rawValue.uppercased())]),
        [Evidence(fact: "backup.service", value: backup.service.json, from: "backup service")],
        wanted == .cbr ? checkCBR : checkCSBS)
    }
    if let type = backup.resourceType.value, type != "OS::Nova::Server" {
      return failure(
        .wrongKind, wrongKind, wrongKindMessage.with(["type": .text(PlainText.from(type))]),
        [Evidence(fact: "backup.resource_type", value: type.json, from: "backup service")], useServerBackup)
    }
    if backup.containsSystemDisk.value == false {
      return failure(
        .wrongKind, noSystemDisk, Statement(noSystemDiskMessage),
        [Evidence(fact: "backup.contains_system_disk", value: false, from: "backup service")], useServerBackup)
    }
    if let status = backup.status.value, status != "available" {
      return failure(
        .wrongState, notAvailable, notAvailableMessage.with(["status": .text(PlainText.from(status))]),
        [Evidence(fact: "backup.status", value: status.json, from: "backup service")], explanation.fix)
    }
    let missing: [(String, Bool)] = [
      ("backup.status", backup.status.value == nil), ("backup.resource_type", backup.resourceType.value == nil),
      ("backup.contains_system_disk", backup.containsSystemDisk.value == nil),
    ]
    if let fact = missing.first(where: \.1)?.0 {
      return [CloudWords.unknown(.backup, id, fact: fact, cloud, title: explanation.title)]
    }
    return [
      RuleResult(
        .pass, title: Statement(passed), message: Statement(passedMessage),
        evidence: [Evidence(fact: "backup.status", value: "available", from: "backup service")])
    ]
  }

  private static let noBackup = Wording("No such backup", "没有此备份")
  private static let noBackupMessage = Wording(
    "The backup service that the request names knows no backup {backup} in this project.",
    "请求所指定的备份服务在该项目中没有备份 {backup}。")
  private static let checkCBR = Wording(
    "Check backup_id; for a backup of the older service (CSBS) leave whole_image_type away.",
    "请检查 backup_id；如果是云服务器备份（CSBS），请不要填写 whole_image_type。")
  private static let checkCSBS = Wording(
    "Check backup_id; for a cloud backup (CBR) whole_image_type must be CBR.",
    "请检查 backup_id；如果是云备份（CBR），whole_image_type 必须为 CBR。")
  private static let otherService = Wording("Backup of another service", "备份属于其他备份服务")
  private static let otherServiceMessage = Wording(
    "The backup is one of {service}, and whole_image_type says otherwise.", "该备份属于 {service}，与 whole_image_type 不一致。")
  private static let wrongKind = Wording("Not the backup of a server", "不是云服务器的备份")
  private static let wrongKindMessage = Wording(
    "The backup is of a {type}; a whole image is made from the backup of a server.",
    "该备份的对象为 {type}；只有云服务器的备份才能制作整机镜像。")
  private static let useServerBackup = Wording(
    "Name a backup of the whole server.", "请指定整台云服务器的备份。")
  private static let noSystemDisk = Wording("Backup without system disk", "备份中没有系统盘")
  private static let noSystemDiskMessage = Wording(
    "The backup does not hold the server's system disk; nothing would boot from its image.",
    "该备份不包含云服务器的系统盘，用其制作的镜像无法启动。")
  private static let notAvailable = Wording("Backup not available", "备份不可用")
  private static let notAvailableMessage = Wording(
    "The backup's status is {status}; only one that is available can be made into an image.",
    "该备份的状态为 {status}；只有“可用”（available）的备份才能制作镜像。")
  private static let passed = Wording("Backup available", "备份可用")
  private static let passedMessage = Wording(
    "The backup is of a server, holds its system disk and is available.", "该备份为云服务器备份，包含系统盘，且状态为可用。")

  static let explanation = RuleExplanation(
    title: notAvailable,
    meaning: Wording(
      "The backup must be available, be of a server, and hold its system disk.", "备份必须为可用状态，且为云服务器的备份，并包含系统盘。"),
    why: Wording(
      "A backup that is being made, restored or deleted, or of something else, makes no image that boots.",
      "正在创建、恢复或删除的备份，以及其他对象的备份，无法制作出可启动的镜像。"),
    fix: Wording("Wait until the backup is available, or name another.", "请等待备份变为可用，或指定其他备份。"),
    source: CloudSources.csbsConstraints)
}
