// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The address of a Unix socket in the file system (unix(7)).
struct UnixAddress {
  private var address = sockaddr_un()

  /// `nil` if the path is empty or longer than an address can hold.
  init?(path: String) {
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  }

  /// Connects a socket; false and errno if that fails.
  func connect(_ descriptor: Int32) -> Bool { with { Glibc.connect(descriptor, $0, $1) == 0 } }

  /// Binds a socket; false and errno if that fails.
  func bind(_ descriptor: Int32) -> Bool { with { Glibc.bind(descriptor, $0, $1) == 0 } }

  private func with(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
    withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}
