// SPDX-License-Identifier: Apache-2.0

internal import Facts
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

  /// The facts that an answer holds.
  static func facts(_ answer: [UInt8]) throws(InspectionFailure) -> JSON {
    let document: JSON
    do {
      document = try JSON(parsing: answer)
    } catch {
      throw .malformed(answer.isEmpty ? "there is nothing" : error.description)
    }
    if let message = document["error"]?["message"]?.string { throw .refused(PlainText.from(message)) }
    return document
  }
}
