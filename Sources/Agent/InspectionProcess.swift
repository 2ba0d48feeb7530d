// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// One inspection, as a process of its own: the daemon has threads and touches no device, and a device that never
/// answers costs one process that is left behind, never signalled.
final class InspectionProcess: Sendable {
  private let executable: String
  private let stop: StopSignal
  /// Those that gave no answer in time and may end some day.
  private let abandoned = Mutex<[pid_t]>([])

  init(executable: String, stop: StopSignal) {
    self.executable = executable
    self.stop = stop
  }

  /// Runs the inspection and waits for it; to be called on a thread that may block.
  func run(_ request: InspectionRequest) throws(InspectionFailure) -> InspectionAnswer {
    buryTheDead()
    // Closed on exec from the start, which a pipe would be only after a second call.
    var sockets: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &sockets) == 0 else { throw .notStarted(InspectionFailure.text(errno)) }
    defer { close(sockets[0]) }
    let process: pid_t
    do throws(InspectionFailure) {
      process = try start(connection: sockets[1])
    } catch {
      close(sockets[1])
      throw error
    }
    close(sockets[1])
    let stream = InspectionStream(descriptor: sockets[0], stop: stop, request: request)
    let output: [UInt8]
    do throws(InspectionFailure) {
      guard stream.ask(request) else { throw .notStarted(InspectionFailure.text(errno)) }
      output = try stream.readAll()
    } catch {
      abandoned.withLock { $0.append(process) }
      throw error
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    // One that could say why it failed has said so; of another, how it ended is all that is known.
    guard status == 0 || !output.isEmpty else { throw .ended(status: status) }
    return try InspectionAnswer(parsing: output)
  }

  /// Takes in those left behind that have ended since.
  private func buryTheDead() {
    abandoned.withLock { processes in
      processes.removeAll { process in
        var status: Int32 = 0
        return waitpid(process, &status, WNOHANG) != 0
      }
    }
  }

  private func start(connection: Int32) throws(InspectionFailure) -> pid_t {
    let arguments = ["wholeimage-agent", "serve-inspection"]
    // The environment configures the daemon; the inspection gets what it needs by the request.
    let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for number in [STDIN_FILENO, STDOUT_FILENO] { posix_spawn_file_actions_adddup2(&actions, connection, number) }
    // The daemon's threads have its signals blocked; an inspection that somebody ends must end.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let code = Self.withPointers(arguments) { arguments in
      Self.withPointers(environment) { environment in
        posix_spawn(&process, executable, &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw .notStarted(InspectionFailure.text(code)) }
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
}
