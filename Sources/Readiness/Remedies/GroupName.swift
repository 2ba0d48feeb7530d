// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A volume group's name as it may stand in a command - or not at all, where another group has the same name.
struct GroupName {
  private let group: VolumeGroup
  private let word: ShellWord?
  private let isShared: Bool

  /// The name of a group; `uses` says how many groups have each name.
  init(_ group: VolumeGroup, _ uses: [String: Int]) {
    self.group = group
    word = ShellWord(group.name)
    isShared = uses[group.name, default: 0] > 1
  }

  /// How many groups have each name.
  static func uses(_ facts: GuestFacts) -> [String: Int] {
    var uses: [String: Int] = [:]
    for group in facts.volumeGroups ?? [] { uses[group.name, default: 0] += 1 }
    return uses
  }

  /// The word for commands; `nil` where the name does not say which group is meant.
  var unambiguous: ShellWord? { isShared ? nil : word }

  /// Commands made with the name; none where it is ambiguous.
  func commands(_ make: (ShellWord) -> [String]) -> [String] { unambiguous.map(make) ?? [] }

  /// What has to be done before any command can name the group.
  var notes: [RuleResult.Step] {
    guard isShared else { return [] }
    var commands: [String] = []
    if let uuid = ShellWord(group.uuid), let other = ShellWord("\(group.name)_\(group.uuid.prefix(6))") {
      commands = ["vgrename \(uuid) \(other)"]
    }
    return [.init(Self.renameFirst.with(["group": .text(group.name)]), commands: commands)]
  }

  static let renameFirst = Wording(
    "Another volume group is called {group} too, so LVM commands cannot tell them apart. Rename this one by its "
      + "uuid, and check again.",
    "还有另一个卷组也名为 {group}，LVM 命令无法区分。请按 uuid 将此卷组改名后重新检查。")
}
