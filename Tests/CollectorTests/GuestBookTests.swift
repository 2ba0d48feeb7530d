// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import Testing

@testable import Collector

@Suite struct GuestBookTests {
  static let other = "0a4c7e12-93b5-4d68-a7f0-2b1c3d4e5f60"

  /// A database with a guest whose facts changed once, and another one that is not ready; while it is served.
  private static func database(_ body: @escaping @Sendable (GuestBook) async throws -> Void) async throws {
    let folder = try ScratchFolder()
    let path = folder.file("store.sqlite")
    _ = try await withCloud({ _ in .answer(200, .null) }, database: path) { api, _ in
      _ = try await api.report("ready-renamed")
      _ = try await api.report("ready")
      var facts = try #require(try Fixture.json("volume-group-on-two-disks").object)
      var guest = try #require(facts["guest"]?.object)
      guest["instance_id"] = .string(other)
      facts["guest"] = .object(guest)
      let answer = try await api.call(
        .put, "/v1/guests/\(other)/facts", bytes: JSON.object(facts).canonicalBytes)
      #expect(answer.status == 202)
      try await body(try GuestBook(database: path))
    }
  }

  @Test func listsShowsAndGivesTheFacts() async throws {
    try await Self.database { book in
      let lines = try book.list(.init()).map { $0.split(separator: "\t").map(String.init) }
      #expect(lines.map { $0[0] } == [Self.other, Fixture.guest].sorted())
      #expect(lines.map { $0[3] }.sorted() == ["not_ready", "ready"])
      #expect(lines.allSatisfy { $0.count == 6 && $0[2] == "linux" && $0[5] == "agent" && $0[4].hasSuffix("Z") })
      #expect(try book.list(.init(verdict: "not_ready")).count == 1)
      #expect(try book.list(.init(project: "other")).isEmpty)
      #expect(try book.list(.init(limit: 1)).count == 1)

      let shown = try JSON(parsing: book.show(Fixture.guest.uppercased(), project: nil).utf8)
      #expect(shown["verdict"] == "ready")
      #expect(shown["history"]?.array?.count == 2)
      #expect(shown["history"]?.array?.first?["facts_digest"]?.string == Digest.ofFacts(try Fixture.json("ready")))
      #expect(try book.facts(Fixture.guest, project: nil) == Fixture.bytes("ready"))
    }
  }

  @Test func whatIsNotThere() async throws {
    try await Self.database { book in
      for (id, project) in [("none", nil), (Fixture.guest, "other"), ("' OR 1=1 --", nil)] as [(String, String?)] {
        #expect { try book.show(id, project: project) } throws: { ($0 as? CollectorFailure)?.kind == .input }
        #expect { try book.facts(id, project: project) } throws: { ($0 as? CollectorFailure)?.kind == .input }
      }
    }
    let folder = try ScratchFolder()
    #expect(throws: CollectorFailure.self) { try GuestBook(database: folder.file("none.sqlite")) }
  }
}
