// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What keeps the rules on volumes over several disks from passing.
enum WindowsVolumes {
  /// What these rules need besides what every rule on Windows needs.
  static let reads: [FactPath] = [
    "windows.disks", "windows.volumes", "windows.disks[].dynamic", "windows.undetermined_volume_types",
    "counts.windows_disks", "counts.windows_volumes",
  ]

  /// Facts that are missing, disks that may hide volumes, and volumes of which it is not known on how many disks they
  /// lie.
  @Sendable static func missing(_ windows: WindowsFacts, _ facts: GuestFacts) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    for name in ["windows_disks", "windows_volumes"] where facts.counts?[name] == nil {
      obstacles.append(.count(of: name))
    }
    if windows.disks == nil { obstacles.append(.fact("windows.disks", of: .windows)) }
    if windows.volumes == nil { obstacles.append(.fact("windows.volumes", of: .windows)) }
    if windows.undeterminedVolumeTypes.value != false {
      obstacles.append(undetermined(windows))
    }
    let disks = windows.disks ?? []
    for disk in disks where !disk.dynamic.isKnown { obstacles.append(.fact(disk.fact("dynamic"), of: disk.subject)) }
    for disk in disks where disk.dynamic.isKnown && disk.mayHideVolumes { obstacles.append(hiding(disk)) }
    let onlyBasic = disks.allSatisfy { $0.dynamic.value == false && !$0.mayHideVolumes }
    for volume in windows.volumes ?? [] where isUnclear(volume, onlyBasic) { obstacles.append(unclear(volume)) }
    return obstacles
  }

  /// A type that is not known says nothing where dynamic disks are, unless the volume is seen on one disk; one that is
  /// known and is contradicted by the disks says nothing either.
  private static func isUnclear(_ volume: WindowsVolume, _ onlyBasic: Bool) -> Bool {
    let places = volume.disks.value?.count
    guard let kind = volume.type.value else { return places.map { $0 != 1 } ?? !onlyBasic }
    return !kind.needsSeveralDisks && (places ?? 1) > 1
  }

  private static func undetermined(_ windows: WindowsFacts) -> Obstacle {
    let path = "windows.undetermined_volume_types"
    guard windows.undeterminedVolumeTypes.value == true else { return .fact(path, of: .windows) }
    return Obstacle(
      reason: .storageHidden, subject: .windows,
      evidence: Evidence(fact: path, value: true, from: "diskpart: list volume"), sentence: Statement(rowsMissing),
      gap: nil)
  }

  private static func hiding(_ disk: WindowsDisk) -> Obstacle {
    let wording =
      switch disk.kind {
      case .foreign: foreign
      case .missing: missingDisk
      default: offline
      }
    return Obstacle(
      reason: .storageHidden, subject: disk.subject, evidence: disk.statusEvidence,
      sentence: wording.with(["disk": .text(disk.name), "status": .text(disk.status)]), gap: nil)
  }

  private static func unclear(_ volume: WindowsVolume) -> Obstacle {
    let values: [String: StatementValue] = [
      "volume": .text(volume.title), "word": .text(volume.typeText), "disks": .list(volume.disks.value ?? []),
    ]
    return Obstacle(
      reason: .storageHidden, subject: volume.subject, evidence: volume.diskEvidence.first ?? volume.typeEvidence,
      sentence: (volume.disks.value == nil ? unknownWord : contradiction).with(values), gap: nil)
  }

  static let rowsMissing = Wording(
    "The capture does not show the type of every volume.", "采集内容未能显示每个卷的类型。")
  static let foreign = Wording(
    "Disk {disk} is foreign ({status}): diskpart does not show the volumes on it.",
    "磁盘 {disk} 为外部磁盘（{status}）：diskpart 不显示其中的卷。")
  static let missingDisk = Wording(
    "Dynamic disk {disk} is missing ({status}): what lay on it cannot be seen.",
    "动态磁盘 {disk} 缺失（{status}）：无法得知其上的内容。")
  static let offline = Wording(
    "Disk {disk} is dynamic and not online ({status}): diskpart does not show the volumes on it.",
    "磁盘 {disk} 为动态磁盘且未联机（{status}）：diskpart 不显示其中的卷。")
  static let unknownWord = Wording(
    "Volume {volume} has the type \"{word}\", which is in none of the word lists; on a dynamic disk it may mean "
      + "spanned.",
    "卷 {volume} 的类型“{word}”不在词表中；在动态磁盘上它可能就是跨区卷。")
  static let contradiction = Wording(
    "Volume {volume} has the type \"{word}\" and lies on disks {disks}: it may be spanned.",
    "卷 {volume} 的类型为“{word}”，却位于磁盘 {disks} 上：它可能是跨区卷。")

  /// What to do where it is not known.
  static let lookAgain = Wording(
    "Capture it again as administrator, all of it: in a command prompt enter chcp 437 (which makes Chinese, Japanese "
      + "and Korean systems answer in English), then diskpart, and these lines; for each volume in doubt select it and "
      + "enter detail volume. Import or remove foreign and missing disks, bring offline ones online first.",
    "请以管理员身份重新完整采集：在命令提示符中先执行 chcp 437（使中文、日文、韩文系统以英文输出），再运行 diskpart 并输入以下各行；"
      + "对有疑问的卷，选中后输入 detail volume。外部磁盘和缺失磁盘请先导入或移除，脱机磁盘请先联机。")
  static let lines = ["san", "list disk", "list volume", "exit"]
}
