// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Why the state cannot be read or kept.
struct StateFailure: Error, Equatable, CustomStringConvertible {
  var description: String
}

/// The directory that outlives the agent: one file, replaced as a whole, and the one that replaces it.
///
/// One agent at a time uses it, for as long as it runs.
final class StateDirectory: Sendable {
  /// The file with the state.
  static let file = "identity.json"
  private static let newFile = "identity.json.new"
  /// A larger file is none of ours.
  private static let sizeLimit = 16 << 10

  let path: String
  private let descriptor: Int32

  /// Opens the directory, which is made if it is not there; throws if another agent uses it.
  init(_ path: String) throws(StateFailure) {
    self.path = path
    mkdir(path, 0o700)
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure("open the state directory \(path)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason =
        errno == EWOULDBLOCK
        ? StateFailure(description: "another agent uses the state directory \(path)")
        : Self.failure("lock the state directory \(path)")
      close(descriptor)
      throw reason
    }
  }

  deinit { close(descriptor) }

  /// Whether a directory holds a state, of whatever form.
  static func hasState(_ path: String) -> Bool { access("\(path)/\(file)", F_OK) == 0 }

  /// The state; `nil` if there is none yet.
  ///
  /// Refuses a file that others may read: whoever has the key can report for this server.
  func read() throws(StateFailure) -> AgentState? {
    let file = openat(descriptor, Self.file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw Self.failure("open \(path)/\(Self.file)")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw StateFailure(description: "\(path)/\(Self.file) is no regular file")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw StateFailure(
        description: "\(path)/\(Self.file) may be read by others: its key is to be revoked and made anew")
    }
    guard status.st_size <= Self.sizeLimit else {
      throw StateFailure(description: "\(path)/\(Self.file) is too large to be the agent's state")
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.sizeLimit) { buffer, count in
      count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
    }
    let json: JSON
    do throws(JSONSyntaxError) { json = try JSON(parsing: bytes) } catch {
      throw StateFailure(description: "\(path)/\(Self.file) is damaged: \(error)")
    }
    do throws(DocumentError) { return try AgentState(json: json) } catch {
      throw StateFailure(description: "\(path)/\(Self.file) is not the agent's state: \(error)")
    }
  }

  /// Puts a state in place of the one before; a crash leaves one or the other, whole.
  func write(_ state: AgentState) throws(StateFailure) {
    // Whatever a crash left there.
    unlinkat(descriptor, Self.newFile, 0)
    let file = openat(descriptor, Self.newFile, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.failure("make \(path)/\(Self.newFile)") }
    let bytes = state.json.canonicalBytes
    let isWhole = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
    let reason = Self.failure("write \(path)/\(Self.newFile)")
    close(file)
    guard isWhole else { throw reason }
    guard renameat(descriptor, Self.newFile, descriptor, Self.file) == 0 else {
      throw Self.failure("replace \(path)/\(Self.file)")
    }
    // The name is on disk before the key is used.
    guard fsync(descriptor) == 0 else { throw Self.failure("flush the state directory \(path)") }
  }

  private static func failure(_ what: String) -> StateFailure {
    StateFailure(description: "cannot \(what): \(strerror(errno).map { String(cString: $0) } ?? "error \(errno)")")
  }
}
