// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the initial RAM file systems of a machine hold: those in `/boot`, and those that the boot loader's entries name.
struct InitramfsInspection {
  private(set) var files: [Initramfs] = []
  private(set) var gaps: [Gap] = []
  /// The releases of the kernels whose images are in `/boot`.
  private(set) var images: [String] = []
  /// What the next inspection need not find again.
  private(set) var memory: InspectionMemory

  /// As many of those in `/boot`, the newest, and as many again of those that entries name, are read.
  static let most = 16

  private let root: Root
  private let points: MountPoints
  private var readers: InitramfsReaders
  private var asked: Set<String> = []

  /// An inspection that remembers from now on.
  init(root: Root, points: MountPoints, readers: InitramfsReaders, version: String) {
    self.root = root
    self.points = points
    self.readers = readers
    memory = InspectionMemory(version: version)
  }

  /// Has those in `/boot` read, and those of the Boot Loader Specification in its folder of this machine and a kernel.
  mutating func begin(machineID: String?) {
    guard let names = names(in: "/boot") else { return }
    images = names.compactMap(InitramfsFiles.releaseOfImage)
    var found = names.filter(InitramfsFiles.isInitramfs).map {
      (release: InitramfsFiles.release($0), path: "/boot/\($0)")
    }
    if let machineID, names.contains(machineID) {
      for kernel in self.names(in: "/boot/\(machineID)") ?? [] where kernel != "0-rescue" {
        for name in self.names(in: "/boot/\(machineID)/\(kernel)") ?? [] where name == "initrd" {
          found.append((kernel, "/boot/\(machineID)/\(kernel)/\(name)"))
        }
      }
    }
    found.sort { InitramfsFiles.isNewer($0.release ?? "", $1.release ?? "") }
    if found.count > Self.most {
      note("/boot", .truncated, "\(found.count) initial RAM file systems, of which the newest \(Self.most) were read")
    }
    ask(found.prefix(Self.most).map(\.path))
    noteUnified()
  }

  /// Notes kernels that have their initial RAM file system in one file with them, which is not looked into.
  private mutating func noteUnified() {
    // Where such a folder is not to be touched, the boot loader's inspection says so.
    for folder in ["/boot", "/boot/efi", "/efi"] where points.obstacle(of: folder) == nil {
      for name in names(in: "\(folder)/EFI/Linux") ?? [] where name.hasSuffix(".efi") {
        note("\(folder)/EFI/Linux/\(name)", .unsupported, "a unified kernel image is not looked into")
      }
    }
  }

  /// Has those read that entries name and that were not asked for yet; those for repairs are left alone, unless they are
  /// what is started.
  mutating func add(_ entries: [BootEntry]) {
    var paths: [String] = []
    let counting = entries.filter { !$0.isRecovery || $0.isDefault == .value(true) }
    for path in counting.flatMap(\.initramfs).compactMap(\.path.value)
    where !paths.contains(path) && !asked.contains(path) {
      paths.append(path)
    }
    if paths.count > Self.most {
      note("entries", .truncated, "\(paths.count) more initial RAM file systems, of which \(Self.most) were read")
    }
    ask(Array(paths.prefix(Self.most)))
  }

  /// Takes in what was told of all of them.
  mutating func finish() {
    for reading in readers.finish() {
      if let file = reading.file { files.append(file) }
      gaps += reading.gaps
      memory.keep(reading)
    }
    files.sort { $0.path < $1.path }
  }

  private mutating func ask(_ paths: [String]) {
    let touchable = paths.filter { isTouchable($0) }
    asked.formUnion(touchable)
    readers.ask(touchable)
  }

  private mutating func names(in folder: String) -> [String]? {
    guard isTouchable(folder) else { return nil }
    do throws(ReadFailure) { return try root.list(folder) } catch {
      if !error.isAbsent { note(folder, error.isNotPermitted ? .notPermitted : .unreadable, error.description) }
      return nil
    }
  }

  /// Whether a path may be touched; notes what keeps it from that.
  private mutating func isTouchable(_ path: String) -> Bool {
    guard let obstacle = points.obstacle(of: path) else { return true }
    note(path, obstacle, MountPoints.words(of: obstacle))
    return false
  }

  private mutating func note(_ path: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(.initramfs(path, reason, detail))
  }
}
