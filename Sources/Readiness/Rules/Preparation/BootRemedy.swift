// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How the configuration of a boot loader is put right, in the ways of the guest's distribution.
enum BootRemedy {
  /// The device that is mounted as root.
  static func rootDevice(_ facts: GuestFacts) -> Device? {
    let name = (facts.mounts ?? []).first { $0.mountPoint == "/" }?.device
    return (facts.devices ?? []).first { $0.name == name }
  }

  /// A name by what is on a device, which its copies have too.
  private static func lastingName(of device: Device?) -> String? {
    guard let device else { return nil }
    if let uuid = device.dmUUID.value, uuid.hasPrefix("LVM-"), let name = device.dmName.value {
      return "/dev/mapper/\(name)"
    }
    guard let content = device.content.value, content.usage == "filesystem", let uuid = content.uuid.value,
      !uuid.isEmpty
    else { return nil }
    return "UUID=\(uuid)"
  }

  /// Whether a text means itself in a sed expression within single quotes, and in a shell's word.
  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "/_-=:+".unicodeScalars.contains($0)
    }
  }

  // MARK: the name of the root

  /// What to do about entries that name a root by a name that does not last or does not exist.
  static func name(
    _ root: String, device: Device?, entries: [BootEntry], _ facts: GuestFacts
  ) -> [RuleResult.Step] {
    guard let name = lastingName(of: device), isPlain(name) else {
      return [.init(Statement(MissingRoot.explanation.fix), commands: ["sudo blkid"])]
    }
    let values: [String: StatementValue] = ["name": .text(name), "root": .text(root)]
    switch (facts.boot?.loader.value, DistributionFamily(facts)) {
    case (.grub2?, .debian):
      return [.init(debian.with(values), commands: [unsetUUIDSwitch, "sudo update-grub"])]
    case (.grub2?, .redHat), (.grubLegacy?, .redHat):
      return [.init(redHat.with(values), commands: ["sudo grubby --update-kernel=ALL --args=root=\(name)"])]
    case (.grub2?, .suse):
      return [.init(suse.with(values), commands: [unsetUUIDSwitch, "sudo grub2-mkconfig -o /boot/grub2/grub.cfg"])]
    case (.systemdBoot?, _), (.grubLegacy?, _): return [.init(edit.with(values), commands: edits(root, name, entries))]
    default: return [.init(other.with(values))]
    }
  }

  private static let unsetUUIDSwitch =
    "sudo sed -i.bak 's/^[[:space:]]*GRUB_DISABLE_LINUX_UUID=/#&/' /etc/default/grub"

  /// The very changes, where both names mean themselves in a command.
  private static func edits(_ root: String, _ name: String, _ entries: [BootEntry]) -> [String] {
    guard isPlain(root) else { return [] }
    var seen: Set<String> = []
    return entries.map(\.file).filter { seen.insert($0).inserted }.prefix(8).compactMap(ShellWord.init).map { file in
      "sudo sed -i.bak 's,root=\(root)\\([[:space:]]\\|$\\),root=\(name)\\1,' \(file)"
    }
  }

  static let debian = Wording(
    "Have GRUB name the root by {name}: take GRUB_DISABLE_LINUX_UUID=true, and any root= in GRUB_CMDLINE_LINUX, out of "
      + "/etc/default/grub and /etc/default/grub.d, and make the configuration anew.",
    "让 GRUB 以 {name} 指定根设备：从 /etc/default/grub 和 /etc/default/grub.d 中去掉 GRUB_DISABLE_LINUX_UUID=true 以及"
      + " GRUB_CMDLINE_LINUX 中的 root=，然后重新生成配置。")
  static let redHat = Wording(
    "Put {name} in the place of {root} in every entry; where /etc/default/grub has GRUB_DISABLE_LINUX_UUID=true or a "
      + "root= in GRUB_CMDLINE_LINUX, take that out, too.",
    "在所有引导项中用 {name} 替换 {root}；如果 /etc/default/grub 中有 GRUB_DISABLE_LINUX_UUID=true，或 GRUB_CMDLINE_LINUX 中有"
      + " root=，也请一并去掉。")
  static let suse = Wording(
    "Have GRUB name the root by {name}: take GRUB_DISABLE_LINUX_UUID=true, and any root= in GRUB_CMDLINE_LINUX, out of "
      + "/etc/default/grub, and make the configuration anew.",
    "让 GRUB 以 {name} 指定根设备：从 /etc/default/grub 中去掉 GRUB_DISABLE_LINUX_UUID=true 以及 GRUB_CMDLINE_LINUX 中的"
      + " root=，然后重新生成配置。")
  static let edit = Wording(
    "Put {name} in the place of {root} in the entries (the old files are kept with the suffix .bak), and in "
      + "/etc/kernel/cmdline where that exists.",
    "在引导项中用 {name} 替换 {root}（原文件保留为 .bak），如果存在 /etc/kernel/cmdline 也一并修改。")
  static let other = Wording(
    "Put root={name} in the place of root={root} in the boot loader's configuration, and where that is made from.",
    "在引导配置及生成它的文件中，用 root={name} 替换 root={root}。")

  // MARK: files

  /// What to do about an entry that loads files which are not there.
  static func files(
    _ entry: BootEntry, isKernel: Bool, isStarted: Bool, _ values: [String: StatementValue], _ facts: GuestFacts
  ) -> [RuleResult.Step] {
    var values = values
    let kind = DistributionFamily(facts)
    let regenerate: [String] =
      switch (facts.boot?.loader.value, kind) {
      case (.grub2?, .debian): ["sudo update-grub"]
      case (.grub2?, .suse): ["sudo grub2-mkconfig -o /boot/grub2/grub.cfg"]
      case (.grub2?, .redHat) where entry.line != nil: ["sudo grub2-mkconfig -o /boot/grub2/grub.cfg"]
      default: []
      }
    // An entry of the Boot Loader Specification is a file of its own.
    let drop = entry.line == nil ? ShellWord(entry.file).map { ["sudo rm \($0)"] } ?? [] : regenerate
    guard isStarted else { return [.init(dropEntry.with(values), commands: drop)] }
    guard let version = entry.kernelVersion.value, isPlain(version.filter { $0 != "." && $0 != "~" }) else {
      return [.init(byHand.with(values), commands: regenerate)]
    }
    values["version"] = .text(version)
    if isKernel {
      let install: [String] =
        switch kind {
        case .debian: ["sudo apt-get install --reinstall linux-image-\(version)"]
        case .redHat: ["sudo yum reinstall kernel-\(version) kernel-core-\(version)"]
        case .suse: ["sudo zypper install --force kernel-default"]
        case .alpine, .arch, .other: []
        }
      return [.init(reinstall.with(values), commands: install + regenerate)]
    }
    let target = entry.initramfs.first { if case .none = $0.path { true } else { false } }?.written ?? ""
    let name = target.split(separator: "/").last.flatMap { ShellWord("/boot/\($0)") }
    let build: [String] =
      switch kind {
      case .debian: ["sudo update-initramfs -c -k \(version)"]
      case .redHat, .suse: name.map { ["sudo dracut --force \($0) \(version)"] } ?? []
      case .alpine, .arch, .other: []
      }
    return [.init(rebuild.with(values), commands: build)]
  }

  static let dropEntry = Wording(
    "Have the menu made anew without {entry}, or make {files} anew.", "重新生成不含“{entry}”的菜单，或重新生成 {files}。")
  static let byHand = Wording(
    "Make {files} anew or install the kernel again, and have the menu made anew.", "重新生成 {files} 或重新安装内核，然后重新生成菜单。")
  static let reinstall = Wording(
    "Install the kernel {version} again, or choose another entry as the default.", "重新安装内核 {version}，或将其他引导项设为默认。")
  static let rebuild = Wording(
    "Make the initial RAM file system of {version} anew: {files}.", "重新生成内核 {version} 的 initramfs：{files}。")
}
