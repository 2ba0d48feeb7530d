// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How an initial RAM file system is made anew, in the words of what the guest's distribution makes it with.
enum InitramfsRemedy {
  /// What makes it.
  enum Maker {
    /// initramfs-tools (update-initramfs(8)).
    case initramfsTools
    /// dracut (dracut(8), dracut.conf(5)).
    case dracut
    /// mkinitrd of SUSE before 12 (mkinitrd(8)).
    case mkinitrd
    /// mkinitcpio (mkinitcpio(8)).
    case mkinitcpio
    /// mkinitfs of Alpine.
    case mkinitfs
    /// It is not known which.
    case other

    /// What a distribution makes it with, by `ID` and `VERSION_ID` of os-release(5).
    init(_ system: OperatingSystem) {
      switch DistributionFamily(system) {
      case .debian: self = .initramfsTools
      case .redHat: self = .dracut
      case .suse: self = (system.version.value ?? "").hasPrefix("11") ? .mkinitrd : .dracut
      case .arch: self = .mkinitcpio
      case .alpine: self = .mkinitfs
      case .other: self = .other
      }
    }
  }

  /// What to do so that drivers are inside: the lines for one file and kernel, where both can be written into a command.
  static func adding(
    _ drivers: [String], to path: String?, release: String?, _ facts: GuestFacts
  ) -> RuleResult.Step {
    let list = drivers.joined(separator: " ")
    let values: [String: StatementValue] = ["drivers": .text(list)]
    let file = path.flatMap(ShellWord.init)
    let kernel = release.flatMap(ShellWord.init)
    switch Maker(facts.guest.os) {
    case .initramfsTools:
      return .init(
        Words.initramfsTools.with(values),
        commands: kernel.map {
          ["printf '%s\\n' \(list) >>/etc/initramfs-tools/modules", "update-initramfs -u -k \($0)"]
        } ?? [])
    case .dracut:
      guard let kernel else { return .init(Words.dracut.with(values)) }
      return .init(
        Words.dracut.with(values),
        commands: [
          "echo 'add_drivers+=\" \(list) \"' >/etc/dracut.conf.d/virtio.conf",
          file.map { "dracut --force \($0) \(kernel)" } ?? "dracut --force --kver \(kernel)",
        ])
    case .mkinitrd:
      return .init(
        Words.mkinitrd.with(values),
        commands: ["sed -i.bak 's/^INITRD_MODULES=\"/&\(list) /' /etc/sysconfig/kernel", "mkinitrd"])
    case .mkinitcpio:
      return .init(
        Words.mkinitcpio.with(values),
        commands: ["sed -i.bak 's/^MODULES=(/&\(list) /' /etc/mkinitcpio.conf", "mkinitcpio -P"])
    case .mkinitfs:
      return .init(
        Words.mkinitfs.with(values),
        commands: kernel.map {
          ["sed -i.bak 's/^features=\"/&virtio /' /etc/mkinitfs/mkinitfs.conf", "mkinitfs \($0)"]
        } ?? [])
    case .other: return .init(Words.other.with(values))
    }
  }

  /// The lines that make one anew as things are.
  static func renewing(_ path: String, release: String?, _ facts: GuestFacts) -> [String] {
    let kernel = release.flatMap(ShellWord.init)
    switch Maker(facts.guest.os) {
    case .initramfsTools: return kernel.map { ["update-initramfs -u -k \($0)"] } ?? []
    case .dracut:
      guard let kernel, let file = ShellWord(path) else { return [] }
      return ["dracut --force \(file) \(kernel)"]
    case .mkinitrd: return ["mkinitrd"]
    case .mkinitcpio: return ["mkinitcpio -P"]
    case .mkinitfs: return kernel.map { ["mkinitfs \($0)"] } ?? []
    case .other: return []
    }
  }

  enum Words {
    static let initramfsTools = Wording(
      "Name {drivers} in /etc/initramfs-tools/modules and make the initial RAM file system anew; then check again. (Where "
        + "dracut makes it, add_drivers in /etc/dracut.conf.d does the same.)",
      "在 /etc/initramfs-tools/modules 中加入 {drivers} 并重新生成 initramfs，然后重新检查。（若由 dracut 生成，请在 "
        + "/etc/dracut.conf.d 中使用 add_drivers。）")
    static let dracut = Wording(
      "Have dracut add {drivers} and make the initial RAM file system anew; then check again.",
      "让 dracut 加入 {drivers} 并重新生成 initramfs，然后重新检查。")
    static let mkinitrd = Wording(
      "Name {drivers} in INITRD_MODULES of /etc/sysconfig/kernel and make the initial RAM file systems anew; then check "
        + "again.",
      "在 /etc/sysconfig/kernel 的 INITRD_MODULES 中加入 {drivers} 并重新生成 initrd，然后重新检查。")
    static let mkinitcpio = Wording(
      "Name {drivers} in MODULES of /etc/mkinitcpio.conf and make the initial RAM file systems anew; then check again.",
      "在 /etc/mkinitcpio.conf 的 MODULES 中加入 {drivers} 并重新生成 initramfs，然后重新检查。")
    static let mkinitfs = Wording(
      "Name virtio, which has {drivers}, in features of /etc/mkinitfs/mkinitfs.conf and make the initial RAM file system "
        + "anew; then check again.",
      "在 /etc/mkinitfs/mkinitfs.conf 的 features 中加入 virtio（包含 {drivers}）并重新生成 initramfs，然后重新检查。")
    static let other = Wording(
      "Have what makes the initial RAM file system on this system (dracut: add_drivers, initramfs-tools: "
        + "/etc/initramfs-tools/modules) put {drivers} into it, make it anew, and check again.",
      "让本系统生成 initramfs 的工具（dracut：add_drivers；initramfs-tools：/etc/initramfs-tools/modules）加入 {drivers}，"
        + "重新生成 initramfs，然后重新检查。")
  }
}
