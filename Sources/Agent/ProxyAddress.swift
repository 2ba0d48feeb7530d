// SPDX-License-Identifier: Apache-2.0

/// The proxy that the environment names for a URL, by the names that curl(1) and others go by.
///
/// `https_proxy` or `HTTPS_PROXY` for https, `http_proxy` for http (in lower case only, since a web server hands its
/// callers' headers on in upper case), else `all_proxy` or `ALL_PROXY`; `no_proxy` or `NO_PROXY` lists hosts, domains
/// and addresses that are asked directly, `*` all of them.
public struct ProxyAddress: Equatable, Sendable {
  /// Name or address of the proxy.
  public var host: String
  /// Its port; 1 to 65535.
  public var port: Int
  /// `user:password` if it wants to know who asks; never to be logged.
  public var credentials: String?

  /// The proxy for a URL; `nil` if it is to be asked directly.
  ///
  /// Throws if the environment names what is no proxy.
  public static func named(by environment: [String: String], for url: String) throws(ProxyAddressFailure)
    -> ProxyAddress?
  {
    guard let target = Target(url) else { return nil }
    let names =
      target.scheme == "https" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    guard
      let name = (names + ["all_proxy", "ALL_PROXY"]).first(where: { environment[$0]?.isEmpty == false }),
      let value = environment[name]
    else { return nil }
    let exceptions = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    guard !isException(target.host, in: exceptions) else { return nil }
    guard let proxy = ProxyAddress(value) else { throw ProxyAddressFailure(variable: name) }
    return proxy
  }

  /// The host that a URL is of, in lower case; `nil` if it is of none.
  static func host(of url: String) -> String? { Target(url)?.host }

  /// `http://user:password@host:port/`, of which only the host is needed; the port is 1080 unless said, as in curl(1).
  init?(_ text: String) {
    var rest = Substring(text)
    if let mark = rest.firstRange(of: "://") {
      guard rest[..<mark.lowerBound].lowercased() == "http" else { return nil }
      rest = rest[mark.upperBound...]
    }
    rest = rest.prefix { $0 != "/" }
    if let at = rest.lastIndex(of: "@") {
      guard let decoded = Self.decoded(rest[..<at]) else { return nil }
      credentials = decoded
      rest = rest[rest.index(after: at)...]
    }
    guard let target = Target("http://" + rest) else { return nil }
    host = target.host
    port = target.port ?? 1080
  }

  /// The host that a URL is of.
  private struct Target {
    var scheme: String
    var host: String
    var port: Int?

    init?(_ url: String) {
      guard let mark = url.firstRange(of: "://") else { return nil }
      scheme = url[..<mark.lowerBound].lowercased()
      var authority = url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
      var digits: Substring?
      if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
        host = String(authority[authority.index(after: authority.startIndex)..<end]).lowercased()
        let after = authority[authority.index(after: end)...]
        guard after.isEmpty || after.hasPrefix(":") else { return nil }
        digits = after.isEmpty ? nil : after.dropFirst()
      } else {
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        host = (parts.first ?? "").lowercased()
        digits = parts.count > 1 ? parts[1] : nil
      }
      guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
      guard let digits, !digits.isEmpty else { return }
      guard let number = Int(digits), (1...65535).contains(number) else { return nil }
      port = number
    }
  }

  private static func isException(_ host: String, in list: String) -> Bool {
    for entry in list.split(whereSeparator: { $0 == "," || $0 == " " }) {
      var name = entry.lowercased()
      if name == "*" { return true }
      if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
      while name.hasPrefix(".") { name.removeFirst() }
      if !name.isEmpty, host == name || host.hasSuffix("." + name) { return true }
    }
    return false
  }

  /// Bytes written as `%XX` as what they are; `nil` if that is no text.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// An environment variable names what is no proxy.
public struct ProxyAddressFailure: Error, CustomStringConvertible, Sendable {
  /// The variable.
  public var variable: String

  /// What is wrong and what to do, without the value, which may hold a password.
  public var description: String {
    "the environment variable \(variable) names no proxy: it takes http://host:port. Correct or unset it."
  }
}
