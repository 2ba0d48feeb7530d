// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB

/// One row of `enrolment_tokens`.
struct EnrolmentTokenRecord: Sendable, Equatable {
  /// Why a token does not let a guest in.
  enum Refusal: String, Sendable {
    case unknown
    case revoked
    case expired
    /// It is for one guest, and not for this one.
    case forAnotherGuest = "for another guest"
  }

  var row: Int64
  var name: String
  var project: String
  /// The only guest that it lets in; `nil`: any.
  var instanceID: String?
  var uses: Int64
  var used: Int64
  var note: String
  var createdAt: UTCTime
  var expiresAt: UTCTime?
  var revokedAt: UTCTime?

  init(row: Row) {
    self.row = row["id"]
    name = row["name"]
    project = row["project"]
    instanceID = row["instance_id"]
    uses = row["uses"]
    used = row["used"]
    note = row["note"]
    createdAt = UTCTime(milliseconds: row["created_at"])
    expiresAt = (row["expires_at"] as Int64?).map { UTCTime(milliseconds: $0) }
    revokedAt = (row["revoked_at"] as Int64?).map { UTCTime(milliseconds: $0) }
  }

  /// The token of a hash: what is looked for is a hash, so the time it takes tells nothing about a token.
  static func find(_ sha256: String, in db: Database) throws -> EnrolmentTokenRecord? {
    let statement = try db.cachedStatement(sql: "SELECT * FROM enrolment_tokens WHERE sha256 = ?")
    return try Row.fetchOne(statement, arguments: [sha256]).map { EnrolmentTokenRecord(row: $0) }
  }

  /// Why it does not let in a guest now; `nil` if it does, unless it is used up.
  func refusal(of instanceID: String, at now: UTCTime) -> Refusal? {
    if revokedAt != nil { return .revoked }
    if let expiresAt, expiresAt <= now { return .expired }
    if let own = self.instanceID, own != instanceID { return .forAnotherGuest }
    return nil
  }

  /// Whom it let in, the newest first.
  func redeemers(_ limit: Int, in db: Database) throws -> [GuestKeyRecord] {
    let names = try String.fetchAll(
      db, sql: "SELECT key_id FROM guest_keys WHERE token = ? ORDER BY id DESC LIMIT ?", arguments: [row, limit])
    return try names.compactMap { try GuestKeyRecord.find($0, in: db) }
  }
}

extension Store {
  /// Whether there is a token of that hash, good or not.
  func knowsEnrolmentToken(_ sha256: String) async throws -> Bool {
    try await read { try EnrolmentTokenRecord.find(sha256, in: $0) != nil }
  }
}
