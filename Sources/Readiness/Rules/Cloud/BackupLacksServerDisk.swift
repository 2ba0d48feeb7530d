// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `backup-lacks-server-disk`: a disk of the server is not part of the backup that the image is made from.
  ///
  /// A blocker in every profile where a volume group or a mount that the server needs lies on that disk.
  public static let backupLacksServerDisk = CloudRule(
    id: "backup-lacks-server-disk", hazard: .dataLoss, forms: [.csbsBackup, .cbrBackup, .server],
    reads: ["backup", "backup.volume_ids"], isDelegable: false,
    isIdle: { $0.form == .server && $0.vaultID == nil ? MissingDisk.noVault : nil }, severity: Grading.otherTechnology,
    explanation: MissingDisk.explanation, evaluate: MissingDisk.evaluate
  ).rule
}

enum MissingDisk {
  @Sendable static func evaluate(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    if input.request.form == .server { return ofServer(cloud, input) }
    guard let volumes = cloud.backup.value?.volumeIDs.value else {
      return [
        CloudWords.unknown(
          .backup, input.request.backupID, fact: "backup.volume_ids", cloud, title: explanation.title)
      ]
    }
    return judge(cloud, input) { volumes.contains($0) }
  }

  /// The intermediate backup goes to a vault, and a vault can leave volumes out.
  private static func ofServer(_ cloud: CloudFacts, _ input: RuleInput) -> [RuleResult] {
    guard case .value(let vault) = cloud.vault, let resources = vault.resources.value else {
      return [
        CloudWords.unknown(.vault, input.request.vaultID, fact: "vault.resources", cloud, title: explanation.title)
      ]
    }
    guard let resource = resources.first(where: { $0.id == input.request.serverID }) else {
      return [RuleResult(.pass, title: Statement(passed), message: Statement(passedMessage))]
    }
    guard resource.excludedVolumeIDs.isKnown, resource.includedVolumeIDs.isKnown else {
      return [
        CloudWords.unknown(
          .vault, vault.id, fact: "vault.resources[\(resource.id)].excluded_volume_ids", cloud,
          title: explanation.title)
      ]
    }
    let excluded = resource.excludedVolumeIDs.value ?? []
    let included = resource.includedVolumeIDs.value
    let attached = cloud.server.value?.attachments.value?.map(\.volumeID) ?? []
    return judge(cloud, input) { volume in
      attached.contains(volume) && !excluded.contains(volume) && included?.contains(volume) != false
    }
  }

  private static func judge(
    _ cloud: CloudFacts, _ input: RuleInput, isKept: (String) -> Bool
  ) -> [RuleResult] {
    let matching = DiskMatching(input.facts, cloud)
    var failed: [RuleResult] = []
    var doubtful: [RuleResult] = []
    for disk in matching.disks {
      let volume = matching.volume(of: disk.name)
      if let volume, isKept(volume) { continue }
      if volume == nil, !DiskMatching.hasIdentity(disk) {
        doubtful.append(cannotTell(disk))
      } else {
        failed.append(result(disk, volume, input))
      }
    }
    // Volumes that the cloud says are attached, whether the guest shows them or not.
    if input.request.form != .server, failed.isEmpty, matching.disks.isEmpty {
      for id in cloud.server.value?.attachments.value?.map(\.volumeID) ?? [] where !isKept(id) {
        failed.append(attached(id))
      }
      if failed.isEmpty, cloud.server.value?.attachments.value == nil {
        doubtful.append(
          CloudWords.unknown(
            .server, cloud.server.value?.id, fact: "server.attachments", cloud, title: explanation.title))
      }
    }
    let bad = failed.isEmpty ? doubtful : failed
    guard bad.isEmpty else { return bad }
    return [RuleResult(.pass, title: Statement(passed), message: Statement(passedMessage))]
  }

  private static func result(_ disk: Device, _ volume: String?, _ input: RuleInput) -> RuleResult {
    let needed = needs(disk.name, input.facts)
    let values: [String: StatementValue] = [
      "device": .text(PlainText.from("/dev/" + disk.name)), "needs": .list(needed.map { PlainText.from($0) }),
    ]
    return RuleResult(
      .fail, severity: needed.isEmpty ? nil : .blocker,
      subjects: [Subject(kind: "device", name: "/dev/" + disk.name)]
        + (volume.map { [Subject(kind: "volume", name: $0)] } ?? []),
      title: failed.with(values), message: (needed.isEmpty ? failedMessage : neededMessage).with(values),
      evidence: [
        Evidence(fact: "devices[\(disk.name)].serial", value: disk.serial.value?.json ?? .null, from: "guest"),
        Evidence(fact: "backup.volume_ids", value: volume?.json ?? .null, from: "backup service"),
      ], remedy: [.init(Statement(explanation.fix))])
  }

  private static func attached(_ volume: String) -> RuleResult {
    let values: [String: StatementValue] = ["device": .text(PlainText.from(volume)), "needs": .list([])]
    return RuleResult(
      .fail, subjects: [Subject(kind: "volume", name: volume)], title: failed.with(values),
      message: failedMessage.with(values),
      evidence: [Evidence(fact: "server.attachments", value: volume.json, from: "compute service")],
      remedy: [.init(Statement(explanation.fix))])
  }

  private static func cannotTell(_ disk: Device) -> RuleResult {
    let values: [String: StatementValue] = ["device": .text(PlainText.from("/dev/" + disk.name))]
    return RuleResult(
      .unknown, reason: .factMissing, subjects: [Subject(kind: "device", name: "/dev/" + disk.name)],
      title: Statement(explanation.title), message: noIdentity.with(values),
      evidence: [Evidence(fact: "devices[\(disk.name)].serial", value: .null, from: "guest")],
      remedy: [.init(Statement(explanation.fix))])
  }

  /// What the server would miss without a disk: volume groups, and what `/etc/fstab` mounts without `nofail`.
  private static func needs(_ disk: String, _ facts: GuestFacts) -> [String] {
    var needed: [String] = []
    for group in facts.volumeGroups ?? [] where group.disks.value?.contains(disk) == true {
      needed.append(group.name)
    }
    let onDisk = Set((facts.devices ?? []).filter { $0.disks.value?.contains(disk) == true }.map(\.name) + [disk])
    for entry in facts.fstab ?? [] {
      guard let device = entry.device.value, onDisk.contains(device) else { continue }
      let options = entry.options
      if !options.contains("nofail"), !options.contains("noauto") { needed.append(entry.mountPoint) }
    }
    for mount in facts.mounts ?? [] where mount.mountPoint == "/" {
      if onDisk.contains(mount.device), !needed.contains("/") { needed.append("/") }
    }
    return needed
  }

  static let noVault = Wording(
    "The request names no vault that could leave disks out.", "请求未指定存储库，不存在被排除的磁盘。")
  private static let passed = Wording("Backup holds every disk", "备份包含全部磁盘")
  private static let passedMessage = Wording(
    "Every disk of the server is part of the backup.", "云服务器的全部磁盘都包含在备份中。")
  private static let failed = Wording("Disk {device} is not in the backup", "磁盘 {device} 不在备份中")
  private static let failedMessage = Wording(
    "Disk {device} of the server is not part of the backup; its data will not be in the image.",
    "云服务器的磁盘 {device} 不在备份中，其数据不会包含在镜像中。")
  private static let neededMessage = Wording(
    "Disk {device} of the server is not part of the backup, and {needs} lies on it: a server made from the image "
      + "would be incomplete.",
    "云服务器的磁盘 {device} 不在备份中，而 {needs} 位于该磁盘上：用该镜像创建的云服务器将不完整。")
  private static let noIdentity = Wording(
    "Disk {device} has neither a serial number nor a world-wide name, so it cannot be told which volume it is.",
    "磁盘 {device} 没有序列号，也没有 WWN，无法判断它对应哪块云硬盘。")

  static let explanation = RuleExplanation(
    title: Wording("A disk of the server is not in the backup", "云服务器有磁盘不在备份中"),
    meaning: Wording(
      "Every disk that the server had when the backup was made must be part of the backup.", "制作备份时云服务器的每块磁盘都应包含在备份中。"),
    why: Wording(
      "What lies on a disk that was left out is not in the image; a volume group or a mount there is missing on the "
        + "new server.",
      "被排除磁盘上的数据不会进入镜像；其上的卷组或挂载点在新云服务器上会缺失。"),
    fix: Wording(
      "Back up the whole server, with all its disks, and use that backup.", "请备份整台云服务器（包含全部磁盘），并使用该备份。"),
    source: CloudSources.cbrConstraints)
}
