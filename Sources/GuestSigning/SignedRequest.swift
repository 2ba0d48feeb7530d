// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// What a guest signs of a request: HTTP Message Signatures (RFC 9421) with `ed25519`, always over the same components.
///
/// Method, path and query, the digest of the body (RFC 9530), and the four headers that tell which report of which boot
/// this is and how old. The host is not among them: a proxy in front of the collector may change it, and a key is
/// enrolled at one collector alone. One form is taken, the one written here, so that nothing is left to parse.
public struct SignedRequest: Sendable, Equatable {
  /// The label of the signature in its two headers.
  static let label = "guest"
  /// The components, in the order in which they are signed.
  static let components = [
    "@method", "@path", "@query", "content-digest", "wholeimage-boot-id", "wholeimage-boot-number",
    "wholeimage-report-sequence", "wholeimage-inspected-ago-ms",
  ]
  /// The highest number in a header, the last that every reader of JSON holds exactly (RFC 8259, section 6).
  public static let highestNumber: Int64 = (1 << 53) - 1

  /// As `PUT`.
  public var method: String
  /// The path as it is sent, before the question mark.
  public var path: String
  /// What is after the question mark; empty if there is none.
  public var query: String
  /// SHA-256 of the body, 32 bytes.
  public var bodyDigest: [UInt8]
  /// The guest's boot (`/proc/sys/kernel/random/boot_id`, random(4)).
  public var bootID: String
  /// Counts the boots in which the key reported: a boot that is over never comes back.
  public var bootNumber: Int64
  /// Rises within a boot.
  public var sequence: Int64
  /// Milliseconds between the inspection and the sending.
  public var inspectedAgo: Int64

  /// A request to be signed.
  public init(
    method: String, path: String, query: String, body: [UInt8], bootID: String, bootNumber: Int64, sequence: Int64,
    inspectedAgo: Int64
  ) {
    self.method = method
    self.path = path
    self.query = query
    bodyDigest = Self.digest(of: body)
    self.bootID = bootID
    self.bootNumber = bootNumber
    self.sequence = sequence
    self.inspectedAgo = inspectedAgo
  }

  /// SHA-256 of a body.
  public static func digest(of body: some Sequence<UInt8>) -> [UInt8] { Array(SHA256.hash(data: Array(body))) }

  /// The headers of the request, signature and all; `nil` if the cryptographic library fails.
  public func headers(signedWith key: GuestSecretKey) -> [(name: String, value: String)]? {
    let keyID = key.publicKey.id
    guard let signature = key.signature(over: base(keyID: keyID)) else { return nil }
    return [
      ("Content-Digest", contentDigest), ("Wholeimage-Boot-Id", bootID),
      ("Wholeimage-Boot-Number", String(bootNumber)), ("Wholeimage-Report-Sequence", String(sequence)),
      ("Wholeimage-Inspected-Ago-Ms", String(inspectedAgo)),
      ("Signature-Input", Self.input(keyID: keyID)),
      ("Signature", "\(Self.label)=:\(Base64.text(signature)):"),
    ]
  }

  /// The text that is signed (RFC 9421, section 2.5).
  public func base(keyID: String) -> String {
    let values = [
      method, path, "?" + query, contentDigest, bootID, String(bootNumber), String(sequence), String(inspectedAgo),
    ]
    var lines = zip(Self.components, values).map { "\"\($0)\": \($1)" }
    lines.append("\"@signature-params\": \(Self.parameters(keyID))")
    return lines.joined(separator: "\n")
  }

  /// The header `Signature-Input`.
  static func input(keyID: String) -> String { "\(label)=\(parameters(keyID))" }

  private var contentDigest: String { "sha-256=:\(Base64.text(bodyDigest)):" }

  private static func parameters(_ keyID: String) -> String {
    "(\(components.map { "\"\($0)\"" }.joined(separator: " ")));keyid=\"\(keyID)\";alg=\"ed25519\""
  }
}
