// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import FoundationEssentials
internal import GRDB
internal import GuestSigning
internal import HuaweiCloud

/// A guest that wants to enrol, and has shown that it holds its key.
struct Enrolment: Sendable {
  var instanceID: String
  var key: GuestPublicKey
  /// The request that was signed; later ones must come after it.
  var report: SignedReport
  /// SHA-256 of the enrolment token, in hexadecimal digits; `nil` if it brought none.
  var token: String?
  /// The key of the guest that this one is a copy of, as far as its proof was verified.
  var parent: GuestPublicKey?
  /// Whether the proof is enough, without a token.
  var admitsCopies: Bool
  var address: String
  var at: UTCTime
}

/// What became of an enrolment.
enum EnrolmentOutcome: Sendable, Equatable {
  /// Enrolled; `isNew` is false if it was so before.
  case enrolled(GuestKeyRecord, isNew: Bool)
  /// The key was revoked; it never enrols again.
  case keyRevoked
  /// The key is of another guest.
  case keyOfAnother(String)
  /// The guest has another key.
  case guestHasKey(GuestKeyRecord)
  /// Neither a token nor a parent lets it in.
  case notAdmitted(EnrolmentTokenRecord.Refusal?)
  /// The token let in as many as it may; the last of them.
  case tokenUsedUp(EnrolmentTokenRecord, last: GuestKeyRecord?)
}

extension Store {
  /// Enrols a guest's key.
  ///
  /// The same key for the same guest is enrolled already, however often it is asked.
  func enrol(_ enrolment: Enrolment) async throws -> EnrolmentOutcome {
    try await writes.write { try Self.enrol(enrolment, in: $0) }
  }

  private static func enrol(_ enrolment: Enrolment, in db: Database) throws -> EnrolmentOutcome {
    // A lost answer burns nothing: whoever holds an enrolled key is told so again, with whatever token.
    if let known = try GuestKeyRecord.find(enrolment.key.id, in: db) {
      guard known.instanceID == enrolment.instanceID else { return .keyOfAnother(known.instanceID) }
      return known.revokedAt == nil ? .enrolled(known, isNew: false) : .keyRevoked
    }
    let parent = try enrolment.parent.flatMap { try GuestKeyRecord.find($0.id, in: db) }.flatMap {
      $0.revokedAt == nil && $0.instanceID != enrolment.instanceID ? $0 : nil
    }
    // A copy uses up nobody's token if it needs none.
    if enrolment.admitsCopies, let parent { return try insert(enrolment, parent.project, nil, parent, in: db) }
    guard let hash = enrolment.token, let token = try EnrolmentTokenRecord.find(hash, in: db) else {
      return .notAdmitted(enrolment.token == nil ? nil : .unknown)
    }
    if let refusal = token.refusal(of: enrolment.instanceID, at: enrolment.at) { return .notAdmitted(refusal) }
    if let held = try GuestKeyRecord.inForce(token.project, enrolment.instanceID, in: db) { return .guestHasKey(held) }
    guard token.used < token.uses else { return .tokenUsedUp(token, last: try token.redeemers(1, in: db).first) }
    return try insert(enrolment, token.project, token, parent?.project == token.project ? parent : nil, in: db)
  }

  private static func insert(
    _ enrolment: Enrolment, _ project: String, _ token: EnrolmentTokenRecord?, _ parent: GuestKeyRecord?,
    in db: Database
  ) throws -> EnrolmentOutcome {
    if let held = try GuestKeyRecord.inForce(project, enrolment.instanceID, in: db) { return .guestHasKey(held) }
    let job = try parent.flatMap { try newestImageJob(project, $0.instanceID, before: enrolment.at, in: db) }
    let report = enrolment.report
    try db.cachedStatement(
      sql: """
        INSERT INTO guest_keys (key_id, public_key, project, instance_id, enrolled_at, address, token, parent,
          image_job_id, boot_number, boot_id, sequence, request_digest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        enrolment.key.id, Data(enrolment.key.bytes), project, enrolment.instanceID, enrolment.at.milliseconds,
        enrolment.address, token?.row, parent?.row, job, report.bootNumber, report.bootID, report.sequence,
        report.digest,
      ])
    if let token {
      try db.cachedStatement(sql: "UPDATE enrolment_tokens SET used = used + 1 WHERE id = ?").execute(
        arguments: [token.row])
    }
    guard let record = try GuestKeyRecord.find(enrolment.key.id, in: db) else {
      throw DatabaseError(message: "a guest's key is gone")
    }
    return .enrolled(record, isNew: true)
  }

  /// The newest job that made a whole image of a server, as far as it was ordered through here.
  private static func newestImageJob(
    _ project: String, _ server: String, before: UTCTime, in db: Database
  ) throws -> String? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT job_id FROM decisions WHERE project = ? AND instance_id = ? AND decided_at <= ?
          AND operation = 'create_whole_image' AND state = 'forwarded' AND job_id IS NOT NULL
        ORDER BY decided_at DESC, rowid DESC LIMIT 1
        """)
    return try String.fetchOne(statement, arguments: [project, server, before.milliseconds])
  }
}
