// SPDX-License-Identifier: Apache-2.0

internal import Readiness

/// The words of pages that text reports do not have.
enum PageWords {
  static let title = Wording("{host}: whole image check", "{host}：整机镜像检查")
  static let lookedAt = Wording("Looked at {time} by agent {version}.", "检查时间 {time}，代理版本 {version}。")
  static let others = Wording("What is in order, and what was not asked", "没有问题和不在范围内的项目")
  static let table = Wording("The storage as a table", "以表格显示存储")
  static let drawing = Wording(
    "Storage from the disks on the left to the mount points on the right: {count} parts.",
    "存储示意图，从左侧的磁盘到右侧的挂载点：共 {count} 个部分。")
  static let scroll = Wording(
    "Disks on the left, mount points on the right. Where it is wider than the page, the drawing scrolls sideways.",
    "左侧为磁盘，右侧为挂载点。图比页面宽时可左右滚动。")
  static let cut = Wording(
    "Not drawn: {parts} parts and {edges} connections; those with something wrong come first.",
    "未画出：{parts} 个部分和 {edges} 条连线；优先显示有问题的部分。")
  static let cutCommands = Wording("Too long to be shown: {count} commands.", "过长而未显示的命令：{count} 条。")
  static let evidence = Wording("What this rests on", "依据")
  static let mount = Wording("mount point", "挂载点")
  static let physicalVolume = Wording("PV of {group}", "卷组 {group} 的物理卷")
}
