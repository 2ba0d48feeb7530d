// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import GuestSigning
internal import Journal

/// A request that a guest's key has signed, as far as it says which report it is.
struct SignedReport: Sendable, Equatable {
  var keyID: String
  var bootNumber: Int64
  var bootID: String
  var sequence: Int64
  /// Digest of what was signed: equal ones are the same request.
  var digest: String

  init(_ claim: SignatureClaim) {
    keyID = claim.keyID
    bootNumber = claim.request.bootNumber
    bootID = claim.request.bootID.lowercased()
    sequence = claim.request.sequence
    digest = Digest.of(bytes: Array(claim.request.base(keyID: claim.keyID).utf8))
  }
}

/// On what somebody stands who reports about a guest.
enum ReportAuthority: Sendable, Equatable {
  /// The guest's own key.
  case guestKey(SignedReport)
  /// A token or a key that several guests may share: not for guests that have a key of their own.
  case shared
  /// An operator, or anybody where there are no credentials.
  case unbounded
}

/// Why a report is not taken, whatever is in it.
enum ReportRefusal: Error, Equatable {
  /// The guest has a key, and the report is not signed with it.
  case guestIsEnrolled
  /// The key was revoked since the request came in.
  case keyNotInForce
  /// A report of the same boot with that number was taken already.
  case outdated(stored: Int64)
  /// The boot is over, or another one has its number: that of the newest boot.
  case bootIsOver(number: Int64)
  /// Boots that are over keep coming back: two servers report with one key, turn by turn.
  case keyIsShared(keyID: String, instanceID: String)
}

extension Store {
  /// The key of a name with its guest; `nil` if it never enrolled.
  func guestKey(_ keyID: String) async throws -> GuestKeyRecord? {
    try await read { try GuestKeyRecord.find(keyID, in: $0) }
  }

  /// The key in force of a guest; `nil` if it has none.
  func guestKey(project: String, instanceID: String) async throws -> GuestKeyRecord? {
    try await read { try GuestKeyRecord.inForce(project, instanceID, in: $0) }
  }

  /// Admits a report, in the transaction that stores it, so that of two with one number one is stored.
  ///
  /// Returns whether it is the very request that was taken last: then it was stored, and its answer was lost. Nothing
  /// may be stored of it again, else whoever kept a request could keep its facts young.
  static func admit(
    _ authority: ReportAuthority, _ project: String, _ instanceID: String, in db: Database
  ) throws -> Bool {
    switch authority {
    case .unbounded: return false
    case .shared:
      guard try GuestKeyRecord.inForce(project, instanceID, in: db) == nil else { throw ReportRefusal.guestIsEnrolled }
      return false
    case .guestKey(let report):
      guard let key = try GuestKeyRecord.find(report.keyID, in: db), key.revokedAt == nil, key.project == project,
        key.instanceID == instanceID
      else { throw ReportRefusal.keyNotInForce }
      return try admit(report, after: key, in: db)
    }
  }

  private static func admit(_ report: SignedReport, after key: GuestKeyRecord, in db: Database) throws -> Bool {
    let isSameBoot = report.bootID == key.bootID
    guard report.bootNumber > key.bootNumber || (report.bootNumber == key.bootNumber && isSameBoot) else {
      throw ReportRefusal.bootIsOver(number: key.bootNumber)
    }
    if isSameBoot, report.sequence <= key.sequence {
      if report.digest == key.requestDigest { return true }
      throw ReportRefusal.outdated(stored: key.sequence)
    }
    if !isSameBoot { try changeBoot(to: report.bootID, of: key, in: db) }
    try db.cachedStatement(
      sql: "UPDATE guest_keys SET boot_number = ?, boot_id = ?, sequence = ?, request_digest = ? WHERE id = ?"
    ).execute(arguments: [report.bootNumber, report.bootID, report.sequence, report.digest, key.row])
    return false
  }

  /// So many boots are remembered; servers that take turns are two.
  private static let mostPastBoots = 8

  /// Notes that a boot takes another one's place.
  ///
  /// One that is over may come back once: a machine that was put back to an earlier state of its memory goes on where it
  /// was. That the other one comes back as well means that both are alive.
  private static func changeBoot(to boot: String, of key: GuestKeyRecord, in db: Database) throws {
    let returns = key.pastBoots.contains(boot) ? key.returns + 1 : 0
    guard returns < 2 else { throw ReportRefusal.keyIsShared(keyID: key.key.id, instanceID: key.instanceID) }
    // None before the first report.
    let past = ([key.bootID] + key.pastBoots).filter { $0 != boot && !$0.isEmpty }.prefix(mostPastBoots)
    try db.cachedStatement(sql: "UPDATE guest_keys SET past_boots = ?, returns = ? WHERE id = ?")
      .execute(arguments: [past.joined(separator: " "), returns, key.row])
  }

  /// Does a write that admits a report.
  ///
  /// A key that two servers report with is revoked, so that each has to enrol anew and one of them gets the record: by a
  /// write of its own, since what the first one did is taken back.
  func admitting<Outcome: Sendable>(_ write: @escaping @Sendable (Database) throws -> Outcome) async throws -> Outcome {
    do { return try await writes.write(write) } catch let refusal as ReportRefusal {
      if case .keyIsShared(let keyID, _) = refusal {
        let now = UTCTime.now().milliseconds
        try await writes.write { db in
          try db.execute(
            sql: "UPDATE guest_keys SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL",
            arguments: [now, keyID])
        }
      }
      throw refusal
    }
  }
}
