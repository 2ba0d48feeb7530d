// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A connection that sends any bytes at all.
enum RawConnection {
  /// What the server on that port of loopback answers until it closes the connection, or for 30 seconds.
  ///
  /// On a thread of its own: a blocked thread of the pool would keep the server from answering.
  static func exchange(port: Int, _ text: String) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try exchange(port: port, blocking: text) }) }
    }
  }

  private static func exchange(port: Int, blocking text: String) throws -> String {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo("localhost", String(port), &hints, &list) == 0 else { throw CancellationError() }
    defer { freeaddrinfo(list) }
    var next = list
    while let address = next {
      next = address.pointee.ai_next
      let descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
      defer { close(descriptor) }
      guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else { continue }
      var limit = timeval(tv_sec: 30, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      send(descriptor, Array(text.utf8))
      return receive(descriptor)
    }
    throw CancellationError()
  }

  private static func send(_ descriptor: Int32, _ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  private static func receive(_ descriptor: Int32) -> String {
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
      answer += buffer[..<count]
    }
  }
}
