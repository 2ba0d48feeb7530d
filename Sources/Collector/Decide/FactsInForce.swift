// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// Which facts of a guest count for a request: those in force at the moment that the image shows.
///
/// A running server is imaged as it is now, a stopped one as it was when it was stopped, a backup as it was when it was
/// made. Facts are in force at a moment if the last inspection before it is at most the allowed age older.
struct FactsInForce: Sendable {
  /// What the image shows.
  enum Occasion: String, Sendable {
    /// The server as it is now.
    case now
    /// The server as it was when its state changed last.
    case stopped
    /// The server as it was when the backup was made.
    case backup
    /// Nothing of any guest: the request is about an image.
    case none
  }

  var occasion: Occasion
  /// The moment; for a running server that of the decision.
  var at: UTCTime
  /// The rows of the guest's history that count, oldest first; several for a backup during which facts changed.
  var records: [FactsRecord] = []
  /// Seconds from the last inspection before the moment until then, rounded up; `nil` if it cannot be told.
  var ageSeconds: Int64?
  /// Whether the moment lies before the first inspection that the history holds.
  var isBeforeHistory = false

  /// How far the cloud's clock and this one's may be apart, in milliseconds.
  static let clockTolerance: Int64 = 300_000

  /// The age in whole seconds, rounded up.
  static func age(at moment: UTCTime, since inspection: UTCTime) -> Int64 {
    max(0, (moment.milliseconds - inspection.milliseconds + 999) / 1000)
  }

  /// What is in force for a request, as far as the store and the cloud can tell.
  static func find(
    _ request: ImageRequest, _ cloud: CloudFacts?, project: String, store: Store, policy: GatePolicy, at now: Moment
  ) async throws -> Result<FactsInForce, Missing> {
    switch request.form {
    case .share, .export, .copyInRegion, .publish, .startServer:
      return .success(FactsInForce(occasion: .none, at: now.wall))
    case .server:
      guard let id = request.serverID, let guest = try await store.guest(project: project, instanceID: id) else {
        return .failure(.guestUnknown)
      }
      return stoppedOrNow(guest, cloud?.server.value, store, now)
    case .csbsBackup, .cbrBackup:
      guard let backup = cloud?.backup.value, let server = backup.serverID.value else {
        return .failure(.backupUnknown)
      }
      guard let began = backup.createdAt.value.flatMap(UTCTime.init(cloud:)) else { return .failure(.timeUnknown) }
      // A backup that nobody says is complete may have gone on until now.
      let ended = max(began, backup.completedAt.value.flatMap(UTCTime.init(cloud:)) ?? now.wall)
      guard let guest = try await store.guest(project: project, instanceID: server) else {
        return .failure(.guestUnknown)
      }
      let allowed = policy.on(guest.facts.source).factsMaxAge
      let from = UTCTime(milliseconds: began.milliseconds - allowed * 1000)
      let history = try await store.history(project: project, instanceID: server, from: from, to: ended)
      return .success(duringBackup(history.records, begins: history.begins, began: began))
    }
  }

  /// Why nothing is in force.
  enum Missing: String, Error, Sendable {
    /// Nothing was ever reported about the guest.
    case guestUnknown = "guest_unknown"
    /// The cloud does not say of which server the backup is.
    case backupUnknown = "backup_unknown"
    /// The cloud does not say when the server was stopped or the backup made.
    case timeUnknown = "time_unknown"
  }

  private static func stoppedOrNow(
    _ guest: GuestRecord, _ server: CloudServer?, _ store: Store, _ now: Moment
  ) -> Result<FactsInForce, Missing> {
    let facts = guest.facts
    guard server?.isRunning == false else {
      let age = facts.ageSeconds(at: now, clockRow: store.clockRow)
      return .success(FactsInForce(occasion: .now, at: now.wall, records: [facts], ageSeconds: age))
    }
    guard let stopped = server?.changedAt.value.flatMap(UTCTime.init(cloud:)) else { return .failure(.timeUnknown) }
    // A guest that goes on reporting is not the one that the cloud stopped.
    let isLater = facts.lastInspected.wall.milliseconds > stopped.milliseconds + clockTolerance
    let age = facts.isTimeKnown && !isLater ? age(at: stopped, since: facts.lastInspected.wall) : nil
    return .success(FactsInForce(occasion: .stopped, at: stopped, records: [facts], ageSeconds: age))
  }

  private static func duringBackup(_ records: [FactsRecord], begins: UTCTime?, began: UTCTime) -> FactsInForce {
    var inForce = FactsInForce(occasion: .backup, at: began, records: records)
    // Of the rows, the last inspection that lies before the moment: a row's inspections go on until its last one.
    let before = records.filter { $0.inspectedAt <= began && $0.isTimeKnown }
    let last = before.map { min($0.lastInspected.wall, began) }.max()
    inForce.ageSeconds = last.map { age(at: began, since: $0) }
    inForce.isBeforeHistory = begins.map { began < $0 } ?? true
    return inForce
  }
}

/// Whether the disks that a stopped server's guest showed are the volumes that the cloud has attached to it.
///
/// A volume that was attached or taken away while the guest could not see it makes the facts those of another server.
struct StoppedDisks: Sendable, Equatable {
  /// Disks of the guest that are none of the volumes.
  var disks: [String]
  /// Volumes that are none of the guest's disks, or were attached since.
  var volumes: [String]

  var areTheSame: Bool { disks.isEmpty && volumes.isEmpty }

  /// Compares both ways; `nil` if the cloud does not tell what is attached.
  init?(_ facts: GuestFacts, _ cloud: CloudFacts, stopped: UTCTime) {
    guard let attachments = cloud.server.value?.attachments.value else { return nil }
    let matching = DiskMatching(facts, cloud)
    disks = matching.disks.filter { matching.volume(of: $0.name) == nil }.map { "/dev/" + $0.name }
    volumes = attachments.map(\.volumeID).filter { id in
      guard matching.device(of: id) != nil else { return true }
      guard let attached = cloud.volume(id)?.attachedAt.value.flatMap(UTCTime.init(cloud:)) else { return true }
      return attached > stopped
    }
  }
}

extension UTCTime {
  /// The moment of one of the cloud's times, which may lack the offset and then are in UTC.
  init?(cloud text: String) {
    let trimmed = text.replacing(" ", with: "T")
    self.init(
      rfc3339: trimmed.hasSuffix("Z") || trimmed.dropFirst(11).contains { "+-".contains($0) } ? trimmed : trimmed + "Z")
  }
}
