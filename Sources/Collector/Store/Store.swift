// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import HuaweiCloud

/// What the collector remembers: guests with the history of their facts, decisions, jobs.
///
/// An SQLite database in WAL mode that flushes at every commit: what was acknowledged survives a power failure.
struct Store: Sendable {
  let pool: DatabasePool
  let writes: WriteQueue
  /// Row of `clocks` for this run of the machine.
  let clockRow: Int64
  private let lock: DatabaseLock

  /// Opens the database of a collector and brings its tables up to date.
  init(path: String, clock: CollectorClock) throws(CollectorFailure) {
    let file = try DatabaseFile.prepare(path)
    lock = try DatabaseLock(file)
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.maximumReaderCount = 8
      configuration.label = "wholeimage-store"
      pool = try DatabasePool(path: file.path, configuration: configuration)
      try pool.read { try DatabaseFile.checkOrigin($0, path: file.path) }
      try Migrations.migrator.migrate(pool)
      clockRow = try pool.writeWithoutTransaction { database in
        // The library lowers this to NORMAL when it turns WAL on, and then a power failure may take commits back.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        return try database.inSavepointReturning { try Self.clockRow(of: clock.epoch, in: $0) }
      }
    } catch let failure as CollectorFailure {
      throw failure
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw CollectorFailure(.input, "\(path) is not a database")
    } catch {
      throw CollectorFailure(.inputOutput, "the database \(path) cannot be used: \(error)")
    }
    writes = WriteQueue(pool: pool)
  }

  /// Closes the database; nothing may use the store afterwards.
  func close() throws { try pool.close() }

  /// Reads in a snapshot of what was committed.
  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await pool.read(body)
  }

  /// Whether the store can be read, and took the last write.
  func isUsable() async -> Bool {
    guard await writes.isHealthy else { return false }
    return (try? await pool.read { try Int.fetchOne($0, sql: "SELECT last FROM revisions") }) != nil
  }

  private static func clockRow(of epoch: String, in database: Database) throws -> Int64 {
    try database.execute(sql: "INSERT INTO clocks (boot_id) VALUES (?) ON CONFLICT DO NOTHING", arguments: [epoch])
    return try Int64.fetchOne(database, sql: "SELECT id FROM clocks WHERE boot_id = ?", arguments: [epoch]) ?? 0
  }
}

extension Database {
  /// A transaction that gives back a value.
  fileprivate func inSavepointReturning<Value>(_ body: (Database) throws -> Value) throws -> Value {
    var result: Result<Value, any Error>?
    try inSavepoint {
      result = Result { try body(self) }
      if case .failure(let error)? = result { throw error }
      return .commit
    }
    guard let result else { throw StoreBusy() }
    return try result.get()
  }
}
