// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Standard output: the document and nothing else, written to the last byte or known to have failed.
enum StandardOutput {
  /// Writes everything; ends the command with status 74 if that is not possible.
  static func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Writes everything; ends the command with status 74 if that is not possible.
  static func write(_ bytes: [UInt8]) throws {
    guard writeAll(bytes, to: STDOUT_FILENO), flushed() else {
      throw CommandFailure(.outputFailed, "cannot write the output: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes a document as it is made, for people; ends the command with status 74 if that is not possible.
  static func write(_ document: JSON) throws {
    var isWritten = true
    document.prettyPieces { piece in isWritten = isWritten && writeAll(piece, to: STDOUT_FILENO) }
    guard isWritten, flushed() else {
      throw CommandFailure(.outputFailed, "cannot write the output: \(String(cString: strerror(errno)))")
    }
  }

  /// A full disk may show only when the file is closed or synced; a terminal or pipe cannot be synced, and need not.
  static func flushed(_ descriptor: Int32 = STDOUT_FILENO) -> Bool {
    fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == EBADF || errno == ENOTSUP
  }

  /// Whether a person looks at it.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Standard error: everything that is not the document.
enum Diagnostics {
  /// Writes one message; there is nobody to tell if that fails.
  static func write(_ message: String) { _ = writeAll(Array((message + "\n").utf8), to: STDERR_FILENO) }
}

func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    if count < 0, errno == EAGAIN {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&waiting, 1, -1)
      continue
    }
    guard count > 0 else { return false }
    written += count
  }
  return true
}
