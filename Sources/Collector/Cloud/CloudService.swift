// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import HTTPTypes
internal import HuaweiCloud
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// A service of the cloud at its base URL.
struct CloudService: Sendable {
  /// Which service, by the name that its host begins with.
  enum Name: String, Sendable, CaseIterable {
    /// Images.
    case ims
    /// Servers.
    case ecs
    /// Volumes.
    case evs
    /// Backups and vaults.
    case cbr
    /// Backups, the older service.
    case csbs
  }

  /// The largest answer that is read.
  static let largestAnswer = 4 << 20

  let name: Name
  let baseURL: String
  let timeout: TimeAmount
  let clock: CollectorClock
  private let host: String
  private let basePath: String
  private let configuration: HTTPClient.Configuration
  let client: HTTPClient

  /// A client of the service at an `http` or `https` URL.
  init(
    _ name: Name, baseURL: String, timeoutSeconds: Int64, clock: CollectorClock
  ) throws(CollectorFailure) {
    guard baseURL.hasPrefix("http://") || baseURL.hasPrefix("https://"), !baseURL.contains("?"),
      !baseURL.contains("#"), !baseURL.contains("@"), baseURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw CollectorFailure(
        .usage, "the URL of \(name.rawValue) must be http://HOST[:PORT] or https://HOST[:PORT], found \(baseURL)")
    }
    self.name = name
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    let rest = self.baseURL.drop { $0 != "/" }.dropFirst(2)
    host = String(rest.prefix { $0 != "/" })
    basePath = String(rest.drop { $0 != "/" })
    guard !host.isEmpty else { throw CollectorFailure(.usage, "the URL of \(name.rawValue) names no host: \(baseURL)") }
    timeout = .seconds(timeoutSeconds)
    self.clock = clock
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(min(timeoutSeconds, 10))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = CloudReads.concurrency
    // A refused connection is told at once; asking again is the caller's decision.
    configuration.connectionPool.retryConnectionEstablishment = false
    self.configuration = configuration
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Ends the connections.
  func shutdown() async throws { try await client.shutdown() }

  /// Sends an order: something that must not be done twice.
  ///
  /// On a connection of its own. A reused one that the cloud closes at that moment would leave the order in doubt; and
  /// as long as the one connection did not come about, it is certain that nothing was sent.
  func order(_ target: String, headers: HTTPFields, body: ByteBuffer, as identity: CloudIdentity) async -> CloudOutcome
  {
    let request: HTTPClientRequest
    do throws(SignatureError) {
      request = try self.request(.post, target, headers, body, as: identity)
    } catch {
      return .notSent("the request cannot be signed: \(error)")
    }
    let connected = Sign()
    var configuration = configuration
    configuration.maximumUsesPerConnection = 1
    // Called when the connection is made, TLS included, and before a request is given to it.
    configuration.http1_1ConnectionDebugInitializer = { channel in
      connected.set()
      return channel.eventLoop.makeSucceededVoidFuture()
    }
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let outcome = await outcome(of: request, client, timeout)
    try? await client.shutdown()
    if case .uncertain(let reason) = outcome, !connected.isSet { return .notSent(reason) }
    return outcome
  }

  /// Asks something that changes nothing.
  func query(
    _ target: String, headers: HTTPFields, as identity: CloudIdentity, timeout limit: TimeAmount? = nil
  ) async -> CloudOutcome {
    do throws(SignatureError) {
      let request = try request(.get, target, headers, ByteBuffer(), as: identity)
      return await outcome(of: request, client, min(limit ?? timeout, timeout))
    } catch {
      return .notSent("the request cannot be signed: \(error)")
    }
  }

  /// A request as it goes to the cloud: at the service's own address, in the name of the identity.
  func request(
    _ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields, _ body: ByteBuffer?,
    as identity: CloudIdentity
  ) throws(SignatureError) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: baseURL + target)
    request.method = HTTPMethod(rawValue: method.rawValue)
    if let body, body.readableBytes > 0 { request.body = .bytes(body) }
    var lines = headers.map { SignableRequest.Header($0.name.rawName, $0.value) }
    switch identity {
    case .anonymous: break
    case .token(let token): lines.append(.init("X-Auth-Token", token))
    case .key(let signer, let project):
      if let project {
        lines.removeAll { $0.name.lowercased() == "x-project-id" }
        lines.append(.init("X-Project-Id", project))
      }
      let parts = (basePath + target).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      let signable = SignableRequest(
        method: method.rawValue, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
        headers: lines + [.init("Host", host)])
      let hash = body.map { BodyHash.of($0.readableBytesView) } ?? .unsigned
      lines = try signer.sign(signable, body: hash, at: clock.now().wall).headers
    }
    for line in lines { request.headers.add(name: line.name, value: line.value) }
    return request
  }

  private func outcome(of request: HTTPClientRequest, _ client: HTTPClient, _ limit: TimeAmount) async -> CloudOutcome {
    do {
      let response = try await client.execute(request, timeout: limit)
      let body = try await response.body.collect(upTo: Self.largestAnswer)
      return .answered(
        CloudAnswer(
          status: Int(response.status.code), contentType: response.headers.first(name: "content-type"),
          retryAfter: response.headers.first(name: "retry-after"), body: body))
    } catch {
      return .uncertain(Self.words(of: error))
    }
  }

  /// A failure in one line.
  static func words(of error: any Error) -> String {
    if let error = error as? IOError { return SystemError.text(error.errnoCode) }
    return String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// Something that happens at most once, on another thread.
  private final class Sign: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .acquiring) }

    func set() { state.store(true, ordering: .releasing) }
  }
}

extension Call {
  /// The headers that go on to the cloud; who asks is told apart, by the identity.
  func cloudHeaders(contentType: Bool) -> HTTPFields {
    var headers: HTTPFields = [:]
    for name in [HTTPField.Name.accept, .acceptLanguage, .language, .projectID] {
      if let value = request.headers[name] { headers[name] = value }
    }
    if contentType { headers[.contentType] = request.headers[.contentType] ?? "application/json" }
    headers[.requestID] = id
    return headers
  }
}
