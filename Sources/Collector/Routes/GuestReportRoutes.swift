// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Readiness
internal import ServiceLifecycle

/// What agents call: reports and heartbeats.
struct GuestReportRoutes: Sendable {
  /// Largest facts document.
  static let factsLimit = 8 << 20
  /// Largest heartbeat.
  static let heartbeatLimit = 4096
  /// The highest number of a report, the last that every reader of JSON holds exactly (RFC 8259 section 6).
  ///
  /// Leaves room to count on from it, for reports that have no number.
  static let highestSequence: Int64 = (1 << 53) - 1
  /// How long a heartbeat may be held, in seconds.
  static let longestWait: Int64 = 300
  /// When the next report is expected, in seconds.
  static let nextReport: Int64 = 300
  /// The oldest inspection that is taken, in milliseconds: a year.
  static let oldestInspection: Int64 = 366 * 86_400_000

  let store: Store
  let intake: FactsIntake
  let heartbeats: HeldHeartbeats
  let log: Logger

  var routes: [Route] {
    [
      Route(.put, "/v1/guests/{instance_id}/facts", .roles([.agent]), .report, bodyLimit: Self.factsLimit) {
        try await putFacts($0)
      },
      Route(
        .post, "/v1/guests/{instance_id}/heartbeat", .roles([.agent]), .report, bodyLimit: Self.heartbeatLimit
      ) { try await heartbeat($0) },
    ]
  }

  private func putFacts(_ call: Call) async throws -> Response {
    try call.allowQuery(["project"])
    let (project, instance) = try call.reportedGuest()
    let sequence = try call.headerNumber(.reportSequence, upTo: Self.highestSequence)
    let inspected = try inspected(call)
    let body = try await call.body(upTo: Self.factsLimit)
    let reading = try FactsIntake.read(body)
    try FactsIntake.checkIdentity(of: reading.facts, against: instance)
    let verdict = intake.verdict(reading.facts)
    let report = FactsReport(
      project: project, instanceID: instance, authority: try call.authority(),
      bootID: try bootID(call) ?? reading.facts.guest.bootID.value.flatMap(Self.bootID) ?? "", sequence: sequence,
      inspected: inspected, arrived: call.arrived,
      factsDigest: Digest.ofFacts(reading.text, in: body.readableBytesView),
      topologyDigest: reading.facts.topologyDigest, osFamily: reading.facts.guest.os.family.value?.rawValue,
      verdict: verdict.rawValue, judgedBy: intake.policy.basis, body: body)
    switch try await store.ingest(report) {
    case .accepted(let accepted, let previous):
      if previous != report.verdict {
        log.info(
          "guest is now \(report.verdict)",
          metadata: ["guest": "\(project)/\(instance)", "before": "\(previous ?? "unknown")"])
      }
      await heartbeats.reported(.init(project: project, instanceID: instance))
      return .json(
        .members(("accepted_sequence", .integer(accepted)), ("next_report_seconds", .integer(Self.nextReport))),
        status: .accepted)
    case .repeated(let accepted):
      return .json(
        .members(("accepted_sequence", .integer(accepted)), ("next_report_seconds", .integer(Self.nextReport))),
        status: .accepted)
    case .outdated(let stored):
      var error = CallError(
        .conflict, .reportOutdated,
        "Report \(sequence ?? 0) of this boot comes after report \(stored), which is stored; number the next one higher.",
        retry: .afterRemedy)
      error.headers[.reportSequence] = String(stored)
      throw error
    }
  }

  private func heartbeat(_ call: Call) async throws -> Response {
    try call.allowQuery(["project", "wait"])
    let (project, instance) = try call.reportedGuest()
    let wait = try call.queryNumber("wait", upTo: Self.longestWait) ?? 0
    let inspected = try inspected(call)
    let boot = try bootID(call)
    let document = try await call.json(upTo: Self.heartbeatLimit)
    guard let digest = document["facts_digest"]?.string else {
      throw CallError(.badRequest, .wrongValue, "The body must be an object with the string facts_digest.")
    }
    let outcome = try await store.heartbeat(
      project: project, instanceID: instance, authority: try call.authority(), digest: digest, boot: boot,
      inspected: inspected, arrived: call.arrived)
    // Whoever sends a request again gets its answer, and no wish that is meant for the guest.
    if outcome == .repeated { return Self.heartbeatAnswer(inspect: false) }
    guard outcome == .confirmed else {
      throw CallError(
        .conflict, .factsWanted,
        outcome == .unknownGuest
          ? "Nothing is stored about this guest: send its facts in full."
          : "The stored facts are others, or of another boot: send the facts in full.", retry: .afterRemedy)
    }
    let guest = HeldHeartbeats.Guest(project: project, instanceID: instance)
    await heartbeats.reported(guest)
    var inspect = false
    if wait > 0 {
      // Held open, so that a fresh inspection can be asked for; ends early when the collector stops.
      inspect = await cancelWhenGracefulShutdown { await heartbeats.hold(guest, seconds: wait) }
    }
    return Self.heartbeatAnswer(inspect: inspect)
  }

  private static func heartbeatAnswer(inspect: Bool) -> Response {
    .json(.members(("inspect", .bool(inspect)), ("next_report_seconds", .integer(nextReport))))
  }

  /// When the guest was inspected; without the header, when the report arrived.
  private func inspected(_ call: Call) throws(CallError) -> Moment {
    call.arrived.before(milliseconds: try call.headerNumber(.inspectedAgo, upTo: Self.oldestInspection) ?? 0)
  }

  private func bootID(_ call: Call) throws(CallError) -> String? {
    guard let text = call.request.headers[.bootID] else { return nil }
    guard let id = Self.bootID(text) else {
      throw CallError(
        .badRequest, .wrongValue, "Header Wholeimage-Boot-Id must have 1 to 64 letters, digits or hyphens.")
    }
    return id
  }

  private static func bootID(_ text: String) -> String? {
    let isHarmless = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    return (1...64).contains(text.utf8.count) && isHarmless ? text.lowercased() : nil
  }
}

extension Call {
  /// The guest that a report is about; 403 if the caller may not report about it.
  func reportedGuest() throws(CallError) -> (project: String, instance: String) {
    let instance = try instanceID()
    let caller = try identified()
    if let own = caller.instanceID, own != instance {
      throw CallError(.forbidden, .roleForbids, "\(caller.name) may report about \(own) only.")
    }
    return (try project(), instance)
  }

  /// On what the caller stands who reports.
  func authority() throws(CallError) -> ReportAuthority {
    if let guest { return .guestKey(guest.report) }
    return try identified().has(.operator) ? .unbounded : .shared
  }
}
