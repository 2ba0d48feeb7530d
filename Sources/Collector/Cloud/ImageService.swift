// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import HTTPTypes
internal import HuaweiCloud
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// An answer of the cloud, whole.
struct CloudAnswer: Sendable {
  var status: Int
  var contentType: String?
  var retryAfter: String?
  var body: ByteBuffer
}

/// What became of a request to the cloud.
enum CloudOutcome: Sendable {
  /// The cloud answered.
  case answered(CloudAnswer)
  /// Nothing of the request left this machine.
  case notSent(String)
  /// It may have been sent, in part or whole, and no answer came.
  case uncertain(String)
}

/// The cloud's image service at its base URL.
struct ImageService: Sendable {
  /// The largest answer that is read.
  static let largestAnswer = 4 << 20

  let baseURL: String
  let timeout: TimeAmount
  private let configuration: HTTPClient.Configuration
  private let reads: HTTPClient

  /// A client of the service at an `http` or `https` URL.
  init(baseURL: String, timeoutSeconds: Int64) throws(CollectorFailure) {
    guard baseURL.hasPrefix("http://") || baseURL.hasPrefix("https://"), !baseURL.contains("?"),
      !baseURL.contains("#"), !baseURL.contains("@"), baseURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw CollectorFailure(
        .usage, "the image service's URL must be http://HOST[:PORT] or https://HOST[:PORT], found \(baseURL)")
    }
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    timeout = .seconds(timeoutSeconds)
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(min(timeoutSeconds, 10))
    // A refused connection is told at once; asking again is the caller's decision.
    configuration.connectionPool.retryConnectionEstablishment = false
    self.configuration = configuration
    reads = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Ends the connections.
  func shutdown() async throws { try await reads.shutdown() }

  /// Sends an order: something that must not be done twice.
  ///
  /// On a connection of its own. A reused one that the cloud closes at that moment would leave the order in doubt; and
  /// as long as the one connection did not come about, it is certain that nothing was sent.
  func order(_ path: String, headers: HTTPFields, body: ByteBuffer) async -> CloudOutcome {
    var request = request(path, headers)
    request.method = .POST
    request.body = .bytes(body)
    let connected = Sign()
    var configuration = configuration
    configuration.maximumUsesPerConnection = 1
    // Called when the connection is made, TLS included, and before a request is given to it.
    configuration.http1_1ConnectionDebugInitializer = { channel in
      connected.set()
      return channel.eventLoop.makeSucceededVoidFuture()
    }
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let outcome = await outcome(of: request, client)
    try? await client.shutdown()
    if case .uncertain(let reason) = outcome, !connected.isSet { return .notSent(reason) }
    return outcome
  }

  /// Asks something that changes nothing.
  func query(_ pathAndQuery: String, headers: HTTPFields) async -> CloudOutcome {
    await outcome(of: request(pathAndQuery, headers), reads)
  }

  private func request(_ path: String, _ headers: HTTPFields) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: baseURL + path)
    for field in headers { request.headers.add(name: field.name.rawName, value: field.value) }
    return request
  }

  private func outcome(of request: HTTPClientRequest, _ client: HTTPClient) async -> CloudOutcome {
    do {
      let response = try await client.execute(request, timeout: timeout)
      let body = try await response.body.collect(upTo: Self.largestAnswer)
      return .answered(
        CloudAnswer(
          status: Int(response.status.code), contentType: response.headers.first(name: "content-type"),
          retryAfter: response.headers.first(name: "retry-after"), body: body))
    } catch {
      return .uncertain(Self.words(of: error))
    }
  }

  private static func words(of error: any Error) -> String {
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
  /// The headers that go on to the cloud; of tokens only the cloud's own.
  func cloudHeaders(contentType: Bool) throws(CallError) -> HTTPFields {
    var headers: HTTPFields = [:]
    for name in [HTTPField.Name.accept, .acceptLanguage, .language, .projectID] {
      if let value = request.headers[name] { headers[name] = value }
    }
    if contentType { headers[.contentType] = request.headers[.contentType] ?? "application/json" }
    headers[.requestID] = id
    if case .token(let token) = try identified().cloud { headers[.authToken] = token }
    return headers
  }
}
