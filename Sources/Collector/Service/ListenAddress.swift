// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An address to listen on: a numeric host, or `localhost`, and a port.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// IPv4 or IPv6 without brackets, or `localhost`.
  public var host: String
  /// 0 takes any free port.
  public var port: Int

  /// An address.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST:PORT` or `[IPV6]:PORT`; `nil` if it is neither.
  ///
  /// Names are not looked up: what they mean could change between the check for loopback and the binding.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    guard let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard Self.bytes(of: String(host), AF_INET6, count: 16) != nil else { return nil }
    } else {
      guard host == "localhost" || Self.bytes(of: String(host), AF_INET, count: 4) != nil else { return nil }
    }
    self.init(host: String(host), port: Int(port))
  }

  /// Whether only this machine can connect (127.0.0.0/8, ::1).
  public var isLoopback: Bool {
    if host == "localhost" { return true }
    if let address = Self.bytes(of: host, AF_INET, count: 4) { return address.first == 127 }
    guard let address = Self.bytes(of: host, AF_INET6, count: 16) else { return false }
    return address.dropLast().allSatisfy { $0 == 0 } && address.last == 1
  }

  /// `HOST:PORT`, IPv6 in brackets.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// The bytes of a numeric address (inet_pton(3)); `nil` if it is none of that family.
  private static func bytes(of host: String, _ family: Int32, count: Int) -> [UInt8]? {
    var address = [UInt8](repeating: 0, count: count)
    return inet_pton(family, host, &address) == 1 ? address : nil
  }
}
