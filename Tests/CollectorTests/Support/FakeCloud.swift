// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization

@testable import Collector

/// A request context that can cut the connection.
struct ConnectionContext: RequestContext {
  typealias Source = ApplicationRequestContextSource

  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

/// A cloud that answers as a test says, and remembers what it was asked.
final class FakeCloud: HTTPResponder {
  typealias Context = ConnectionContext

  struct Received: Sendable {
    var method: String
    var path: String
    var headers: HTTPFields
    var body: [UInt8]
  }

  /// What the cloud does with a request.
  enum Reaction: Sendable {
    case answer(Int, JSON, HTTPFields = [:])
    case text(Int, String, type: String)
    /// Cuts the connection without a word.
    case hangUp
    /// Says nothing until the stream ends.
    case silence(AsyncStream<Void>)
  }

  static let job = "4010a32b5f909853015f90aaa24b0015"

  private let react: @Sendable (Received) async throws -> Reaction
  private let log = Mutex<[Received]>([])

  init(_ react: @escaping @Sendable (Received) async throws -> Reaction) { self.react = react }

  var received: [Received] { log.withLock { $0 } }

  func respond(to request: Request, context: ConnectionContext) async throws -> Response {
    let body = try await request.body.collect(upTo: 1 << 24)
    let received = Received(
      method: request.method.rawValue, path: request.uri.string, headers: request.headers,
      body: Array(body.readableBytesView))
    log.withLock { $0.append(received) }
    switch try await react(received) {
    case .answer(let status, let json, let headers):
      var all = headers
      all[.contentType] = "application/json"
      return Response(
        status: .init(code: status), headers: all, body: .init(byteBuffer: ByteBuffer(bytes: json.canonicalBytes)))
    case .text(let status, let text, let type):
      return Response(
        status: .init(code: status), headers: [.contentType: type],
        body: .init(byteBuffer: ByteBuffer(string: text)))
    case .hangUp:
      try await context.channel.close()
    case .silence(let stream):
      for await _ in stream {}
    }
    return Response(status: .noContent)
  }

  /// Runs the cloud on loopback while the body runs with its URL.
  func run(_ body: @Sendable (String) async throws -> Void) async throws {
    let application = Application(responder: self, logger: .silent)
    try await application.test(.live) { client in
      guard let port = client.port else { throw CancellationError() }
      try await body("http://localhost:\(port)")
    }
  }
}

/// Runs a collector in front of a cloud that reacts in one way.
@discardableResult
func withCloud(
  _ react: @escaping @Sendable (FakeCloud.Received) async throws -> FakeCloud.Reaction = { _ in
    .answer(200, .members(("job_id", .string(FakeCloud.job))))
  },
  database: String? = nil, clock: FakeClock = FakeClock(),
  configure: @escaping @Sendable (inout CollectorConfiguration) -> Void = { _ in },
  _ body: @escaping @Sendable (TestAPI, FakeCloud) async throws -> Void
) async throws -> FakeCloud {
  let cloud = FakeCloud(react)
  try await cloud.run { url in
    try await withCollector(
      database: database, clock: clock,
      configure: {
        $0.imageService = url
        configure(&$0)
      }
    ) { api in try await body(api, cloud) }
  }
  return cloud
}
