// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An inspector that a service manager starts for each connection: the daemon itself need not see any device.
struct InspectionSocket {
  let path: String
  let stop: StopSignal

  /// Asks, and waits for the answer; to be called on a thread that may block.
  func run(_ request: InspectionRequest) throws(InspectionFailure) -> InspectionAnswer {
    let descriptor = try connected()
    defer { close(descriptor) }
    let stream = InspectionStream(descriptor: descriptor, stop: stop, request: request)
    guard stream.ask(request) else { throw .unreachable(path: path, reason: InspectionFailure.text(errno)) }
    return try InspectionAnswer(parsing: stream.readAll())
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
