// SPDX-License-Identifier: Apache-2.0

internal import HuaweiCloud

/// The names under which callers reach this collector (`--public-host`).
///
/// The `Host` of a signed request is signed, so a request that was meant for another service cannot be sent here under
/// our name. With names given, a request signed for any other host is refused; whoever else got hold of a signed
/// request (the cloud itself, or a proxy before it) cannot have it decided and ordered here a second time. Without
/// names any host is taken, and startup says so.
///
/// The image and the compute service may share a name: they have no path in common but the job query, which only reads.
struct PublicHosts: Sendable, Equatable {
  /// In lower case, as `HOST` or `HOST:PORT`; empty: any.
  let names: Set<String>

  /// Throws the first that is no name, as `collector.example` or `[2001:db8::1]:8470`.
  init(_ names: [String]) throws(CollectorFailure) {
    for name in names where !Self.isName(name) {
      throw CollectorFailure(.usage, "--public-host must be HOST or HOST:PORT, found \(name)")
    }
    self.names = Set(names.map { $0.lowercased() })
  }

  /// Whether a request for that host is meant for us; a name without a port stands for any port.
  func contain(_ host: String) -> Bool {
    guard !names.isEmpty else { return true }
    let host = host.lowercased()
    return names.contains(host) || names.contains(Self.withoutPort(host))
  }

  private static func withoutPort(_ host: String) -> String {
    guard let colon = host.lastIndex(of: ":"), !host[colon...].contains("]"),
      host.hasPrefix("[") || host.firstIndex(of: ":") == colon
    else { return host }
    return String(host[..<colon])
  }

  private static func isName(_ name: String) -> Bool {
    let host = withoutPort(name)
    let isPortGood = host == name || UInt16(name.dropFirst(host.count + 1)) != nil
    return !host.isEmpty && isPortGood
      && host.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }
  }
}
