// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestSigning
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import Logging
internal import NIOCore

/// Who sends a request, and what came out beside that while it was found out.
struct Identified: Sendable {
  var caller: Caller
  /// What the caller's signature vouches for; `nil` if the caller did not sign.
  var signature: VerifiedSignature?
  /// The body, if it had to be read to verify the signature.
  var body: ByteBuffer?
  /// What the signature of an enrolled guest vouches for; `nil` for any other caller.
  var guest: GuestProof?
}

/// Tells who sends a request.
struct Identity: Sendable {
  /// `nil`: no credentials file, everybody on loopback has all roles in one implicit project.
  let credentials: CurrentCredentials?
  let signed: SignedRequests
  /// `nil`: no identity service is configured, so that tokens of the cloud are not known.
  let cloudTokens: CloudTokens?
  let guests: GuestSignatures
  let failures: FailedAttempts
  let log: Logger
  /// One line in ten seconds is enough to tell that the identity service is away.
  private let troubles: RateTable?

  init(
    credentials: CurrentCredentials?, signed: SignedRequests, cloudTokens: CloudTokens?, guests: GuestSignatures,
    failures: FailedAttempts, log: Logger
  ) {
    self.credentials = credentials
    self.signed = signed
    self.cloudTokens = cloudTokens
    self.guests = guests
    self.failures = failures
    self.log = log
    troubles = RateLimit(burst: 1, count: 6, per: .minute).map { RateTable($0, places: 1) }
  }

  /// The caller of a request; 401 if there is no identity or none that is known.
  ///
  /// Our own token comes as `Authorization: Bearer`, or as `X-Auth-Token` from clients that know only that. A token of
  /// ours never goes on to the cloud. A wrong token of one kind is not saved by a right one of another.
  /// A guest that signs is known with and without a credentials file: its key is in the store.
  func identify(
    _ request: Request, bodyLimit: Int, from remote: RemoteAddress, at arrived: Moment
  ) async throws -> Identified {
    if GuestSignatures.isMeant(request) { return try await guest(request, remote, arrived) }
    let authorization = request.headers[.authorization]
    let authToken = request.headers[.authToken].flatMap { $0.isEmpty ? nil : $0 }
    guard let credentials = credentials?.value else {
      return Identified(
        caller: Caller(
          name: "local", role: nil, projects: [Caller.implicitProject], instanceID: nil,
          cloud: Self.cloudIdentity(authToken)))
    }
    let authEntry = authToken.flatMap { credentials.entry(for: $0) }
    if let bearer = Self.bearerToken(in: authorization) {
      guard let entry = credentials.entry(for: bearer) else {
        throw refusal(.own, Self.unknownToken, remote, arrived)
      }
      let other = authEntry == nil ? authToken : nil
      return Identified(caller: Caller(entry, cloud: Self.cloudIdentity(other ?? entry.forwardAs)))
    }
    if let authorization, SignedAuthorization.isMeant(authorization) {
      // The key as claimed names the attempt only if it is one of ours: there are only so many of these.
      let access = (try? SignedAuthorization(authorization))?.access
      let kind = access.flatMap { credentials.keys[$0] }.map { FailedAttempts.Kind.key($0.access) } ?? .own
      return try await attempt(kind, remote, arrived) {
        let verified = try await signed.verify(request, keys: credentials.keys, bodyLimit: bodyLimit, at: arrived)
        return Identified(caller: Caller(verified.key), signature: verified.signature, body: verified.body)
      }
    }
    if let authEntry {
      return Identified(caller: Caller(authEntry, cloud: Self.cloudIdentity(authEntry.forwardAs)))
    }
    guard let authToken else { throw refusal(.own, Self.noIdentity(authorization), remote, arrived) }
    if case .good(let holder)? = cloudTokens?.known(authToken, at: arrived) {
      return Identified(caller: try holder.caller(token: authToken))
    }
    return try await attempt(.cloudToken, remote, arrived) {
      Identified(caller: try await cloudCaller(authToken, at: arrived))
    }
  }

  private func guest(_ request: Request, _ remote: RemoteAddress, _ arrived: Moment) async throws -> Identified {
    let claim: SignatureClaim
    do throws(CallError) { claim = try GuestSignatures.claim(request) } catch {
      throw refusal(.own, error, remote, arrived)
    }
    guard let known = try await guests.store.guestKey(claim.keyID) else {
      throw refusal(.own, GuestSignatures.refused("its key is not enrolled here"), remote, arrived)
    }
    return try await attempt(.guest(known.key.id), remote, arrived) { try guests.caller(claim, with: known) }
  }

  private func cloudCaller(_ token: String, at arrived: Moment) async throws -> Caller {
    guard let cloudTokens else {
      throw CallError(
        .unauthorized, .identityWrong,
        "The token is not one of this collector's; tokens of the cloud's identity service are not taken here (no --iam-url).",
        chinese: "该令牌不是本服务的令牌；此处不接受云身份服务的令牌（未设置 --iam-url）。")
    }
    switch await cloudTokens.ask(token, at: arrived) {
    case .good(let holder): return try holder.caller(token: token)
    case .unknown(let reason):
      if troubles?.take(0, at: arrived.uptime) == nil {
        log.warning("the identity service does not tell whose a token is: \(reason)")
      }
      throw CallError.unavailable(
        .identityServiceUnreachable, "The cloud's identity service cannot be asked whose the token is: \(reason).",
        chinese: "无法向云身份服务查询该令牌的归属：\(reason)。", retryAfter: 5)
    case .bad:
      throw CallError(
        .unauthorized, .identityWrong,
        "The token is neither one of this collector's nor good at the cloud's identity service; have a new one issued.",
        chinese: "该令牌既不是本服务的令牌，在云身份服务处也无效；请重新申请令牌。")
    }
  }

  /// Does what can fail and costs something, unless it failed too often from there.
  func attempt<Value>(
    _ kind: FailedAttempts.Kind, _ remote: RemoteAddress, _ arrived: Moment, _ body: () async throws -> Value
  ) async throws -> Value {
    try failures.check(FailedAttempts.Name(remote: remote, kind: kind), at: arrived)
    do { return try await body() } catch let error as CallError where error.status == .unauthorized {
      throw refusal(kind, error, remote, arrived)
    }
  }

  /// Counts a failure and notes it; past the limit the answer is that there were too many, and nothing is noted.
  func refusal(
    _ kind: FailedAttempts.Kind, _ error: CallError, _ remote: RemoteAddress, _ arrived: Moment
  ) -> CallError {
    let name = FailedAttempts.Name(remote: remote, kind: kind)
    do throws(CallError) { try failures.check(name, at: arrived) } catch { return error }
    failures.count(name, at: arrived)
    // The message can repeat what the caller sent; the kind and the code say enough.
    log.info("identity refused", metadata: ["kind": "\(kind)", "code": "\(error.code)", "from": "\(remote)"])
    return error
  }
}

extension Identity {
  /// Says at startup what an operator may not expect.
  func noteAtStart() {
    guard let credentials = credentials?.value else { return }
    if cloudTokens == nil { log.notice("no --iam-url: tokens of the cloud are refused") }
    if !credentials.keys.isEmpty, signed.hosts.names.isEmpty {
      log.notice("no --public-host: signed requests are taken for whatever host they were signed for")
    }
  }

  private static func cloudIdentity(_ token: String?) -> CloudIdentity { token.map { .token($0) } ?? .anonymous }

  private static let unknownToken = CallError(
    .unauthorized, .noIdentity, "The bearer token is not one of this collector's.", chinese: "该 Bearer 令牌不是本服务的令牌。")

  private static func noIdentity(_ authorization: String?) -> CallError {
    CallError(
      .unauthorized, .noIdentity,
      authorization == nil
        ? "This call needs an identity: Authorization: Bearer TOKEN, X-Auth-Token, or a signature (SDK-HMAC-SHA256)."
        : "Authorization must be \"Bearer\" and a token, or a signature (SDK-HMAC-SHA256).",
      chinese: authorization == nil
        ? "此调用需要身份：Authorization: Bearer TOKEN、X-Auth-Token 或签名（SDK-HMAC-SHA256）。"
        : "Authorization 必须是 \"Bearer\" 加令牌，或签名（SDK-HMAC-SHA256）。")
  }

  /// The token of an `Authorization` header of the scheme `Bearer` (RFC 6750, section 2.1).
  static func bearerToken(in header: String?) -> String? {
    guard let header else { return nil }
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}

extension Caller {
  /// The caller with a token of ours.
  init(_ entry: Credentials.Entry, cloud: CloudIdentity) {
    self.init(
      name: entry.name, role: entry.role, projects: entry.projects, instanceID: entry.instanceID, cloud: cloud)
  }

  /// The caller with a key of the cloud's.
  init(_ key: Credentials.Key) {
    self.init(
      name: "key:\(key.access)", role: key.role, projects: key.projects, instanceID: nil,
      cloud: .key(RequestSigner(access: key.access, secret: key.secret)))
  }
}
