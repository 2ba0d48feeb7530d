// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import GRDB
import HTTPTypes
import HuaweiCloud
import Testing

@testable import Collector

@Suite struct StoreTests {
  /// The steps that were released with the digest of their text; a change here is a mistake, a new step is not.
  static let released = [
    "1-guests-facts-decisions-jobs": "v1:62b85d9256b228232e0f1adeca9e5161a55ed9c9bfb92eca77025d1a0541c915",
    "2-captures": "v1:b82f7f998d18947b9384e51793b3b34c5862f7418d5c799b568c5bc225f32c6c",
    "3-gateway": "v1:d175bc0c8e65473d40b0aa574a3636de28f46a40ac79503d00275fb01aa54760",
    "4-guests-by-facts": "v1:c618015b484f0dd4366f6a31d2420ffb149f0059a4b8af603f9c26c6b85e4ed2",
    "5-guest-keys": "v1:e089297ad7addd7a463efca16a0e57d93aa5af02f8d5c647f9661904f99fb3bf",
    "6-request-names": "v1:174416057b7054fe126955743ef89b37fd13003b271cd3e86563a24a1cf1445b",
    "7-returning-boots": "v1:895c311940d7091c6ed8a4ab8fcc737455d3abce5342cb56904dbebd91dc99ed",
  ]

  @Test func releasedMigrationsNeverChange() {
    let current = Dictionary(
      uniqueKeysWithValues: Migrations.steps.map { ($0.name, Digest.of(bytes: Array($0.sql.utf8))) })
    #expect(current == Self.released)
  }

  /// A row that is added to or removed from a table is looked for in those that refer to it, row by row without an index.
  @Test func whatRefersToRowsHasAnIndex() async throws {
    // Rows of these are never removed, and only added outside of what waits for its parent.
    let lasting: Set = ["clocks", "cloud_facts"]
    let folder = try ScratchFolder()
    let store = try Self.store(folder.file("s.sqlite"))
    let references = try await store.pool.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT t.name AS child, k."from" AS column, k."table" AS parent,
            EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS c WHERE c.name = k."from" AND c.pk = 1)
            OR EXISTS (SELECT 1 FROM pragma_index_list(t.name) AS i JOIN pragma_index_info(i.name) AS c
              WHERE i.partial = 0 AND c.seqno = 0 AND c.name = k."from") AS indexed
          FROM sqlite_master AS t JOIN pragma_foreign_key_list(t.name) AS k WHERE t.type = 'table'
          """)
    }
    #expect(references.count > 8)
    for row in references where !lasting.contains(row["parent"]) {
      #expect(row["indexed"] == true, "\(row)")
    }
    try store.close()
  }

  static func store(_ path: String) throws -> Store { try Store(path: path, clock: FakeClock().clock()) }

  @Test func everyCommitIsFlushed() async throws {
    let folder = try ScratchFolder()
    let store = try Self.store(folder.file("s.sqlite"))
    let (mode, synchronous, keys) = try await store.pool.writeWithoutTransaction { db in
      (
        try String.fetchOne(db, sql: "PRAGMA journal_mode"), try Int.fetchOne(db, sql: "PRAGMA synchronous"),
        try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
      )
    }
    #expect(mode == "wal")
    #expect(synchronous == 2)
    #expect(keys == 1)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("s.sqlite"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    try store.close()
  }

  @Test func aSecondCollectorIsKeptAway() throws {
    let folder = try ScratchFolder()
    let first = try Self.store(folder.file("s.sqlite"))
    #expect {
      try Self.store(folder.file("s.sqlite"))
    } throws: {
      ($0 as? CollectorFailure)?.kind == .unavailable
    }
    try first.close()
  }

  @Test func aNewerDatabaseIsRefused() async throws {
    let folder = try ScratchFolder()
    let path = folder.file("s.sqlite")
    do {
      let store = try Self.store(path)
      try await store.writes.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2-of-the-future')") }
      try store.close()
    }
    #expect {
      try Self.store(path)
    } throws: { error in
      guard let failure = error as? CollectorFailure else { return false }
      return failure.kind == .input && failure.message.contains("newer release")
    }
    #expect {
      try Backup.copy(database: path, to: folder.file("b.sqlite"))
    } throws: {
      ($0 as? CollectorFailure)?.kind == .input
    }
  }

  @Test func foreignFilesAreRefused() throws {
    let folder = try ScratchFolder()
    let text = try folder.write(String(repeating: "no database at all\n", count: 100), to: "text")
    let foreign = folder.file("foreign.sqlite")
    let queue = try DatabaseQueue(path: foreign)
    try queue.write { try $0.execute(sql: "CREATE TABLE t (x)") }
    try queue.close()
    for path in [text, foreign, folder.path, folder.file("no/such/folder")] {
      #expect {
        try Self.store(path)
      } throws: {
        ($0 as? CollectorFailure)?.kind == .input
      }
    }
    // Nothing was done to it.
    #expect(try DatabaseQueue(path: foreign).read { try $0.tableExists("guests") } == false)
  }

  static let mountInfo = """
    22 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
    30 22 0:40 / /srv/share rw - nfs4 server:/share rw
    31 22 0:41 / /srv/my\\040disk rw shared:9 master:1 - fuse.sshfs host: rw
    32 22 0:42 / /srv/twice rw - xfs /dev/vdb rw
    33 32 0:43 / /srv/twice rw - cifs //server/x rw
    34 22 0:44 / /srv/short
    """

  @Test(arguments: [
    ("/var/lib/c.sqlite", "ext4", false), ("/srv/share/c.sqlite", "nfs4", true),
    ("/srv/sharex/c.sqlite", "ext4", false), ("/srv/my disk/c.sqlite", "fuse.sshfs", true),
    ("/srv/twice/c.sqlite", "cifs", true), ("/srv/short/c.sqlite", "ext4", false),
  ])
  func networkFileSystems(path: String, type: String, isRemote: Bool) {
    #expect(MountedFileSystem.type(of: path, inMountInfo: Self.mountInfo) == type)
    #expect(MountedFileSystem.isRemote(type) == isRemote)
  }

  @Test(arguments: ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse", "fuse.glusterfs", "ceph", "virtiofs", "lustre"])
  func remoteTypes(type: String) {
    #expect(MountedFileSystem.isRemote(type))
  }

  @Test(arguments: ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "f2fs"])
  func localTypes(type: String) {
    #expect(!MountedFileSystem.isRemote(type))
  }

  @Test func aWriteThatFailsLeavesTheOthers() async throws {
    let folder = try ScratchFolder()
    let store = try Self.store(folder.file("s.sqlite"))
    struct Refused: Error {}
    let results = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<200 {
        group.addTask {
          do {
            try await store.writes.write { db in
              try db.execute(sql: "INSERT INTO clocks (boot_id) VALUES (?)", arguments: ["boot \(index)"])
              if index.isMultiple(of: 3) { throw Refused() }
            }
            return true
          } catch { return false }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let stored = try await store.read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM clocks WHERE boot_id LIKE 'boot %'")
    }
    #expect(stored == 133)
    #expect(results.filter { $0 }.count == 133)
    #expect(await store.writes.isHealthy)
    try store.close()
  }

  @Test func aFailedCommitFailsEveryWriteInIt() async throws {
    let folder = try ScratchFolder()
    let store = try Self.store(folder.file("s.sqlite"))
    // A reference that is checked at commit.
    await #expect(throws: DatabaseError.self) {
      try await store.writes.write { db in
        try db.execute(
          sql: """
            INSERT INTO guests (project, instance_id, facts, verdict, judged_by, revision, boot_id, report_sequence)
            VALUES ('p', 'i', 99, 'ready', '', 1, '', 1)
            """)
      }
    }
    #expect(await store.writes.isHealthy == false)
    #expect(await store.isUsable() == false)
    try await store.writes.write { try $0.execute(sql: "INSERT INTO clocks (boot_id) VALUES ('x')") }
    #expect(await store.isUsable())
    try store.close()
  }

  @Test(
    arguments: [
      // stored uptime and wall in ms, same run, now uptime and wall, age in s
      (1000, 1000, true, 1000, 1000, 0), (1000, 1000, true, 1001, 0, 1), (1000, 1000, true, 61_000, 5, 60),
      (1000, 1000, true, 999, 9999, nil), (1000, 1000, false, 0, 31_000, 30), (1000, 1000, false, 999_999, 999, nil),
    ] as [(Int64, Int64, Bool, Int64, Int64, Int64?)])
  func ages(uptime: Int64, wall: Int64, sameRun: Bool, nowUptime: Int64, nowWall: Int64, age: Int64?) throws {
    let row: Row = [
      "id": 1, "facts_digest": "", "topology_digest": "", "facts_boot_id": "", "facts_sequence": 1, "received_at": 0,
      "inspected_at": 0, "confirmed_at": 0, "last_inspected_at": wall, "last_inspected_uptime": uptime, "clock": 1,
      "source": "agent", "time_known": true,
    ]
    let facts = FactsRecord(row: row)
    let now = Moment(wall: UTCTime(milliseconds: nowWall), uptime: nowUptime)
    #expect(facts.ageSeconds(at: now, clockRow: sameRun ? 1 : 2) == age)
  }

  @Test func whatIsAcknowledgedOutlivesTheProcess() async throws {
    let folder = try ScratchFolder()
    try await withCollector(database: folder.file("s.sqlite")) { api in
      _ = try await api.report("ready")
      // A copy of the files as a crash would leave them: nothing is closed, nothing checkpointed.
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: folder.file("s.sqlite\(suffix)"), toPath: folder.file("crashed.sqlite\(suffix)"))
      }
    }
    try await withCollector(database: folder.file("crashed.sqlite")) { api async throws in
      #expect(try await api.get("/v1/guests/\(Fixture.guest)/facts").body == (try Fixture.bytes("ready")))
    }
  }
}

@Suite struct PruningTests {
  @Test func oldFactsGoAndWhatADecisionRestedOnIsStillNamed() async throws {
    try await withCollector { api in
      _ = try await api.report("volume-group-on-two-disks")
      let decision = try await api.decide()["id"]?.string ?? ""
      api.clock.forward(seconds: 3600)
      _ = try await api.report("ready-renamed")
      api.clock.forward(seconds: 86_400)
      _ = try await api.report("ready")
      let pruning = HistoryPruning(
        store: api.collector.store, clock: api.collector.clock, days: 10, log: .silent)
      await pruning.prune()
      #expect(try await Self.rows(api) == [3, 3])
      api.clock.forward(seconds: 10 * 86_400)
      await pruning.prune()
      // The first row stays for the decision, without its document; the newest stays whole.
      #expect(try await Self.rows(api) == [2, 1])
      #expect(try await api.get("/v1/guests/\(Fixture.guest)/facts").status == 200)
      #expect(try await api.get("/v1/decisions/\(decision)")["decision"] == "deny")
      let replay = try await api.call(.post, "/v1/decisions/\(decision)/replay")
      #expect(replay.status == 409 && replay.code == "WIR.0017")
    }
  }

  private static func rows(_ api: TestAPI) async throws -> [Int] {
    try await api.collector.store.read { db in
      try ["facts_history", "facts_documents"].map { try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \($0)") ?? 0 }
    }
  }
}
