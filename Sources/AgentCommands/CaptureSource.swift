// SPDX-License-Identifier: Apache-2.0

internal import DiskpartCapture
internal import Facts
internal import Glibc
internal import Inspection

/// Captured output of diskpart, in a file or on standard input.
struct CaptureSource {
  /// The file; `-` is standard input.
  var path: String
  /// How it was saved, if that is not to be detected.
  var encoding: CaptureEncoding?
  /// The guest's id, as it was given.
  var instanceID: String?

  /// The facts; ends the command with status 66 if the capture cannot be read.
  func facts() throws -> GuestFacts {
    let (collectedAt, began) = (Clock.timestamp(), ContinuousClock().now)
    let bytes = try readAll()
    var facts = GuestFacts(collectedAt: collectedAt, agentVersion: AgentCommand.version)
    facts.guest.instanceID = Observed(looked: instanceID)
    facts.guest.instanceIDSource = Observed(looked: instanceID.map { _ in "configuration" })
    do throws(DiskpartCapture.Refusal) {
      facts = try DiskpartCapture.read(bytes, encoding: encoding, into: facts)
    } catch {
      throw unavailable("\(error). Capture only what diskpart prints for san, list disk and list volume")
    }
    facts.durationMicroseconds = Int((ContinuousClock().now - began) / .microseconds(1))
    return facts
  }

  /// The bytes, one more at most than a capture may have.
  private func readAll() throws -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw unavailable("\(String(cString: strerror(errno))). Name a file that can be read")
    }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while bytes.count <= DiskpartCapture.byteLimit {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unavailable("\(String(cString: strerror(errno))). Name a file that can be read") }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  private func unavailable(_ reason: String) -> CommandFailure {
    let source = path == "-" ? "standard input" : path
    return CommandFailure(.sourceUnavailable, "cannot read the capture of diskpart from \(source): \(reason).")
  }
}
