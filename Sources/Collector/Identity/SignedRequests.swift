// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// Verifies requests that are signed with one of the cloud's keys (AK/SK).
struct SignedRequests: Sendable {
  /// Most bytes of bodies that are kept at a time for callers that are not verified yet.
  static let mostUnverified = 256 << 20

  let hosts: PublicHosts
  private let unverified = UnverifiedBodies(limit: mostUnverified)

  init(hosts: PublicHosts) { self.hosts = hosts }

  /// A request whose signature is good.
  struct Verified: Sendable {
    var key: Credentials.Key
    var signature: VerifiedSignature
    /// The body, if it had to be read.
    var body: ByteBuffer?
  }

  /// Verifies a request with the keys in force; 401 with the reason if its signature is not good.
  ///
  /// What can be told from the head alone is told before the body is waited for. A body that is said not to be signed
  /// is not read at all.
  func verify(
    _ request: Request, keys: [String: Credentials.Key], bodyLimit: Int, at moment: Moment
  ) async throws -> Verified {
    let signable = Self.signable(request.head)
    let verifier = SignatureVerifier { keys[$0]?.secret }
    let key = try checked { () throws(SignatureError) in
      guard let key = keys[try verifier.access(claimedBy: signable, now: moment.wall)] else { throw .notVerified }
      return key
    }
    guard hosts.contain(request.head.authority ?? "") else {
      throw CallError(
        .unauthorized, .identityWrong,
        "The signature is not accepted: the request was signed for another host than this collector's names.",
        chinese: "签名不被接受：请求签名所用的主机名不是本服务的名称。")
    }
    if request.hasNoBody {
      return Verified(key: key, signature: try signature(verifier, signable, .empty, moment), body: nil)
    }
    if request.headers[.contentHash] == BodyHash.unsigned.text {
      return Verified(key: key, signature: try signature(verifier, signable, .unsigned, moment), body: nil)
    }
    var held = 0
    defer { unverified.release(held) }
    let body = try await request.bytes(upTo: min(bodyLimit, Route.largestSignedBody)) { count in
      guard unverified.hold(count) else {
        throw CallError.unavailable(
          .tooBusy, "Too many signed requests are being read at this moment; ask again.",
          chinese: "此刻正在读取的签名请求过多，请稍后重试。", retryAfter: 1)
      }
      held += count
    }
    let found = try signature(verifier, signable, .of(body.readableBytesView), moment)
    return Verified(key: key, signature: found, body: body)
  }

  private func signature(
    _ verifier: SignatureVerifier, _ request: SignableRequest, _ body: BodyHash, _ moment: Moment
  ) throws(CallError) -> VerifiedSignature {
    let signature = try checked { () throws(SignatureError) in
      try verifier.verify(request, body: body, now: moment.wall)
    }
    // These change what a request does, so on a signed request nobody else may have put them there.
    for header in request.headers {
      let name = header.name.lowercased()
      guard name == "idempotency-key" || name.hasPrefix("wholeimage-"), signature.headers[name] == nil else { continue }
      throw CallError(
        .badRequest, .wrongValue, "The header \(header.name) must be among the signed headers of a signed request.",
        chinese: "签名请求的请求头 \(header.name) 必须在已签名的请求头之中。")
    }
    return signature
  }

  private func checked<Value>(_ body: () throws(SignatureError) -> Value) throws(CallError) -> Value {
    do throws(SignatureError) { return try body() } catch {
      throw CallError(signature: error)
    }
  }

  /// The request as it was received; the server library keeps the first `Host` apart from the other headers.
  static func signable(_ head: HTTPRequest) -> SignableRequest {
    let target = head.path ?? ""
    let mark = target.firstIndex(of: "?")
    var headers = head.authority.map { [SignableRequest.Header("host", $0)] } ?? []
    for field in head.headerFields { headers.append(.init(field.name.rawName, field.value)) }
    return SignableRequest(
      method: head.method.rawValue, path: String(target[..<(mark ?? target.endIndex)]),
      query: mark.map { String(target[target.index(after: $0)...]) } ?? "", headers: headers)
  }
}

/// Bounds the memory that bodies take before it is known who sends them.
final class UnverifiedBodies: Sendable {
  private let limit: Int
  private let held = Mutex(0)

  init(limit: Int) { self.limit = limit }

  /// Whether that many bytes more may be kept; if so, they count until they are released.
  func hold(_ count: Int) -> Bool {
    held.withLock { held in
      guard count <= limit - held else { return false }
      held += count
      return true
    }
  }

  func release(_ count: Int) { held.withLock { $0 -= count } }
}
