// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import Readiness
import Synchronization

@testable import Collector
@testable import Simulation

/// A collector in front of the simulated cloud, which holds the state of `packaging/simulator/example-state.json`.
struct SimulatedScene: Sendable {
  let api: TestAPI
  let cloud: SimulatedCloud
  let clock: FakeClock

  static let project = "0123456789abcdef0123456789abcdef"
  static let server = Fixture.guest
  static let onDSS = "5d1b1f4e-6c1e-4b57-8a4e-1f0d2c3b4a51"
  static let withShared = "c0ffee00-1d2e-4f3a-8b4c-5d6e7f809101"
  static let stopped = "0a4c7e12-93b5-4d68-a7f0-2b1c3d4e5f60"
  static let busy = "3e9d2c1b-7a65-4f43-b210-9f8e7d6c5b4a"
  static let vault = "de9fcf45-11b2-432c-8562-5c5428574600"
  static func cbr(_ number: Int) -> String { "9b27efab-4a17-4c06-bfa2-3e0cf021d3\(number)" }
  static func csbs(_ number: Int) -> String { "70675cbc-d3a8-43a7-9f81-c8b6bc3f5d\(number)" }
  static func image(_ number: Int) -> String { "fe84dd80-0229-4918-8d3d-cbb33154b5\(number)" }
  /// When the example's servers changed last and its backups were made: 2026-01-10T08:00:00Z.
  static let past: Int64 = 1_768_032_000_000

  /// The headers that name the cloud's project and token; the collector itself asks for no identity here.
  static let headers: HTTPFields = [
    .authToken: "example-token", .projectID: project, .contentType: "application/json",
  ]

  /// Runs both, over sockets; the example's moment is a minute ago.
  static func run(
    secondsAfter: Int64 = 60, configure: @escaping @Sendable (inout CollectorConfiguration) -> Void = { _ in },
    change: @escaping @Sendable (inout CloudState) -> Void = { _ in },
    _ body: @escaping @Sendable (SimulatedScene) async throws -> Void
  ) async throws {
    let clock = FakeClock(at: past + secondsAfter * 1000)
    let moment = clock.clock()
    let file = Fixture.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "packaging/simulator/example-state.json")
    var state = try CloudState(json: try JSON(parsing: Array(Data(contentsOf: file))))
    change(&state)
    let cloud = SimulatedCloud(state: state, now: { moment.now().wall }, newID: { RandomIdentifier.make() })
    let simulator = CloudSimulator(host: "127.0.0.1", port: 0, responder: CloudResponder(cloud: cloud))
    try await simulator.application(.silent, { _ in }).test(.live) { client in
      guard let port = client.port else { throw CancellationError() }
      let url = "http://localhost:\(port)"
      try await withCollector(
        clock: clock,
        configure: {
          $0.cloudFacts = .required
          $0.imageService = url
          $0.computeService = url
          $0.volumeService = url
          $0.backupService = url
          $0.olderBackupService = url
          $0.computeListen = ListenAddress(host: "127.0.0.1", port: 0)
          configure(&$0)
        }
      ) { api in try await body(SimulatedScene(api: api, cloud: cloud, clock: clock)) }
    }
  }

  /// The guest reports; `ago` seconds lie between its look and now.
  func report(_ fixture: String = "ready", as id: String = server, ago: Int64 = 0, boot: String? = nil) async throws {
    var document = try Fixture.json(fixture)
    if id != Self.server, case .object(var members) = document, case .object(var guest)? = members["guest"] {
      guest["instance_id"] = .string(id)
      members["guest"] = .object(guest)
      document = .object(members)
    }
    try await report(document, as: id, ago: ago, boot: boot)
  }

  func report(_ document: JSON, as id: String = server, ago: Int64 = 0, boot: String? = nil) async throws {
    var headers: HTTPFields = [.contentType: "application/json", .inspectedAgo: String(ago * 1000)]
    if let boot { headers[.bootID] = boot }
    let answer = try await api.call(
      .put, "/v1/guests/\(id)/facts", headers: headers, bytes: document.canonicalBytes)
    guard answer.status == 202 else { throw CancellationError() }
  }

  func order(_ members: (String, JSON?)..., headers more: HTTPFields = [:]) async throws -> Answer {
    var headers = Self.headers
    for field in more { headers.append(field) }
    return try await api.order(.object(JSONObject([("name", "web")] + members)), headers: headers)
  }

  func decide(_ operation: String, _ request: JSON) async throws -> Answer {
    try await api.post(
      "/v1/decisions", .members(("operation", .string(operation)), ("request", request)), headers: Self.headers)
  }

  /// How often the cloud was asked for something.
  func count(_ method: String, _ path: String) -> Int {
    cloud.requests(RoutePattern(method, path))["requests"]?.array?.count ?? 0
  }

  /// Calls the collector in front of the compute service.
  func compute(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) async throws -> Answer {
    let application = try api.collector.computeApplication()
    guard let application else { throw CancellationError() }
    let (collector, clock) = (api.collector, clock)
    let found = Found()
    try await application.test(.router) { client in
      let api = TestAPI(client: client, collector: collector, clock: clock)
      found.answer = try await api.call(method, path, headers: Self.headers, bytes: body?.canonicalBytes)
    }
    guard let answer = found.answer else { throw CancellationError() }
    return answer
  }

  private final class Found: Sendable {
    private let state = Mutex<Answer?>(nil)
    var answer: Answer? {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }
}
