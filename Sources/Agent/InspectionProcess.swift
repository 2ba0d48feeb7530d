// SPDX-License-Identifier: Apache-2.0

internal import Facts
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
  func run(_ request: InspectionRequest) throws(InspectionFailure) -> JSON {
    buryTheDead()
    // A socket pair, because it is closed on exec from the start; a pipe would be so only after a second call.
    var pipes: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pipes) == 0 else { throw .notStarted(InspectionFailure.text(errno)) }
    defer { close(pipes[0]) }
    let process: pid_t
    do throws(InspectionFailure) {
      process = try start(request, output: pipes[1])
    } catch {
      close(pipes[1])
      throw error
    }
    close(pipes[1])
    let stream = InspectionStream(
      descriptor: pipes[0], stop: stop, limitSeconds: request.timeoutSeconds + InspectionStream.overheadSeconds)
    let output: [UInt8]
    do throws(InspectionFailure) {
      output = try stream.readAll()
    } catch {
      abandoned.withLock { $0.append(process) }
      throw error
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw .ended(status: status) }
    return try InspectionStream.facts(output)
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

  private func start(_ request: InspectionRequest, output: Int32) throws(InspectionFailure) -> pid_t {
    var arguments = ["wholeimage-agent", "inspect", "--timeout=\(request.timeoutSeconds)"]
    if let instanceID = request.instanceID { arguments.append("--instance-id=\(instanceID)") }
    // The environment configures the daemon; the inspection gets what it needs by its arguments.
    let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
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
