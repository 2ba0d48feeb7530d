// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import HuaweiCloud
import Logging
import Testing

@testable import Collector

/// Nothing secret gets into a log, an answer or the store, whatever goes wrong.
@Suite struct SecretTests {
  /// What must be nowhere: each is sent in one of the requests below, or is in the credentials file.
  static let secrets = [
    "wrong-bearer-5ecret", "bad-token-5ecret", "good-token-5ecret", "trouble-token-5ecret", "sts-token-5ecret",
    "terraform-token", "cloud-token-of-terraform", "basic-5ecret", KeyHolder.terraform.secret, KeyHolder.other.secret,
    "forged-5ecret-of-nobody",
  ]

  static func attempts(_ now: UTCTime) throws -> [HTTPFields] {
    let path = "/v1/guests"
    let forger = KeyHolder(access: KeyHolder.terraform.access, secret: "forged-5ecret-of-nobody")
    let stranger = KeyHolder(access: "AKSTRANGER", secret: "forged-5ecret-of-nobody")
    var late = now
    late.milliseconds += 3_600_000
    var malformed = try KeyHolder.terraform.headers("GET", path)
    malformed[.authorization] = (malformed[.authorization] ?? "") + "00"
    return [
      [.authorization: "Bearer wrong-bearer-5ecret"], [.authorization: "Basic basic-5ecret"],
      [.authorization: "basic-5ecret"], [.authToken: "bad-token-5ecret"], [.authToken: "trouble-token-5ecret"],
      [.authToken: "good-token-5ecret"], [.authToken: "trouble-token-5ecret\u{E4}"],
      [.authorization: "Bearer terraform-token"], [.authToken: "terraform-token", .projectID: "p9"],
      try forger.headers("GET", path), try stranger.headers("GET", path),
      try KeyHolder.terraform.headers("GET", path, at: late),
      try KeyHolder.terraform.headers("GET", path, ["X-Security-Token": "sts-token-5ecret"]),
      try KeyHolder.terraform.headers("POST", path), malformed, try KeyHolder.terraform.headers("GET", path),
    ]
  }

  @Test func nothingSecretIsLoggedAnsweredOrStored() async throws {
    let log = KeptLog()
    let troubled = FakeCloud { request in
      let token = request.headers[.authToken] ?? ""
      if token.hasPrefix("good") { return .answer(200, CloudTokenTests.answer()) }
      // A service that repeats what it was sent.
      return token.hasPrefix("trouble")
        ? .text(500, token, type: "text/plain") : .text(401, token, type: "text/plain")
    }
    try await CloudTokenTests.with(troubled, log: log.logger) { api async throws in
      let credentials = try Credentials(json: KeyHolder.document)
      api.collector.identity.credentials?.value = credentials
      let now = api.clock.clock().now().wall
      let attempts = try Self.attempts(now)
      let signatures = attempts.compactMap { headers in
        headers[.authorization]?.split(separator: "Signature=").dropFirst().first.map { String($0) }
      }
      #expect(signatures.count == 7)
      var statuses = Set<Int>()
      for headers in attempts {
        for (method, path) in [(HTTPRequest.Method.get, "/v1/guests"), (.post, WholeImageRequest.path)] {
          let answer = try await api.call(
            method, path, headers: headers, bytes: method == .get ? nil : Fixture.order().canonicalBytes)
          statuses.insert(answer.status)
          for secret in Self.secrets + signatures {
            #expect(!answer.text.contains(secret), "\(answer.text)")
            #expect(!answer.headers.contains { $0.value.contains(secret) })
          }
        }
      }
      // The requests went as far as they should: refused, in trouble, let in, and decided.
      #expect(statuses.isSuperset(of: [200, 400, 401, 503]))
      let stored = try await api.collector.store.read { db in
        try Row.fetchAll(db, sql: "SELECT * FROM decisions").map { "\($0)" }.joined(separator: "\n")
      }
      #expect(stored.contains("iam:terraform@") && stored.contains("terraform"))
      #expect(log.lines.contains { $0.contains("identity refused") && $0.contains("APIGW.0301") })
      #expect(log.lines.contains { $0.contains("identity service does not tell") })
      for secret in Self.secrets + signatures {
        #expect(!stored.contains(secret))
        #expect(!log.lines.contains { $0.contains(secret) }, "\(log.lines.filter { $0.contains(secret) })")
      }
    }
  }

  /// The identity service is away for many requests: the log says it once in a while.
  @Test func troubleIsLoggedNowAndThen() async throws {
    let log = KeptLog()
    let service = CloudTokenTests.service(otherwise: .answer(500, .members()))
    try await CloudTokenTests.with(service, log: log.logger) { api async throws in
      for number in 0..<20 { _ = try await api.get("/v1/guests", headers: [.authToken: "token-\(number)"]) }
      #expect(log.lines.filter { $0.contains("identity service") }.count == 1)
      api.clock.forward(seconds: 10)
      _ = try await api.get("/v1/guests", headers: [.authToken: "another"])
      #expect(log.lines.filter { $0.contains("identity service") }.count == 2)
    }
  }

  /// Failures past the limit are not noted one by one.
  @Test func aFloodOfFailuresIsNoFloodOfRecords() async throws {
    let log = KeptLog()
    try await CredentialsTests.withTokens(
      log: log.logger, configure: { $0.limits.failures = RateLimit(burst: 5, count: 1, per: .minute) }
    ) { api async throws in
      for _ in 0..<50 { _ = try await api.get("/v1/guests") }
      #expect(log.lines.filter { $0.contains("identity refused") }.count == 5)
    }
  }

  /// What an operator may not expect is said at startup.
  @Test func whatIsOpenIsSaid() async throws {
    for (hosts, said) in [([], true), (["collector.example"], false)] {
      let log = KeptLog()
      try await CredentialsTests.withTokens(
        KeyHolder.document, log: log.logger, configure: { $0.publicHosts = hosts }
      ) { api async throws in
        api.collector.identity.noteAtStart()
        #expect(log.lines.contains { $0.contains("no --public-host") } == said)
        #expect(log.lines.contains { $0.contains("no --iam-url") })
      }
    }
  }
}
