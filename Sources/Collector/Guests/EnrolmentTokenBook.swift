// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GRDB
internal import GuestSigning
internal import Journal

/// The enrolment tokens of a collector's database, for the people who run it; also while it is served.
public struct EnrolmentTokenBook: Sendable {
  /// What a new token is for.
  public struct Purpose: Sendable {
    /// The project that guests get into.
    public var project: String
    /// The only guest that it lets in; `nil`: any.
    public var instanceID: String?
    /// How many guests it lets in, 1 to 1,000,000.
    public var uses: Int64
    /// For how many hours it is good, 1 to 87,600; `nil`: until it is used up or revoked.
    public var hours: Int64?
    /// What it is for, in words.
    public var note: String

    /// A token for one guest of a project.
    public init(project: String, instanceID: String? = nil, uses: Int64 = 1, hours: Int64? = nil, note: String = "") {
      self.project = project
      self.instanceID = instanceID
      self.uses = uses
      self.hours = hours
      self.note = note
    }
  }

  /// Redeemers that a list shows of each token, the newest.
  public static let shownRedeemers = 20

  private let records: StoredRecords

  /// Opens a database that a collector has made; throws `.input` for any other.
  public init(database path: String) throws(CollectorFailure) { records = try StoredRecords(path) }

  /// Makes a token and returns it; the database keeps its hash alone.
  public func create(_ purpose: Purpose) throws(CollectorFailure) -> String {
    guard (1...64).contains(purpose.project.utf8.count), PlainText.from(purpose.project) == purpose.project else {
      throw CollectorFailure(.usage, "--project must be a project's id of 1 to 64 bytes")
    }
    guard (1...1_000_000).contains(purpose.uses) else {
      throw CollectorFailure(.usage, "--uses must be from 1 to 1000000, found \(purpose.uses)")
    }
    guard (1...87_600).contains(purpose.hours ?? 1) else {
      throw CollectorFailure(.usage, "--expires must be from 1 to 87600 hours, found \(purpose.hours ?? 0)")
    }
    guard purpose.note.utf8.count <= 256, PlainText.from(purpose.note) == purpose.note else {
      throw CollectorFailure(.usage, "--note must have at most 256 bytes and no control character")
    }
    let instance = purpose.instanceID.flatMap(InstanceID.canonical)
    guard purpose.instanceID == nil || instance != nil else {
      throw CollectorFailure(.usage, "--instance-id: \(InstanceID.rule)")
    }
    guard instance == nil || purpose.uses == 1 else {
      throw CollectorFailure(.usage, "a token for one guest is used once: --uses does not go with --instance-id")
    }
    var random = SystemRandomNumberGenerator()
    // Another beginning than that of the tokens that callers keep, so that nobody takes one for the other.
    let token = "wie_" + Digest.hex((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    let now = UTCTime.now()
    try records.write { db in
      try db.execute(
        sql: """
          INSERT INTO enrolment_tokens (name, sha256, project, instance_id, uses, note, created_at, expires_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          String(RandomIdentifier.make().prefix(12)), TokenDigest.of(token), purpose.project, instance, purpose.uses,
          purpose.note, now.milliseconds, purpose.hours.map { now.milliseconds + $0 * 3_600_000 },
        ])
    }
    return token
  }

  /// The tokens, the oldest first: a line each with tabs between name, state (`open`, `used`, `expired`, `revoked`),
  /// project, the guest it is for, how many it let in of how many, when it was made, when it ends, and its note.
  ///
  /// Below each, after a tab, whom it let in: the guest, when, from which address, and its key.
  public func list(project: String? = nil) throws(CollectorFailure) -> [String] {
    let now = UTCTime.now()
    return try records.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM enrolment_tokens WHERE ? IS NULL OR project = ? ORDER BY id",
        arguments: [project, project]
      ).flatMap { row in
        let token = EnrolmentTokenRecord(row: row)
        let fields = [
          token.name, Self.state(of: token, at: now), token.project, token.instanceID ?? "-",
          "\(token.used)/\(token.uses)", token.createdAt.text, token.expiresAt?.text ?? "-",
          token.note.isEmpty ? "-" : token.note,
        ]
        let redeemers = try token.redeemers(Self.shownRedeemers, in: db).map { key in
          "\t" + [key.instanceID, key.enrolledAt.text, key.address, key.key.id].joined(separator: "\t")
        }
        return [fields.map { PlainText.from($0) }.joined(separator: "\t")] + redeemers
      }
    }
  }

  /// Ends a token, whom it let in stays; throws `.input` if there is none of that name.
  public func revoke(_ name: String) throws(CollectorFailure) {
    let changed = try records.write { db in
      try db.execute(
        sql: "UPDATE enrolment_tokens SET revoked_at = COALESCE(revoked_at, ?) WHERE name = ?",
        arguments: [UTCTime.now().milliseconds, name])
      return db.changesCount
    }
    guard changed == 1 else {
      throw CollectorFailure(.input, "there is no enrolment token \(PlainText.from(name)) in \(records.path)")
    }
  }

  private static func state(of token: EnrolmentTokenRecord, at now: UTCTime) -> String {
    if token.revokedAt != nil { return "revoked" }
    if token.used >= token.uses { return "used" }
    return token.refusal(of: token.instanceID ?? "", at: now) == .expired ? "expired" : "open"
  }
}
