// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Glibc

/// The file that holds the store: where it may lie, and who may open it.
struct DatabaseFile: Sendable {
  /// Its path.
  let path: String

  /// Checks the place and makes an empty file that only its owner can read, where there is none.
  ///
  /// Links are followed once, here: what is checked is what is opened. A database on a network file system is refused:
  /// SQLite's locks and shared memory do not hold there.
  static func prepare(_ path: String) throws(CollectorFailure) -> DatabaseFile {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw CollectorFailure(.usage, "the database's path is empty or has a zero byte")
    }
    // Looked at before a file is made there; and again afterwards, since the file may be a link.
    try refuseRemote(path, lyingOn: try realPath(directory(of: path)))
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else {
      throw CollectorFailure(.input, "the database \(path) cannot be opened: \(SystemError.text(errno))")
    }
    defer { close(descriptor) }
    let resolved = try realPath(path)
    try refuseRemote(path, lyingOn: resolved)
    return DatabaseFile(path: resolved)
  }

  /// The directory part of a path; `.` where there is none.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func refuseRemote(_ path: String, lyingOn place: String) throws(CollectorFailure) {
    guard let type = fileSystemType(of: place), MountedFileSystem.isRemote(type) else { return }
    throw CollectorFailure(
      .input,
      "the database \(path) lies on a network file system (\(type)), where it could be corrupted: use a local disk")
  }

  /// An existing database; checks its place too.
  static func existing(_ path: String) throws(CollectorFailure) -> DatabaseFile {
    guard access(path, R_OK) == 0 else {
      throw CollectorFailure(.input, "the database \(path) cannot be opened: \(SystemError.text(errno))")
    }
    return try prepare(path)
  }

  private static func realPath(_ path: String) throws(CollectorFailure) -> String {
    guard let resolved = realpath(path, nil) else {
      throw CollectorFailure(.input, "the database \(path) cannot be found: \(SystemError.text(errno))")
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func fileSystemType(of path: String) -> String? {
    let descriptor = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while text.count < 16 << 20 {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      text.append(contentsOf: buffer[..<count])
    }
    return MountedFileSystem.type(of: path, inMountInfo: String(decoding: text, as: UTF8.self))
  }

  /// Refuses a database of a newer release, and a file that is no collector's database.
  static func checkOrigin(_ database: Database, path: String) throws {
    let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
    guard tables > 0 else { return }
    let mark = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    guard mark == Migrations.applicationID else {
      throw CollectorFailure(.input, "\(path) is a database of another program")
    }
    if try Migrations.migrator.hasBeenSuperseded(database) {
      throw CollectorFailure(
        .input, "the database \(path) was made by a newer release of the collector: use that release")
    }
  }
}

/// Keeps a second collector away from a database: what was forwarded is decided in one process.
final class DatabaseLock: Sendable {
  private let descriptor: Int32

  init(_ file: DatabaseFile) throws(CollectorFailure) {
    let path = file.path + ".lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CollectorFailure(.input, "the lock file \(path) cannot be opened: \(SystemError.text(errno))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      guard reason == EWOULDBLOCK else {
        throw CollectorFailure(.inputOutput, "the lock file \(path) cannot be locked: \(SystemError.text(reason))")
      }
      throw CollectorFailure(.unavailable, "another collector serves the database \(file.path)")
    }
  }

  deinit { close(descriptor) }
}
