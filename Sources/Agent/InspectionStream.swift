// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The stream that an inspection answers on, read by a thread that may block, up to a deadline or the daemon's stop.
///
/// Whoever does not answer is left alone, never signalled.
struct InspectionStream {
  let descriptor: Int32
  let stop: StopSignal
  /// Seconds from the question to the end of the answer.
  let limitSeconds: Double
  /// Facts larger than this are refused.
  static let outputLimit = 64 << 20
  /// What an inspection takes beside the time that the devices are given, in seconds.
  static let overheadSeconds = 10.0

  /// A stream on which that is asked.
  init(descriptor: Int32, stop: StopSignal, request: InspectionRequest) {
    self.descriptor = descriptor
    self.stop = stop
    limitSeconds = request.timeoutSeconds + Self.overheadSeconds
  }

  /// Asks; whether all of the question went out, else with errno.
  func ask(_ request: InspectionRequest) -> Bool {
    let line = request.line
    guard send(descriptor, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else { return false }
    shutdown(descriptor, Int32(SHUT_WR))
    return true
  }

  /// Everything up to the end.
  func readAll() throws(InspectionFailure) -> [UInt8] {
    let deadline = BootClock.milliseconds + Int(limitSeconds * 1000)
    var output: [UInt8] = []
    while output.count <= Self.outputLimit {
      let rest = deadline - BootClock.milliseconds
      guard rest > 0 else { throw .timedOut(seconds: limitSeconds) }
      var polled = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&polled, 2, Int32(clamping: rest))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { throw .timedOut(seconds: limitSeconds) }
      if polled[1].revents != 0 { throw .stopping }
      let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
        count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
      }
      if chunk.isEmpty { return output }
      output += chunk
    }
    throw .malformed("they are longer than \(Self.outputLimit) bytes")
  }
}
