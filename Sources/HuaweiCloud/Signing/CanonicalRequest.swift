// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Facts

/// The form of a request that is signed: six lines, as the official clients make them.
///
/// Where a request could be brought into this form in two ways, or two requests of different meaning have the same
/// form, it is refused instead:
/// - path: an escape that is none or is not UTF-8 (the clients put U+FFFD for all of those), an escaped `/` (the clients
///   do not tell it from a plain one), segments `.` and `..` (HTTP clients and servers resolve them). `//` and `+` stay as
///   they are. A missing `/` at the end is added, so `/a` and `/a/` have one signature: no route may differ in that.
/// - query: `+` unescaped (a plus or a space), an escape that is none or is not UTF-8. `a` counts as `a=`, empty pairs
///   as nothing. Pairs are sorted by name and value as text, so the order of equal names is not signed: no reader may
///   take the first or last of them. A client that sorts repeated numbers as numbers does not match.
/// - headers: one that occurs twice, line breaks. Blanks around a value do not count, those inside stay.
public struct CanonicalRequest: Sendable, Equatable {
  /// The six lines.
  public let text: String

  /// The canonical form of a request in which these headers, in lower case and sorted, are signed.
  public init(_ request: SignableRequest, signedHeaders: [String], body: BodyHash) throws(SignatureError) {
    guard !request.method.isEmpty,
      request.method.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else { throw .requestAmbiguous("the method is not a word in capitals") }
    text = [
      request.method, try Self.path(request.path), try Self.query(request.query),
      try Self.headers(request, signedHeaders), signedHeaders.joined(separator: ";"), body.text,
    ].joined(separator: "\n")
  }

  /// The text that the secret key signs.
  public func stringToSign(date: String) -> String {
    "\(SignedAuthorization.algorithm)\n\(date)\n\(Digest.hex(SHA256.hash(data: Array(text.utf8))))"
  }

  static func path(_ raw: String) throws(SignatureError) -> String {
    guard raw.utf8.first == UInt8(ascii: "/"), !raw.utf8.contains(where: { $0 == 0x3F || $0 == 0x23 || $0 <= 0x20 })
    else { throw .requestAmbiguous("the path does not begin with a /, or has a blank, a ? or a #") }
    var result = ""
    var endsInSlash = false
    for part in raw.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard let segment = PercentEncoding.decode(Substring(part)) else {
        throw .requestAmbiguous("the path has an escape that is none or is not UTF-8")
      }
      guard segment != ".", segment != "..", !segment.utf8.contains(UInt8(ascii: "/")) else {
        throw .requestAmbiguous("the path has a segment . or .., or an escaped /")
      }
      result += "/" + PercentEncoding.encode(segment)
      endsInSlash = segment.isEmpty
    }
    return endsInSlash ? result : result + "/"
  }

  static func query(_ raw: String) throws(SignatureError) -> String {
    guard !raw.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == 0x23 || $0 <= 0x20 }) else {
      throw .requestAmbiguous("the query has a +, which is a plus or a space, a blank or a #; write %2B or %20")
    }
    var pairs: [(name: String, value: String)] = []
    for part in raw.utf8.split(separator: UInt8(ascii: "&")) {
      let sign = part.firstIndex(of: UInt8(ascii: "="))
      guard let name = PercentEncoding.decode(Substring(part[..<(sign ?? part.endIndex)])),
        let value = PercentEncoding.decode(
          Substring(sign.map { part[part.index(after: $0)...] } ?? part[part.endIndex...]))
      else { throw .requestAmbiguous("the query has an escape that is none or is not UTF-8") }
      pairs.append((name, value))
    }
    // By bytes, which is the order of the scalars; `<` of strings is another one.
    pairs.sort { first, second in
      first.name.utf8.elementsEqual(second.name.utf8)
        ? first.value.utf8.lexicographicallyPrecedes(second.value.utf8)
        : first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
    }
    return pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
  }

  /// One line for each signed header; every line ends in a line feed, so an empty line follows the last one.
  private static func headers(_ request: SignableRequest, _ names: [String]) throws(SignatureError) -> String {
    let headers = FoldedHeaders(request)
    var result = ""
    for name in names {
      guard let value = try headers.value(of: name) else { throw .headerMissing(name) }
      guard !value.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
        throw .requestAmbiguous("the header \(name) has a line break in its value")
      }
      result += "\(name):\(value)\n"
    }
    return result
  }
}
