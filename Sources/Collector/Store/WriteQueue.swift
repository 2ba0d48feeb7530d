// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// More writes are waiting than the store can take; nothing of the refused one was done.
struct StoreBusy: Error {}

/// The one way into the database for changes: what waits is committed together.
///
/// A durable commit costs a disk flush whatever it holds, so while one is under way the next writes gather and share
/// the following flush. A write returns once its transaction is on disk.
actor WriteQueue {
  /// Most writes in one transaction.
  static let batchLimit = 256
  /// Most writes that wait; more are refused, which bounds memory when the disk is slower than the callers.
  static let waitingLimit = 4096

  private struct Pending: Sendable {
    /// Does the write in the batch's transaction; returns what to do once that is committed.
    ///
    /// Throws what the write throws, and then nothing of the batch may be kept.
    var run: @Sendable (Database) throws -> @Sendable () -> Void
    /// The same in a savepoint of its own: where the write throws, that is what to tell once the others are committed.
    var runAlone: @Sendable (Database) throws -> @Sendable () -> Void
    /// Tells the writer that the whole batch failed.
    var fail: @Sendable (any Error) -> Void
  }

  private let pool: DatabasePool
  private var waiting: [Pending] = []
  private var isDraining = false

  /// Whether the last transaction was committed.
  private(set) var isHealthy = true

  init(pool: DatabasePool) { self.pool = pool }

  /// Does a write in a transaction and returns once it is durable; one that throws leaves no trace.
  ///
  /// The body may be run a second time, after all of what it did was undone: when another write of its batch throws.
  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    guard waiting.count < Self.waitingLimit else { throw StoreBusy() }
    return try await withCheckedThrowingContinuation { continuation in
      waiting.append(
        Pending(
          run: { database in
            let value = try body(database)
            return { continuation.resume(returning: value) }
          },
          runAlone: { database in
            let result: Result<Value, any Error>
            do {
              result = .success(try Self.inSavepoint(database, body))
            } catch {
              // A full disk makes SQLite give up the transaction and all the writes in it.
              guard database.isInsideTransaction else { throw error }
              result = .failure(error)
            }
            return { continuation.resume(with: result) }
          },
          fail: { continuation.resume(throwing: $0) }))
      guard !isDraining else { return }
      isDraining = true
      Task { await drain() }
    }
  }

  private func drain() async {
    while !waiting.isEmpty {
      let batch = Array(waiting.prefix(Self.batchLimit))
      waiting.removeFirst(batch.count)
      await commit(batch)
    }
    isDraining = false
  }

  private func commit(_ batch: [Pending]) async {
    do {
      let finished: [@Sendable () -> Void]
      do {
        finished = try await pool.write { database in try batch.map { try $0.run(database) } }
      } catch {
        // Savepoints cost as much as a small write, and hardly any write throws: only then are they needed.
        finished = try await pool.write { database in try batch.map { try $0.runAlone(database) } }
      }
      isHealthy = true
      for finish in finished { finish() }
    } catch {
      isHealthy = false
      for pending in batch { pending.fail(error) }
    }
  }

  private static func inSavepoint<Value>(_ database: Database, _ body: (Database) throws -> Value) throws -> Value {
    var value: Value?
    try database.inSavepoint {
      value = try body(database)
      return .commit
    }
    guard let value else { throw StoreBusy() }
    return value
  }
}
