// SPDX-License-Identifier: Apache-2.0

import Crypto
import Facts
import Foundation
import HTTPTypes
import HuaweiCloud
import Logging
import Testing

@testable import Collector

@Suite struct CredentialsTests {
  static func sha256(_ token: String) -> String { Digest.hex(SHA256.hash(data: Data(token.utf8))) }

  static func entry(
    _ name: String, _ role: String, projects: [String] = ["p1"], _ more: (String, JSON)...
  ) -> JSON {
    var members: [(String, JSON?)] = [
      ("name", .string(name)), ("sha256", .string(sha256("\(name)-token"))), ("role", .string(role)),
      ("projects", projects.json),
    ]
    members += more.map { ($0.0, $0.1) }
    return .object(JSONObject(members))
  }

  static let document: JSON = .members(
    (
      "tokens",
      [
        entry("guest", "agent", ("instance_id", .string(Fixture.guest))), entry("agents", "agent"),
        entry("terraform", "orchestrator", ("forward_as", "cloud-token-of-terraform")),
        entry("other", "orchestrator", projects: ["p2"]), entry("both", "orchestrator", projects: ["p1", "p2"]),
        entry("admin", "operator", projects: ["p1", "p2"]),
      ]
    ))

  /// Runs a collector with those tokens.
  static func withTokens(
    _ document: JSON = document, imageService: String? = nil, clock: FakeClock = FakeClock(), log: Logger = .silent,
    configure: (inout CollectorConfiguration) -> Void = { _ in }, _ body: @Sendable (TestAPI) async throws -> Void
  ) async throws {
    let folder = try ScratchFolder()
    let file = try folder.write(document.text, to: "credentials.json")
    try await withCollector(
      clock: clock, log: log,
      configure: {
        $0.credentials = file
        $0.imageService = imageService
        configure(&$0)
      }
    ) { try await body($0) }
  }

  static func bearer(_ name: String, project: String? = nil) -> HTTPFields {
    var headers: HTTPFields = [.authorization: "Bearer \(name)-token"]
    if let project { headers[.projectID] = project }
    return headers
  }

  @Test(
    arguments: [
      ([:], "WIR.0006"), ([.authorization: "Bearer wrong"], "WIR.0006"), ([.authorization: "Bearer"], "WIR.0006"),
      ([.authorization: "Basic Zm9vOmJhcg=="], "WIR.0006"), ([.authToken: "wrong"], "APIGW.0301"),
      ([.authToken: ""], "WIR.0006"), ([.authorization: "guest-token"], "WIR.0006"),
      ([.authorization: "SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=0"], "APIGW.0301"),
      // A wrong bearer token is not saved by a right token elsewhere, nor is a wrong signature.
      ([.authorization: "Bearer wrong", .authToken: "admin-token"], "WIR.0006"),
      ([.authorization: "SDK-HMAC-SHA256 x", .authToken: "admin-token"], "APIGW.0301"),
    ] as [(HTTPFields, String)])
  func withoutAnIdentityItIs401(headers: HTTPFields, code: String) async throws {
    try await Self.withTokens { api in
      for (method, path) in [
        (HTTPRequest.Method.get, "/v1/guests"), (.put, "/v1/guests/a/facts"), (.post, "/v1/decisions"),
        (.post, WholeImageRequest.path), (.get, "/v1/p1/jobs/j"),
      ] {
        let answer = try await api.call(method, path, headers: headers, bytes: [])
        #expect(answer.status == 401)
        #expect(answer.code == code)
        #expect(answer.headers[.wwwAuthenticate] == "Bearer, SDK-HMAC-SHA256")
        #expect(answer.headers[.requestID]?.isEmpty == false)
        #expect(!answer.text.contains("wrong"))
      }
      #expect(try await api.get("/healthz", headers: headers).status == 200)
      #expect(try await api.get("/readyz", headers: headers).status == 200)
      #expect(try await api.get("/nothing", headers: headers).status == 404)
    }
  }

  /// Which role may do what; 403 is the answer to all others.
  @Test(arguments: [
    ("PUT", "/v1/guests/\(Fixture.guest)/facts", ["agents", "guest", "admin"]),
    ("POST", "/v1/guests/\(Fixture.guest)/heartbeat", ["agents", "guest", "admin"]),
    ("GET", "/v1/guests", ["terraform", "admin"]), ("GET", "/v1/guests/\(Fixture.guest)", ["terraform", "admin"]),
    ("GET", "/v1/guests/\(Fixture.guest)/readiness", ["terraform", "admin"]),
    ("GET", "/v1/guests/\(Fixture.guest)/facts", ["terraform", "admin"]),
    ("POST", "/v1/decisions", ["terraform", "admin"]), ("GET", "/v1/decisions/x", ["terraform", "admin"]),
    ("POST", "/v1/decisions/x/replay", ["terraform", "admin"]),
    ("POST", WholeImageRequest.path, ["terraform", "admin"]),
    ("GET", "/v1/p1/jobs/j", ["terraform", "admin"]), ("GET", "/v1/cloudimages/job/j", ["terraform", "admin"]),
  ])
  func roles(method: String, path: String, allowed: [String]) async throws {
    try await Self.withTokens { api in
      let method = try #require(HTTPRequest.Method(method))
      for name in ["guest", "agents", "terraform", "admin"] {
        let answer = try await api.call(
          method, path, headers: Self.bearer(name, project: "p1"), bytes: method == .get ? nil : [])
        #expect((answer.status != 403) == allowed.contains(name), "\(name) \(answer.text)")
        #expect(answer.status != 401)
      }
    }
  }

  @Test func anAgentReportsAboutItsOwnGuestOnly() async throws {
    try await Self.withTokens { api in
      let other = "00000000-0000-4000-8000-000000000001"
      let body = try GuestQueryTests.facts(of: other)
      let answer = try await api.call(.put, "/v1/guests/\(other)/facts", headers: Self.bearer("guest"), bytes: body)
      #expect(answer.status == 403)
      #expect(answer.code == "WIR.0007")
      #expect(try await api.report("ready", headers: Self.bearer("guest")).status == 202)
      let free = try await api.call(.put, "/v1/guests/\(other)/facts", headers: Self.bearer("agents"), bytes: body)
      #expect(free.status == 202)
    }
  }

  @Test func projectsAreWalls() async throws {
    try await Self.withTokens { api in
      #expect(try await api.report("ready", headers: Self.bearer("agents")).status == 202)
      // The same id in another project is another guest.
      #expect(
        try await api.report("volume-group-on-two-disks", headers: Self.bearer("admin", project: "p2")).status == 202)
      let path = "/v1/guests/\(Fixture.guest)"
      #expect(try await api.get(path, headers: Self.bearer("terraform"))["verdict"] == "ready")
      #expect(try await api.get(path, headers: Self.bearer("other"))["verdict"] == "not_ready")
      for headers in [Self.bearer("terraform", project: "p2"), Self.bearer("terraform", project: "")] {
        let answer = try await api.get(path, headers: headers)
        #expect(answer.status == 403)
        #expect(answer.code == "WIR.0008")
      }
      #expect(try await api.get("/v1/guests?project=p2", headers: Self.bearer("terraform")).status == 403)
      #expect(try await api.get("/v1/p2/jobs/j", headers: Self.bearer("terraform")).status == 403)
      #expect(GuestQueryTests.ids(try await api.get("/v1/guests", headers: Self.bearer("terraform"))).count == 1)
      #expect(GuestQueryTests.ids(try await api.get("/v1/guests", headers: Self.bearer("both"))).count == 2)
      #expect(
        GuestQueryTests.ids(try await api.get("/v1/guests?project=p2", headers: Self.bearer("both"))).count == 1)
      // Several projects and none named.
      let unnamed = try await api.get(path, headers: Self.bearer("both"))
      #expect(unnamed.status == 400)
      #expect(unnamed.code == "WIR.0009")
      #expect(try await api.get(path + "?project=p2", headers: Self.bearer("both"))["verdict"] == "not_ready")
      // A decision of another project is not there.
      let id = try #require(try await api.decide(headers: Self.bearer("terraform"))["id"]?.string)
      #expect(try await api.get("/v1/decisions/\(id)", headers: Self.bearer("both")).status == 200)
      #expect(try await api.get("/v1/decisions/\(id)", headers: Self.bearer("other")).status == 404)
    }
  }

  /// What the caller sends, and what the cloud gets as `X-Auth-Token`.
  @Test(
    arguments: [
      ([.authorization: "Bearer terraform-token"], "cloud-token-of-terraform"),
      ([.authToken: "terraform-token"], "cloud-token-of-terraform"),
      ([.authorization: "Bearer both-token", .projectID: "p1"], nil),
      ([.authToken: "both-token", .projectID: "p1"], nil),
      ([.authorization: "Bearer both-token", .authToken: "the-clouds", .projectID: "p1"], "the-clouds"),
      ([.authorization: "Bearer both-token", .authToken: "admin-token", .projectID: "p1"], nil),
      ([.authorization: "bearer  terraform-token", .authToken: "the-clouds"], "the-clouds"),
    ] as [(HTTPFields, String?)])
  func ownTokensNeverReachTheCloud(headers: HTTPFields, forwarded: String?) async throws {
    let cloud = FakeCloud { _ in .answer(200, .members(("job_id", .string(FakeCloud.job)), ("status", "RUNNING"))) }
    try await cloud.run { url in
      try await Self.withTokens(imageService: url) { api in
        _ = try await api.report("ready", headers: Self.bearer("agents"))
        #expect(try await api.order(headers: headers).status == 200)
        #expect(try await api.get("/v1/cloudimages/job/\(FakeCloud.job)", headers: headers).status == 200)
        #expect(try await api.get("/v1/p1/jobs/\(FakeCloud.job)", headers: headers).status == 200)
      }
    }
    #expect(cloud.received.count == 3)
    for request in cloud.received {
      #expect(request.headers[.authToken] == forwarded)
      #expect(!request.headers.contains { $0.value.contains("-token") && $0.value != forwarded })
    }
  }

  @Test func callersDoNotShareAnswers() async throws {
    let cloud = FakeCloud { _ in .answer(200, .members(("job_id", .string(RandomIdentifier.make())))) }
    try await cloud.run { url in
      try await Self.withTokens(imageService: url) { api in
        _ = try await api.report("ready", headers: Self.bearer("agents"))
        let first = try await api.order(headers: Self.bearer("terraform"))
        let second = try await api.order(headers: Self.bearer("both", project: "p1"))
        #expect(first["job_id"] != second["job_id"])
      }
    }
    #expect(cloud.received.count == 2)
  }

  @Test func rereadingTakesEffectAndABrokenFileDoesNot() async throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Self.document.text, to: "credentials.json")
    try await withCollector(configure: { $0.credentials = path }) { api in
      let reload = CredentialsReload(
        file: CredentialsFile(path: path), current: api.collector.identity.credentials, log: .silent)
      #expect(try await api.get("/v1/guests", headers: Self.bearer("terraform")).status == 200)
      #expect(try await api.get("/v1/guests", headers: Self.bearer("newcomer")).status == 401)
      _ = try folder.write("{", to: "credentials.json")
      reload.reload()
      #expect(try await api.get("/v1/guests", headers: Self.bearer("terraform")).status == 200)
      _ = try folder.write(
        JSON.members(("tokens", [Self.entry("newcomer", "orchestrator")])).text, to: "credentials.json")
      reload.reload()
      #expect(try await api.get("/v1/guests", headers: Self.bearer("newcomer")).status == 200)
      #expect(try await api.get("/v1/guests", headers: Self.bearer("terraform")).status == 401)
    }
  }

  @Test func manyTokensAreToldApart() throws {
    let entries = (0..<2000).map { Self.entry("t\($0)", "agent") }
    let credentials = try Credentials(json: .members(("tokens", .array(entries))))
    #expect(credentials.count == 2000)
    for index in [0, 999, 1999] { #expect(credentials.entry(for: "t\(index)-token")?.name == "t\(index)") }
    #expect(credentials.entry(for: "t2000-token") == nil)
    #expect(credentials.entry(for: "") == nil)
  }

  @Test func withoutAFileOneProjectAndNoWallsForTheCloudsClients() async throws {
    try await withCollector { api in
      #expect(try await api.report("ready", headers: [.projectID: "0123456789abcdef0123456789abcdef"]).status == 202)
      #expect(try await api.get("/v1/guests?project=default").status == 200)
      let foreign = try await api.get("/v1/guests?project=p1")
      #expect(foreign.status == 403)
      #expect(foreign.code == "WIR.0008")
    }
  }
}
