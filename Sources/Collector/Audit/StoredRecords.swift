// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A database that a collector has made, opened by the people who run it; also while it is served.
struct StoredRecords: Sendable {
  let database: DatabaseQueue
  /// The file, as it was given.
  let path: String

  /// Opens it; throws `.input` for a file that no collector of this release has made.
  init(_ path: String) throws(CollectorFailure) {
    self.path = path
    let file = try DatabaseFile.existing(path)
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      database = try DatabaseQueue(path: file.path, configuration: configuration)
      try database.read { db in
        try DatabaseFile.checkOrigin(db, path: path)
        guard try Migrations.migrator.hasCompletedMigrations(db) else {
          throw CollectorFailure(.input, "the database \(path) is of an older release: start the collector on it once")
        }
      }
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    } catch let failure as CollectorFailure {
      throw failure
    } catch {
      throw CollectorFailure(.inputOutput, "the database \(path) cannot be used: \(error)")
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(CollectorFailure) -> Value {
    try attempt { try database.read(body) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(CollectorFailure) -> Value {
    try attempt { try database.write(body) }
  }

  private func attempt<Value>(_ body: () throws -> Value) throws(CollectorFailure) -> Value {
    do { return try body() } catch let failure as CollectorFailure {
      throw failure
    } catch {
      throw CollectorFailure(.inputOutput, "the database \(path) cannot be read or written: \(error)")
    }
  }
}
