// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The plan for a volume group in words and commands.
enum ConsolidationSteps {
  /// What to do about a group that lies in several places.
  static func remedy(for group: VolumeGroup, _ name: GroupName, _ reading: Reading) -> [RuleResult.Step] {
    let values: [String: StatementValue] = ["group": .text(group.name)]
    guard name.unambiguous != nil else { return name.notes + [.init(generally.with(values))] }
    switch Consolidation(group, reading) {
    case .fits(let targets, let moves, let bytes):
      return [
        .init(
          (bytes > 0 ? fits : empty).with(values.merging(["targets": paths(targets), "bytes": .bytes(bytes)]) { $1 }),
          commands: exported(group, name) + commands(name, moves, to: targets.map(Device.path(ofName:))))
      ]
    case .tooSmall(let best, let lacking, let disk, let moves):
      return [
        newDisk(group, name, moves, tooSmall, ["lacking": .bytes(lacking), "disk": .bytes(disk), "best": paths(best)]),
        .init(orGrow.with(["best": paths(best), "lacking": .bytes(lacking)])),
      ]
    case .noPlace(let disk, let moves): return [newDisk(group, name, moves, noPlace, ["disk": .bytes(disk)])]
    case .notLinear(let volumes):
      let list = volumes.map { "\($0.name) (\($0.layout.value ?? "?"))" }
      return [.init(convert.with(["group": .text(group.name), "volumes": .list(list)]))]
    case .broken: return [.init(settleFirst.with(values))]
    case .unknown: return [.init(generally.with(values))]
    }
  }

  /// A group that was exported takes no commands until it is imported.
  private static func exported(_ group: VolumeGroup, _ name: GroupName) -> [String] {
    group.exported.value == true ? name.commands { ["vgimport \($0)"] } : []
  }

  private static func newDisk(
    _ group: VolumeGroup, _ name: GroupName, _ moves: [Consolidation.Move], _ wording: Wording,
    _ values: [String: StatementValue]
  ) -> RuleResult.Step {
    let new = "/dev/NEW"
    let moving = commands(name, moves, to: [new])
    let adding = name.commands { ["pvcreate \(new)", "vgextend \($0) \(new)"] }
    return .init(
      wording.with(values.merging(["group": .text(group.name), "new": .text(new)]) { $1 }),
      commands: moving.isEmpty ? [] : exported(group, name) + adding + moving)
  }

  /// Empties each device, takes it out of the group and takes its label off; none if a name has no safe form.
  private static func commands(_ group: GroupName, _ moves: [Consolidation.Move], to targets: [String]) -> [String] {
    let words = targets.compactMap(ShellWord.init)
    guard words.count == targets.count, let group = group.unambiguous else { return [] }
    let destination = words.map(\.description).joined(separator: " ")
    var commands: [String] = []
    for move in moves {
      guard let device = ShellWord(Device.path(ofName: move.device)) else { return [] }
      // pvmove fails where there is nothing to move.
      if move.extents > 0 { commands.append("pvmove \(device) \(destination)") }
      commands += ["vgreduce \(group) \(device)", "pvremove \(device)"]
    }
    return commands
  }

  private static func paths(_ names: [String]) -> StatementValue { .list(names.map(Device.path(ofName:))) }

  static let fits = Wording(
    "Everything in {group} fits on {targets}: move the rest there ({bytes} to move) and take the emptied physical "
      + "volumes out of the group. File systems can stay mounted meanwhile. Have a backup first.",
    "卷组 {group} 的全部数据可以放在 {targets} 上：将其余数据迁移过去（需迁移 {bytes}），再将空出的物理卷移出卷组。"
      + "迁移期间文件系统可以保持挂载。请先做好备份。")
  static let empty = Wording(
    "All data of {group} lies on {targets} already: take the other physical volumes, which are empty, out of the "
      + "group.",
    "卷组 {group} 的全部数据已在 {targets} 上：将其余空的物理卷移出卷组即可。")
  static let tooSmall = Wording(
    "No place in {group} holds all of it; even {best} lacks {lacking}. Attach a new disk of at least {disk} - in the "
      + "commands {new} stands for its name - and bring everything there. Have a backup first.",
    "卷组 {group} 中没有能容纳全部数据的位置；最大的 {best} 也缺少 {lacking}。请挂载一块至少 {disk} 的新云硬盘"
      + "（命令中的 {new} 代表其设备名），并将全部数据迁移过去。请先做好备份。")
  static let orGrow = Wording(
    "Or enlarge the disk under {best} by at least {lacking} in the cloud (and the partition, where it lies on one), "
      + "let LVM take the room with pvresize, and check again.",
    "或者在云平台上将 {best} 所在的磁盘扩容至少 {lacking}（若位于分区上，还需扩展分区），用 pvresize 使 LVM 识别新空间后重新检查。")
  static let noPlace = Wording(
    "None of the physical volumes of {group} lies on one disk alone. Attach a new disk of at least {disk} - in the "
      + "commands {new} stands for its name - and bring everything there. Have a backup first.",
    "卷组 {group} 没有任何物理卷只位于一块磁盘上。请挂载一块至少 {disk} 的新云硬盘（命令中的 {new} 代表其设备名），"
      + "并将全部数据迁移过去。请先做好备份。")
  static let convert = Wording(
    "Not all volumes of {group} are plain linear ones: {volumes}. Convert them to linear first where LVM can "
      + "(lvconvert(8)), or copy their data to new volumes on one disk and remove the old ones; then check again.",
    "卷组 {group} 中有非线性的逻辑卷：{volumes}。能够转换的请先转换为线性卷（lvconvert(8)），"
      + "否则请将数据复制到单块磁盘上的新逻辑卷并删除旧卷，然后重新检查。")
  static let settleFirst = Wording(
    "Physical volumes of {group} are missing or there more than once. Settle that first; then check again, and the "
      + "steps will stand here.",
    "卷组 {group} 存在缺失或重复的物理卷。请先处理该问题，然后重新检查，届时此处会给出具体步骤。")
  static let generally = Wording(
    "Bring {group} into one place: move its extents with pvmove onto one physical volume that holds all of them, "
      + "then take the emptied ones out with vgreduce and pvremove.",
    "将卷组 {group} 集中到一处：用 pvmove 将其数据迁移到一个足够大的物理卷上，再用 vgreduce 和 pvremove 移除空出的物理卷。")
}
