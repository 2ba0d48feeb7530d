// SPDX-License-Identifier: Apache-2.0

/// Why the headers of a request are not those of a signed one.
public struct SignatureClaimError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The header that is not as it should be.
  public var header: String

  /// The error in words.
  public var description: String { "the header \(header) is missing or not as the guest's agent writes it" }
}

/// A signed request as it was received; nothing of it is known to be true before ``isValid(for:)``.
public struct SignatureClaim: Sendable, Equatable {
  /// What is said to be signed.
  public var request: SignedRequest
  /// The key that is said to have signed.
  public var keyID: String
  /// The signature, 64 bytes.
  public var signature: [UInt8]

  /// Whether a request is meant to be signed by a guest; a signature of another label is somebody else's.
  public static func isMeant(_ signatureInput: String?) -> Bool {
    signatureInput?.hasPrefix("\(SignedRequest.label)=") ?? false
  }

  /// Reads the headers; a header that is there twice must come joined by a comma, and is refused for it.
  ///
  /// Takes time and memory that its input bounds.
  public init(
    method: String, path: String, query: String, header: (String) -> String?
  ) throws(SignatureClaimError) {
    func value(_ name: String) throws(SignatureClaimError) -> String {
      guard let text = header(name), text.utf8.count <= 1024 else { throw SignatureClaimError(header: name) }
      return text
    }
    func bytes(_ name: String, _ prefix: String, _ count: Int) throws(SignatureClaimError) -> [UInt8] {
      let text = try value(name)
      guard text.hasPrefix(prefix + "=:"), text.hasSuffix(":"), text.utf8.count > prefix.utf8.count + 3,
        let bytes = Base64.bytes(text.dropFirst(prefix.count + 2).dropLast()), bytes.count == count
      else { throw SignatureClaimError(header: name) }
      return bytes
    }
    func number(_ name: String) throws(SignatureClaimError) -> Int64 {
      let text = try value(name)
      guard let number = Int64(text), (0...SignedRequest.highestNumber).contains(number), String(number) == text else {
        throw SignatureClaimError(header: name)
      }
      return number
    }
    let bootID = try value("Wholeimage-Boot-Id")
    guard Self.isBootID(bootID) else { throw SignatureClaimError(header: "Wholeimage-Boot-Id") }
    request = SignedRequest(
      method: method, path: path, query: query, body: [], bootID: bootID,
      bootNumber: try number("Wholeimage-Boot-Number"), sequence: try number("Wholeimage-Report-Sequence"),
      inspectedAgo: try number("Wholeimage-Inspected-Ago-Ms"))
    request.bodyDigest = try bytes("Content-Digest", "sha-256", 32)
    signature = try bytes("Signature", SignedRequest.label, 64)
    let input = try value("Signature-Input")
    let parts = input.split(separator: "\"", omittingEmptySubsequences: false)
    // ...;keyid="KEY";alg="ed25519": the key is the fourth last of the parts between quotation marks.
    guard parts.count >= 4, GuestPublicKey.isID(parts[parts.count - 4]) else {
      throw SignatureClaimError(header: "Signature-Input")
    }
    keyID = String(parts[parts.count - 4])
    guard input == SignedRequest.input(keyID: keyID) else { throw SignatureClaimError(header: "Signature-Input") }
  }

  /// Whether the key has signed it; the body is to be compared with ``SignedRequest/bodyDigest`` beside that.
  public func isValid(for key: GuestPublicKey) -> Bool {
    key.id == keyID && key.isValid(signature, over: request.base(keyID: keyID))
  }

  /// 1 to 64 letters, digits or hyphens.
  private static func isBootID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      }
  }
}
