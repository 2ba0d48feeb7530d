// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// An inspector that a service manager starts for each connection: the daemon itself need not see any device.
struct InspectionSocket {
  let path: String
  let stop: StopSignal

  /// Asks, and waits for the answer; to be called on a thread that may block.
  func run(_ request: InspectionRequest) throws(InspectionFailure) -> JSON {
    let descriptor = try connected()
    defer { close(descriptor) }
    let line = request.line
    // One line fits every socket's buffer.
    guard send(descriptor, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else {
      throw .unreachable(path: path, reason: InspectionFailure.text(errno))
    }
    shutdown(descriptor, Int32(SHUT_WR))
    let stream = InspectionStream(
      descriptor: descriptor, stop: stop, limitSeconds: request.timeoutSeconds + InspectionStream.overheadSeconds)
    return try InspectionStream.facts(try stream.readAll())
  }

  private func connected() throws(InspectionFailure) -> Int32 {
    guard let address = UnixAddress(path: path) else {
      throw .unreachable(path: path, reason: "the path is empty or longer than 107 bytes")
    }
    // Not blocking: a full backlog is an error at once, not a wait without end.
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw .unreachable(path: path, reason: InspectionFailure.text(errno)) }
    guard address.connect(descriptor) else {
      let code = errno
      close(descriptor)
      throw .unreachable(path: path, reason: InspectionFailure.text(code))
    }
    return descriptor
  }
}
