// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Glibc

/// Copies a collector's database while it is served.
public enum Backup {
  /// Copies the database to a new file that only its owner can read; refuses a file that exists.
  ///
  /// The copy is a snapshot of one moment, complete and on disk when this returns: it is written beside the file and
  /// takes its name at the end. Throws `.input` for a database that cannot be used, `.inputOutput` for the rest.
  public static func copy(database source: String, to target: String) throws(CollectorFailure) {
    let file = try DatabaseFile.existing(source)
    guard access(target, F_OK) != 0 else {
      throw CollectorFailure(.inputOutput, "\(target) exists already: a backup never overwrites a file")
    }
    let partial = target + ".partial"
    let descriptor = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CollectorFailure(.inputOutput, "\(partial) cannot be made: \(SystemError.text(errno))")
    }
    defer {
      close(descriptor)
      unlink(partial)
    }
    do {
      try copyPages(from: file.path, to: partial)
    } catch let failure as CollectorFailure {
      throw failure
    } catch {
      throw CollectorFailure(.inputOutput, "the database \(source) cannot be copied to \(target): \(error)")
    }
    guard fsync(descriptor) == 0 else {
      throw CollectorFailure(.inputOutput, "\(partial) cannot be written: \(SystemError.text(errno))")
    }
    // A link fails where the name is taken, a rename would overwrite.
    guard link(partial, target) == 0 else {
      throw CollectorFailure(.inputOutput, "\(target) cannot be made: \(SystemError.text(errno))")
    }
    try flushDirectory(of: target)
  }

  private static func copyPages(from source: String, to target: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    let database = try DatabaseQueue(path: source, configuration: configuration)
    defer { try? database.close() }
    try database.read { db in
      let tables = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
      guard tables > 0 else { throw CollectorFailure(.input, "\(source) is an empty database") }
      try DatabaseFile.checkOrigin(db, path: source)
    }
    let copy = try DatabaseQueue(path: target, configuration: configuration)
    defer { try? copy.close() }
    try database.backup(to: copy)
    try copy.writeWithoutTransaction { db in
      // A file by itself: without this the copy would need a -wal file beside it.
      try db.execute(sql: "PRAGMA journal_mode = DELETE")
      let answer = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
      guard answer == "ok" else {
        throw CollectorFailure(.inputOutput, "the copy is damaged: \(answer ?? "no answer")")
      }
    }
  }

  private static func flushDirectory(of path: String) throws(CollectorFailure) {
    let directory = DatabaseFile.directory(of: path)
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CollectorFailure(.inputOutput, "\(directory) cannot be opened: \(SystemError.text(errno))")
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw CollectorFailure(.inputOutput, "\(directory) cannot be flushed: \(SystemError.text(errno))")
    }
  }
}
