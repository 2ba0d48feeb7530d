// SPDX-License-Identifier: Apache-2.0

internal import BootConfiguration
internal import Facts

/// How a machine starts: the boot loader whose files are there, the entries that it offers, and the running kernel's
/// command line.
struct BootInspection {
  private(set) var facts = BootFacts()
  private var files: BootFiles
  private let names: DeviceNames
  private let commandLine: KernelCommandLine
  private let firmware: String?
  private let system: String?

  /// What could not be read or was not understood.
  var gaps: [Gap] { files.gaps }

  /// Entries that are listed; no menu has as many.
  private static let mostEntries = 256
  /// Makers' directories on an EFI system partition that are looked into.
  private static let mostMakers = 32
  /// Where GRUB 2 has its files; RHEL and SUSE call it `grub2`.
  private static let folders = ["/boot/grub2", "/boot/grub"]

  /// An inspection of a machine of which its devices and mounts are known.
  init(root: Root, mounts: BootMounts, names: DeviceNames, commandLine: KernelCommandLine, guest: Guest) {
    files = BootFiles(root: root, mounts: mounts)
    self.names = names
    self.commandLine = commandLine
    firmware = guest.firmware.value
    system = guest.os.id.value
  }

  /// Reads everything.
  mutating func run() {
    readCommandLine()
    let gapsBefore = files.gaps.count
    if readGrub() || readSystemdBoot() || readLegacy() { return }
    // A file that could not be read may be one of a boot loader's.
    facts.loader = files.gaps.count == gapsBefore ? .none : .unknown
    facts.entries = []
  }

  private mutating func readCommandLine() {
    let file = KernelCommandLine.file
    let bytes: [UInt8]
    switch commandLine.content {
    case .success(nil): return
    case .success(let line?): bytes = line
    case .failure(let failure): return files.note(failure, file)
    }
    // The kernel ends the line; a short read has lost what stood behind.
    guard bytes.last == 0x0A else { return files.note(file, BootFileError(.cutOff)) }
    let arguments = KernelArguments(parsing: bytes)
    facts.runningRoot = arguments.root
    facts.consoles = Array(arguments.consoles.prefix(64))
  }

  // MARK: GRUB 2

  /// A script that a firmware starts, and where it lies.
  private struct Script {
    var script: GrubScript
    var path: String
  }

  private mutating func readGrub() -> Bool {
    var scripts = firmware == "uefi" ? partitionScripts() : []
    if scripts.isEmpty { scripts = mainScripts() }
    if scripts.isEmpty, firmware != "uefi" { scripts = partitionScripts() }
    guard !scripts.isEmpty else { return false }
    facts.loader = .value(.grub2)
    var menus = self.menus(of: scripts)
    // What leads on to another file, and that was not found: the file is most likely the usual one.
    if menus.allSatisfy(\.entries.isEmpty), scripts.allSatisfy({ !Self.folders.contains(Self.folder(of: $0.path)) }) {
      let others = self.menus(of: mainScripts())
      if !others.isEmpty { menus = others }
    }
    if menus.dropFirst().contains(where: { $0.entries != menus[0].entries || $0.start != menus[0].start }) {
      // The firmware's variables say which, and those of a clone are its own.
      files.note(scripts[0].path, .unsupported, "one of \(scripts.count) scripts, and nothing says which is started")
      for index in menus.indices { menus[index].start = nil }
    } else {
      menus = Array(menus.prefix(1))
    }
    setEntries(of: menus)
    return true
  }

  private mutating func menus(of scripts: [Script]) -> [GrubMenu] {
    var menus: [GrubMenu] = []
    for script in scripts { menus.append(menu(of: script)) }
    return menus
  }

  private mutating func menu(of script: Script) -> GrubMenu {
    let platform = firmware.map { $0 == "uefi" ? "efi" : "pc" }
    var machine = GrubMachine(files: files, platform: platform)
    let menu = machine.run(
      script.script, file: PlainText.from(script.path), at: files.mounts.place(of: script.path))
    files = machine.files
    for doubt in menu.doubts { files.note(doubt.file, BootFileError(line: doubt.line, doubt.reason)) }
    return menu
  }

  /// The scripts at the usual places, each once.
  private mutating func mainScripts() -> [Script] {
    var found: [Script] = []
    for folder in Self.folders {
      let path = folder + "/grub.cfg"
      // One of the directories may be a link to the other.
      guard case .found(let script) = files.script(path), !found.contains(where: { $0.script == script }) else {
        continue
      }
      found.append(Script(script: script, path: path))
    }
    return found
  }

  /// The scripts on the EFI system partition: that of this distribution, or all where none is its own.
  private mutating func partitionScripts() -> [Script] {
    var found: [(maker: String, script: Script)] = []
    for base in ["/boot/efi/EFI", "/efi/EFI", "/boot/EFI"] where files.mounts.points.obstacle(of: base) == nil {
      guard case .found(let makers) = files.names(in: base) else { continue }
      for maker in makers.prefix(Self.mostMakers) {
        let path = "\(base)/\(maker)/grub.cfg"
        guard case .found(let script) = files.script(path) else { continue }
        found.append((maker.lowercased(), Script(script: script, path: path)))
      }
    }
    let own = found.filter { isOwn($0.maker) }
    var scripts: [Script] = []
    for script in (own.isEmpty ? found : own).map(\.script)
    where !scripts.contains(where: { $0.script == script.script }) {
      scripts.append(script)
    }
    return scripts
  }

  /// Whether a maker's directory is that of the distribution that runs.
  private func isOwn(_ maker: String) -> Bool {
    guard let system = system?.lowercased() else { return false }
    return maker == system || maker == "redhat" && system == "rhel"
      || maker == "opensuse" && system.hasPrefix("opensuse") || maker == "sles" && system.hasPrefix("sle")
  }

  private static func folder(of path: String) -> String {
    path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
  }

  // MARK: others

  private mutating func readLegacy() -> Bool {
    for name in ["grub.conf", "menu.lst"] {
      let path = "/boot/grub/\(name)"
      guard case .found(let bytes) = files.content(path, recordedAs: { LegacyMenu(parsing: $0).recorded }) else {
        continue
      }
      let menu = LegacyMenu(parsing: bytes)
      if let error = menu.error { files.note(path, error) }
      facts.loader = .value(.grubLegacy)
      setEntries(of: [menu.menu(file: path)])
      return true
    }
    return false
  }

  private mutating func readSystemdBoot() -> Bool {
    for base in ["/boot", "/efi", "/boot/efi"] {
      let folder = base + "/loader/entries"
      guard case .found(let entries) = files.entries(in: folder) else { continue }
      let configuration = readLoaderConfiguration()
      guard !entries.isEmpty || configuration != nil else { continue }
      if configuration == nil, entries.contains(where: \.hasVariables) {
        // They are GRUB's, whose own script is out of sight.
        files.note(folder, BootFileError(.unsupported))
        return false
      }
      if entries.isEmpty { files.note(folder, BootFileError(.empty)) }
      facts.loader = .value(.systemdBoot)
      setEntries(BootLoaderOrder.forSystemdBoot(entries), configuration ?? LoaderConfiguration(), base: base)
      return true
    }
    return false
  }

  /// It lies on the EFI system partition, which need not be where the entries are.
  private mutating func readLoaderConfiguration() -> LoaderConfiguration? {
    for base in ["/efi", "/boot/efi", "/boot"] where files.mounts.points.obstacle(of: base) == nil {
      let path = base + "/loader/loader.conf"
      let form: ([UInt8]) -> [UInt8] = { LoaderConfiguration(parsing: $0).recorded }
      guard case .found(let bytes) = files.content(path, limit: 1 << 16, recordedAs: form) else { continue }
      let configuration = LoaderConfiguration(parsing: bytes)
      if let error = configuration.error { files.note(path, error) }
      return configuration
    }
    return nil
  }

  private mutating func setEntries(
    _ entries: [BootLoaderEntry], _ configuration: LoaderConfiguration, base: String
  ) {
    var start = configuration.start(among: entries)
    if configuration.pattern != nil, start == nil {
      files.note("\(base)/loader/loader.conf", BootFileError(.unsupported))
    }
    // Unified images are entries too, which are not looked into.
    if case .found(let images) = files.names(in: base + "/EFI/Linux"), images.contains(where: { $0.hasSuffix(".efi") })
    {
      files.note(base + "/EFI/Linux", BootFileError(.unsupported))
      start = nil
    }
    var listed: [BootEntry] = []
    for (index, entry) in entries.enumerated().prefix(Self.mostEntries) {
      guard let kernel = entry.plainKernel else { continue }
      listed.append(
        boot(
          kernel, title: entry.title ?? entry.id, id: entry.id, file: entry.file, line: nil,
          isDefault: Observed(known: start.map { $0 == index }), version: entry.version, partition: base))
    }
    facts.entries = listed
  }

  // MARK: entries

  private mutating func setEntries(of menus: [GrubMenu]) {
    var entries: [BootEntry] = []
    for menu in menus { add(menu.entries, way: [], start: menu.start, to: &entries) }
    if entries.contains(where: { !$0.isDefault.isKnown }) {
      files.note("entries[].default", .unsupported, "what is started when nobody chooses cannot be told")
    }
    if let entry = entries.first(where: { !$0.root.isKnown }) {
      files.note("entries[].root", .unsupported, "\(entry.title): its arguments cannot be told")
    }
    facts.entries = entries
  }

  private mutating func add(_ entries: [GrubEntry], way: [Int], start: [Int]?, to listed: inout [BootEntry]) {
    for (index, entry) in entries.enumerated() {
      let here = way + [index]
      if let inner = entry.entries { add(inner, way: here, start: start, to: &listed) }
      guard let kernel = entry.kernel else { continue }
      guard listed.count < Self.mostEntries else {
        return files.note(entry.file, .truncated, "more than \(Self.mostEntries) entries")
      }
      listed.append(
        boot(
          kernel, title: entry.title, id: entry.id, file: entry.file, line: entry.line,
          isDefault: Observed(known: start.map { $0 == here }), version: nil, partition: nil))
    }
  }

  private mutating func boot(
    _ loaded: LoadedKernel, title: String, id: String?, file: String, line: Int?, isDefault: Observed<Bool>,
    version: String?, partition: String?
  ) -> BootEntry {
    func find(_ file: LoadedFile, _ member: String) -> BootFile {
      let path =
        partition.map { files.path(of: file, on: $0, member: member) } ?? files.path(of: file, member: member)
      return BootFile(written: file.written, path: path)
    }
    var entry = BootEntry(title: title, file: file, line: line, kernel: find(loaded.kernel, "entries[].kernel.path"))
    entry.isDefault = isDefault
    entry.isRecovery = loaded.arguments.isForRepair || Self.isRecovery(title) || Self.isRecovery(id ?? "")
    entry.initramfs = loaded.initramfs.map { find($0, "entries[].initramfs[].path") }
    entry.kernelVersion =
      version.flatMap { KernelFileName.release(of: "vmlinuz-" + $0) }.map { .value($0) } ?? release(of: entry.kernel)
    entry.root = loaded.arguments.root
    entry.rootDevice = device(of: loaded.arguments.root)
    return entry
  }

  private mutating func release(of kernel: BootFile) -> Observed<String> {
    if let release = KernelFileName.release(of: kernel.written) { return .value(release) }
    guard let path = kernel.path.value else { return .none }
    // `/boot/vmlinuz` is a link to the kernel that was installed last.
    switch files.target(of: path, member: "entries[].kernel_version") {
    case .value(let target): return Observed(looked: KernelFileName.release(of: PlainText.from(target)))
    case .none: return .none
    case .unknown: return .unknown
    }
  }

  private mutating func device(of root: Observed<String>) -> Observed<String> {
    guard let spec = root.value else { return .unknown }
    guard !spec.contains("\\x") else {
      files.note("entries[].root_device", .unsupported, "\(spec): a name that is not understood")
      return .unknown
    }
    do throws(ReadFailure) { return try names.device(root: spec) } catch {
      files.note(
        "entries[].root_device", error.isNotPermitted ? .notPermitted : .unreadable, error.description)
      return .unknown
    }
  }

  /// Titles are in the language of whoever installed the system.
  private static func isRecovery(_ text: String) -> Bool {
    let text = text.lowercased()
    return ["rescue", "recovery", "恢复模式", "救援"].contains { text.contains($0) }
  }
}
