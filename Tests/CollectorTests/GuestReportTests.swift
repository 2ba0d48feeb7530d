// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import Testing

@testable import Collector

@Suite struct GuestReportTests {
  @Test func acceptedAndStoredByteForByte() async throws {
    try await withCollector { api in
      let answer = try await api.report("ready", sequence: 7, boot: Fixture.boot, agoMilliseconds: 2500)
      #expect(answer.status == 202)
      #expect(answer.json == .members(("accepted_sequence", 7), ("next_report_seconds", 300)))
      let facts = try await api.get("/v1/guests/\(Fixture.guest)/facts")
      #expect(facts.status == 200)
      #expect(facts.body == (try Fixture.bytes("ready")))
      #expect(facts.headers[.reportSequence] == "7")
      #expect(facts.headers[.bootID] == Fixture.boot)
      let guest = try await api.get("/v1/guests/\(Fixture.guest.uppercased())")
      #expect(guest["age_seconds"] == 3)
      #expect(guest["verdict"] == "ready")
      #expect(guest["facts_digest"] == .string(Digest.ofFacts(try Fixture.json("ready"))))
    }
  }

  @Test func historyHasARowPerChange() async throws {
    try await withCollector { api in
      for (sequence, name) in ["ready", "ready", "ready-renamed", "ready", "ready"].enumerated() {
        #expect(try await api.report(name, sequence: Int64(sequence), boot: Fixture.boot).status == 202)
        api.clock.forward(seconds: 60)
      }
      let rows = try await api.collector.store.read { db in
        try Row.fetchAll(
          db,
          sql: """
            SELECT report_sequence, confirmed_at - received_at AS confirmed, length(body) AS bytes FROM facts_history
            JOIN facts_documents ON facts = id ORDER BY id
            """
        ).map { (sequence: $0["report_sequence"] as Int, confirmed: $0["confirmed"] as Int, bytes: $0["bytes"] as Int) }
      }
      #expect(rows.map(\.sequence) == [0, 2, 3])
      #expect(rows.map(\.confirmed) == [60_000, 0, 60_000])
      #expect(rows.allSatisfy { $0.bytes > 1000 })
    }
  }

  @Test func reportsWithoutNumbersGoOnFromTheHighest() async throws {
    try await withCollector { api in
      #expect(try await api.report("ready", sequence: 9_007_199_254_740_991, boot: "a").status == 202)
      let next = try await api.report("ready-renamed", headers: [.bootID: "a"])
      #expect(next.status == 202)
      #expect(next.json["accepted_sequence"] == 9_007_199_254_740_992)
    }
  }

  @Test func sequenceRules() async throws {
    try await withCollector { api in
      #expect(try await api.report("ready", sequence: 5, boot: "a").status == 202)
      // The same report again is as good as the first time.
      #expect(try await api.report("ready", sequence: 5, boot: "a").status == 202)
      let other = try await api.report("ready-renamed", sequence: 5, boot: "a")
      #expect(other.status == 409)
      #expect(other.code == "WIR.0012")
      #expect(other.headers[.reportSequence] == "5")
      let older = try await api.report("ready-renamed", sequence: 4, boot: "a")
      #expect(older.status == 409)
      #expect(try await api.get("/v1/guests/\(Fixture.guest)")["revision"] == 1)
      // A new boot counts anew.
      #expect(try await api.report("ready-renamed", sequence: 1, boot: "b").status == 202)
      #expect(try await api.get("/v1/guests/\(Fixture.guest)")["boot_id"] == "b")
    }
  }

  @Test func reportsWithoutNumbersCountInTheirOrder() async throws {
    try await withCollector { api async throws in
      #expect(try await api.report("ready")["accepted_sequence"] == 1)
      #expect(try await api.report("ready-renamed")["accepted_sequence"] == 2)
      // The boot id is then the one in the facts.
      #expect(try await api.get("/v1/guests/\(Fixture.guest)")["boot_id"] == .string(Fixture.boot))
    }
  }

  @Test(arguments: [
    ("", "WIR.0001"), ("{", "WIR.0001"), ("{}x", "WIR.0001"), ("[]", "WIR.0010"), ("null", "WIR.0010"),
    ("{}", "WIR.0010"), (#"{"schema":"wholeimage.facts/1","schema":"wholeimage.facts/1"}"#, "WIR.0001"),
    (#"{"schema":"wholeimage.facts/2"}"#, "WIR.0010"), (#"{"schema":7}"#, "WIR.0010"),
    (#"{"schema":"wholeimage.facts/1","devices":{}}"#, "WIR.0010"),
    (#"{"schema":"wholeimage.facts/1","devices":[],"counts":{"devices":1}}"#, "WIR.0010"),
    (
      #"{"schema":"wholeimage.facts/1","devices":[],"mounts":[{"device":"vda","mount_point":"/","type":"ext4"}]}"#,
      "WIR.0010"
    ),
    (#"{"schema":"wholeimage.facts/1","guest":{"instance_id":"another"}}"#, "WIR.0011"),
    (#"{"schema":"wholeimage.facts/1","guest":{"hostname":"\ud800"}}"#, "WIR.0001"),
    (String(repeating: "[", count: 5000), "WIR.0001"),
  ])
  func malformedIsRefusedAndNothingStored(body: String, code: String) async throws {
    try await withCollector { api in
      let answer = try await api.call(.put, "/v1/guests/\(Fixture.guest)/facts", bytes: Array(body.utf8))
      #expect(answer.status == 400)
      #expect(answer.code == code)
      #expect(try await api.get("/v1/guests")["items"] == [])
      #expect(try await api.get("/v1/guests/\(Fixture.guest)").status == 404)
    }
  }

  @Test(arguments: [
    ("Wholeimage-Report-Sequence", "-1"), ("Wholeimage-Report-Sequence", "9007199254740992"),
    ("Wholeimage-Report-Sequence", "9223372036854775807"), ("Wholeimage-Report-Sequence", "9223372036854775808"),
    ("Wholeimage-Report-Sequence", "1.0"), ("Wholeimage-Report-Sequence", ""), ("Wholeimage-Inspected-Ago-Ms", "soon"),
    ("Wholeimage-Inspected-Ago-Ms", "-5"), ("Wholeimage-Inspected-Ago-Ms", "99999999999999"),
    ("Wholeimage-Boot-Id", ""), ("Wholeimage-Boot-Id", "a b"),
    ("Wholeimage-Boot-Id", String(repeating: "a", count: 65)),
  ])
  func wrongHeaders(name: String, value: String) async throws {
    try await withCollector { api in
      let field = try #require(HTTPField.Name(name))
      let answer = try await api.report("ready", headers: [field: value])
      #expect(answer.status == 400)
      #expect(answer.code == "WIR.0003")
      #expect(try await api.get("/v1/guests")["items"] == [])
    }
  }

  @Test func oversizedIsRefused() async throws {
    try await withCollector { api in
      let body = [UInt8](repeating: 0x20, count: (8 << 20) + 1)
      let answer = try await api.call(.put, "/v1/guests/\(Fixture.guest)/facts", bytes: body)
      #expect(answer.status == 413)
      #expect(answer.code == "WIR.0002")
    }
  }

  @Test(arguments: ["%2e%2e%2fx", "a%00", "a%", "%zz", "a b", String(repeating: "a", count: 129)])
  func impossibleGuests(id: String) async throws {
    try await withCollector { api in
      let answer = try await api.call(.put, "/v1/guests/\(id)/facts", bytes: try Fixture.bytes("ready"))
      #expect(answer.status == 404)
    }
  }

  @Test func heartbeats() async throws {
    try await withCollector { api in
      let path = "/v1/guests/\(Fixture.guest)/heartbeat"
      let good: JSON = .members(("facts_digest", .string(Digest.ofFacts(try Fixture.json("ready")))))
      #expect(try await api.post(path, good).code == "WIR.0013")
      _ = try await api.report("ready", sequence: 1, boot: "a")
      api.clock.forward(seconds: 800)
      let answer = try await api.post(path, good, headers: [.inspectedAgo: "4000", .bootID: "a"])
      #expect(answer.status == 200)
      #expect(answer.json == .members(("inspect", false), ("next_report_seconds", 300)))
      #expect(try await api.get("/v1/guests/\(Fixture.guest)")["age_seconds"] == 4)
      // An older inspection than the one confirmed makes the facts no younger and no older.
      _ = try await api.post(path, good, headers: [.inspectedAgo: "100000"])
      #expect(try await api.get("/v1/guests/\(Fixture.guest)")["age_seconds"] == 4)
      #expect(try await api.post(path, .members(("facts_digest", "v1:other"))).status == 409)
      #expect(try await api.post(path, good, headers: [.bootID: "b"]).status == 409)
      for body: JSON in [[], .members(), .members(("facts_digest", 7))] {
        #expect(try await api.post(path, body).code == "WIR.0003")
      }
      #expect(try await api.post(path + "?wait=x", good).status == 400)
      #expect(try await api.post(path + "?wait=301", good).status == 400)
      #expect(try await api.post(path + "?wait=0", good).status == 200)
      #expect(try await api.post(path + "?hurry=1", good).status == 400)
    }
  }

  @Test func heldHeartbeatEndsByItself() async throws {
    try await withCollector { api in
      _ = try await api.report("ready")
      let good: JSON = .members(("facts_digest", .string(Digest.ofFacts(try Fixture.json("ready")))))
      let start = ContinuousClock.now
      let answer = try await api.post("/v1/guests/\(Fixture.guest)/heartbeat?wait=1", good)
      #expect(answer["inspect"] == false)
      #expect(ContinuousClock.now - start >= .seconds(1))
    }
  }

  /// A running guest whose facts are too old is asked to look again while its agent holds a heartbeat open.
  @Test func aFreshLookIsAskedFor() async throws {
    try await withCloud { api, cloud in
      _ = try await api.report("ready", boot: Fixture.boot)
      api.clock.forward(seconds: 1000)
      let digest = try await api.get("/v1/guests/\(Fixture.guest)/readiness")["facts_digest"]?.string ?? ""
      let body = JSON.members(("facts_digest", .string(digest)))
      let path = "/v1/guests/\(Fixture.guest)/heartbeat"
      let guest = HeldHeartbeats.Guest(project: "default", instanceID: Fixture.guest)
      // Nobody listens: no wait, and a refusal.
      #expect(try await api.order().code == "WIR.0102")
      async let held = api.post(path + "?wait=60", body, headers: [.inspectedAgo: "1000000"])
      while await !api.collector.heartbeats.isListening(guest) { await Task.yield() }
      async let ordered = api.order()
      #expect(try await held["inspect"] == true)
      #expect(try await api.post(path, body, headers: [.inspectedAgo: "0"])["inspect"] == false)
      #expect(try await ordered.status == 200)
      #expect(cloud.received.count == 1)
    }
  }
}
