// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import InitramfsArchive

/// What the initial RAM file systems of a machine hold: those in `/boot`, and those that the boot loader's entries name.
struct InitramfsInspection {
  private(set) var files: [Initramfs] = []
  private(set) var gaps: [Gap] = []
  /// The releases of the kernels whose images are in `/boot`.
  private(set) var images: [String] = []

  /// As many of those in `/boot`, the newest, and as many again of those that entries name, are read.
  static let most = 16
  /// One file is given so long, in seconds: a hundred times what unpacking a usual one takes.
  private static let secondsOfOne = 20
  /// All files together are given so long, in seconds.
  private static let secondsOfAll = 30

  private let root: Root
  private let mounts: BootMounts
  private let end = Clock.now + .seconds(Self.secondsOfAll)

  init(root: Root, mounts: BootMounts) {
    self.root = root
    self.mounts = mounts
  }

  /// Reads those in `/boot`, and those of the Boot Loader Specification in its folder of this machine and a kernel.
  mutating func run(machineID: String?) {
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
    for file in found.prefix(Self.most) { read(file.path) }
    noteUnified()
  }

  /// Notes kernels that have their initial RAM file system in one file with them, which is not looked into.
  private mutating func noteUnified() {
    // Where such a folder is not to be touched, the boot loader's inspection says so.
    for folder in ["/boot", "/boot/efi", "/efi"] where mounts.obstacle(of: folder) == nil {
      for name in names(in: "\(folder)/EFI/Linux") ?? [] where name.hasSuffix(".efi") {
        note("\(folder)/EFI/Linux/\(name)", .unsupported, "a unified kernel image is not looked into")
      }
    }
  }

  /// Reads those that entries name and that were not read yet; those for repairs are left alone.
  mutating func add(_ entries: [BootEntry]) {
    var paths: [String] = []
    for path in entries.filter({ !$0.isRecovery }).flatMap(\.initramfs).compactMap(\.path.value)
    where !paths.contains(path) && !files.contains(where: { $0.path == PlainText.from(path) }) {
      paths.append(path)
    }
    if paths.count > Self.most {
      note("entries", .truncated, "\(paths.count) more initial RAM file systems, of which \(Self.most) were read")
    }
    for path in paths.prefix(Self.most) { read(path) }
  }

  private mutating func names(in folder: String) -> [String]? {
    guard isTouchable(folder) else { return nil }
    do throws(ReadFailure) { return try root.list(folder) } catch {
      if !error.isAbsent { note(error, folder) }
      return nil
    }
  }

  /// Whether a path may be touched; notes what keeps it from that.
  private mutating func isTouchable(_ path: String) -> Bool {
    guard let obstacle = mounts.obstacle(of: path) else { return true }
    note(path, obstacle, BootMounts.words(of: obstacle))
    return false
  }

  private mutating func read(_ path: String) {
    guard isTouchable(path) else { return }
    let last = min(end, Clock.now + .seconds(Self.secondsOfOne))
    let reading = ArchiveReading { Clock.now > last }
    do throws(ReadFailure) {
      try root.stream(path, recordedAs: { RecordedArchive.bytes(reading.contents, reading.outcome) }, reading.take)
    } catch {
      // A link that leads nowhere is no file that a kernel could be given.
      if error.isAbsent { return }
      files.append(Initramfs(path: PlainText.from(path)))
      return note(error, path)
    }
    var file = Initramfs(path: PlainText.from(path))
    if let failure = reading.outcome { note(path, failure) } else { take(reading.contents, &file) }
    files.append(file)
  }

  private mutating func take(_ contents: InitramfsContents, _ file: inout Initramfs) {
    let name = file.path.split(separator: "/").last.map(String.init) ?? ""
    // One with a kernel's name and nothing for it in it is cut off behind its first part.
    if !contents.holdsMore, InitramfsFiles.release(name) != nil || name == "initrd" {
      return note(file.path, .truncated, "it holds nothing but what is loaded early")
    }
    file.persistentRules = .value(contents.persistentRules.map(PlainText.from))
    let releases = contents.releases
    let named = InitramfsFiles.release(name)
    guard let release = releases.first(where: { PlainText.from($0) == named }) ?? releases.first else {
      file.kernelVersion = .none
      file.drivers = contents.holdsImage ? .unknown : .value([])
      if contents.holdsImage { note(file.path, .unsupported, "its modules may be in an image that is not looked into") }
      return
    }
    guard releases.count == 1 || PlainText.from(release) == named else {
      return note(file.path, .ambiguous, "it holds modules of \(releases.count) kernels")
    }
    file.kernelVersion = .value(PlainText.from(release))
    let drivers = contents.drivers[release] ?? []
    if contents.holdsImage, drivers.count < InstalledKernel.drivers.count {
      note(file.path, .unsupported, "some of its modules may be in an image that is not looked into")
    } else {
      file.drivers = .value(drivers.sorted())
    }
  }

  // MARK: gaps

  private mutating func note(_ path: String, _ error: ArchiveError) {
    let reason: Gap.Reason =
      switch error.reason {
      case .malformed: .malformed
      case .truncated, .tooLarge: .truncated
      case .unsupported: .unsupported
      case .timedOut: .timedOut
      }
    note(path, reason, error.description)
  }

  private mutating func note(_ failure: ReadFailure, _ path: String) {
    note(path, failure.isNotPermitted ? .notPermitted : .unreadable, failure.description)
  }

  private mutating func note(_ path: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(
      Gap(
        .init(.section, Section.initramfs.rawValue, member: PlainText.from(path)), reason,
        detail: PlainText.from(detail)))
  }
}

/// One file on its way through the reader.
private final class ArchiveReading {
  private var reader: InitramfsReader
  private var failure: ArchiveError?

  init(isLate: @escaping () -> Bool) { reader = InitramfsReader(isLate: isLate) }

  /// What was found so far.
  var contents: InitramfsContents { reader.contents }

  /// Takes the next bytes; whether more are wanted.
  func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    do throws(ArchiveError) { try reader.take(piece) } catch { failure = error }
    return failure == nil
  }

  /// Why it could not be read, given that there are no more bytes.
  var outcome: ArchiveError? {
    if failure == nil { do throws(ArchiveError) { try reader.finish() } catch { failure = error } }
    return failure
  }
}
