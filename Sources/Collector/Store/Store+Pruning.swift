// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB

extension Store {
  /// Removes the documents and captures of facts that were last seen so before then, a few at a time; returns how many.
  ///
  /// A guest's newest facts stay however old they are, and so do the rows of the history: a decision that rested on
  /// removed facts still says on which, and its replay that they are gone. Rows that no decision names go too.
  func prune(before cutoff: UTCTime, limit: Int = 500) async throws -> Int {
    try await writes.write { db in
      let rows = try Int64.fetchAll(
        db,
        sql: """
          SELECT facts_history.id FROM facts_history JOIN guests ON guests.id = facts_history.guest
          WHERE last_inspected_at < ? AND confirmed_at < ? AND guests.facts <> facts_history.id
            AND (EXISTS (SELECT 1 FROM facts_documents WHERE facts = facts_history.id)
              OR NOT EXISTS (SELECT 1 FROM decision_facts WHERE facts = facts_history.id))
          ORDER BY facts_history.id LIMIT ?
          """, arguments: [cutoff.milliseconds, cutoff.milliseconds, limit])
      guard !rows.isEmpty else { return 0 }
      try db.execute(sql: "UPDATE history SET begins = MAX(begins, ?)", arguments: [cutoff.milliseconds])
      for row in rows {
        try db.cachedStatement(sql: "DELETE FROM facts_documents WHERE facts = ?").execute(arguments: [row])
        try db.cachedStatement(sql: "DELETE FROM captures WHERE facts = ?").execute(arguments: [row])
        try db.cachedStatement(
          sql: """
            DELETE FROM facts_history WHERE id = ?
              AND NOT EXISTS (SELECT 1 FROM decision_facts WHERE facts = facts_history.id)
              AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.facts = facts_history.id)
            """
        ).execute(arguments: [row])
      }
      return rows.count
    }
  }
}
