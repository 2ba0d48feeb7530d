// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import GuestSigning
import HTTPTypes
import Testing

@testable import Collector

/// Servers that were made from a whole image: each becomes a guest of its own, and the one they were copied from stays.
@Suite struct CloneTests {
  @Test func aCopyIsLetInByTheKeyThatItWasCopiedWith() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var parent = try await api.enrolled()
      #expect(try await parent.report(api).status == 202)
      try await Self.remember(job: "job-1", of: parent.id, api)
      var (copy, lineage) = try parent.copy("copy")
      let answer = try await copy.enrol(api, lineage: lineage)
      #expect(answer.status == 200, "\(answer.text)")
      let expected = JSON.members(("parent_instance_id", parent.id.json), ("image_job_id", "job-1"))
      #expect(answer["lineage"] == expected)
      #expect(try await copy.enrol(api, lineage: lineage).json == answer.json)
      #expect(try await copy.report(api, "volume-group-on-two-disks").status == 202)
      let admin = CredentialsTests.bearer("admin", project: "p1")
      let shown = try await api.get(copy.path, headers: admin)
      #expect(shown["lineage"] == expected && shown["verdict"] == "not_ready")
      let book = try GuestBook(database: api.collector.configuration.database)
      #expect(try JSON(parsing: book.show("copy", project: nil).utf8)["lineage"] == expected)
      // The copy of the copy is one of the copy.
      let (second, proof) = try copy.copy("copy-of-copy")
      #expect(
        try await second.enrol(api, lineage: proof)["lineage"]
          == .members(("parent_instance_id", "copy"), ("image_job_id", .null)))
      #expect(try await parent.report(api).status == 202)
      #expect(try await api.get(parent.path, headers: admin)["lineage"] == .null)
    }
  }

  @Test func proofsThatAreNone() async throws {
    try await CredentialsTests.withTokens(configure: { $0.limits.failures = nil }) { api async throws in
      let parent = try await api.enrolled()
      let stranger = TestGuest(id: "stranger")
      let (copy, lineage) = try parent.copy("copy")
      var (forged, renamed) = (lineage, lineage)
      forged.signature[0] ^= 1
      renamed.parentInstanceID = "another"
      let (_, unknown) = try stranger.copy("copy")
      let (_, other) = try parent.copy("other")
      for proof in [forged, renamed, unknown, other] {
        let answer = try await copy.enrol(api, lineage: proof)
        #expect(answer.status == 401 && answer.code == "WIR.0022", "\(answer.text)")
      }
      // An unknown parent beside a good token is no harm, but nothing that is recorded; a wrong proof is refused.
      #expect(try await copy.enrol(api, token: try api.token(), lineage: forged).status == 401)
      let image = try await copy.enrol(
        api, token: try api.token(),
        lineage: try #require(
          Lineage(of: copy.key.publicKey, instanceID: "copy", signedWith: stranger.key, of: "stranger")))
      #expect(image.status == 200 && image["lineage"] == .null)
      // Nobody is a copy of itself, and nobody takes a guest over that has a key.
      let (twin, twinProof) = try parent.copy(parent.id)
      #expect(try await twin.enrol(api, lineage: twinProof).status == 401)
      let (thief, thiefProof) = try parent.copy("copy")
      let taken = try await thief.enrol(api, lineage: thiefProof)
      #expect(taken.status == 409 && taken.code == "WIR.0024")
      // A revoked key vouches for nobody.
      _ = try GuestBook(database: api.collector.configuration.database).revoke(parent.id, project: nil)
      let (late, lateProof) = try parent.copy("late")
      #expect(try await late.enrol(api, lineage: lateProof).code == "WIR.0022")
    }
  }

  /// A copied token file is no way into another project, nor is a key of another one.
  @Test func aCopyGetsIntoTheProjectOfItsParentOnly() async throws {
    try await CredentialsTests.withTokens { api async throws in
      let parent = try await api.enrolled()
      let (copy, lineage) = try parent.copy("copy")
      let answer = try await copy.enrol(api, token: try api.token(project: "p2"), lineage: lineage)
      #expect(answer.status == 200 && answer["project"] == "p1")
    }
  }

  @Test func tokensCanBeAskedOfCopies() async throws {
    try await CredentialsTests.withTokens(configure: { $0.clones = .token }) { api async throws in
      let parent = try await api.enrolled()
      let (copy, lineage) = try parent.copy("copy")
      #expect(try await copy.enrol(api, lineage: lineage).code == "WIR.0022")
      let answer = try await copy.enrol(api, token: try api.token(), lineage: lineage)
      #expect(answer.status == 200)
      #expect(answer["lineage"] == .members(("parent_instance_id", parent.id.json), ("image_job_id", .null)))
    }
  }

  /// A thousand servers of one image start at once: each comes in, however long it has to wait, and gets its own record.
  @Test(.timeLimit(.minutes(5))) func aThousandAtOnce() async throws {
    let count = 1000
    try await CredentialsTests.withTokens { api async throws in
      var parent = try await api.enrolled()
      #expect(try await parent.report(api).status == 202)
      let before = try await Self.row(of: parent, api)
      let original = parent
      let copies = try (0..<count).map { try original.copy("clone-\($0)") }
      var waiting = Array(copies.indices)
      var refused = 0
      while !waiting.isEmpty {
        let open = waiting
        let outcomes = try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
          for index in open {
            group.addTask {
              // Some ask twice, as if the first answer was lost.
              if index.isMultiple(of: 10) {
                _ = try await copies[index].guest.enrol(api, lineage: copies[index].lineage)
              }
              return (index, try await copies[index].guest.enrol(api, lineage: copies[index].lineage))
            }
          }
          return try await group.reduce(into: [(Int, Answer)]()) { $0.append($1) }
        }
        let again = outcomes.filter { $0.1.status == 429 }
        #expect(outcomes.allSatisfy { [200, 429].contains($0.1.status) })
        #expect(again.allSatisfy { $0.1.headers[.retryAfter] != nil })
        #expect(again.count < open.count, "nobody got in")
        refused += again.count
        waiting = again.map(\.0)
        api.clock.forward(seconds: 30)
      }
      #expect(refused > 0)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for (copy, _) in copies {
          group.addTask {
            var copy = copy
            return try await copy.report(api, "volume-group-on-two-disks").status
          }
        }
        return try await group.reduce(into: [Int]()) { $0.append($1) }
      }
      #expect(statuses.allSatisfy { $0 == 202 })
      let records = try await api.collector.store.read { db in
        (
          try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM guests WHERE verdict = 'not_ready'"),
          try Int.fetchOne(
            db,
            sql: """
              SELECT COUNT(DISTINCT guest_keys.instance_id) FROM guest_keys
              JOIN guest_keys AS parents ON parents.id = guest_keys.parent WHERE parents.instance_id = ?
              """, arguments: [original.id]),
          try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM guest_keys")
        )
      }
      #expect(records == (count, count, count + 1))
      #expect(try await Self.row(of: parent, api) == before)
      #expect(try await parent.report(api).status == 202)
    }
  }

  /// Everything that is stored of a guest.
  static func row(of guest: TestGuest, _ api: TestAPI) async throws -> String {
    try await api.collector.store.read { db in
      let key = try Row.fetchOne(db, sql: "SELECT * FROM guest_keys WHERE instance_id = ?", arguments: [guest.id])
      let record = try Row.fetchOne(db, sql: "SELECT * FROM guests WHERE instance_id = ?", arguments: [guest.id])
      return "\(key ?? [:])\n\(record ?? [:])"
    }
  }

  /// Makes a job of a decision on a whole image known, and an older and an unfinished one.
  static func remember(job: String, of server: String, _ api: TestAPI) async throws {
    try await api.collector.store.writes.write { db in
      for (id, at, job, state) in [
        ("old", 1000, "job-0", "forwarded"), ("new", 2000, job, "forwarded"), ("failed", 3000, nil, "not_made"),
      ] as [(String, Int, String?, String)] {
        try db.execute(
          sql: """
            INSERT INTO decisions (id, project, caller, operation, instance_id, decided_at, record, request_digest,
              state, state_at, job_id, remembered)
            VALUES (?, 'p1', 'c', 'create_whole_image', ?, ?, '{}', ?, ?, 0, ?, 0)
            """, arguments: [id, server, at, id, state, job])
      }
    }
  }
}
