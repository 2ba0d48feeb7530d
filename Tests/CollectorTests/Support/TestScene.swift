// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import HTTPTypes
import HuaweiCloud
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Readiness
import Synchronization

@testable import Collector

/// A clock that tests set.
final class FakeClock: Sendable {
  private let state: Mutex<Moment>

  init(at milliseconds: Int64 = 1_770_000_000_000) {
    state = Mutex(Moment(wall: UTCTime(milliseconds: milliseconds), uptime: 500_000_000))
  }

  func forward(seconds: Int64) {
    state.withLock { $0 = $0.before(milliseconds: -seconds * 1000) }
  }

  /// Somebody sets the time of day back.
  func setBack(seconds: Int64) {
    state.withLock { $0.wall = UTCTime(milliseconds: $0.wall.milliseconds - seconds * 1000) }
  }

  func clock(epoch: String = "first-boot") -> CollectorClock {
    CollectorClock(epoch: epoch, now: { self.state.withLock { $0 } }, pause: { _ in })
  }
}

/// A folder of its own for one test.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "collector-tests-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
    let file = file(name)
    try Data(text.utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }
}

/// Documents of `Tests/Fixtures/collector`.
enum Fixture {
  static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/collector")

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: "\(name).json")))
  }

  static func json(_ name: String) throws -> JSON { try JSON(parsing: try bytes(name)) }

  /// The guest that all of them are about.
  static let guest = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"
  /// The boot that they name.
  static let boot = "0d4f8a52-2d0a-4b8e-9f0c-6a2f6c1f7b11"

  /// A whole-image request for that guest.
  static func order(name: String = "web", guest: String = guest) -> JSON {
    .members(("name", .string(name)), ("instance_id", .string(guest)))
  }

  /// The same order as a question of the implicit caller.
  static func question(name: String = "web") -> Question {
    Question(
      operation: .createWholeImage, request: ImageRequest(form: .server, serverID: guest), document: order(name: name),
      project: "default", caller: "local",
      asker: CloudFactsReader.Asker(identity: .anonymous, project: "default", checksProject: false), language: .english)
  }
}

/// An answer as tests look at it.
struct Answer: Sendable {
  var status: Int
  var headers: HTTPFields
  var body: [UInt8]

  var json: JSON { (try? JSON(parsing: body)) ?? .null }
  /// `error.code`.
  var code: String? { json["error"]?["code"]?.string }
  var text: String { String(decoding: body, as: UTF8.self) }

  subscript(key: String) -> JSON? { json[key] }
}

/// Calls one collector.
struct TestAPI: Sendable {
  let client: any TestClientProtocol
  let collector: Collector
  let clock: FakeClock

  func call(
    _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], bytes: [UInt8]? = nil
  ) async throws -> Answer {
    let response = try await client.executeRequest(
      uri: path, method: method, headers: headers, body: bytes.map { ByteBuffer(bytes: $0) })
    return Answer(
      status: Int(response.status.code), headers: response.headers, body: Array(response.body.readableBytesView))
  }

  func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
    try await call(.get, path, headers: headers)
  }

  func post(_ path: String, _ json: JSON, headers: HTTPFields = [:]) async throws -> Answer {
    try await call(.post, path, headers: headers, bytes: json.canonicalBytes)
  }

  /// Reports facts of the fixtures' guest.
  func report(
    _ fixture: String, sequence: Int64? = nil, boot: String? = nil, agoMilliseconds: Int64? = nil,
    headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    if let sequence { headers[.reportSequence] = String(sequence) }
    if let boot { headers[.bootID] = boot }
    if let agoMilliseconds { headers[.inspectedAgo] = String(agoMilliseconds) }
    return try await call(
      .put, "/v1/guests/\(Fixture.guest)/facts", headers: headers, bytes: try Fixture.bytes(fixture))
  }

  func order(_ request: JSON = Fixture.order(), headers: HTTPFields = [:]) async throws -> Answer {
    try await post(WholeImageRequest.path, request, headers: headers)
  }

  func decide(_ request: JSON = Fixture.order(), headers: HTTPFields = [:]) async throws -> Answer {
    try await post(
      "/v1/decisions", .members(("operation", "create_whole_image"), ("request", request)), headers: headers)
  }
}

extension Logger {
  static var silent: Logger { Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() } }
}

/// Opens a collector on a fresh database, or on the one given, and calls it without a socket.
func withCollector(
  database: String? = nil, clock: FakeClock = FakeClock(), epoch: String = "first-boot",
  setup: TestingSetup = .router, log: Logger = .silent, configure: (inout CollectorConfiguration) -> Void = { _ in },
  _ body: @Sendable (TestAPI) async throws -> Void
) async throws {
  let folder = try ScratchFolder()
  var configuration = CollectorConfiguration(database: database ?? folder.file("store.sqlite"))
  // Most tests are about guests; those about the cloud ask for its facts.
  configuration.cloudFacts = .delegated
  configure(&configuration)
  let collector = try await Collector.open(configuration, clock: clock.clock(epoch: epoch), log: log)
  do {
    try await collector.application().test(setup) { client in
      try await body(TestAPI(client: client, collector: collector, clock: clock))
    }
  } catch {
    try? await collector.close()
    throw error
  }
  try await collector.close()
  withExtendedLifetime(folder) {}
}
