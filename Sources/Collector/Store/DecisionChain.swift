// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Facts
internal import GRDB

/// A chain over the records of decisions: each link is a digest over the link before it and the record's own digest, so
/// that a record that was changed, left out or put in between breaks it.
enum DecisionChain {
  /// The link before the first.
  static let origin = String(repeating: "0", count: 64)

  /// The first place where the chain does not hold.
  struct Break: Error, Equatable, CustomStringConvertible {
    var position: Int64
    var decision: String
    var why: String

    var description: String { decision.isEmpty ? why : "at \(position), decision \(decision): \(why)" }
  }

  /// Adds a record at the end, in the transaction that stores it.
  static func append(_ decision: String, record: String, in db: Database) throws {
    let last = try Row.fetchOne(db, sql: "SELECT position, link FROM chain ORDER BY position DESC LIMIT 1")
    let digest = digest(of: record)
    let link = link(after: last?["link"] ?? origin, digest)
    try db.cachedStatement(sql: "INSERT INTO chain (position, decision, digest, link) VALUES (?, ?, ?, ?)")
      .execute(arguments: [(last?["position"] as Int64? ?? 0) + 1, decision, digest, link])
  }

  /// Follows the chain through all records; returns how many there are and the last link, which can be kept elsewhere.
  ///
  /// - Parameter expected: a link that was kept: one of the chain's.
  static func verify(_ db: Database, expecting expected: String? = nil) throws -> (count: Int64, link: String) {
    var link = origin
    var isThere = expected == nil || expected == origin
    var position: Int64 = 0
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT position, chain.decision, digest, link, record FROM chain
        LEFT JOIN decisions ON decisions.id = chain.decision ORDER BY position
        """)
    while let row = try rows.next() {
      position += 1
      let decision: String = row["decision"]
      func broken(_ why: String) -> Break { Break(position: row["position"], decision: decision, why: why) }
      guard row["position"] == position else { throw broken("a link is missing before it") }
      guard let record = row["record"] as String? else { throw broken("its record is gone") }
      guard row["digest"] == digest(of: record) else { throw broken("its record was changed") }
      link = self.link(after: link, row["digest"])
      guard row["link"] == link else { throw broken("its link does not follow from the one before") }
      if link == expected { isThere = true }
    }
    guard isThere else {
      throw Break(position: position, decision: "", why: "the expected link is none of the chain's")
    }
    // Records of the time before the chain have none.
    let outside = try Int64.fetchOne(
      db,
      sql: """
        SELECT COUNT(*) FROM decisions WHERE id NOT IN (SELECT decision FROM chain)
          AND rowid > (SELECT COALESCE(MIN(decisions.rowid), 0) FROM decisions JOIN chain ON chain.decision = decisions.id)
        """)
    if let outside, outside > 0 {
      throw Break(position: position, decision: "", why: "\(outside) records are in no link")
    }
    return (position, link)
  }

  private static func digest(of record: String) -> String { Digest.hex(SHA256.hash(data: Array(record.utf8))) }

  private static func link(after link: String, _ digest: String) -> String {
    Digest.hex(SHA256.hash(data: Array((link + digest).utf8)))
  }
}
