// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc
internal import HuaweiCloud

/// Where the simulator keeps its jobs over a restart: one JSON file, replaced whole.
struct StateFile: Sendable {
  let path: String

  /// The jobs in the file; none if there is no file yet.
  func read() throws(SimulatorFailure) -> [String: SimulatedCloud.OrderedJob] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw failure("cannot be opened", errno) }
      return [:]
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw failure("cannot be read", errno) }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= 64 << 20 else { throw SimulatorFailure(status: 66, message: "\(path) is too large") }
    }
    if bytes.isEmpty { return [:] }
    do {
      let jobs: [SimulatedCloud.OrderedJob] = try JSON(parsing: bytes).asObject().required("jobs")
      return Dictionary(jobs.map { ($0.id, $0) }) { $1 }
    } catch {
      throw SimulatorFailure(status: 66, message: "\(path) is no state of this simulator: \(error)")
    }
  }

  /// Replaces the file.
  func write(_ jobs: [String: SimulatedCloud.OrderedJob]) throws(SimulatorFailure) {
    let bytes = JSON.members(("jobs", jobs.values.sorted { $0.id < $1.id }.json)).prettyBytes
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

extension SimulatedCloud.OrderedJob: JSONConvertible {
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    let milliseconds: Int = try members.required("began_ms")
    self.init(
      id: try members.required("id"), imageName: try members.required("image_name"),
      imageID: try members.required("image_id"), source: try members.required("source"),
      began: UTCTime(milliseconds: Int64(milliseconds)))
  }

  var json: JSON {
    .members(
      ("id", id.json), ("image_name", imageName.json), ("image_id", imageID.json), ("source", source.json),
      ("began_ms", .integer(began.milliseconds)))
  }
}
