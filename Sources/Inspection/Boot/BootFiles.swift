// SPDX-License-Identifier: Apache-2.0

internal import BootConfiguration
internal import Facts

/// Reads the files of boot loaders, and notes what could not be read.
struct BootFiles {
  /// A file of a boot loader is not larger than this.
  static let largest = 1 << 20
  /// As many are read.
  static let most = 512

  let root: Root
  let mounts: BootMounts
  private(set) var gaps: [Gap] = []
  private var read = 0
  private var scripts: [String: GrubScript] = [:]
  private var shown: [BootLoaderEntry]?
  /// What folders hold in which something was looked for and is not there; entries name the same few again and again.
  private var listings: [String: Set<String>] = [:]

  init(root: Root, mounts: BootMounts) {
    self.root = root
    self.mounts = mounts
  }

  // MARK: gaps

  /// Notes that something is not known; the member is a path or the fact.
  mutating func note(_ member: String, _ reason: Gap.Reason, _ detail: String) {
    let gap = Gap(
      .init(.section, Section.boot.rawValue, member: PlainText.from(member)), reason, detail: PlainText.from(detail))
    if gaps.count < Self.most, !gaps.contains(gap) { gaps.append(gap) }
  }

  /// Notes that something of a file was not understood.
  mutating func note(_ file: String, _ error: BootFileError) {
    let reason: Gap.Reason =
      switch error.reason {
      case .script, .environment: .malformed
      case .cutOff, .empty, .tooMuch: .truncated
      case .noKernel, .unsupported: .unsupported
      }
    note(file, reason, error.description)
  }

  /// Notes that something could not be read.
  mutating func note(_ failure: ReadFailure, _ member: String) {
    note(member, failure.isNotPermitted ? .notPermitted : .unreadable, failure.description)
  }

  // MARK: files

  /// The content of a file, which goes into a recording as `form` of it.
  mutating func content(
    _ path: String, limit: Int = largest, recordedAs form: @escaping ([UInt8]) -> [UInt8]
  ) -> GrubAnswer<[UInt8]> {
    if let obstacle = mounts.points.obstacle(of: path) {
      note(path, obstacle, MountPoints.words(of: obstacle))
      return .unknown
    }
    read += 1
    guard read <= Self.most else {
      note(path, .truncated, "too many files")
      return .unknown
    }
    do throws(ReadFailure) { return .found(try root.read(path, limit: limit, recordedAs: form)) } catch {
      if error.isAbsent || error.isFolder { return .absent }
      note(error, path)
      return .unknown
    }
  }

  /// The names in a directory; none where it is not there.
  mutating func names(in folder: String) -> GrubAnswer<[String]> {
    if let obstacle = mounts.points.obstacle(of: folder) {
      note(folder, obstacle, MountPoints.words(of: obstacle))
      return .unknown
    }
    do throws(ReadFailure) { return .found(try root.list(folder)) } catch {
      if error.isAbsent { return .absent }
      note(error, folder)
      return .unknown
    }
  }

  /// A script of GRUB's at a path of the running system.
  mutating func script(_ path: String) -> GrubAnswer<GrubScript> {
    if let script = scripts[path] { return .found(script) }
    switch content(path, recordedAs: { GrubScript(parsing: $0).recorded }) {
    case .found(let bytes):
      let script = GrubScript(parsing: bytes)
      scripts[path] = script
      return .found(script)
    case .absent: return .absent
    case .unknown: return .unknown
    }
  }

  /// The entries of a directory `loader/entries`; `absent` where there is no such directory.
  mutating func entries(in folder: String) -> GrubAnswer<[BootLoaderEntry]> {
    let all: [String]
    switch names(in: folder) {
    case .found(let names): all = names.filter { $0.hasSuffix(".conf") && !$0.hasPrefix(".") }
    case .absent: return .absent
    case .unknown: return .unknown
    }
    var entries: [BootLoaderEntry] = []
    if all.count > Self.most / 2 { note(folder, .truncated, "\(all.count) files") }
    for name in all.prefix(Self.most / 2) {
      let path = "\(folder)/\(name)"
      let form: ([UInt8]) -> [UInt8] = { BootLoaderEntry(parsing: $0, name: name, file: path).recorded }
      guard case .found(let bytes) = content(path, limit: 1 << 16, recordedAs: form) else { continue }
      let entry = BootLoaderEntry(parsing: bytes, name: PlainText.from(name), file: PlainText.from(path))
      if let error = entry.error { note(path, error) }
      entries.append(entry)
    }
    return .found(entries)
  }

  // MARK: kernels and what goes with them

  /// The path at which the running system has a file that an entry loads; a gap tells of `member` where that is not known.
  mutating func path(of file: LoadedFile, member: String) -> Observed<String> {
    guard let place = file.place else { return .unknown }
    let candidates = mounts.candidates(for: place)
    var isCertain = candidates.isComplete
    for path in candidates.paths {
      switch look(for: path, member: member) {
      case .value(let path): return .value(path)
      case .none: continue
      case .unknown: isCertain = false
      }
    }
    if isCertain { return .none }
    let detail = mounts.isLost(place) ? "its file system is not there" : "its file system is not mounted"
    note(member, .unsupported, "\(file.written): \(detail)")
    return .unknown
  }

  /// The path at which systemd-boot's partition has a file.
  mutating func path(of file: LoadedFile, on partition: String, member: String) -> Observed<String> {
    let parts = file.written.split { $0 == "/" || $0 == "\\" }
    guard !parts.contains(".."), !file.written.contains("\\x"), !parts.isEmpty, file.written.utf8.count < 1024 else {
      note(member, .unsupported, "\(file.written): a path that is not understood")
      return .unknown
    }
    return look(for: partition + "/" + parts.joined(separator: "/"), member: member)
  }

  private mutating func look(for path: String, member: String) -> Observed<String> {
    guard mounts.points.obstacle(of: path) == nil else { return .unknown }
    if root.exists(path) { return .value(path) }
    // Not there, or not to be seen: the directory tells.
    let folder = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    do throws(ReadFailure) {
      guard try listing(of: folder).contains(name) else { return .none }
      note(member, .inconsistent, "\(path) is listed and not there")
      return .unknown
    } catch {
      if error.isAbsent { return .none }
      note(error, member)
      return .unknown
    }
  }

  private mutating func listing(of folder: String) throws(ReadFailure) -> Set<String> {
    if let names = listings[folder] { return names }
    let names = Set(try root.list(folder.isEmpty ? "/" : folder))
    if listings.count < 64 { listings[folder] = names }
    return names
  }

  /// Where a link points: `none` where it is none.
  mutating func target(of path: String, member: String) -> Observed<String> {
    do throws(ReadFailure) { return Observed(looked: try root.link(path)) } catch {
      note(error, member)
      return .unknown
    }
  }
}

extension BootFiles: GrubFiles {
  mutating func script(at place: GrubPath) -> GrubAnswer<(script: GrubScript, file: String)> {
    let candidates = mounts.candidates(for: place)
    var isCertain = candidates.isComplete
    for path in candidates.paths {
      switch script(path) {
      case .found(let script): return .found((script, PlainText.from(path)))
      case .absent: continue
      case .unknown: isCertain = false
      }
    }
    return isCertain ? .absent : .unknown
  }

  mutating func environment(at place: GrubPath) -> GrubAnswer<GrubEnvironment> {
    // Blocks of a disk instead of a file, as SUSE has it on btrfs.
    guard place.path.hasPrefix("/") else { return .unknown }
    let candidates = mounts.candidates(for: place)
    var isCertain = candidates.isComplete
    for path in candidates.paths {
      switch content(path, limit: 1 << 16, recordedAs: { GrubEnvironment(parsing: $0).recorded }) {
      case .found(let bytes):
        let block = GrubEnvironment(parsing: bytes)
        guard let error = block.error else { return .found(block) }
        note(path, error)
        return .unknown
      case .absent: continue
      case .unknown: isCertain = false
      }
    }
    return isCertain ? .absent : .unknown
  }

  mutating func holds(_ place: GrubPath) -> Bool? {
    let candidates = mounts.candidates(for: place)
    var isCertain = candidates.isComplete
    for path in candidates.paths {
      guard mounts.points.obstacle(of: path) == nil else {
        isCertain = false
        continue
      }
      if root.exists(path) { return true }
    }
    return isCertain ? false : nil
  }

  mutating func entries() -> [BootLoaderEntry] {
    if let shown { return shown }
    var found: [BootLoaderEntry] = []
    if case .found(let entries) = entries(in: "/boot/loader/entries") { found = entries }
    shown = found
    return found
  }
}
