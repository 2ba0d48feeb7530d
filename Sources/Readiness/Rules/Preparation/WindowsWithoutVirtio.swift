// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension Rule {
  /// `windows-without-virtio`: Windows lacks the drivers of the disks or of the network that the cloud's servers have.
  public static let windowsWithoutVirtio = PreparationRule(
    id: "windows-without-virtio", hazard: .bootFailure, sections: [.windowsPreparation],
    reads: [
      "windows_preparation", "windows_preparation.services", "windows_preparation.services.netkvm",
    ],
    explanation: WindowsWithoutVirtio.explanation, words: WindowsWithoutVirtio.words, severity: { _ in .warning },
    blind: .warning,
    isHidden: WindowsWithoutVirtio.part.isHidden, family: .windows, wasAsked: WindowsWithoutVirtio.part.wasAsked,
    lookAgain: WindowsPreparedPart.lookAgain, failures: WindowsWithoutVirtio.failures,
    missing: WindowsWithoutVirtio.missing
  ).rule
}

enum WindowsWithoutVirtio {
  /// Drivers of disks, of which one suffices.
  private static let storage: [WindowsPreparation.Service] = [.viostor, .vioscsi]

  static let part = WindowsPreparedPart(members: ["viostor", "vioscsi", "netkvm", "services"]) { facts in
    (storage + [.netkvm]).contains { facts.service($0).isKnown }
  }

  /// Whether a driver serves a clone.
  private enum Fitness { case fit, missing, disabled, late, unknown }

  /// A driver of the disk that Windows starts from has to be loaded by the boot loader.
  private static func fitness(_ service: WindowsPreparation.Service, _ facts: WindowsPreparation) -> Fitness {
    switch facts.service(service) {
    case .none: return .missing
    case .unknown: return .unknown
    case .value(let driver):
      if driver.state.value == .running { return .fit }
      guard let start = driver.start.value else { return .unknown }
      if start == .disabled { return .disabled }
      return start == .boot || service == .netkvm ? .fit : .late
    }
  }

  @Sendable static func failures(_ input: RuleInput) -> [RuleResult] {
    guard let facts = input.facts.windowsPreparation else { return [] }
    var results: [RuleResult] = []
    let disks = storage.map { ($0, fitness($0, facts)) }
    if disks.allSatisfy({ ![.fit, .unknown].contains($0.1) }) { results.append(ofDisks(disks, facts)) }
    let network = fitness(.netkvm, facts)
    if ![.fit, .unknown].contains(network) { results.append(ofNetwork(network, facts)) }
    return results
  }

  @Sendable static func missing(_ facts: GuestFacts) -> [Obstacle] {
    guard let prepared = facts.windowsPreparation else { return [WindowsPreparedPart.missing("services")] }
    var missing: [Obstacle] = []
    if !storage.contains(where: { fitness($0, prepared) == .fit }) {
      missing += storage.filter { fitness($0, prepared) == .unknown }.map(obstacle)
    }
    return fitness(.netkvm, prepared) == .unknown ? missing + [obstacle(.netkvm)] : missing
  }

  private static func obstacle(_ service: WindowsPreparation.Service) -> Obstacle {
    WindowsPreparedPart.missing("services.\(service.member)")
  }

  private static func ofDisks(
    _ disks: [(WindowsPreparation.Service, Fitness)], _ facts: WindowsPreparation
  ) -> RuleResult {
    let idle = disks.filter { $0.1 != .missing }.map(\.0)
    let commands = idle.map { "sc config \($0.rawValue) start= boot" }
    let step =
      idle.isEmpty
      ? RuleResult.Step(
        install.with(["inf": .text("viostor.inf")]), commands: [#"pnputil -i -a D:\viostor.inf"#])
      : RuleResult.Step(Statement(enable), commands: commands)
    return RuleResult(
      .fail, subjects: storage.map(subject), title: Statement(diskTitle), message: Statement(diskMessage),
      evidence: storage.map { evidence($0, facts) }, remedy: [step])
  }

  private static func ofNetwork(_ fitness: Fitness, _ facts: WindowsPreparation) -> RuleResult {
    let step =
      fitness == .missing
      ? RuleResult.Step(
        install.with(["inf": .text("netkvm.inf")]), commands: [#"pnputil -i -a D:\netkvm.inf"#])
      : RuleResult.Step(Statement(enable), commands: ["sc config netkvm start= demand"])
    return RuleResult(
      .fail, subjects: [subject(.netkvm)], title: Statement(networkTitle), message: Statement(networkMessage),
      evidence: [evidence(.netkvm, facts)], remedy: [step])
  }

  private static func subject(_ service: WindowsPreparation.Service) -> Subject {
    Subject(kind: "service", name: service.rawValue)
  }

  private static func evidence(_ service: WindowsPreparation.Service, _ facts: WindowsPreparation) -> Evidence {
    Evidence(
      fact: "windows_preparation.services.\(service.member)", value: facts.service(service).value?.json ?? .null,
      from: "capture: sc query \(service.rawValue)")
  }

  static let diskTitle = Wording("Windows has no virtio driver for disks", "Windows 没有可用的 virtio 磁盘驱动")
  static let diskMessage = Wording(
    "Neither viostor nor vioscsi is there and loaded when Windows starts. On a server whose disks are virtio or virtio "
      + "SCSI, which those of KVM are, Windows does not find the disk that it starts from and stops with a blue screen. "
      + "This server runs without them, so its disks are of another kind.",
    "viostor 和 vioscsi 驱动都不存在，或不会在启动时加载。在磁盘为 virtio 或 virtio SCSI 类型（KVM 云服务器）的云服务器上，"
      + "Windows 找不到启动磁盘，会出现蓝屏。本云服务器没有这些驱动也能运行，说明其磁盘是其他类型。")
  static let networkTitle = Wording("Windows has no virtio driver for the network", "Windows 没有可用的 virtio 网卡驱动")
  static let networkMessage = Wording(
    "netkvm is not there, or disabled. On a server whose adapters are virtio, which those of KVM are, Windows has no "
      + "network, and the server is reached through the cloud's console alone.",
    "netkvm 驱动不存在或被禁用。在网卡为 virtio 类型（KVM 云服务器）的云服务器上，Windows 没有网络，只能通过云平台的控制台访问。")
  static let install = Wording(
    "Install the VirtIO drivers with the package for this version of Windows ({inf} in the folder of the version), in a "
      + "command prompt as administrator, with the path that the file has here.",
    "请使用与该 Windows 版本匹配的 VirtIO 驱动包（对应版本目录中的 {inf}），以管理员身份在命令提示符中安装；路径请按实际位置填写。")
  static let enable = Wording(
    "Have the driver loaded again, in a command prompt as administrator.", "以管理员身份在命令提示符中恢复该驱动的加载方式。")

  static let words = RuleWords(
    passed: Wording("Windows has the virtio drivers", "Windows 已安装 virtio 驱动"),
    passedMessage: Wording(
      "A virtio driver for disks (viostor or vioscsi) and one for the network (netkvm) are there and not disabled.",
      "virtio 磁盘驱动（viostor 或 vioscsi）和网卡驱动（netkvm）都存在且未被禁用。"),
    unknown: Wording("Cannot tell whether Windows has the virtio drivers", "无法判断 Windows 是否有 virtio 驱动"))

  static let explanation = RuleExplanation(
    title: Wording("Windows without virtio drivers", "Windows 缺少 virtio 驱动"),
    meaning: Wording(
      "Reads services and drivers in a capture and fails where neither viostor nor vioscsi is there and loaded at the "
        + "start, and where netkvm is missing or disabled. A warning in every profile: the server at hand runs without "
        + "them, and what a clone runs on is not known. On Linux it does not apply.",
      "读取采集内容中的服务和驱动：viostor 与 vioscsi 都不存在或都不在启动时加载，或 netkvm 不存在或被禁用时不通过。"
        + "当前云服务器没有它们也能运行，而克隆所用的规格未知，因此在任何配置下均为警告。不适用于 Linux。"),
    why: Wording(
      "A server made from the image may have virtio disks and adapters. Without their drivers it does not start, or has "
        + "no network.",
      "用该镜像创建的云服务器可能使用 virtio 磁盘和网卡。缺少驱动时无法启动，或没有网络。"),
    fix: Wording(
      "Install the VirtIO drivers, or have those that are there loaded again.", "安装 VirtIO 驱动，或恢复已有驱动的加载。"),
    source: Sources.windowsDrivers)
}
