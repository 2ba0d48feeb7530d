// SPDX-License-Identifier: Apache-2.0

internal import Agent
internal import ArgumentParser
internal import Facts
internal import Glibc
internal import Inspection

/// `wholeimage-agent serve-inspection`: one inspection for one request, for wholeimage-inspect@.service.
struct ServeInspectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve-inspection",
    abstract: "Answers one request for facts on standard input and output; started for each connection.",
    discussion: """
      Reads one line, {"timeout_ms": 10000, "instance_id": null}, and writes {"facts": …} as JSON, or an error; a \
      "memory" that the answer holds is for the next request, and spares that some of the work. \
      wholeimage-inspect.socket starts it, so that what touches devices has no network and what has network no devices.
      """)

  /// A request must have come after so long, in milliseconds.
  private static let requestMilliseconds = 10_000

  @Option(
    help: ArgumentHelp(
      "Where the kernels' modules are seen if a sandbox hides them in /lib/modules.", valueName: "folder"))
  var modules: String?

  func run() throws {
    let request: InspectionRequest
    do throws(DocumentError) {
      request = try InspectionRequest(parsing: try Self.readLine())
      if let id = request.instanceID, !InstanceID.isValid(id) {
        throw DocumentError(reason: "instance_id takes 1 to 64 letters, digits, hyphens, dots and underscores")
      }
    } catch {
      try Self.answer(.members(("error", .members(("code", "bad_request"), ("message", error.description.json)))))
      throw CommandFailure(.usage, "the request makes no sense: \(error.description)")
    }
    let answer: InspectionAnswer
    do throws(ReadFailure) {
      var root = Root.live
      if let modules { root = root.showingModules(at: modules) }
      let inspector = Inspector(
        .machine(root), instanceID: request.instanceID,
        deadlineMilliseconds: Int(request.timeoutSeconds * 1000), agentVersion: AgentCommand.version)
      var memory = InspectionMemory(json: request.memory ?? .null, version: AgentCommand.version)
      let facts = try inspector.inspect(with: &memory)
      answer = InspectionAnswer(facts: facts.json, memory: memory.json)
    } catch {
      try? Self.answer(.members(("error", .members(("code", "source_unavailable"), ("message", "\(error)".json)))))
      throw CommandFailure(.sourceUnavailable, "\(error)")
    }
    try Self.answer(answer.json)
  }

  private static func answer(_ document: JSON) throws {
    // Whoever asked and does not read must not keep this process for ever; what is no socket has no such limit.
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(STDOUT_FILENO, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let bytes = document.canonicalBytes
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // Whoever asked has gone, which is no fault of this process's.
      if count < 0, errno == EPIPE || errno == ECONNRESET { return }
      guard count > 0 else {
        throw CommandFailure(.outputFailed, "cannot answer: \(String(cString: strerror(errno)))")
      }
      written += count
    }
  }

  /// One line, or what there was when the other side said that this is all.
  private static func readLine() throws(DocumentError) -> [UInt8] {
    var line: [UInt8] = []
    let deadline = ContinuousClock.now + .milliseconds(requestMilliseconds)
    while line.count <= InspectionRequest.limit {
      let rest = (deadline - ContinuousClock.now).components
      var polled = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      let ready = poll(&polled, 1, Int32(clamping: max(0, rest.seconds * 1000 + 1)))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { throw DocumentError(reason: "it did not come in time") }
      let chunk = [UInt8](unsafeUninitializedCapacity: InspectionRequest.limit) { buffer, count in
        count = max(0, read(STDIN_FILENO, buffer.baseAddress, buffer.count))
      }
      line += chunk
      if let end = line.firstIndex(of: 0x0A) { return Array(line[..<end]) }
      if chunk.isEmpty { return line }
    }
    throw DocumentError(reason: "it is longer than \(InspectionRequest.limit) bytes")
  }
}
