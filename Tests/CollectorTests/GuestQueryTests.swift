// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import Readiness
import Testing

@testable import Collector

@Suite struct GuestQueryTests {
  /// Facts like the fixture's, of another guest.
  static func facts(of guest: String, from fixture: String = "ready") throws -> [UInt8] {
    guard case .object(var document) = try Fixture.json(fixture), case .object(var about)? = document["guest"] else {
      return []
    }
    about["instance_id"] = .string(guest)
    document["guest"] = .object(about)
    return JSON.object(document).canonicalBytes
  }

  @Test func pagesInTheOrderOfChange() async throws {
    try await withCollector { api in
      for index in 0..<5 {
        let fixture = index == 3 ? "volume-group-on-two-disks" : "ready"
        let answer = try await api.call(
          .put, "/v1/guests/g\(index)/facts", bytes: try Self.facts(of: "g\(index)", from: fixture))
        #expect(answer.status == 202)
      }
      let first = try await api.get("/v1/guests?limit=2")
      #expect(Self.ids(first) == ["g0", "g1"])
      let cursor = try #require(first["next"]?.string)
      // A guest that changes while a caller pages comes again at the end.
      _ = try await api.call(
        .put, "/v1/guests/g0/facts", bytes: try Self.facts(of: "g0", from: "disk-that-did-not-answer"))
      let second = try await api.get("/v1/guests?limit=2&after=\(cursor)")
      #expect(Self.ids(second) == ["g2", "g3"])
      let third = try await api.get("/v1/guests?limit=2&after=\(try #require(second["next"]?.string))")
      #expect(Self.ids(third) == ["g4", "g0"])
      #expect(third["next"] == .null)
      #expect(Self.ids(try await api.get("/v1/guests?verdict=not_ready")) == ["g3"])
      #expect(Self.ids(try await api.get("/v1/guests?verdict=undetermined")) == ["g0"])
      #expect(Self.ids(try await api.get("/v1/guests?changed_after=4")) == ["g4", "g0"])
      #expect(Self.ids(try await api.get("/v1/guests?project=default&changed_after=6")) == [])
    }
  }

  static func ids(_ answer: Answer) -> [String] {
    (answer["items"]?.array ?? []).compactMap { $0["instance_id"]?.string }
  }

  @Test func itemsHaveTheMembersOfTheContract() async throws {
    try await withCollector { api in
      _ = try await api.report("ready")
      let item = try #require(try await api.get("/v1/guests")["items"]?.array?.first?.object)
      #expect(
        item.members.map(\.key) == [
          "age_seconds", "instance_id", "os_family", "project", "revision", "topology_digest", "verdict",
        ])
      #expect(item["os_family"] == "linux")
      #expect(item["project"] == "default")
    }
  }

  @Test(arguments: [
    "verdict=maybe", "limit=0", "limit=1001", "limit=-1", "changed_after=yesterday", "after=x", "verdcit=ready",
  ])
  func wrongFilters(query: String) async throws {
    try await withCollector { api in
      let answer = try await api.get("/v1/guests?\(query)")
      #expect(answer.status == 400)
      #expect(answer.code == "WIR.0003")
    }
  }

  @Test func readinessSpeaksBothLanguages() async throws {
    try await withCollector { api in
      _ = try await api.report("volume-group-on-two-disks")
      api.clock.forward(seconds: 30)
      let path = "/v1/guests/\(Fixture.guest)/readiness"
      let english = try await api.get(path)
      #expect(english["schema"] == "wholeimage.report/1")
      #expect(english["scope"] == "guest")
      #expect(english["verdict"] == "not_ready")
      #expect(english["age_seconds"] == 30)
      #expect(english["facts"] == nil)
      #expect(english["findings"]?.array?.first?["rule"] == "lvm-volume-group-spans-physical-volumes")
      let chinese = try await api.get(path, headers: [.acceptLanguage: "zh-CN,zh;q=0.9,en;q=0.8"])
      #expect(chinese["lang"] == "zh-CN")
      #expect(chinese["findings"]?.array?.first?["title"]?.string?.contains("卷组") == true)
    }
  }

  @Test func unknownGuest() async throws {
    try await withCollector { api in
      for path in ["", "/readiness", "/facts"] {
        let answer = try await api.get("/v1/guests/\(Fixture.guest)\(path)")
        #expect(answer.status == 404)
        #expect(answer.code == "WIR.0014")
      }
    }
  }

  @Test func newProfileJudgesStoredGuestsAgain() async throws {
    let folder = try ScratchFolder()
    let database = folder.file("store.sqlite")
    try await withCollector(database: database) { api in
      _ = try await api.report("volume-group-on-two-disks")
      #expect(try await api.get("/v1/guests/\(Fixture.guest)")["verdict"] == "not_ready")
      try await api.collector.store.writes.write { db in
        try db.execute(sql: "UPDATE guests SET verdict = 'ready', judged_by = 'an older rule set'")
      }
    }
    try await withCollector(database: database) { api in
      let guest = try await api.get("/v1/guests/\(Fixture.guest)")
      #expect(guest["verdict"] == "not_ready")
      #expect(guest["revision"] == 2)
    }
  }

  @Test(
    arguments: [
      (nil, "en"), ("", "en"), ("zh", "zh-CN"), ("zh-TW", "zh-CN"), ("ZH-cn;q=0.5, en;q=0.4", "zh-CN"),
      ("en, zh", "en"), ("fr, zh;q=0.1", "zh-CN"), ("zh;q=0", "en"), ("zh;q=x", "en"), ("*", "en"),
    ] as [(String?, String)])
  func acceptLanguage(header: String?, language: String) {
    #expect(AcceptLanguage.preferred(in: header).rawValue == language)
  }
}
