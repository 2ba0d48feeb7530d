// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import FoundationEssentials
internal import GRDB
internal import GuestSigning

/// One row of `guest_keys`: the key that a guest enrolled with.
struct GuestKeyRecord: Sendable, Equatable {
  /// Of which guest this one is a copy.
  struct Parent: Sendable, Equatable {
    var instanceID: String
    /// The newest job of this collector's that made a whole image of it; `nil` if none is known.
    var imageJobID: String?

    /// The member `lineage` of a guest.
    var json: JSON {
      .members(("parent_instance_id", instanceID.json), ("image_job_id", imageJobID?.json ?? .null))
    }
  }

  var row: Int64
  var key: GuestPublicKey
  var project: String
  var instanceID: String
  var enrolledAt: UTCTime
  /// From where it enrolled.
  var address: String
  var revokedAt: UTCTime?
  /// `nil` if no other guest's key vouched for this one.
  var parent: Parent?
  /// The name of the token that let it in, if one did.
  var token: String?
  var bootNumber: Int64
  var bootID: String
  /// The last boots that newer ones took the place of, the newest first.
  var pastBoots: [String]
  /// How many of them have come back since the last boot that was never seen before.
  var returns: Int64
  var sequence: Int64
  /// Digest of the last request that was taken.
  var requestDigest: String

  private static let select = """
    SELECT guest_keys.*, parents.instance_id AS parent_instance_id, enrolment_tokens.name AS token_name FROM guest_keys
    LEFT JOIN guest_keys AS parents ON parents.id = guest_keys.parent
    LEFT JOIN enrolment_tokens ON enrolment_tokens.id = guest_keys.token
    """

  init(row: Row) throws {
    self.row = row["id"]
    let bytes = try row.withUnsafeData(named: "public_key") { Array($0 ?? Data()) }
    guard let key = GuestPublicKey(bytes: bytes) else { throw DatabaseError(message: "a guest's key is damaged") }
    self.key = key
    project = row["project"]
    instanceID = row["instance_id"]
    enrolledAt = UTCTime(milliseconds: row["enrolled_at"])
    address = row["address"]
    revokedAt = (row["revoked_at"] as Int64?).map { UTCTime(milliseconds: $0) }
    parent = (row["parent_instance_id"] as String?).map { Parent(instanceID: $0, imageJobID: row["image_job_id"]) }
    token = row["token_name"]
    bootNumber = row["boot_number"]
    bootID = row["boot_id"]
    pastBoots = (row["past_boots"] as String).split(separator: " ").map(String.init)
    returns = row["returns"]
    sequence = row["sequence"]
    requestDigest = row["request_digest"]
  }

  /// The key of a name, in force or not; `nil` if it never enrolled.
  static func find(_ keyID: String, in db: Database) throws -> GuestKeyRecord? {
    let statement = try db.cachedStatement(sql: select + " WHERE guest_keys.key_id = ?")
    return try Row.fetchOne(statement, arguments: [keyID]).map { try GuestKeyRecord(row: $0) }
  }

  /// The key in force of a guest; `nil` if it has none.
  static func inForce(_ project: String, _ instanceID: String, in db: Database) throws -> GuestKeyRecord? {
    let statement = try db.cachedStatement(
      sql: select
        + " WHERE guest_keys.project = ? AND guest_keys.instance_id = ? AND guest_keys.revoked_at IS NULL")
    return try Row.fetchOne(statement, arguments: [project, instanceID]).map { try GuestKeyRecord(row: $0) }
  }

  /// All keys of a guest, the newest first.
  static func all(_ project: String, _ instanceID: String, in db: Database) throws -> [GuestKeyRecord] {
    try Row.fetchAll(
      db, sql: select + " WHERE guest_keys.project = ? AND guest_keys.instance_id = ? ORDER BY guest_keys.id DESC",
      arguments: [project, instanceID]
    ).map { try GuestKeyRecord(row: $0) }
  }

  /// What is told of it to the people who run the collector.
  var json: JSON {
    .members(
      ("key_id", key.id.json), ("enrolled_at", enrolledAt.text.json), ("address", address.json),
      ("token", token?.json ?? .null), ("lineage", parent?.json ?? .null),
      ("revoked_at", revokedAt?.text.json ?? .null), ("boot_number", .integer(bootNumber)))
  }
}
