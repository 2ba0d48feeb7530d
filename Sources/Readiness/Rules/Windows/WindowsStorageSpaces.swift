// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-storage-spaces`: storage pools, which diskpart cannot show.
  public static let windowsStorageSpaces = WindowsRule(
    id: "windows-storage-spaces", hazard: .dataLoss, reads: ["windows.storage_pools"], isHidden: StorageSpaces.isHidden,
    explanation: StorageSpaces.explanation, words: StorageSpaces.words,
    severity: { $0 == .strict ? .blocker : .note }, failures: StorageSpaces.failures, missing: StorageSpaces.missing
  ).rule
}

enum StorageSpaces {
  @Sendable static func failures(_ windows: WindowsFacts) -> [RuleResult] {
    guard let count = windows.storagePools.value, count > 0 else { return [] }
    return [
      RuleResult(
        .fail, subjects: [.windows],
        title: title.with(["count": .number(count)]), message: Statement(message),
        evidence: [Evidence(fact: "windows.storage_pools", value: count.json, from: "capture script: Get-StoragePool")],
        remedy: [.init(Statement(copy))])
    ]
  }

  @Sendable static func missing(_ windows: WindowsFacts, _ facts: GuestFacts) -> [Obstacle] {
    guard windows.storagePools.value == nil else { return [] }
    return [
      Obstacle(
        reason: .factMissing, subject: .windows,
        evidence: Evidence(fact: "windows.storage_pools", value: .null, from: "not in the facts"),
        sentence: Statement(notShown), gap: nil)
    ]
  }

  @Sendable static func isHidden(_ gap: Gap) -> Bool {
    gap.hidesStorage && gap.subject.kind == .section && WindowsRule.concernsWindows(gap)
      && ["", "storage_pools", "encoding"].contains(gap.subject.member)
  }

  static let title = Wording("There are {count} storage pools (Storage Spaces)", "存在 {count} 个存储池（存储空间）")
  static let message = Wording(
    "A storage pool lies on several disks at once, and to diskpart each of its spaces looks like one ordinary disk. A "
      + "whole image takes the disks of the pool apart; the pool may come up degraded or not at all.",
    "存储池同时依赖多块磁盘，而在 diskpart 看来其中的每个存储空间都像一块普通磁盘。整机镜像会将存储池的磁盘拆开；"
      + "存储池可能降级或无法恢复。")
  static let copy = Wording(
    "Copy the data to a volume on one ordinary disk and delete the pool.", "请将数据复制到一块普通磁盘上的卷，然后删除存储池。")
  static let notShown = Wording(
    "diskpart shows the spaces of a storage pool as ordinary disks, so its output alone cannot tell.",
    "diskpart 将存储池中的存储空间显示为普通磁盘，仅凭其输出无法判断。")

  static let words = WindowsRule.Words(
    passed: Wording("There is no storage pool (Storage Spaces)", "不存在存储池（存储空间）"),
    passedMessage: Wording(
      "The capture script asked Windows, and there is none.", "采集脚本查询了 Windows，结果为没有存储池。"),
    unknown: Wording(
      "Cannot tell whether there are storage pools (Storage Spaces)", "无法判断是否存在存储池（存储空间）"),
    unknownRemedy: Wording(
      "Capture with the script capture-diskpart.ps1, which asks for storage pools as well.",
      "请使用脚本 capture-diskpart.ps1 采集，它会同时查询存储池。"),
    unknownLines: [])

  static let explanation = RuleExplanation(
    title: Wording("Windows Storage Spaces", "Windows 存储空间"),
    meaning: Wording(
      "Fails where the capture script found a storage pool. Without its answer it cannot tell, since diskpart does not "
        + "show pools. A note; in the profile strict a blocker.",
      "采集脚本发现存储池时不通过。diskpart 不显示存储池，缺少脚本结果时无法判断。默认为提示；在 strict 配置下为阻断项。"),
    why: Wording(
      "A pool is taken apart and put together like a spanned volume.", "存储池与跨区卷一样会被拆开再组合。"),
    fix: Wording(
      "Copy the data to a volume on one ordinary disk and delete the pool.", "将数据复制到一块普通磁盘上的卷，并删除存储池。"),
    source: Sources.windowsOtherTechnology)
}
