// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import InitramfsArchive

/// What reading one initial RAM file system told.
struct InitramfsReading: Equatable, Sendable, JSONConvertible {
  /// Where it was looked for.
  let path: String
  /// What it holds; `nil` of a link that leads nowhere, which is no file that a kernel could be given.
  private(set) var file: Initramfs?
  private(set) var gaps: [Gap] = []
  /// What the file can be told by from one that was read before; `nil` where it cannot be.
  private(set) var stamp: FileStamp?

  /// Reads the file, unpacking it until `isLate`.
  static func read(_ path: String, root: Root, isLate: @escaping () -> Bool) -> InitramfsReading {
    var reading = InitramfsReading(path: path, file: Initramfs(path: PlainText.from(path)))
    let stamp = root.stamp(of: path)
    let unpacking = Unpacking(isLate: isLate)
    do throws(ReadFailure) {
      try root.stream(
        path, recordedAs: { RecordedArchive.bytes(unpacking.contents, unpacking.outcome) }, unpacking.take)
    } catch {
      if error.isAbsent { reading.file = nil } else { reading.note(error) }
      return reading
    }
    if let failure = unpacking.outcome {
      reading.note(failure)
      // With more time it may be read.
      if failure.reason == .timedOut { return reading }
    } else {
      reading.take(unpacking.contents)
    }
    // What was written to while it was read, or may be written to without a trace, is read anew the next time.
    if let stamp, !stamp.isFresh, stamp == root.stamp(of: path) { reading.stamp = stamp }
    return reading
  }

  /// One of which nobody knows what became of it.
  static func lost(_ path: String, _ reason: Gap.Reason, _ detail: String) -> InitramfsReading {
    var reading = InitramfsReading(path: path, file: Initramfs(path: PlainText.from(path)))
    reading.note(reason, detail)
    return reading
  }

  private init(path: String, file: Initramfs?) {
    self.path = path
    self.file = file
  }

  private mutating func take(_ contents: InitramfsContents) {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    // One with a kernel's name and nothing for it in it is cut off behind its first part.
    if !contents.holdsMore, InitramfsFiles.release(name) != nil || name == "initrd" {
      return note(.truncated, "it holds nothing but what is loaded early")
    }
    file?.persistentRules = .value(contents.persistentRules.map(PlainText.from))
    let releases = contents.releases
    let named = InitramfsFiles.release(PlainText.from(name))
    guard let release = releases.first(where: { PlainText.from($0) == named }) ?? releases.first else {
      file?.kernelVersion = .none
      file?.drivers = contents.holdsImage ? .unknown : .value([])
      if contents.holdsImage { note(.unsupported, "its modules may be in an image that is not looked into") }
      return
    }
    guard releases.count == 1 || PlainText.from(release) == named else {
      return note(.ambiguous, "it holds modules of \(releases.count) kernels")
    }
    file?.kernelVersion = .value(PlainText.from(release))
    let drivers = contents.drivers[release] ?? []
    if contents.holdsImage, drivers.count < InstalledKernel.drivers.count {
      note(.unsupported, "some of its modules may be in an image that is not looked into")
    } else {
      file?.drivers = .value(drivers.sorted())
    }
  }

  // MARK: gaps

  private mutating func note(_ error: ArchiveError) {
    let reason: Gap.Reason =
      switch error.reason {
      case .malformed: .malformed
      case .truncated, .tooLarge: .truncated
      case .unsupported: .unsupported
      case .timedOut: .timedOut
      }
    note(reason, error.description)
  }

  private mutating func note(_ failure: ReadFailure) {
    note(failure.isNotPermitted ? .notPermitted : .unreadable, failure.description)
  }

  private mutating func note(_ reason: Gap.Reason, _ detail: String) { gaps.append(.initramfs(path, reason, detail)) }

  // MARK: document

  /// Reads the document form; throws where it is not one.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    path = try members.required("path")
    file = try members.optional("file")
    gaps = try members.required("gaps")
    stamp = try members.optional("stamp")
  }

  /// The document form, in which it travels from a helper and is remembered.
  var json: JSON {
    .members(("file", file?.json), ("gaps", gaps.json), ("path", path.json), ("stamp", stamp?.json))
  }
}

extension Gap {
  /// A gap in what is known of initial RAM file systems.
  static func initramfs(_ path: String, _ reason: Reason, _ detail: String) -> Gap {
    Gap(
      Subject(.section, Section.initramfs.rawValue, member: PlainText.from(path)), reason,
      detail: PlainText.from(detail))
  }
}

/// One file on its way through the reader.
private final class Unpacking {
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
