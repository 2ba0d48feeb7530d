// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import GRDB
import GuestSigning
import HTTPTypes
import Testing

@testable import Collector

@Suite struct EnrolmentTests {
  @Test func aTokenLetsOneGuestInAndALostAnswerBurnsNothing() async throws {
    try await CredentialsTests.withTokens { api async throws in
      let token = try api.token()
      let guest = TestGuest(id: Fixture.guest)
      let first = try await guest.enrol(api, token: token)
      #expect(first.status == 200)
      #expect(
        first.json.object?.members.map(\.key) == ["enrolled_at", "instance_id", "key_id", "lineage", "project"])
      #expect(first["project"] == "p1" && first["lineage"] == .null)
      #expect(first["key_id"]?.string == guest.key.publicKey.id)
      // However often, later, in another boot, even without the token: the key is known, and it is shown to be held.
      var later = guest
      later.boot = "b"
      later.sequence = 1
      api.clock.forward(seconds: 10_000_000)
      for again in [guest, later] {
        for token in [token, nil, "wie_other"] {
          let answer = try await again.enrol(api, token: token)
          #expect(answer.status == 200 && answer.json == first.json)
        }
      }
      // Another key by the same token is not let in, for whatever guest.
      let other = try await TestGuest(id: "other").enrol(api, token: token)
      #expect(other.status == 409 && other.code == "WIR.0023")
      #expect(!other.text.contains(Fixture.guest))
      #expect(try await Self.count("guest_keys", api) == 1)
    }
  }

  @Test func theLogTellsWhoHadTheToken() async throws {
    let log = KeptLog()
    try await CredentialsTests.withTokens(log: log.logger) { api async throws in
      let token = try api.token()
      _ = try await TestGuest(id: "first").enrol(api, token: token)
      _ = try await TestGuest(id: "second").enrol(api, token: token)
      #expect(log.lines.contains { $0.contains("used again") && $0.contains("by first at") && $0.contains("second") })
      #expect(!log.lines.contains { $0.contains(token) })
    }
  }

  @Test func aTokenOfManyUses() async throws {
    try await CredentialsTests.withTokens { api async throws in
      let token = try api.token(uses: 3)
      for id in ["a", "b", "a", "c"] {
        // The second "a" has another key, so that it is refused, and uses nothing up.
        let answer = try await TestGuest(id: id).enrol(api, token: token)
        #expect([200, 409].contains(answer.status))
      }
      #expect(try await Self.count("guest_keys", api) == 3)
      #expect(try await TestGuest(id: "d").enrol(api, token: token).code == "WIR.0023")
    }
  }

  /// Many guests at once with one token: as many as it may let in are let in.
  @Test func atOnceNoMoreAreLetIn() async throws {
    try await CredentialsTests.withTokens(configure: { $0.limits.failures = nil }) { api async throws in
      let token = try api.token(uses: 10)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<40 {
          group.addTask { try await TestGuest(id: "guest-\(number)").enrol(api, token: token).status }
        }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(statuses.filter { $0 == 200 }.count == 10 && statuses.filter { $0 == 409 }.count == 30)
      #expect(try await Self.count("guest_keys", api) == 10)
    }
  }

  @Test func anEnrolledGuestIsNeverTakenOver() async throws {
    let log = KeptLog()
    try await CredentialsTests.withTokens(log: log.logger) { api async throws in
      var guest = try await api.enrolled()
      let thief = TestGuest(id: Fixture.guest)
      let answer = try await thief.enrol(api, token: try api.token(uses: 2))
      #expect(answer.status == 409 && answer.code == "WIR.0024" && answer.text.contains("guests revoke"))
      #expect(log.lines.contains { $0.contains("second key for an enrolled guest") })
      #expect(try await guest.report(api).status == 202)
      // Another project's guest of that id is another guest.
      #expect(try await thief.enrol(api, token: try api.token(project: "p2")).status == 200)
      #expect(try await guest.report(api).status == 202)
    }
  }

  @Test func revokedKeysNeverComeBack() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var guest = try await api.enrolled()
      #expect(try await guest.report(api).status == 202)
      let book = try GuestBook(database: api.collector.configuration.database)
      #expect(try book.revoke(Fixture.guest.uppercased(), project: nil) == guest.key.publicKey.id)
      let report = try await guest.report(api)
      #expect(report.status == 401 && report.code == "WIR.0021")
      let again = try await guest.enrol(api, token: try api.token())
      #expect(again.status == 409 && again.code == "WIR.0025")
      #expect { try book.revoke(Fixture.guest, project: nil) } throws: { ($0 as? CollectorFailure)?.kind == .input }
      var renewed = TestGuest(id: Fixture.guest, sequence: 2000)
      #expect(try await renewed.enrol(api, token: try api.token()).status == 200)
      #expect(try await renewed.report(api, "ready-renamed").status == 202)
      let shown = try JSON(parsing: book.show(Fixture.guest, project: nil).utf8)
      #expect(shown["keys"]?.array?.map { $0["revoked_at"] == .null } == [true, false])
      #expect(shown["lineage"] == .null && shown["history"]?.array?.count == 2)
    }
  }

  @Test(arguments: [
    ("unknown", "WIR.0022"), ("revoked", "WIR.0022"), ("expired", "WIR.0022"), ("for another guest", "WIR.0022"),
    ("none", "WIR.0022"), ("a caller's", "WIR.0022"),
  ])
  func whoIsNotLetIn(kind: String, code: String) async throws {
    let clock = FakeClock(at: Int64(Date().timeIntervalSince1970 * 1000))
    try await CredentialsTests.withTokens(clock: clock) { api async throws in
      let book = try EnrolmentTokenBook(database: api.collector.configuration.database)
      var token: String? = try book.create(
        .init(project: "p1", instanceID: kind == "for another guest" ? "another" : nil, hours: 1))
      switch kind {
      case "unknown": token = "wie_none"
      case "none": token = nil
      case "a caller's": token = "admin-token"
      case "expired": clock.forward(seconds: 7200)
      case "revoked":
        let name = try #require(try book.list().first?.split(separator: "\t").first)
        try book.revoke(String(name))
      default: break
      }
      let answer = try await TestGuest(id: Fixture.guest).enrol(api, token: token)
      #expect(answer.status == 401 && answer.code == code, "\(answer.text)")
      #expect(try await Self.count("guest_keys", api) == 0)
    }
  }

  /// The request must be signed with the very key that it brings.
  @Test func theKeyMustBeHeld() async throws {
    try await CredentialsTests.withTokens { api async throws in
      let guest = TestGuest(id: Fixture.guest)
      let token = try api.token()
      let stolen = try await guest.enrol(api, token: token, key: GuestSecretKey().publicKey)
      #expect(stolen.status == 401 && stolen.code == "WIR.0020")
      let body = TestGuest.enrolment(guest.key.publicKey, nil).canonicalBytes
      for target in ["/v1/guests/another/enrolment", "\(guest.path)/enrolment"] {
        var headers = try guest.headers(.post, "\(guest.path)/enrolment", body: target.contains("another") ? body : [1])
        headers[.authorization] = "Bearer \(token)"
        let answer = try await api.call(.post, target, headers: headers, bytes: body)
        #expect(answer.status == 401 && answer.code == "WIR.0020")
      }
      let unsigned = try await api.call(
        .post, "\(guest.path)/enrolment", headers: [.authorization: "Bearer \(token)"], bytes: body)
      #expect(unsigned.status == 401 && unsigned.code == "WIR.0020")
      #expect(try await guest.enrol(api, token: token).status == 200)
    }
  }

  @Test func aKeyIsOfOneGuest() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var guest = try await api.enrolled()
      guest.id = "another"
      let answer = try await guest.enrol(api, token: try api.token())
      #expect(answer.status == 409 && answer.code == "WIR.0025")
    }
  }

  @Test(arguments: [
    "", "{}", "[]", "null", #"{"public_key":1}"#, #"{"public_key":""}"#, #"{"public_key":"AAAA"}"#,
    #"{"public_key":"!!!"}"#, "{\"public_key\":\"KEY\",\"more\":1}", "{\"public_key\":\"KEY\",\"lineage\":[]}",
    "{\"public_key\":\"KEY\",\"lineage\":{}}",
    #"{"public_key":"KEY","lineage":{"parent_instance_id":"../x","parent_key_id":"a","signature":""}}"#,
    #"{"public_key":"KEY","lineage":{"parent_instance_id":"x","parent_key_id":"A","signature":"AA=="}}"#,
    String(repeating: "[", count: 4000),
  ])
  func bodiesThatAreNone(text: String) async throws {
    try await CredentialsTests.withTokens { api async throws in
      let guest = TestGuest(id: Fixture.guest)
      let body = Array(text.replacing("KEY", with: Base64.text(guest.key.publicKey.bytes)).utf8)
      var headers = try guest.headers(.post, "\(guest.path)/enrolment", body: body)
      headers[.authorization] = "Bearer \(try api.token())"
      let answer = try await api.call(.post, "\(guest.path)/enrolment", headers: headers, bytes: body)
      #expect(answer.status == 400, "\(answer.text)")
      #expect(try await Self.count("guest_keys", api) == 0)
    }
  }

  @Test func guessingIsSlow() async throws {
    try await CredentialsTests.withTokens(
      configure: { $0.limits.failures = RateLimit(burst: 5, count: 1, per: .minute) }
    ) { api async throws in
      let guest = TestGuest(id: Fixture.guest)
      var statuses: [Int] = []
      for number in 0..<8 { statuses.append(try await guest.enrol(api, token: "wie_\(number)").status) }
      #expect(statuses == [401, 401, 401, 401, 401, 429, 429, 429])
      // Whoever has a good token is not kept out by a neighbour's guesses.
      #expect(try await guest.enrol(api, token: try api.token()).status == 200)
    }
  }

  /// A copy that is kept out, or a token that goes round, floods neither the log nor the store.
  @Test func aConflictIsNotedNowAndThen() async throws {
    let log = KeptLog()
    try await CredentialsTests.withTokens(
      log: log.logger, configure: { $0.limits.failures = RateLimit(burst: 5, count: 1, per: .minute) }
    ) { api async throws in
      let guest = try await api.enrolled()
      let token = try api.token(uses: 100)
      for _ in 0..<20 { _ = try await TestGuest(id: guest.id).enrol(api, token: token) }
      #expect(log.lines.filter { $0.contains("second key for an enrolled guest") }.count == 5)
      // The guest itself is held to its own rate when it asks to be enrolled over and over.
      var statuses: Set<Int> = []
      for _ in 0..<20 { statuses.insert(try await guest.enrol(api).status) }
      #expect(statuses == [200, 429])
    }
  }

  static func count(_ table: String, _ api: TestAPI) async throws -> Int? {
    try await api.collector.store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") }
  }
}
