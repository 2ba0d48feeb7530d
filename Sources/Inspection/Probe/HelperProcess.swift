// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A process that does what may never come back, beside the program, and talks with it by a socket.
///
/// One that is stuck is left alone: never signalled, holding no lock and none of the program's own streams. To be
/// started by a program with one thread only, since it is a fork of it.
struct HelperProcess {
  let process: pid_t
  /// This side of the connection.
  let socket: Int32

  /// Starts one, which serves the other side and ends; `nil` where the system has no room for it.
  static func start(root: Root, _ serve: (_ socket: Int32) -> Void) -> HelperProcess? {
    var sockets: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &sockets) == 0 else {
      return nil
    }
    let process = wholeimage_fork()
    if process == 0 {
      settleIn(socket: sockets[1], root: root)
      serve(sockets[1])
      _exit(0)
    }
    close(sockets[1])
    guard process > 0 else {
      close(sockets[0])
      return nil
    }
    return HelperProcess(process: process, socket: sockets[0])
  }

  private static func settleIn(socket: Int32, root: Root) {
    // A session of its own and deaf to the terminal: an interrupt ends the program, not a read of a dead device.
    setsid()
    // Whoever started the program may have given it a lock or a pipe: a helper that is left behind must not keep them.
    wholeimage_close_all_but(socket, root.descriptor ?? -1)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] { signal(number, SIG_IGN) }
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    for stream in Int32(0)...2 { if null >= 0 { dup2(null, stream) } else { close(stream) } }
  }

  /// Waits until it has ended, as one does that was answered or let go.
  static func wait(for process: pid_t) {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }

  /// Sends all of it; whether the other side took it.
  static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
