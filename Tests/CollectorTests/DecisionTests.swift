// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import Testing

@testable import Collector

@Suite struct DecisionTests {
  @Test func allowed() async throws {
    try await withCollector { api in
      _ = try await api.report("ready", agoMilliseconds: 1500)
      let decision = try await api.decide()
      #expect(decision.status == 200)
      #expect(decision["decision"] == "allow")
      #expect(decision["verdict"] == "ready")
      #expect(decision["operation"] == "create_whole_image")
      #expect(decision["request"] == Fixture.order())
      #expect(decision["facts"]?["digest"] == .string(Digest.ofFacts(try Fixture.json("ready"))))
      #expect(decision["facts"]?["age_seconds"] == 2)
      #expect(decision["facts"]?["source"] == "agent")
      #expect(decision["cloud_facts_digest"] == .null)
      #expect(decision["profile"] == "vendor")
      #expect(decision["reading"] == "physical-volumes")
      #expect(decision["rule_set"]?.string != nil)
      #expect(decision["decided_at"] == "2026-02-02T02:40:00.000Z")
      #expect((decision["findings"]?.array?.count ?? 0) > 5)
      let id = try #require(decision["id"]?.string)
      let stored = try await api.get("/v1/decisions/\(id)")
      #expect(stored["state"] == "decided")
      #expect(stored["job_id"] == .null)
      for member in decision.json.object?.members ?? [] { #expect(stored[member.key] == member.value) }
    }
  }

  @Test(arguments: [
    ("volume-group-on-two-disks", "not_ready", "WIR.0201", "not_ready"),
    ("disk-that-did-not-answer", "undetermined", "WIR.0103", "facts_incomplete"),
  ])
  func denied(fixture: String, verdict: String, code: String, reason: String) async throws {
    try await withCollector { api in
      _ = try await api.report(fixture)
      let decision = try await api.decide()
      #expect(decision.status == 200)
      #expect(decision["decision"] == "deny")
      #expect(decision["verdict"]?.string == verdict)
      #expect(decision["refusal"]?["code"]?.string == code)
      #expect(decision["refusal"]?["reason"]?.string == reason)
      let order = try await api.order()
      #expect(order.status == 400)
      #expect(order.code == code)
    }
  }

  @Test func unknownGuestIsUndetermined() async throws {
    try await withCollector { api in
      let decision = try await api.decide()
      #expect(decision["decision"] == "deny")
      #expect(decision["verdict"] == "undetermined")
      #expect(decision["facts"] == .null)
      #expect(decision["refusal"]?["reason"] == "guest_unknown")
    }
  }

  @Test(arguments: [(900, "allow"), (901, "deny")])
  func age(seconds: Int64, decision: String) async throws {
    try await withCollector { api in
      _ = try await api.report("ready", agoMilliseconds: 10_000)
      api.clock.forward(seconds: seconds - 10)
      let answer = try await api.decide()
      #expect(answer["decision"]?.string == decision)
      #expect(answer["facts"]?["age_seconds"] == .integer(seconds))
      if decision == "deny" {
        #expect(answer["verdict"] == "undetermined")
        #expect(answer["refusal"]?["code"] == "WIR.0102")
        #expect(answer["refusal"]?["message"]?.string?.contains("901 s old, at most 900 s") == true)
      }
    }
  }

  @Test func clockSetBackWithinOneRunChangesNothing() async throws {
    try await withCollector { api in
      _ = try await api.report("ready")
      api.clock.setBack(seconds: 86_400)
      api.clock.forward(seconds: 20)
      #expect(try await api.decide()["facts"]?["age_seconds"] == 20)
    }
  }

  @Test func clockSetBackOverARestartMakesTheAgeUnknown() async throws {
    let folder = try ScratchFolder()
    let (database, clock) = (folder.file("store.sqlite"), FakeClock())
    try await withCollector(database: database, clock: clock) { _ = try await $0.report("ready") }
    clock.forward(seconds: 30)
    try await withCollector(database: database, clock: clock, epoch: "second-boot") { api async throws in
      #expect(try await api.decide()["facts"]?["age_seconds"] == 30)
    }
    clock.setBack(seconds: 3600)
    try await withCollector(database: database, clock: clock, epoch: "third-boot") { api in
      let decision = try await api.decide()
      #expect(decision["facts"]?["age_seconds"] == .null)
      #expect(decision["verdict"] == "undetermined")
      // The next report makes them count again.
      _ = try await api.report("ready")
      #expect(try await api.decide()["decision"] == "allow")
    }
  }

  @Test(arguments: [
    ("[]", "WIR.0003"), ("{}", "WIR.0003"), ("{", "WIR.0001"), (#"{"operation":7,"request":{}}"#, "WIR.0003"),
    (#"{"operation":"create_whole_image"}"#, "WIR.0003"), (#"{"operation":"fly","request":{}}"#, "WIR.0003"),
    (#"{"operation":"publish","request":{}}"#, "IMG.0031"),
    (#"{"operation":"start_server","request":{"os-start":{"servers":[]}}}"#, "Ecs.0005"),
    (#"{"operation":"create_whole_image","request":{},"dry":true}"#, "WIR.0003"),
    (#"{"operation":"create_whole_image","request":[]}"#, "IMG.0001"),
    (#"{"operation":"create_whole_image","request":{"name":"a"}}"#, "IMG.0012"),
  ])
  func wrongQuestions(body: String, code: String) async throws {
    try await withCollector { api in
      let answer = try await api.call(.post, "/v1/decisions", bytes: Array(body.utf8))
      #expect(answer.status == 400)
      #expect(answer.code == code)
      let count = try await api.collector.store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM decisions") }
      #expect(count == 0)
    }
  }

  @Test func unknownDecision() async throws {
    try await withCollector { api in
      for (method, path) in [(HTTPRequest.Method.get, "/v1/decisions/x"), (.post, "/v1/decisions/x/replay")] {
        let answer = try await api.call(method, path)
        #expect(answer.status == 404)
        #expect(answer.code == "WIR.0015")
      }
    }
  }

  @Test(arguments: ["ready", "volume-group-on-two-disks", "disk-that-did-not-answer", nil])
  func replayComesToTheSame(fixture: String?) async throws {
    try await withCollector { api in
      if let fixture { _ = try await api.report(fixture) }
      let id = try #require(try await api.decide()["id"]?.string)
      // What is reported later must not matter.
      _ = try await api.report(fixture == "ready" ? "volume-group-on-two-disks" : "ready")
      api.clock.forward(seconds: 100_000)
      let replay = try await api.call(.post, "/v1/decisions/\(id)/replay")
      #expect(replay.status == 200)
      #expect(replay["result"] == "same")
      #expect(replay["recorded"]?["rule_set"] == replay["derived"]?["rule_set"])
      #expect(replay["recorded"]?["verdict"] == replay["derived"]?["verdict"])
    }
  }

  @Test func replayOfStaleFacts() async throws {
    try await withCollector { api in
      _ = try await api.report("ready")
      api.clock.forward(seconds: 5000)
      let id = try #require(try await api.decide()["id"]?.string)
      let replay = try await api.call(.post, "/v1/decisions/\(id)/replay")
      #expect(replay["result"] == "same")
      #expect(replay["derived"]?["verdict"] == "undetermined")
    }
  }

  @Test func replaySaysWhatDiffers() async throws {
    try await withCollector { api in
      _ = try await api.report("volume-group-on-two-disks")
      let id = try #require(try await api.decide()["id"]?.string)
      // As if an older rule set had let it through.
      try await api.collector.store.writes.write { db in
        try db.execute(
          sql: """
            UPDATE decisions SET record = json_set(record, '$.decision', 'allow', '$.verdict', 'ready',
              '$.rule_set', '0')
            """)
      }
      let replay = try await api.call(.post, "/v1/decisions/\(id)/replay")
      #expect(replay["result"] == "differs")
      #expect(replay["differences"] == ["decision", "verdict"])
      #expect(replay["recorded"]?["rule_set"] == "0")
      #expect(replay["derived"]?["verdict"] == "not_ready")
    }
  }

  @Test func replaySaysWhatIsGone() async throws {
    try await withCollector { api in
      _ = try await api.report("ready")
      let id = try #require(try await api.decide()["id"]?.string)
      try await api.collector.store.writes.write { try $0.execute(sql: "DELETE FROM facts_documents") }
      let replay = try await api.call(.post, "/v1/decisions/\(id)/replay")
      #expect(replay.status == 409)
      #expect(replay.code == "WIR.0017")
    }
  }
}
