// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Facts
internal import Glibc

/// Why something outside could not be read.
public struct ReadFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was being done: `open`, `read`, `list`, `read link`.
  public var operation: String
  /// To which path, as the guest sees it.
  public var path: String
  /// The system's error number (errno(3)).
  public var code: Int32

  /// A failure of an operation on a path.
  public init(operation: String, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The failure in words.
  public var description: String { "cannot \(operation) \(path): \(Self.text(ofErrno: code))" }

  /// It is a directory and no file.
  var isFolder: Bool { code == EISDIR }

  /// There is no such file or directory.
  public var isAbsent: Bool { code == ENOENT || code == ENOTDIR }

  /// The right to read it is missing.
  public var isNotPermitted: Bool { code == EACCES || code == EPERM }

  /// The system's words for an error number.
  public static func text(ofErrno code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }
}

/// The one seam through which everything outside is read: a directory that stands for the guest's `/`.
///
/// With the real root directory it reads this machine. With another one it reads a recorded machine, and no link in
/// it leads out of it (openat2(2), so Linux 5.6 or later for recorded machines). Nothing is ever opened for writing.
public struct Root: Sendable {
  /// The directory; `/` is this machine.
  public let path: String
  /// What a recording says of the machine besides its files; `nil` of a running machine and of a tree made by hand.
  private(set) var manifest: RecordingManifest?
  /// Who is told every answer.
  var observer: RootObserver?
  private let directory: Directory?
  /// Where this machine's modules of the kernel are seen instead of below `/lib`; `nil` where they are seen there.
  var modulesPlace: String?
  private var fault: (@Sendable (_ operation: String, _ path: String) -> Fault?)?

  /// What a test makes of a read, to prove that no failed read leads to `ready`.
  enum Fault: Sendable {
    case fail(Int32)
    case empty
    case short
  }

  /// This machine.
  public static let live = Root()

  private init() {
    path = "/"
    directory = nil
  }

  /// A recorded machine below a directory; `/` is this machine.
  public init(path: String) throws(ReadFailure) { try self.init(path: path, fault: nil) }

  init(path: String, fault: (@Sendable (String, String) -> Fault?)?) throws(ReadFailure) {
    self.path = path
    guard path != "/" else {
      directory = nil
      self.fault = fault
      return
    }
    let descriptor = Glibc.open(path, WHOLEIMAGE_O_PATH | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReadFailure(operation: "open", path: path, code: errno) }
    directory = Directory(descriptor: descriptor)
    manifest = try RecordingManifest.read(from: self)
    self.fault = fault
  }

  /// Whether this is the running machine.
  public var isLive: Bool { directory == nil }

  /// The descriptor of the directory that stands for the root; `nil` for the live machine.
  var descriptor: Int32? { directory?.descriptor }

  /// Opens a file read-only, never blocking; the caller closes the descriptor.
  public func open(_ file: String, flags: Int32 = 0) throws(ReadFailure) -> Int32 {
    let flags = flags | O_RDONLY
    let descriptor: Int32
    if let directory {
      descriptor = wholeimage_open_in_root(directory.descriptor, file, flags)
    } else {
      descriptor = Glibc.open(place(of: file), flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    }
    guard descriptor >= 0 else { throw ReadFailure(operation: "open", path: file, code: errno) }
    return descriptor
  }

  /// The whole content of a file, at most `limit` bytes; a larger one fails with `EFBIG`.
  public func read(_ file: String, limit: Int = 16 << 20) throws(ReadFailure) -> [UInt8] {
    try observed(.read, file, noting: RootObservation.content) { () throws(ReadFailure) in
      try content(of: file, limit: limit)
    }
  }

  /// The same of a file that may hold secrets: into a recording goes `form` of it, from which the same is read.
  func read(
    _ file: String, limit: Int, recordedAs form: @escaping ([UInt8]) -> [UInt8]
  ) throws(ReadFailure) -> [UInt8] {
    try observed(.read, file, noting: { .content(form($0)) }) { () throws(ReadFailure) in
      try content(of: file, limit: limit)
    }
  }

  /// Whether a test makes something of reads.
  var hasFaults: Bool { fault != nil }

  /// What a test makes of reading a file.
  func fault(ofReading file: String) -> Fault? { fault?("read", file) }

  func content(of file: String, limit: Int) throws(ReadFailure) -> [UInt8] {
    let fault = fault(ofReading: file)
    if case .fail(let code) = fault { throw ReadFailure(operation: "read", path: file, code: code) }
    let descriptor = try open(file)
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = 4096
    while true {
      guard content.count <= limit else { throw ReadFailure(operation: "read", path: file, code: EFBIG) }
      let start = content.count
      content.append(contentsOf: repeatElement(0, count: chunk))
      let count = content[start...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else {
        content.removeLast(chunk)
        if errno == EINTR { continue }
        throw ReadFailure(operation: "read", path: file, code: errno)
      }
      content.removeLast(chunk - count)
      if count == 0 { break }
      chunk = min(chunk * 2, 256 << 10)
    }
    switch fault {
    case .empty: return []
    case .short: return Array(content.prefix(content.count / 2))
    default: break
    }
    if content.isEmpty, isHidden(descriptor) { throw ReadFailure(operation: "read", path: file, code: EACCES) }
    return content
  }

  /// The value of a sysfs attribute without its line break; `nil` if there is no such attribute.
  public func attribute(_ file: String) throws(ReadFailure) -> String? {
    try attributeBytes(file).map(PlainText.trimmed)
  }

  /// The bytes of a sysfs attribute; `nil` if there is no such attribute.
  ///
  /// Every attribute ends in a line break (sysfs.rst, "Attributes"): one without is cut short, and an error.
  func attributeBytes(_ file: String) throws(ReadFailure) -> [UInt8]? {
    do throws(ReadFailure) {
      return try observed(.read, file, noting: RootObservation.attribute) { () throws(ReadFailure) in
        try attributeContent(of: file)
      }
    } catch {
      if error.isAbsent { return nil }
      throw error
    }
  }

  private func attributeContent(of file: String) throws(ReadFailure) -> [UInt8]? {
    let fault = fault?("read", file)
    if case .fail(let code) = fault { throw ReadFailure(operation: "read", path: file, code: code) }
    let descriptor: Int32
    do throws(ReadFailure) {
      descriptor = try open(file)
    } catch {
      if error.isAbsent { return nil }
      throw error
    }
    defer { close(descriptor) }
    // An attribute fits one page, and one read gives all of it.
    var failure: Int32 = 0
    var content = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      failure = got < 0 ? errno : 0
      count = max(0, got)
    }
    // Some drivers answer "no such thing" only when they are read.
    if failure == ENXIO || failure == ENODATA || failure == EOPNOTSUPP { return nil }
    guard failure == 0 else { throw ReadFailure(operation: "read", path: file, code: failure) }
    switch fault {
    case .empty: content = []
    case .short: content = Array(content.prefix(content.count / 2))
    default: break
    }
    guard content.last == 0x0A else {
      // The one attribute without a line break is virtio's serial (drivers/block/virtio_blk.c prints it bare).
      if file.hasSuffix("/serial") { return content }
      throw ReadFailure(operation: "read", path: file, code: content.isEmpty ? ENODATA : EIO)
    }
    return content
  }

  /// The names in a directory, sorted, without `.` and `..`.
  public func list(_ folder: String) throws(ReadFailure) -> [String] {
    try observed(.list, folder, noting: RootObservation.names) { () throws(ReadFailure) in try names(in: folder) }
  }

  private func names(in folder: String) throws(ReadFailure) -> [String] {
    let fault = fault?("list", folder)
    if case .fail(let code) = fault { throw ReadFailure(operation: "list", path: folder, code: code) }
    let descriptor: Int32
    do throws(ReadFailure) {
      descriptor = try open(folder, flags: O_DIRECTORY)
    } catch {
      throw ReadFailure(operation: "list", path: folder, code: error.code)
    }
    guard let stream = fdopendir(descriptor) else {
      let code = errno
      close(descriptor)
      throw ReadFailure(operation: "list", path: folder, code: code)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw ReadFailure(operation: "list", path: folder, code: errno) }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    if names.isEmpty, isHidden(descriptor) { throw ReadFailure(operation: "list", path: folder, code: EACCES) }
    switch fault {
    case .empty: return []
    case .short: return Array(names.sorted().prefix(names.count / 2))
    default: return names.sorted()
    }
  }

  /// Where a symbolic link points, as written; `nil` if the path is no link or is not there.
  public func link(_ path: String) throws(ReadFailure) -> String? {
    try observed(.link, path, noting: RootObservation.link) { () throws(ReadFailure) in try target(of: path) }
  }

  private func target(of path: String) throws(ReadFailure) -> String? {
    if case .fail(let code) = fault?("read link", path) {
      throw ReadFailure(operation: "read link", path: path, code: code)
    }
    var buffer = [CChar](repeating: 0, count: 4097)
    let count: Int
    if directory == nil {
      count = readlink(path, &buffer, 4096)
    } else {
      let descriptor: Int32
      do throws(ReadFailure) {
        descriptor = try open(path, flags: WHOLEIMAGE_O_PATH | O_NOFOLLOW)
      } catch {
        if error.isAbsent { return nil }
        throw error
      }
      defer { close(descriptor) }
      count = readlinkat(descriptor, "", &buffer, 4096)
    }
    guard count >= 0 else {
      if errno == EINVAL || errno == ENOENT || errno == ENOTDIR { return nil }
      throw ReadFailure(operation: "read link", path: path, code: errno)
    }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether there is something at a path.
  public func exists(_ path: String) -> Bool {
    guard let descriptor = try? open(path, flags: WHOLEIMAGE_O_PATH) else { return false }
    defer { close(descriptor) }
    if let observer { observer(path, .present(isFolder: Self.isFolder(descriptor))) }
    return true
  }
}

/// An open directory that is closed when nobody needs it any more.
private final class Directory: Sendable {
  let descriptor: Int32
  init(descriptor: Int32) { self.descriptor = descriptor }
  deinit { close(descriptor) }
}
