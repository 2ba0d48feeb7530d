// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The listening sockets that a service manager opened for the daemon (sd_listen_fds(3)): Unix, vsock, loopback TCP.
enum InheritedSockets {
  /// The first descriptor that is handed in.
  private static let first: Int32 = 3
  /// More than these are a mistake.
  private static let most: Int32 = 64

  /// The sockets; none if there are none for this process.
  ///
  /// To be called once, before the first descriptor is opened: they are taken over, and closed on exec from now on.
  static func take() throws(PollSocketFailure) -> [Int32] {
    guard let process = number(of: "LISTEN_PID"), process == getpid(), let count = number(of: "LISTEN_FDS"),
      (1...most).contains(count)
    else { return [] }
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
    let descriptors = Array(first..<first + count)
    for descriptor in descriptors {
      guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
        throw failure(descriptor, "it is not open")
      }
      try check(descriptor)
    }
    return descriptors
  }

  /// Refuses what would take polls from other machines, and what no poll can come in by.
  static func check(_ descriptor: Int32) throws(PollSocketFailure) {
    guard option(descriptor, SO_ACCEPTCONN) == 1, option(descriptor, SO_TYPE) == Int32(SOCK_STREAM.rawValue) else {
      throw failure(descriptor, "it is no listening stream socket (is Accept=yes set?)")
    }
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let bytes = withUnsafeMutableBytes(of: &address) { buffer -> [UInt8] in
      let got = buffer.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
      return got == 0 ? Array(buffer.prefix(Int(length))) : []
    }
    guard !bytes.isEmpty else { throw failure(descriptor, String(cString: strerror(errno))) }
    if !isLocal(family: Int32(address.ss_family), address: bytes) {
      throw failure(descriptor, "it listens beyond this server; only loopback addresses are polled on")
    }
  }

  /// Whether only this server and its hypervisor can connect (ip(7), ipv6(7)).
  static func isLocal(family: Int32, address: [UInt8]) -> Bool {
    switch family {
    case AF_UNIX, vsock: return true
    case AF_INET: return address.count >= 8 && address[4] == 127
    case AF_INET6:
      guard address.count >= 24 else { return false }
      let host = Array(address[8..<24])
      let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127]
      return host == [UInt8](repeating: 0, count: 15) + [1] || host.starts(with: mapped)
    default: return false
    }
  }

  /// AF_VSOCK (vsock(7)), which the C library's headers have only behind another macro.
  private static let vsock: Int32 = 40

  private static func option(_ descriptor: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  private static func number(of variable: String) -> Int32? { getenv(variable).flatMap { Int32(String(cString: $0)) } }

  private static func failure(_ descriptor: Int32, _ reason: String) -> PollSocketFailure {
    PollSocketFailure(
      description: "cannot use socket \(descriptor) that was handed in: \(reason). Check wholeimage-agent.socket.")
  }
}
