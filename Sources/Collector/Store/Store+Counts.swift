// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Readiness

/// How many there are of what is stored.
struct StoredCounts: Sendable {
  /// How many bear a word.
  struct Count: Sendable {
    var word: String
    var count: Int
  }

  /// Guests by verdict, every verdict.
  var guests: [Count]
  /// Decisions that hold a server or a backup, by state; those in doubt also where there are none.
  var held: [Count]
}

extension Store {
  /// Counts what is stored of projects, from indices alone; `nil` if the store cannot be read.
  func counts(of projects: [String]) async -> StoredCounts? {
    try? await read { db in
      let verdicts = try Self.counts(db, "verdict", "guests WHERE", projects)
      var held = try Self.counts(db, "state", "decisions WHERE held = 1 AND", projects)
      held[DecisionState.inDoubt.rawValue, default: 0] += 0
      return StoredCounts(
        guests: Verdict.allCases.map { .init(word: $0.rawValue, count: verdicts[$0.rawValue] ?? 0) },
        held: held.sorted { $0.key < $1.key }.map { .init(word: $0.key, count: $0.value) })
    }
  }

  private static func counts(
    _ db: Database, _ word: String, _ rows: String, _ projects: [String]
  ) throws -> [String: Int] {
    let marks = databaseQuestionMarks(count: projects.count)
    let rows = try Row.fetchAll(
      db, sql: "SELECT \(word), COUNT(*) FROM \(rows) project IN (\(marks)) GROUP BY 1",
      arguments: StatementArguments(projects))
    return Dictionary(rows.map { ($0[0] as String, $0[1] as Int) }) { $0 + $1 }
  }
}
