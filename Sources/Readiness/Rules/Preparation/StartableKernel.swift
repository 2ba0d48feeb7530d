// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A kernel that can be started, and the initial RAM file systems that it is given: an entry of the boot loader, or,
/// where those are not known, an installed kernel with the files in `/boot` that are for it.
struct StartableKernel {
  /// What of the drivers it has before it finds its root.
  enum Drivers {
    /// All that are needed.
    case complete
    /// Certainly not these.
    case lacks([String])
    /// It cannot be told; `unread` where something was there and could not be read, so that it may lack any.
    case unclear([Obstacle], unread: Bool)
  }

  /// Its release or, where that is not known, the entry's title or the file.
  var name: String
  var release: String?
  /// The entry, where there is one.
  var entry: BootEntry?
  /// The initial RAM file systems by their paths.
  var paths: [String]

  /// Whether it is only for repairs, and not what is started when nobody chooses.
  var isRecovery: Bool { (entry?.isRecovery ?? false) && isDefault != .value(true) }
  /// Whether it is started when nobody chooses.
  var isDefault: Observed<Bool> { entry?.isDefault ?? .unknown }

  /// All kernels that can be started.
  static func all(_ facts: GuestFacts) -> [StartableKernel] {
    if let entries = facts.boot?.entries, !entries.isEmpty { return entries.map(StartableKernel.init) }
    let files = facts.initramfs ?? []
    var kernels: [StartableKernel] = []
    var taken: Set<String> = []
    for kernel in facts.kernels ?? [] {
      let own = files.filter { $0.isFor(kernel.version) }
      taken.formUnion(own.map(\.path))
      kernels += (own.isEmpty ? [[]] : own.map { [$0.path] }).map {
        StartableKernel(name: kernel.version, release: kernel.version, paths: $0)
      }
    }
    return kernels
      + files.filter { !taken.contains($0.path) }.map {
        StartableKernel(name: $0.kernelVersion.value ?? $0.path, release: $0.kernelVersion.value, paths: [$0.path])
      }
  }

  private init(name: String, release: String?, paths: [String]) {
    self.name = name
    self.release = release
    self.paths = paths
  }

  private init(_ entry: BootEntry) {
    self.entry = entry
    release = entry.kernelVersion.value
    name = release ?? entry.title
    paths = entry.initramfs.compactMap(\.path.value)
  }

  /// Which of the drivers it has.
  func drivers(_ needed: [String], _ facts: GuestFacts) -> Drivers {
    let files = paths.map { path in (path: path, file: (facts.initramfs ?? []).first { $0.path == path }) }
    let release = release ?? files.compactMap { $0.file?.kernelVersion.value }.first
    let builtIn = (facts.kernels ?? []).first { $0.version == release }?.builtIn ?? .unknown
    let there = Set(files.flatMap { $0.file?.drivers.value ?? [] } + (builtIn.value ?? []))
    let missing = needed.filter { !there.contains($0) }
    guard !missing.isEmpty else { return .complete }
    var obstacles: [Obstacle] = []
    var unread = false
    func add(_ found: (obstacles: [Obstacle], unread: Bool)) {
      obstacles += found.obstacles
      unread = unread || found.unread
    }
    for (path, file) in files where file?.drivers.value == nil {
      add(Self.unknown("initramfs[\(path)].drivers", path, [path], facts))
    }
    for file in entry?.initramfs ?? [] where file.path.value == nil {
      add(Self.unknown("boot.entries[\(name)].initramfs[\(file.written)].path", file.written, [], facts))
    }
    if !builtIn.isKnown {
      let beside = "/\(release ?? "")/modules.builtin"
      let members = (facts.gaps ?? []).map(\.subject.member).filter { $0.hasSuffix(beside) }
      add(Self.unknown("kernels[\(release ?? name)].built_in", release ?? name, members, facts))
    }
    if entry == nil, paths.isEmpty { add(notFound(facts)) }
    return obstacles.isEmpty ? .lacks(missing) : .unclear(obstacles, unread: unread)
  }

  /// What stands in the way of a fact: the gaps at these files, or that nothing is said of it.
  private static func unknown(
    _ fact: String, _ subject: String, _ members: [String], _ facts: GuestFacts
  ) -> (obstacles: [Obstacle], unread: Bool) {
    let gaps = Obstacle.hidden(in: facts) { isOfSection($0) && members.contains($0.subject.member) }
    guard !gaps.isEmpty else {
      return ([.fact(fact, of: Subject(kind: Gap.Kind.file.rawValue, name: subject))], true)
    }
    return (gaps, gaps.contains { $0.gap.map(isUnread) ?? true })
  }

  /// No file for an installed kernel was found, and it has to have one.
  private func notFound(_ facts: GuestFacts) -> (obstacles: [Obstacle], unread: Bool) {
    let known = Set((facts.initramfs ?? []).map(\.path))
    let gaps = Obstacle.hidden(in: facts) { Self.isOfSection($0) && !known.contains($0.subject.member) }
    guard gaps.isEmpty else { return (gaps, gaps.contains { $0.gap.map(Self.isUnread) ?? true }) }
    let obstacle = Obstacle(
      reason: .factMissing, subject: Subject(kind: Gap.Kind.file.rawValue, name: "/boot"),
      evidence: Evidence(fact: "initramfs", value: .array([]), from: "/boot"),
      sentence: Self.noneFound.with(["kernel": .text(name)]), gap: nil)
    return ([obstacle], true)
  }

  private static func isOfSection(_ gap: Gap) -> Bool {
    gap.subject.kind == .section && gap.subject.name == Section.initramfs.rawValue
  }

  /// Whether a gap is about something that should have been readable.
  private static func isUnread(_ gap: Gap) -> Bool { gap.reason != .unsupported }

  static let noneFound = Wording(
    "No initial RAM file system of kernel {kernel} was found.", "没有找到内核 {kernel} 的 initramfs。")
}

extension Initramfs {
  /// Whether it is for the kernel of a release, by its modules or its name.
  fileprivate func isFor(_ release: String) -> Bool {
    if let own = kernelVersion.value { return own == release }
    return path.hasSuffix("-\(release)") || path.hasSuffix("-\(release).img") || path.hasSuffix("/\(release)/initrd")
  }
}
