// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import Testing

@testable import Collector

@Suite struct DecisionBookTests {
  /// A database with three decisions: refused, in doubt and forwarded.
  private static func database(_ body: @escaping @Sendable (String, DecisionBook) async throws -> Void) async throws {
    let folder = try ScratchFolder()
    let path = folder.file("store.sqlite")
    try await withCloud(
      { request in
        String(decoding: request.body, as: UTF8.self).contains("doubt") && request.method == "POST"
          ? .answer(500, .null) : .answer(200, .members(("job_id", .string(FakeCloud.job))))
      }, database: path
    ) { api, _ in
      _ = try await api.report("volume-group-on-two-disks")
      #expect(try await api.order().status == 400)
      _ = try await api.report("ready")
      #expect(try await api.order(Fixture.order(name: "doubt")).status == 503)
      #expect(try await api.order(Fixture.order(name: "made")).status == 200)
      // While the collector serves it.
      try await body(path, try DecisionBook(database: path))
    }
  }

  @Test func listsShowsAndExports() async throws {
    try await Self.database { _, book in
      let lines = try book.list(.init())
      #expect(lines.map { $0.split(separator: "\t")[2] } == ["forwarded", "in_doubt", "refused"])
      #expect(lines.last?.hasSuffix("lvm-volume-group-spans-physical-volumes") == true)
      #expect(try book.list(.init(state: "in_doubt")).count == 1)
      #expect(try book.list(.init(server: Fixture.guest, limit: 2)).count == 2)
      #expect(try book.list(.init(project: "other")).isEmpty)
      let id = String(lines[1].prefix { $0 != "\t" })
      #expect(try JSON(parsing: book.show(id).utf8)["state"] == "in_doubt")
      #expect(throws: CollectorFailure.self) { try book.show("none") }
      var exported: [JSON] = []
      try book.export { exported.append(try JSON(parsing: $0.utf8)) }
      #expect(exported.map { $0["state"]?.string } == ["refused", "in_doubt", "forwarded"])
      let (count, link) = try book.verify()
      #expect(count == 3 && exported.last?["link"]?.string == link)
      #expect(try book.verify(expecting: exported.first?["link"]?.string).count == 3)
      #expect(throws: DecisionChain.Break.self) { try book.verify(expecting: String(repeating: "f", count: 64)) }
    }
  }

  @Test func whatIsInDoubtIsResolvedByHand() async throws {
    try await Self.database { _, book in
      let lines = try book.list(.init())
      let ids = lines.map { String($0.prefix { $0 != "\t" }) }
      #expect(throws: CollectorFailure.self) { try book.resolve(ids[0], .notMade, by: "me") }
      #expect(throws: CollectorFailure.self) { try book.resolve(ids[1], .made(job: "../x"), by: "me") }
      #expect(throws: CollectorFailure.self) { try book.resolve("none", .notMade, by: "me") }
      try book.resolve(ids[1], .notMade, by: "me")
      let shown = try JSON(parsing: book.show(ids[1]).utf8)
      #expect(shown["state"] == "not_made" && shown["held"] == false)
      #expect(shown["notes"]?.array?.first?["kind"] == "resolved")
      #expect(throws: CollectorFailure.self) { try book.resolve(ids[1], .notMade, by: "me") }
      #expect(try JSON(parsing: book.show(ids[0]).utf8)["held"] == true)
      try book.release(ids[0], by: "me")
      #expect(try JSON(parsing: book.show(ids[0]).utf8)["held"] == false)
      #expect(throws: CollectorFailure.self) { try book.release(ids[0], by: "me") }
      #expect(try book.verify().count == 3)
    }
  }

  @Test(arguments: [
    "UPDATE decisions SET record = replace(record, 'deny', 'allow') WHERE state = 'refused'",
    "UPDATE chain SET digest = link WHERE position = 2", "DELETE FROM chain WHERE position = 1",
    "DELETE FROM chain WHERE position = 3", "UPDATE chain SET link = digest WHERE position = 3",
    "UPDATE chain SET position = position + 1 WHERE position = 3",
  ])
  func aChangedRecordBreaksTheChain(sql: String) async throws {
    try await Self.database { path, book in
      #expect(try book.verify().count == 3)
      try DatabaseQueue(path: path).write { db in
        try db.execute(sql: "PRAGMA foreign_keys = OFF")
        try db.execute(sql: sql)
        #expect(db.changesCount > 0)
      }
      #expect(throws: DecisionChain.Break.self) { try book.verify() }
    }
  }
}
