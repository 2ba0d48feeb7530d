// SPDX-License-Identifier: Apache-2.0

extension Rule {
  /// `disk-on-dedicated-storage`: a disk of the server lies on dedicated distributed storage (IMG.0153).
  public static let diskOnDedicatedStorage = CloudRule(
    id: "disk-on-dedicated-storage", hazard: .dataLoss, explanation: DedicatedStorage.explanation
  ).rule
}

enum DedicatedStorage {
  static let explanation = RuleExplanation(
    title: Wording("Disk on dedicated distributed storage", "磁盘位于专属分布式存储"),
    meaning: Wording(
      "No disk of the server may lie on dedicated distributed storage (DSS) or dedicated enterprise storage (DESS).",
      "云服务器的任何磁盘都不能位于专属分布式存储（DSS）或专属企业存储（DESS）。"),
    why: Wording(
      "The cloud cannot take such disks into a whole image and refuses the request.",
      "云平台无法将此类磁盘制作进整机镜像，会拒绝请求。"),
    fix: Wording(
      "Move the data to an ordinary cloud disk (EVS) and detach the dedicated one.",
      "将数据迁移到普通云硬盘（EVS），并卸载专属存储磁盘。"),
    source: Sources.dedicatedStorage)
}
