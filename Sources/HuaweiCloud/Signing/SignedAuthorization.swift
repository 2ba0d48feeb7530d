// SPDX-License-Identifier: Apache-2.0

/// The value of the `Authorization` header of a signed request:
/// `SDK-HMAC-SHA256 Access=<key>, SignedHeaders=<a;b;c>, Signature=<64 hexadecimal digits>`.
public struct SignedAuthorization: Sendable, Equatable {
  /// The one algorithm that is supported.
  public static let algorithm = "SDK-HMAC-SHA256"
  /// Most bytes of the value.
  static let longest = 8192

  /// The access key.
  public var access: String
  /// The signed headers' names, in lower case, sorted, each once.
  public var signedHeaders: [String]
  /// The signature: 64 lower-case hexadecimal digits.
  public var signature: String

  /// An authorization; see the members.
  init(access: String, signedHeaders: [String], signature: String) {
    self.access = access
    self.signedHeaders = signedHeaders
    self.signature = signature
  }

  /// Whether a header's value is meant as a signature of the cloud, good or bad, and not as another scheme.
  ///
  /// The names of its algorithms begin with `SDK-` or `V11-`.
  public static func isMeant(_ value: String) -> Bool {
    let folded = SignableRequest.lowercased(String(value.prefix { $0 != " " }))
    return folded.hasPrefix("sdk-") || folded.hasPrefix("v11-")
  }

  /// Reads a header's value; exactly the form that the official clients write.
  public init(_ value: String) throws(SignatureError) {
    let bytes = Array(value.utf8)
    guard bytes.count <= Self.longest else { throw .authorizationMalformed("it is too long") }
    guard let space = bytes.firstIndex(of: 0x20) else { throw .authorizationMalformed("it has no blank") }
    let algorithm = bytes[..<space]
    guard algorithm.elementsEqual(Self.algorithm.utf8) else {
      throw .algorithmUnsupported(String(decoding: algorithm, as: UTF8.self))
    }
    var rest = bytes[(space + 1)...]
    func take(_ word: String, upTo end: String?) throws(SignatureError) -> String {
      guard rest.starts(with: word.utf8) else { throw .authorizationMalformed("\(word) is not in its place") }
      rest = rest.dropFirst(word.utf8.count)
      guard let end else { return String(decoding: rest, as: UTF8.self) }
      guard let comma = rest.firstIndex(of: UInt8(ascii: ",")), rest[comma...].starts(with: end.utf8) else {
        throw .authorizationMalformed("nothing ends \(word)")
      }
      defer { rest = rest[comma...].dropFirst(end.utf8.count) }
      return String(decoding: rest[..<comma], as: UTF8.self)
    }
    access = try take("Access=", upTo: ", ")
    let names = try take("SignedHeaders=", upTo: ", ")
    signature = try take("Signature=", upTo: nil)
    signedHeaders = names.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
      String(Substring($0))
    }
    guard (1...128).contains(access.utf8.count), access.utf8.allSatisfy(Self.isKeyByte) else {
      throw .authorizationMalformed("the access key is not 1 to 128 letters, digits, -, _ and .")
    }
    guard signedHeaders.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isNameByte) }) else {
      throw .authorizationMalformed("a signed header's name is not in lower case")
    }
    for index in signedHeaders.indices.dropFirst()
    where !signedHeaders[index - 1].utf8.lexicographicallyPrecedes(signedHeaders[index].utf8) {
      throw .authorizationMalformed("the signed headers are not sorted, or one occurs twice")
    }
    guard signature.utf8.count == 64, signature.utf8.allSatisfy(Self.isDigit) else {
      throw .authorizationMalformed("the signature is not 64 lower-case hexadecimal digits")
    }
  }

  /// The header's value.
  public var text: String {
    "\(Self.algorithm) Access=\(access), SignedHeaders=\(signedHeaders.joined(separator: ";")), Signature=\(signature)"
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x30...0x39).contains(byte)
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isKeyByte(byte) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
