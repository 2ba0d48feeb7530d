// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Where the simulator keeps its state over a restart: one JSON file, replaced whole.
struct StateFile: Sendable {
  let path: String

  /// The state in the file; `nil` if there is no file yet, or nothing in it.
  func read() throws(SimulatorFailure) -> CloudState? {
    guard let bytes = try FileContent.read(path, mayBeMissing: true), !bytes.isEmpty else { return nil }
    do {
      return try CloudState(json: JSON(parsing: bytes))
    } catch {
      throw SimulatorFailure(status: 66, message: "\(path) is no state of this simulator: \(error)")
    }
  }

  /// Replaces the file.
  func write(_ state: CloudState) throws(SimulatorFailure) {
    let bytes = state.json.prettyBytes
    let partial = path + ".partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("cannot be written", errno) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw failure("cannot be written", errno) }
      written += count
    }
    guard rename(partial, path) == 0 else { throw failure("cannot be replaced", errno) }
  }

  private func failure(_ what: String, _ number: Int32) -> SimulatorFailure {
    SimulatorFailure(status: 74, message: "the state file \(path) \(what): error \(number)")
  }
}

/// Reads files whole.
enum FileContent {
  /// Most bytes that are read of a file.
  static let limit = 64 << 20

  /// The bytes of a file, `-` being standard input; `nil` if it is missing and may be.
  static func read(_ path: String, mayBeMissing: Bool) throws(SimulatorFailure) -> [UInt8]? {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if mayBeMissing, errno == ENOENT { return nil }
      throw SimulatorFailure(status: 66, message: "\(path) cannot be opened: error \(errno)")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw SimulatorFailure(status: 66, message: "\(path) cannot be read: error \(errno)") }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= limit else { throw SimulatorFailure(status: 66, message: "\(path) is too large") }
    }
  }
}
