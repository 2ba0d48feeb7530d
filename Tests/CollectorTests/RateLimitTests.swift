// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import HuaweiCloud
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import Collector

@Suite struct RateLimitTests {
  @Test(arguments: [
    ("50,20/s", 50, 20, 50_000), ("10,12/min", 10, 12, 5_000_000), ("1,1/h", 1, 1, 3_600_000_000),
    ("100000,1000000/s", 100_000, 1_000_000, 1),
  ])
  func limits(text: String, burst: Int64, count: Int64, interval: Int64) throws {
    let limit = try #require(RateLimit(text))
    #expect(limit.burst == burst)
    #expect(limit.count == count)
    #expect(limit.interval == interval)
    #expect(limit.description == text)
  }

  @Test(arguments: [
    "", "10", "10,12", "0,1/s", "1,0/s", "-1,1/s", "1,-1/s", "100001,1/s", "1,1000001/s", "1,1/d", "1,1/s,1", " 1,1/s",
    "1,1/s/s", "a,b/s", "off",
  ])
  func noLimits(text: String) {
    #expect(RateLimit(text) == nil)
  }

  /// A burst, then one in each interval, and a full bucket after a quiet time.
  @Test func aBucketEmptiesAndFillsAgain() throws {
    let table = RateTable(try #require(RateLimit("3,2/s")), places: 64)
    for _ in 0..<3 { #expect(table.take("a", at: 1000) == nil) }
    #expect(table.take("a", at: 1000) == 500)
    #expect(table.take("a", at: 1400) == 100)
    #expect(table.wait("a", at: 1499) == 1)
    // Looking takes nothing.
    for _ in 0..<9 { #expect(table.wait("a", at: 1500) == nil) }
    #expect(table.take("a", at: 1500) == nil)
    #expect(table.take("a", at: 1500) == 500)
    // Others are not affected.
    #expect(table.take("b", at: 1500) == nil)
    for _ in 0..<3 { #expect(table.take("a", at: 60_000) == nil) }
    #expect(table.take("a", at: 60_000) != nil)
  }

  @Test func overALongTimeTheRateHolds() throws {
    let table = RateTable(try #require(RateLimit("10,12/min")), places: 64)
    let taken = (0..<36_000).filter { table.take("guest", at: Int64($0) * 100) == nil }.count
    #expect(taken == 10 + 719)
  }

  /// A clock that goes back keeps nobody out for longer than an empty bucket.
  @Test func aClockThatGoesBackIsSurvived() throws {
    let table = RateTable(try #require(RateLimit("2,1/s")), places: 8)
    for _ in 0..<2 { #expect(table.take("a", at: 1_000_000_000) == nil) }
    #expect(table.take("a", at: 0) == 1000)
    #expect(table.take("a", at: 1000) != nil)
    #expect(RateTable(try #require(RateLimit("1,1/s")), places: 1).take("a", at: 0) == nil)
  }

  /// A flood of new names lets nobody be refused who did nothing, and forgets the emptiest bucket last.
  @Test func aFloodOfNamesRefusesNobodyElse() throws {
    let table = RateTable(try #require(RateLimit("5,1/s")), places: 8)
    while table.take("busy", at: 1000) == nil {}
    for name in 0..<10_000 { #expect(table.take("new-\(name)", at: 1000) == nil) }
    #expect(table.take("busy", at: 1000) != nil)
  }

  @Test func aFleetIsNotHitByThelimitOfItsGuests() throws {
    let limits = RateLimits(RateLimitSettings())
    let moment = FakeClock().clock().now()
    for number in 0..<20_000 {
      #expect(throws: Never.self) {
        try limits.admitReport(
          project: "p1", instance: "guest-\(number)", at: moment.before(milliseconds: -Int64(number / 4)))
      }
    }
  }

  /// Which calls count against what, by the answers to one more than the burst.
  @Test(
    arguments: [
      ("PUT", "/v1/guests/\(Fixture.guest)/facts", "agents", "reports about guest"),
      ("POST", "/v1/guests/\(Fixture.guest)/heartbeat", "agents", "reports about guest"),
      ("PUT", "/v1/guests/\(Fixture.guest)/captures/diskpart", "agents", "reports about guest"),
      ("POST", "/v1/decisions", "terraform", "in project p1"),
      ("POST", "/v1/decisions/x/replay", "terraform", "in project p1"),
      ("POST", WholeImageRequest.path, "terraform", "in project p1"),
      ("GET", "/v1/guests", "terraform", nil), ("GET", "/v1/cloudimages/job/j", "terraform", nil),
    ] as [(String, String, String, String?)])
  func whatIsLimited(method: String, path: String, name: String, words: String?) async throws {
    try await CredentialsTests.withTokens(configure: {
      $0.limits.reports = RateLimit(burst: 2, count: 12, per: .minute)
      $0.limits.decisions = RateLimit(burst: 2, count: 12, per: .minute)
    }) { api async throws in
      let method = try #require(HTTPRequest.Method(method))
      let headers = CredentialsTests.bearer(name)
      for _ in 0..<2 {
        #expect(try await api.call(method, path, headers: headers, bytes: method == .get ? nil : []).status != 429)
      }
      let answer = try await api.call(method, path, headers: headers, bytes: method == .get ? nil : [])
      guard let words else {
        #expect(answer.status != 429)
        return
      }
      #expect(answer.status == 429)
      #expect(answer.code == "APIGW.0308")
      #expect(answer.headers[.retryAfter] == "5")
      #expect(answer["error"]?["retry"] == "later")
      #expect(answer.text.contains(words), "\(answer.text)")
      #expect(answer.headers[.requestID]?.isEmpty == false)
      // Other guests and other projects go on.
      let other = path.replacing(Fixture.guest, with: "00000000-0000-4000-8000-000000000001")
      let elsewhere = words.contains("guest") ? headers : CredentialsTests.bearer("other")
      #expect(try await api.call(method, other, headers: elsewhere, bytes: []).status != 429)
      api.clock.forward(seconds: 5)
      #expect(try await api.call(method, path, headers: headers, bytes: []).status != 429)
    }
  }

  /// One bucket for all that can be asked in a project, by whatever key or token.
  @Test func callersOfAProjectShareItsLimit() async throws {
    try await CredentialsTests.withTokens(
      KeyHolder.document, configure: { $0.limits.decisions = RateLimit(burst: 3, count: 1, per: .second) }
    ) { api async throws in
      #expect(try await api.decide(headers: CredentialsTests.bearer("terraform")).status == 200)
      #expect(try await api.order(headers: CredentialsTests.bearer("both", project: "p1")).status == 400)
      let json = ["Content-Type": "application/json"]
      let body = Fixture.order().canonicalBytes
      #expect(try await api.signed(.terraform, .post, WholeImageRequest.path, json, bytes: body).status == 400)
      #expect(try await api.signed(.terraform, .post, WholeImageRequest.path, json, bytes: body).status == 429)
      #expect(try await api.decide(headers: CredentialsTests.bearer("admin", project: "p1")).status == 429)
      #expect(try await api.decide(headers: CredentialsTests.bearer("admin", project: "p2")).status == 200)
    }
  }

  /// Without credentials everybody is on this machine.
  @Test func withoutCredentialsNobodyIsLimited() async throws {
    try await withCollector(configure: { $0.limits.decisions = RateLimit(burst: 1, count: 1, per: .hour) }) {
      api async throws in
      for _ in 0..<3 { #expect(try await api.decide().status == 200) }
    }
  }

  @Test func aRefusalCostsNoBodyAndNoStore() async throws {
    try await CredentialsTests.withTokens(configure: {
      $0.limits.reports = RateLimit(burst: 1, count: 1, per: .minute)
    }) { api async throws in
      #expect(try await api.report("ready", headers: CredentialsTests.bearer("agents")).status == 202)
      // From here on whatever touches the store fails.
      try api.collector.store.close()
      let responder = try api.collector.application().responder
      let parts = Countdown([[1]])
      let request = Request(
        head: HTTPRequest(
          method: .put, scheme: "http", authority: "a", path: "/v1/guests/\(Fixture.guest)/facts",
          headerFields: CredentialsTests.bearer("agents")), body: RequestBody(asyncSequence: parts))
      let context = CollectorContext(source: .init(channel: EmbeddedChannel(), logger: .silent))
      let response = try await responder.respond(to: request, context: context)
      #expect(response.status == .tooManyRequests)
      #expect(parts.taken == 0)
    }
  }

  /// What fails too often is refused unseen; what is good is not kept out by it.
  @Test(
    arguments: [
      ([:], "own"), ([.authorization: "Bearer wrong"], "own"), ([.authToken: "bad"], "cloud"),
      ([.authorization: "SDK-HMAC-SHA256 nonsense"], "own"),
    ] as [(HTTPFields, String)])
  func failuresAreLimited(headers: HTTPFields, kind: String) async throws {
    let service = CloudTokenTests.service()
    try await CloudTokenTests.with(
      service,
      configure: {
        $0.limits.failures = RateLimit(burst: 3, count: 6, per: .minute)
      }
    ) { api async throws in
      #expect(try await api.get("/v1/guests", headers: [.authToken: "good-known"]).status == 200)
      for _ in 0..<3 { #expect(try await api.get("/v1/guests", headers: headers).status == 401) }
      let asked = service.received.count
      for _ in 0..<3 {
        let answer = try await api.get("/v1/guests", headers: headers)
        #expect(answer.status == 429)
        #expect(answer.code == "APIGW.0308")
        #expect(answer.headers[.retryAfter] == "10")
      }
      if kind == "cloud" {
        #expect(try await api.get("/v1/guests", headers: [.authToken: "good-new"]).status == 429)
      } else {
        #expect(try await api.get("/v1/guests", headers: [.authToken: "good-new"]).status == 200)
      }
      #expect(service.received.count == (kind == "cloud" ? asked : asked + 1))
      for headers in [CredentialsTests.bearer("terraform"), [.authToken: "good-known"]] {
        #expect(try await api.get("/v1/guests", headers: headers).status == 200)
      }
      api.clock.forward(seconds: 10)
      #expect(try await api.get("/v1/guests", headers: headers).status == 401)
    }
  }

  /// Each key by itself: whoever knows one access key cannot keep out another key behind the same address.
  @Test func failuresOfAKeyAreItsOwn() async throws {
    try await CredentialsTests.withTokens(
      KeyHolder.document, configure: { $0.limits.failures = RateLimit(burst: 2, count: 6, per: .minute) }
    ) { api async throws in
      let forger = KeyHolder(access: KeyHolder.terraform.access, secret: "something-else-altogether")
      for status in [401, 401, 429] {
        #expect(try await api.signed(forger, .get, "/v1/guests").status == status)
      }
      #expect(try await api.signed(.other, .get, "/v1/guests").status == 200)
      #expect(try await api.get("/v1/guests", headers: CredentialsTests.bearer("terraform")).status == 200)
      #expect(try await api.get("/v1/guests").status == 401)
      api.clock.forward(seconds: 10)
      #expect(try await api.signed(.terraform, .get, "/v1/guests").status == 200)
    }
  }

  @Test(
    arguments: [
      ("10.0.0.7", "10.0.0.7"), ("::ffff:10.0.0.7", "10.0.0.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
      ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("2001:db8:1:3::9", "2001:db8:1:3::/64"), ("::1", "0:0:0:0::/64"),
    ])
  func addresses(text: String, expected: String) throws {
    #expect(RemoteAddress(try SocketAddress(ipAddress: text, port: 7)).description == expected)
  }

  @Test func withoutASocketThereIsNoAddress() {
    #expect(RemoteAddress(nil).description == "-")
  }
}
