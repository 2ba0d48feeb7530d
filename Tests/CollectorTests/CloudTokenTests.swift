// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HuaweiCloud
import Logging
import NIOCore
import Testing

@testable import Collector

@Suite struct CloudTokenTests {
  static let project = "0123456789abcdef0123456789abcdef"

  /// The identity service's answer about a token (Keystone's Identity API v3).
  static func answer(
    user: JSON = "terraform", project: JSON? = .string(project), expires: String = "2026-02-03T02:40:00.000000Z"
  ) -> JSON {
    var token: [(String, JSON?)] = [
      ("expires_at", .string(expires)), ("issued_at", "2026-02-02T02:00:00.000000Z"), ("methods", ["password"]),
      ("roles", [.members(("id", "0"), ("name", "te_admin"))]),
      ("user", .members(("name", user), ("id", "u1"), ("domain", .members(("name", "corp"), ("id", "d1"))))),
    ]
    if let project {
      token.append(("project", .members(("id", project), ("name", "region-1"), ("domain", .members(("id", "d1"))))))
    } else {
      token.append(("domain", .members(("id", "d1"), ("name", "corp"))))
    }
    return .members(("token", .object(JSONObject(token))))
  }

  /// An identity service for which tokens that begin with `good` are good.
  static func service(
    _ good: JSON = answer(), otherwise: FakeCloud.Reaction = .answer(404, .members(("error", .members(("code", 404)))))
  ) -> FakeCloud {
    FakeCloud { request in
      request.headers[.authToken]?.hasPrefix("good") == true ? .answer(200, good) : otherwise
    }
  }

  static func with(
    _ service: FakeCloud, images: FakeCloud? = nil, clock: FakeClock = FakeClock(), log: Logger = .silent,
    configure: @escaping @Sendable (inout CollectorConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (TestAPI) async throws -> Void
  ) async throws {
    let images = images ?? FakeCloud { _ in .answer(200, .members(("job_id", .string(FakeCloud.job)))) }
    try await service.run { url in
      try await images.run { imageService in
        try await CredentialsTests.withTokens(
          imageService: imageService, clock: clock, log: log,
          configure: {
            $0.identityService = url
            configure(&$0)
          }
        ) { try await body($0) }
      }
    }
  }

  @Test func aGoodTokenIsAskedAboutOnceAndGoesOn() async throws {
    let service = Self.service()
    let images = FakeCloud { _ in .answer(200, .members(("job_id", .string(FakeCloud.job)), ("status", "RUNNING"))) }
    try await Self.with(service, images: images) { api async throws in
      let headers: HTTPFields = [.authToken: "good-1"]
      let listed = try await api.get("/v1/guests", headers: headers)
      #expect(listed.status == 200, "\(listed.text)")
      let decision = try await api.decide(headers: headers)
      #expect(decision["caller"] == .string("iam:terraform@\(Self.project)"))
      let row = try #require(try await api.collector.store.decision(decision["id"]?.string ?? ""))
      #expect(row.project == Self.project)
      #expect(!row.record.contains("good-1"))
      #expect(try await api.get("/v1/\(Self.project)/jobs/\(FakeCloud.job)", headers: headers).status == 200)
    }
    let asked = try #require(service.received.first)
    #expect(service.received.count == 1)
    #expect(asked.method == "GET")
    #expect(asked.path == "/v3/auth/tokens?nocatalog=true")
    #expect(asked.headers[.authToken] == "good-1")
    #expect(asked.headers[try #require(.init("X-Subject-Token"))] == "good-1")
    #expect(images.received.map { $0.headers[.authToken] } == ["good-1"])
  }

  @Test func theTokensProjectIsTheOnlyOne() async throws {
    try await Self.with(Self.service()) { api async throws in
      let headers: HTTPFields = [.authToken: "good"]
      for target in ["/v1/guests?project=p1", "/v1/p1/jobs/j"] {
        #expect(try await api.get(target, headers: headers).code == "WIR.0008")
      }
      #expect(try await api.decide(headers: [.authToken: "good", .projectID: "p1"]).code == "WIR.0008")
      #expect(try await api.decide(headers: [.authToken: "good", .projectID: Self.project]).status == 200)
      // Agents have tokens of ours.
      #expect(try await api.report("ready", headers: headers).code == "WIR.0007")
    }
  }

  @Test(arguments: [400, 401, 403, 404])
  func aBadTokenIs401AndAskedAboutOnce(status: Int) async throws {
    let service = Self.service(otherwise: .answer(status, .members(("error", "no"))))
    try await Self.with(service) { api async throws in
      for _ in 0..<3 {
        let answer = try await api.get("/v1/guests", headers: [.authToken: "bad"])
        #expect(answer.status == 401)
        #expect(answer.code == "APIGW.0301")
        #expect(answer["error"]?["retry"] == "never")
      }
      #expect(service.received.count == 1)
      // A little later it may have become good.
      api.clock.forward(seconds: 5)
      #expect(try await api.get("/v1/guests", headers: [.authToken: "bad"]).status == 401)
      #expect(service.received.count == 2)
    }
  }

  /// How long an answer is believed: a minute, and never past the token's end.
  @Test(arguments: [
    ("2026-02-03T02:40:00.000000Z", 59, 1), ("2026-02-03T02:40:00.000000Z", 60, 2),
    ("2026-02-02T02:40:30.000000Z", 29, 1), ("2026-02-02T02:40:30.000000Z", 30, 2),
  ])
  func goodTokensAreRememberedForAMinute(expires: String, seconds: Int64, asked: Int) async throws {
    let service = Self.service(Self.answer(expires: expires))
    try await Self.with(service) { api async throws in
      #expect(try await api.get("/v1/guests", headers: [.authToken: "good"]).status == 200)
      api.clock.forward(seconds: seconds)
      let later = try await api.get("/v1/guests", headers: [.authToken: "good"])
      #expect(later.status == (expires.hasPrefix("2026-02-02") && asked == 2 ? 401 : 200))
      #expect(service.received.count == asked)
    }
  }

  /// Somebody sets the time of day on: a token that ended by it is not believed in any more.
  @Test func theEndOfATokenIsATimeOfDay() async throws {
    let service = Self.service(Self.answer(expires: "2026-02-02T02:40:30Z"))
    try await Self.with(service) { api async throws in
      #expect(try await api.get("/v1/guests", headers: [.authToken: "good"]).status == 200)
      api.clock.setBack(seconds: -31)
      #expect(try await api.get("/v1/guests", headers: [.authToken: "good"]).status == 401)
    }
  }

  @Test func aTokenThatHasEndedIs401() async throws {
    try await Self.with(Self.service(Self.answer(expires: "2026-02-02T02:39:59.999Z"))) { api async throws in
      #expect(try await api.get("/v1/guests", headers: [.authToken: "good"]).status == 401)
    }
  }

  @Test func aTokenOfADomainIs403() async throws {
    let service = Self.service(Self.answer(project: nil))
    try await Self.with(service) { api async throws in
      for _ in 0..<2 {
        let answer = try await api.decide(headers: [.authToken: "good"])
        #expect(answer.status == 403)
        #expect(answer.code == "WIR.0030")
      }
      #expect(service.received.count == 1)
    }
  }

  /// What the service does when it cannot tell; the caller is asked to come again, not turned away.
  static let troubles: [(String, FakeCloud.Reaction)] = [
    ("an error", .answer(500, .members())), ("throttled", .answer(429, .members())),
    ("elsewhere", .answer(302, .members())), ("closed", .hangUp), ("not JSON", .text(200, "<html>", type: "text/html")),
    ("no user", .answer(200, answer(user: .null))), ("odd project", .answer(200, answer(project: "../p1"))),
    ("no end", .answer(200, answer(expires: "tomorrow"))), ("another shape", .answer(200, .members(("tokens", [])))),
  ]

  @Test(arguments: troubles.map(\.0))
  func anIdentityServiceThatCannotTellIs503(trouble: String) async throws {
    let reaction = try #require(Self.troubles.first { $0.0 == trouble }?.1)
    let service = Self.service(otherwise: reaction)
    try await Self.with(service) { api async throws in
      for _ in 0..<2 {
        let answer = try await api.order(headers: [.authToken: "in-trouble"])
        #expect(answer.status == 503, "\(answer.text)")
        #expect(answer.code == "WIR.0310")
        #expect(answer.headers[.retryAfter] == "5")
        #expect(answer["error"]?["retry"] == "later")
        #expect(!answer.text.contains("in-trouble"))
      }
      // Others are not held up, and it is asked again each time.
      #expect(try await api.get("/v1/guests", headers: CredentialsTests.bearer("terraform")).status == 200)
      #expect(try await api.get("/v1/guests", headers: [.authToken: "good"]).status == 200)
      #expect(service.received.count == (trouble == "closed" ? 5 : 3))
    }
  }

  @Test func anIdentityServiceThatIsNotThereIs503() async throws {
    try await CredentialsTests.withTokens(configure: { $0.identityService = "http://127.0.0.1:1/v3/" }) {
      api async throws in
      let answer = try await api.get("/v1/guests", headers: [.authToken: "any"])
      #expect(answer.status == 503)
      #expect(answer.text.contains("Connection refused"), "\(answer.text)")
      #expect(try await api.get("/v1/guests", headers: CredentialsTests.bearer("terraform")).status == 200)
    }
  }

  @Test func anIdentityServiceThatSaysNothingIsGivenUp() async throws {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    let service = Self.service(otherwise: .silence(stream))
    try await service.run { url in
      let client = try IdentityService(baseURL: url, timeout: .milliseconds(50))
      let answer = await client.answer(about: "anything")
      continuation.finish()
      try await client.shutdown()
      guard case .unknown = answer else {
        Issue.record("\(answer)")
        return
      }
    }
  }

  /// Many requests with one token that nobody has asked about yet are one question.
  @Test func equalTokensAreAskedAboutOnce() async throws {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    let arrived = AsyncStream<Void>.makeStream()
    let service = FakeCloud { _ in
      arrived.continuation.yield()
      for await _ in stream {}
      return .answer(200, Self.answer())
    }
    try await service.run { url in
      let tokens = CloudTokens(service: try IdentityService(baseURL: url, timeout: .seconds(30)))
      let now = FakeClock().clock().now()
      await withTaskGroup(of: CloudTokenAnswer.self) { group in
        for _ in 0..<50 { group.addTask { await tokens.ask("good", at: now) } }
        for await _ in arrived.stream { break }
        continuation.finish()
        for await answer in group {
          guard case .good(let holder) = answer else {
            Issue.record("\(answer)")
            continue
          }
          #expect(holder.project == Self.project)
        }
      }
      try await tokens.shutdown()
    }
    #expect(service.received.count == 1)
  }

  @Test(arguments: ["", " ", "with blank", "tab\t", "umlaut\u{E4}", String(repeating: "x", count: 16_385)])
  func whatCanBeNoTokenIsNotAskedAbout(token: String) async throws {
    let service = Self.service(otherwise: .answer(500, .members()))
    try await service.run { url in
      let tokens = CloudTokens(service: try IdentityService(baseURL: url, timeout: .seconds(5)))
      #expect(await tokens.ask(token, at: FakeClock().clock().now()) == .bad)
      try await tokens.shutdown()
    }
    #expect(service.received.isEmpty)
  }

  /// Our own tokens are known without the identity service, whatever header they come in.
  @Test func ownTokensAreNotAskedAbout() async throws {
    let service = Self.service()
    try await Self.with(service) { api async throws in
      #expect(try await api.get("/v1/guests", headers: [.authToken: "terraform-token"]).status == 200)
      #expect(try await api.get("/v1/guests", headers: [.authorization: "Bearer good"]).code == "WIR.0006")
    }
    #expect(service.received.isEmpty)
  }

  @Test func namesOfUsersAreMadeHarmless() throws {
    let holder = try #require(
      CloudTokenHolder(answer: Self.answer(user: "a\nb\u{202E}", project: "p1").canonicalBytes))
    let caller = try holder.caller(token: "t")
    #expect(caller.name.hasPrefix("iam:a") && caller.name.hasSuffix("@p1"))
    #expect(!caller.name.contains("\n") && !caller.name.contains("\u{202E}"))
    #expect(caller.role == .orchestrator)
  }

  @Test(arguments: ["ftp://x", "x", "http://a@b", "http://x?q", "http://x#f", "http://x y"])
  func wrongIdentityServices(url: String) {
    #expect {
      try IdentityService(baseURL: url, timeout: .seconds(1))
    } throws: {
      ($0 as? CollectorFailure)?.kind == .usage
    }
  }

  @Test func anIdentityServiceNeedsCredentials() {
    var configuration = CollectorConfiguration(database: "")
    configuration.identityService = "https://iam.example"
    #expect(throws: CollectorFailure.self) { try configuration.check() }
    configuration.credentials = "/c"
    #expect(throws: Never.self) { try configuration.check() }
  }

  @Test func whatIsRememberedIsBounded() {
    var entries = RecentEntries<Int, Int>(most: 10)
    for number in 0..<1000 {
      entries[number] = number
      #expect(entries.count <= 10)
      // The most recent half is there for certain.
      for recent in max(0, number - 4)...number { #expect(entries[recent] == recent) }
    }
    #expect(entries[0] == nil)
    entries[999] = nil
    #expect(entries[999] == nil)
  }
}
