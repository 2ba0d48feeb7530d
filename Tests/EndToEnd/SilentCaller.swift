// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A client that sends a request and never reads the answer.
final class SilentCaller {
  private let descriptor: Int32

  /// Sends a `POST` of JSON to a service on loopback.
  init(_ url: String, headers: [String: String], json: [String: String]) throws {
    guard let url = URL(string: url), let host = url.host, let port = url.port else { throw URLError(.badURL) }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr(host)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw URLError(.cannotConnectToHost) }
    let body = try JSONEncoder().encode(json)
    let lines =
      ["POST \(url.path) HTTP/1.1", "Host: \(host):\(port)", "Content-Type: application/json"]
      + headers.map { "\($0.key): \($0.value)" } + ["Content-Length: \(body.count)", "", ""]
    let bytes = Array(lines.joined(separator: "\r\n").utf8) + Array(body)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw URLError(.networkConnectionLost) }
      sent += count
    }
  }

  deinit { close(descriptor) }
}
