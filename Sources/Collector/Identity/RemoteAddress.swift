// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOCore

/// From where a request comes, as far as callers can be told apart by it.
///
/// A network of IPv6 (its first 64 bits, RFC 4291, section 2.5.1) counts as one address: whoever has one address of it
/// has all of them.
struct RemoteAddress: Sendable, Hashable, CustomStringConvertible {
  /// Without the port; `nil` where there is no socket.
  let description: String

  init(_ address: SocketAddress?) {
    let text = address?.ipAddress ?? "-"
    var bytes = [UInt8](repeating: 0, count: 16)
    // Without the zone of a link-local address (RFC 4007, section 11).
    guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &bytes) == 1 else {
      description = text
      return
    }
    if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
      description = bytes[12...].map { String($0) }.joined(separator: ".")
    } else {
      let groups = stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
      description = groups.joined(separator: ":") + "::/64"
    }
  }
}
