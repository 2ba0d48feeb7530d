// SPDX-License-Identifier: Apache-2.0

internal import Crypto
public import Facts

/// Signs requests with a permanent key, as the official clients do (`SDK-HMAC-SHA256`).
public struct RequestSigner: Sendable {
  /// The access key.
  public let access: String
  private let key: SymmetricKey

  /// Headers that a client or a proxy on the way may set anew.
  private static let notSigned: Set<String> = ["authorization", "connection", "content-length", "transfer-encoding"]

  /// A signer for that key.
  public init(access: String, secret: String) {
    self.access = access
    key = SymmetricKey(data: Array(secret.utf8))
  }

  /// The request with `X-Sdk-Date` and `Authorization`, and with `X-Sdk-Content-Sha256` where its body is not signed.
  ///
  /// Headers of these names are replaced. All others are signed, but those with `_` in their name, which proxies drop,
  /// and those of the transport. A body is not signed if its type is neither JSON nor BSON; with one of those types, or
  /// without a type, a body of `.unsigned` is an error. `Host` must be there.
  public func sign(
    _ request: SignableRequest, body: BodyHash, at time: UTCTime
  ) throws(SignatureError) -> SignableRequest {
    var signed = request
    let replaced: Set<String> = ["authorization", "x-sdk-date", BodyHash.header]
    signed.headers.removeAll { replaced.contains(SignableRequest.lowercased($0.name)) }
    let date = SigningTime.text(time)
    signed.headers.append(.init("X-Sdk-Date", date))
    let headers = FoldedHeaders(signed)
    guard try headers.value(of: "host") != nil else { throw .headerMissing("host") }
    var body = body
    if BodyHash.isSigned(contentType: try headers.value(of: "content-type")) {
      guard body != .unsigned else { throw .bodyNotSigned }
    } else {
      signed.headers.append(.init("X-Sdk-Content-Sha256", BodyHash.unsigned.text))
      // The official Python client takes the hash of a body without a byte in spite of the header.
      if body != .empty { body = .unsigned }
    }
    let names = signed.headers.map { SignableRequest.lowercased($0.name) }
      .filter { !$0.utf8.contains(UInt8(ascii: "_")) && !Self.notSigned.contains($0) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let text = try CanonicalRequest(signed, signedHeaders: names, body: body).stringToSign(date: date)
    let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    let authorization = SignedAuthorization(access: access, signedHeaders: names, signature: Digest.hex(code))
    // A header's or the key's name that would end its place in the list is found here and not at the other side.
    _ = try SignedAuthorization(authorization.text)
    signed.headers.append(.init("Authorization", authorization.text))
    return signed
  }
}
