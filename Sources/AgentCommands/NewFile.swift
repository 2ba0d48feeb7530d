// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A file that appears under its name when it is complete, and never in the place of another.
///
/// Only its owner may read it.
struct NewFile {
  /// Open for writing.
  let descriptor: Int32
  private let path: String
  private let temporaryPath: String

  /// Ends the command with status 64 if there is something at the path.
  static func requireAbsent(_ path: String) throws(CommandFailure) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    throw exists(path)
  }

  /// Begins a file; ends the command with status 74 if that is not possible.
  init(_ path: String) throws(CommandFailure) {
    self.path = path
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? ""
    temporaryPath = "\(folder).wholeimage-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).part"
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  /// Gives the file its name; ends the command if that is taken by now or not possible.
  func keep() throws(CommandFailure) {
    guard close(descriptor) == 0, wholeimage_rename_new(temporaryPath, path) == 0 else {
      let code = errno
      unlink(temporaryPath)
      errno = code
      throw code == EEXIST ? Self.exists(path) : Self.failure(path)
    }
  }

  /// Forgets the file after an error.
  func discard() {
    unlink(temporaryPath)
  }

  private static func exists(_ path: String) -> CommandFailure {
    CommandFailure(.usage, "\(path) exists already. Name a file that does not: nothing is overwritten.")
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure(
      .outputFailed,
      "cannot write \(path): \(String(cString: strerror(errno))). Name a file on a disk that can be written.")
  }
}

/// Writes an archive in large pieces.
final class ArchiveOutput {
  /// Bytes taken so far.
  private(set) var size: UInt64 = 0
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private static let pieceSize = 1 << 20

  /// To an open descriptor.
  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Takes the next bytes; ends the command with status 74 if they cannot be written.
  func write(_ bytes: [UInt8]) throws(CommandFailure) {
    pending += bytes
    size += UInt64(bytes.count)
    if pending.count >= Self.pieceSize { try flush() }
  }

  /// Writes what is left, and makes sure that the disk has it.
  func finish() throws(CommandFailure) {
    try flush()
    guard StandardOutput.flushed(descriptor) else { throw failure }
  }

  private func flush() throws(CommandFailure) {
    guard writeAll(pending, to: descriptor) else { throw failure }
    pending = []
  }

  private var failure: CommandFailure {
    CommandFailure(.outputFailed, "cannot write the recording: \(String(cString: strerror(errno)))")
  }
}
