// SPDX-License-Identifier: Apache-2.0

internal import Crypto
public import Facts

/// What a verified signature vouches for.
public struct VerifiedSignature: Sendable, Equatable {
  /// The access key.
  public let access: String
  /// When the request was signed, to the second.
  public let signed: UTCTime
  /// Whether the body is signed.
  ///
  /// If not, anybody between the client and here could have put another one, and whoever saw the request can send it
  /// with another one for 15 minutes: nothing may be decided on such a body.
  public let isBodySigned: Bool
  /// The signed headers by name in lower case, without the blanks around their values.
  ///
  /// Only these are the client's. `Host` is among them: that it is a name of this service is for the caller to check,
  /// else a request that was meant for another one with the same key is taken here.
  public let headers: [String: String]
}

/// Verifies signed requests.
///
/// `host` and `x-sdk-date` must be signed. A header that tells who asks, for what project or what stands for the body
/// must be signed if it is there: `x-project-id`, `x-domain-id`, `x-auth-token`, `x-sdk-content-sha256`.
/// `content-type` need not be: the official Go clients do not sign it.
public struct SignatureVerifier: Sendable {
  /// Most milliseconds between the signing and now, either way; the cloud's own limit of 15 minutes.
  public static let longestSkew: Int64 = 15 * 60 * 1000

  private static let signedIfPresent = ["x-project-id", "x-domain-id", "x-auth-token", BodyHash.header]
  /// The secret of no key: an unknown key costs the same work as a known one.
  private static let decoy = String(repeating: "0", count: 40)

  private let secret: @Sendable (_ access: String) -> String?

  /// A verifier for the keys whose secrets the closure knows.
  public init(secret: @escaping @Sendable (_ access: String) -> String?) { self.secret = secret }

  /// The access key that a request claims to be signed with; throws what is wrong with the signature without its body.
  ///
  /// Nothing is verified yet. It tells whether a body is worth waiting for, which may be large and from anybody.
  public func access(claimedBy request: SignableRequest, now: UTCTime) throws(SignatureError) -> String {
    try Claim(request, now: now).authorization.access
  }

  /// Verifies a request with the hash of the body that arrived; throws why it is not accepted.
  ///
  /// The same request can be verified twice: the date has a resolution of a second, so that two honest requests can be
  /// equal. What must not happen twice needs a guard of its own.
  public func verify(
    _ request: SignableRequest, body: BodyHash, now: UTCTime
  ) throws(SignatureError) -> VerifiedSignature {
    let claim = try Claim(request, now: now)
    let received = claim.received
    let authorization = claim.authorization
    let known = secret(authorization.access).flatMap { $0.isEmpty ? nil : $0 }
    let key = SymmetricKey(data: Array((known ?? Self.decoy).utf8))
    var match: BodyHash?
    for candidate in try Self.candidates(received, body) {
      let text = try CanonicalRequest(request, signedHeaders: authorization.signedHeaders, body: candidate)
        .stringToSign(date: claim.date)
      // Takes the same time wherever the codes differ.
      let isValid = HMAC<SHA256>.isValidAuthenticationCode(
        Self.bytes(ofHex: authorization.signature), authenticating: Array(text.utf8), using: key)
      if isValid { match = candidate }
    }
    guard known != nil, let match else { throw .notVerified }
    var headers: [String: String] = [:]
    for name in authorization.signedHeaders { headers[name] = try received.value(of: name) }
    return VerifiedSignature(
      access: authorization.access, signed: claim.signed, isBodySigned: match != .unsigned, headers: headers)
  }

  /// What a request says of its signature, in good form and in time; whether it is true is not known.
  private struct Claim {
    var received: FoldedHeaders
    var authorization: SignedAuthorization
    var date: String
    var signed: UTCTime

    init(_ request: SignableRequest, now: UTCTime) throws(SignatureError) {
      received = FoldedHeaders(request)
      guard let value = try received.value(of: "authorization") else { throw .headerMissing("authorization") }
      authorization = try SignedAuthorization(value)
      guard try received.value(of: "x-security-token") == nil else { throw .temporaryKey }
      try SignatureVerifier.checkHeaders(received, authorization)
      guard let date = try received.value(of: "x-sdk-date") else { throw .headerMissing("x-sdk-date") }
      guard let signed = SigningTime.time(date) else { throw .dateMalformed(date) }
      guard now.milliseconds.distance(to: signed.milliseconds).magnitude <= UInt(SignatureVerifier.longestSkew) else {
        throw .clockSkew(signed: signed, now: now)
      }
      self.date = date
      self.signed = signed
    }
  }

  private static func checkHeaders(
    _ received: FoldedHeaders, _ authorization: SignedAuthorization
  ) throws(SignatureError) {
    let signed = authorization.signedHeaders
    for name in ["host", "x-sdk-date"] {
      guard try received.value(of: name) != nil else { throw .headerMissing(name) }
      guard signed.contains(name) else { throw .headerNotSigned(name) }
    }
    for name in signedIfPresent where !signed.contains(name) {
      guard try received.value(of: name) == nil else { throw .headerNotSigned(name) }
    }
  }

  /// What can stand for the body in the canonical request.
  ///
  /// With `UNSIGNED-PAYLOAD` and a body without a byte it is two things: the Go clients sign that word, the Python client
  /// the hash of nothing.
  private static func candidates(_ received: FoldedHeaders, _ body: BodyHash) throws(SignatureError) -> [BodyHash] {
    switch try received.value(of: BodyHash.header) {
    case nil: break
    case BodyHash.unsigned.text?:
      guard !BodyHash.isSigned(contentType: try received.value(of: "content-type")) else { throw .bodyNotSigned }
      return body == .empty ? [.unsigned, .empty] : [.unsigned]
    case let other?: guard other == body.text else { throw .bodyHashDiffers }
    }
    // A body that streams by without a hash can only be one that the client did not sign.
    guard body != .unsigned else { throw .bodyNotSigned }
    return [body]
  }

  private static func bytes(ofHex text: String) -> [UInt8] {
    let digits = Array(text.utf8).map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x61 + 10 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
