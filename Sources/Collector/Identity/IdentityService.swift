// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

/// The cloud's identity service (IAM) at its base URL, as far as it tells whose a token is.
struct IdentityService: Sendable {
  /// The largest answer that is read; without the catalogue some kilobytes.
  static let largestAnswer = 4 << 20
  /// Most connections at a time.
  static let connections = 16

  private let url: String
  private let timeout: TimeAmount
  private let client: HTTPClient

  /// A client of the service at an `http` or `https` URL; a `/v3` at its end, as clients of OpenStack have it, may stay.
  init(baseURL: String, timeout: TimeAmount) throws(CollectorFailure) {
    guard baseURL.hasPrefix("http://") || baseURL.hasPrefix("https://"), !baseURL.contains("?"),
      !baseURL.contains("#"), !baseURL.contains("@"), baseURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw CollectorFailure(
        .usage, "the identity service's URL must be http://HOST[:PORT] or https://HOST[:PORT], found \(baseURL)")
    }
    var base = baseURL[...]
    if base.hasSuffix("/") { base = base.dropLast() }
    if base.hasSuffix("/v3") { base = base.dropLast(3) }
    // The catalogue of the cloud's services is most of the answer, and nothing here reads it.
    url = base + "/v3/auth/tokens?nocatalog=true"
    self.timeout = timeout
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = timeout
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connections
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Ends the connections.
  func shutdown() async throws { try await client.shutdown() }

  /// Has a token tell about itself: it is both who asks and what is asked about.
  func answer(about token: String) async -> CloudTokenAnswer {
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "X-Auth-Token", value: token)
    request.headers.add(name: "X-Subject-Token", value: token)
    request.headers.add(name: "Accept", value: "application/json")
    do {
      return try await answer(to: request)
    } catch let error as HTTPClientError where error == .remoteConnectionClosed {
      // Most likely a connection that had been idle; asking twice does no harm.
      do { return try await answer(to: request) } catch { return .unknown(Self.words(of: error)) }
    } catch {
      return .unknown(Self.words(of: error))
    }
  }

  private func answer(to request: HTTPClientRequest) async throws -> CloudTokenAnswer {
    let response = try await client.execute(request, timeout: timeout)
    let body = try await response.body.collect(upTo: Self.largestAnswer)
    switch response.status.code {
    case 200:
      guard let holder = CloudTokenHolder(answer: body.readableBytesView) else {
        return .unknown("its answer is not the description of a token")
      }
      return .good(holder)
    // A token that is not good may not ask (401, 403), is none (400), or is not found (404).
    case 400, 401, 403, 404:
      return .bad
    case let status:
      return .unknown("it answered \(status)")
    }
  }

  /// Why there is no answer; never with what was sent, a token is in it.
  private static func words(of error: any Error) -> String {
    switch error {
    case let error as IOError: SystemError.text(error.errnoCode)
    case let error as HTTPClientError: error.shortDescription
    default: "\(type(of: error))"
    }
  }
}
