// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// The words of the text report that do not come from rules.
enum ReportWords {
  static let ready = Wording(
    "READY: nothing keeps this server from being made into a whole image.",
    "就绪（READY）：未发现妨碍将该云服务器制作成整机镜像的问题。")
  static let notReady = Wording(
    "NOT READY: a whole image of this server would put its data at risk.",
    "未就绪（NOT READY）：将该云服务器制作成整机镜像会危及其数据。")
  static let cannotTell = Wording(
    "CANNOT TELL: not everything could be seen; make no whole image yet.",
    "无法判断（CANNOT TELL）：有内容未能检查，请暂勿制作整机镜像。")
  static let cannotTellWithout = Wording(
    "CANNOT TELL: something that must be known is not; make no whole image yet.",
    "无法判断（CANNOT TELL）：缺少必要信息，请暂勿制作整机镜像。")

  static let guest = Wording(
    "{host}: profile {profile}, reading {reading}, rule set {rules}.",
    "{host}：配置 {profile}，解读方式 {reading}，规则集 {rules}。")
  static let thisGuest = Wording("This guest", "该云服务器")

  static let wrong = Wording("What is wrong", "存在的问题")
  static let undecided = Wording("What could not be judged", "无法判断的项目")
  static let unseen = Wording("What could not be seen", "未能检查的内容")
  static let storage = Wording("Storage", "存储")
  static let warnings = Wording("Warnings", "警告")
  static let notes = Wording("Good to know", "提示")

  static let concerns = Wording("Concerns: {subjects}", "对象：{subjects}")
  static let seen = Wording("Seen: {fact} = {value} (from {origin})", "依据：{fact} = {value}（来源：{origin}）")
  static let toDo = Wording("What to do:", "处理方法：")
  static let source = Wording("Source: {source}", "出处：{source}")
  static let more = Wording("and {count} more", "以及另外 {count} 项")

  static let nothing = Wording("none", "无")
  static let passed = Wording("Passed: {rules}.", "通过：{rules}。")
  static let byCloud = Wording("Checked by the cloud: {rules}.", "由云平台检查：{rules}。")
  static let notLookedAt = Wording("Not looked at: {rules}.", "未检查：{rules}。")
  static let notApplicable = Wording("Not applicable to this guest: {rules}.", "不适用于该云服务器：{rules}。")
  static let outOfScope = Wording(
    "Not part of this check: {count} rules on the cloud's side and on the request.", "不在本次检查范围内：{count} 条针对云侧和请求的规则。")

  static let blockers = Wording("!! has to be put right", "!! 必须处理")
  static let lesser = Wording(" ! warning", " ! 警告")
  static let unknown = Wording("?? could not be seen", "?? 未能检查")

  static let noDevices = Wording("No block device was seen.", "没有看到任何块设备。")
  static let devicesUnknown = Wording("The block devices are not known.", "块设备情况未知。")
  static let folded = Wording(
    "Not shown: {count} devices that hold no part of this (loop, optical, memory).",
    "未显示：{count} 个与此无关的设备（loop、光驱、内存设备）。")
  static let moreDisks = Wording(
    "and {count} more disks without anything to report", "以及另外 {count} 块没有问题的磁盘")

  static let name = Wording("NAME", "名称")
  static let size = Wording("SIZE", "大小")
  static let type = Wording("TYPE", "类型")
  static let content = Wording("CONTENT", "内容")
  static let mounted = Wording("MOUNTED AT", "挂载点")
  static let seeAbove = Wording("see above, under {name}", "见上文 {name} 之下")
  static let missingVolume = Wording("missing PV of {group}", "卷组 {group} 缺失的物理卷")
  static let volumes = Wording("{count} PVs", "{count} 个 PV")
  static let oneVolume = Wording("1 PV", "1 个 PV")
  static let devices = Wording("{count} devices", "{count} 个设备")

  static let windowsUnknown = Wording(
    "The disks and volumes are not known: no diskpart output is at hand.", "磁盘和卷情况未知：没有 diskpart 输出。")
  static let windowsNothing = Wording("diskpart listed no disk and no volume.", "diskpart 没有列出任何磁盘或卷。")
  static let windowsDisk = Wording("disk {name}", "磁盘 {name}")
  static let windowsVolume = Wording("volume {name}", "卷 {name}")
  static let windowsOnDisks = Wording("on disks {disks}", "位于磁盘 {disks}")
  static let basic = Wording("basic", "基本")
  static let dynamic = Wording("dynamic", "动态")

  static let limitSeenAt = Wording("{limit} ({detail})", "{limit}（{detail}）")

  /// A limit of the view in a sentence.
  static func limit(_ limit: Visibility.Limit) -> Wording {
    switch limit {
    case .notPrivileged: Wording("The check did not run as root.", "检查未以 root 身份运行。")
    case .container:
      Wording("The check ran inside a container, which may hide devices.", "检查在容器内运行，可能看不到部分设备。")
    case .chroot:
      Wording("The root directory is not the machine's own.", "根目录不是机器自身的根目录。")
    case .sandbox:
      Wording("The check ran in a sandbox that hides part of the machine.", "检查在沙箱中运行，机器的一部分被隐藏。")
    case .recorded:
      Wording("This is a recording or image files, not the running machine.", "检查对象是记录或镜像文件，而不是运行中的机器。")
    case .noUdev: Wording("There is no udev database here.", "此处没有 udev 数据库。")
    }
  }

  /// A kind of device in a short word, as in a column.
  static func kind(_ kind: Device.Kind) -> Wording {
    switch kind {
    case .disk: Wording("disk", "磁盘")
    case .partition: Wording("part", "分区")
    case .lvm: Wording("lvm", "LVM")
    case .crypt: Wording("crypt", "加密")
    case .multipath: Wording("mpath", "多路径")
    case .raid: Wording("raid", "阵列")
    case .loop: Wording("loop", "loop")
    case .rom: Wording("rom", "光驱")
    case .zram: Wording("zram", "zram")
    case .other: Wording("other", "其他")
    }
  }
  static let group = Wording("vg", "卷组")
  static let volume = Wording("lv", "逻辑卷")
  static let physical = Wording("pv", "物理卷")
}
