// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// One request over a Unix socket.
final class UnixCaller {
  struct Answer {
    var status: Int
    var tag: String?
    var body: String
  }

  private let descriptor: Int32

  /// Sends the request.
  init(_ path: String, _ request: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw URLError(.badURL) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else { throw URLError(.cannotConnectToHost) }
    let out = Array(request.utf8)
    guard send(descriptor, out, out.count, Int32(MSG_NOSIGNAL)) == out.count else {
      throw URLError(.networkConnectionLost)
    }
  }

  deinit { close(descriptor) }

  /// What was answered until the connection was closed.
  func answer() throws -> Answer {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count >= 0 else { throw URLError(.networkConnectionLost) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    let end = lines.firstIndex(of: "") ?? lines.endIndex
    let field = lines[..<end].first { $0.lowercased().hasPrefix("etag:") }
    return Answer(
      status: lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0,
      tag: field.map { $0.dropFirst(5).trimmingCharacters(in: .whitespaces) },
      body: lines[end...].dropFirst().joined(separator: "\r\n"))
  }
}
