// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Why an inspection gave no facts.
enum InspectionFailure: Error, Equatable, CustomStringConvertible {
  case notStarted(String)
  case timedOut(seconds: Double)
  case ended(status: Int32)
  case malformed(String)

  var description: String {
    switch self {
    case .notStarted(let reason): "the inspection could not be started: \(reason)"
    case .timedOut(let seconds): "the inspection gave no answer in \(seconds) seconds and was left alone"
    case .ended(let status): "the inspection ended with wait status \(status) and without facts"
    case .malformed(let reason): "the inspection's facts make no sense: \(reason)"
    }
  }
}

/// One inspection, as a process of its own: the daemon has threads and touches no device, and a device that never
/// answers costs one process that is left behind, never signalled.
struct InspectionProcess {
  let executable: String
  let instanceID: String?
  let deviceTimeoutSeconds: Double
  /// Facts larger than this are refused.
  static let outputLimit = 64 << 20

  /// Runs the inspection and waits for it; to be called on a thread that may block.
  func run() throws(InspectionFailure) -> JSON {
    // A socket pair, because it is closed on exec from the start; a pipe would be so only after a second call.
    var pipes: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pipes) == 0 else { throw .notStarted(Self.text(errno)) }
    defer { close(pipes[0]) }
    let process: pid_t
    do throws(InspectionFailure) {
      process = try start(output: pipes[1])
    } catch {
      close(pipes[1])
      throw error
    }
    close(pipes[1])
    let limit = deviceTimeoutSeconds + 10
    guard let output = Self.readAll(pipes[0], deadline: BootClock.milliseconds + Int(limit * 1000)) else {
      throw .timedOut(seconds: limit)
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw .ended(status: status) }
    do {
      return try JSON(parsing: output)
    } catch {
      throw .malformed(error.description)
    }
  }

  private func start(output: Int32) throws(InspectionFailure) -> pid_t {
    var arguments = ["wholeimage-agent", "inspect", "--timeout=\(deviceTimeoutSeconds)"]
    if let instanceID { arguments.append("--instance-id=\(instanceID)") }
    // The environment configures the daemon; the inspection gets what it needs by its arguments.
    let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    var process: pid_t = 0
    let code = Self.withPointers(arguments) { arguments in
      Self.withPointers(environment) { environment in
        posix_spawn(&process, executable, &actions, nil, arguments, environment)
      }
    }
    guard code == 0 else { throw .notStarted(Self.text(code)) }
    return process
  }

  private static func withPointers<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { buffer in
      // A buffer of at least one element has an address; the empty one is never passed here.
      guard let base = buffer.baseAddress else { return withUnsafePointer(to: nil) { body($0) } }
      return body(base)
    }
  }

  /// Everything up to the end; `nil` if that does not come in time or is too much.
  private static func readAll(_ descriptor: Int32, deadline: Int) -> [UInt8]? {
    var output: [UInt8] = []
    while output.count <= outputLimit {
      let rest = deadline - BootClock.milliseconds
      guard rest > 0 else { return nil }
      var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&polled, 1, Int32(clamping: rest))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return nil }
      let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
        count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
      }
      if chunk.isEmpty { return output }
      output += chunk
    }
    return nil
  }

  private static func text(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }
}
