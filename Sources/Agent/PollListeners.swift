// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Why the poll socket cannot be used.
public struct PollSocketFailure: Error, CustomStringConvertible, Sendable {
  /// What was being done, why it failed and what to do.
  public var description: String
}

/// What polls come in by: what a service manager handed in, else a Unix socket of the daemon's own.
struct PollListeners {
  let descriptors: [Int32]
  /// The daemon's own socket, which goes with it.
  private let ownPath: String?

  /// Takes over what was handed in, or binds the path; only the owner and the group of the daemon may connect there.
  init(path: String) throws(PollSocketFailure) {
    let inherited = try InheritedSockets.take()
    descriptors = inherited.isEmpty ? [try Self.listen(path)] : inherited
    ownPath = inherited.isEmpty ? path : nil
  }

  /// Removes the daemon's own socket; one that was handed in goes on taking connections for the next daemon.
  func remove() { if let ownPath { unlink(ownPath) } }

  /// Binds the socket; a file left behind by a daemon that is gone is replaced, one in use is not.
  private static func listen(_ path: String) throws(PollSocketFailure) -> Int32 {
    guard let address = UnixAddress(path: path) else {
      throw PollSocketFailure(description: "the socket path \(path) is empty or longer than 107 bytes")
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("create a socket", path) }
    if address.connect(descriptor) {
      close(descriptor)
      throw PollSocketFailure(description: "another daemon answers on \(path): stop it, or use --socket")
    }
    makeFolder(of: path)
    unlink(path)
    let mask = umask(0o117)
    let bound = address.bind(descriptor)
    let bindError = errno
    umask(mask)
    errno = bindError
    guard bound, Glibc.listen(descriptor, 128) == 0 else {
      let error = failure("bind", path)
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func makeFolder(of path: String) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    mkdir(String(path[..<slash]), 0o755)
  }

  private static func failure(_ what: String, _ path: String) -> PollSocketFailure {
    let reason = String(cString: strerror(errno))
    return PollSocketFailure(description: "cannot \(what) \(path): \(reason). Use --socket to name another path.")
  }
}
