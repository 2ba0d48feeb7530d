// SPDX-License-Identifier: Apache-2.0

/// A request as it stands on the wire, as far as a signature covers it; the body is given apart, as its hash.
public struct SignableRequest: Sendable, Equatable {
  /// One header line.
  public struct Header: Sendable, Equatable {
    /// The name, in any case.
    public var name: String
    /// The value.
    public var value: String

    /// A line of that name and value.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The method, in capitals.
  public var method: String
  /// The path as in the request line, percent-encoded, without the query.
  public var path: String
  /// The query as in the request line, percent-encoded, without the `?`; empty if there is none.
  public var query: String
  /// The header lines.
  ///
  /// `Host` is among them, with the authority that the client asked for.
  public var headers: [Header]

  /// A request; see the members.
  public init(method: String, path: String, query: String, headers: [Header]) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
  }

  /// A header's name in lower case; nothing but ASCII changes.
  static func lowercased(_ name: String) -> String {
    String(
      decoding: name.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  /// A header's value without spaces and tabs around it (RFC 9110, section 5.5); those inside stay as they are.
  static func trimmed(_ value: String) -> String {
    let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let bytes = Array(value.utf8)
    guard let first = bytes.firstIndex(where: { !blank($0) }), let last = bytes.lastIndex(where: { !blank($0) }) else {
      return ""
    }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}

/// The headers of a request by name in lower case, without the blanks around their values; read once, since who sends
/// them is not known yet.
struct FoldedHeaders {
  private var values: [String: String] = [:]
  private var repeated: Set<String> = []

  init(_ request: SignableRequest) {
    for header in request.headers {
      let name = SignableRequest.lowercased(header.name)
      let value = SignableRequest.trimmed(header.value)
      if values.updateValue(value, forKey: name) != nil { repeated.insert(name) }
    }
  }

  /// The one value of a header; `nil` if there is none.
  ///
  /// Throws if it occurs twice: it is not told which one the client signed, nor which one the next reader takes.
  func value(of name: String) throws(SignatureError) -> String? {
    guard !repeated.contains(name) else { throw .headerRepeated(name) }
    return values[name]
  }
}
