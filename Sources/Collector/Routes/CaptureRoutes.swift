// SPDX-License-Identifier: Apache-2.0

internal import DiskpartCapture
internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Readiness

/// What Windows guests upload: captured output of diskpart, in any language and encoding.
struct CaptureRoutes: Sendable {
  /// How far a guest's clock may be ahead of ours, in milliseconds.
  static let clockSlack: Int64 = 300_000

  let store: Store
  let intake: FactsIntake
  let log: Logger

  var routes: [Route] {
    [
      Route(
        .put, "/v1/guests/{instance_id}/captures/diskpart", .roles([.agent]), .report,
        bodyLimit: DiskpartCapture.byteLimit
      ) { try await put($0) }
    ]
  }

  /// Reads, judges and stores a capture; answers with the report on it.
  private func put(_ call: Call) async throws -> Response {
    try call.allowQuery(["project", "captured_at"])
    let (project, instance) = try call.reportedGuest()
    let taken = try Self.taken(call)
    let body = try await call.body(upTo: DiskpartCapture.byteLimit)
    guard body.readableBytes > 0 else {
      throw CallError(.badRequest, .malformed, "The body is empty; captured output of diskpart is expected.")
    }
    let facts = try Self.read(body, of: instance, at: (taken ?? call.arrived).wall)
    let judgement = intake.judgement(facts, language: call.language)
    let document = facts.json
    let report = FactsReport(
      project: project, instanceID: instance, authority: try call.authority(), bootID: "", sequence: nil,
      inspected: taken ?? call.arrived,
      arrived: call.arrived, factsDigest: Digest.ofFacts(document), topologyDigest: judgement.topologyDigest,
      osFamily: facts.guest.os.family.value?.rawValue, verdict: judgement.verdict.rawValue,
      judgedBy: intake.policy.basis, body: ByteBuffer(bytes: document.canonicalBytes), capture: body,
      isTimeKnown: taken != nil)
    switch try await store.ingest(report) {
    case .accepted(let accepted, let previous):
      if previous != report.verdict {
        log.info(
          "guest is now \(report.verdict) by a capture",
          metadata: ["guest": "\(project)/\(instance)", "before": "\(previous ?? "unknown")"])
      }
      var answer = judgement.members
      answer["accepted_sequence"] = .integer(accepted)
      answer["captured_at"] = taken.map { .string($0.wall.text) } ?? .null
      return .json(.object(answer), status: .accepted)
    case .repeated(let accepted):
      var answer = judgement.members
      answer["accepted_sequence"] = .integer(accepted)
      answer["captured_at"] = taken.map { .string($0.wall.text) } ?? .null
      return .json(.object(answer), status: .accepted)
    case .outdated:
      throw CallError(
        .conflict, .reportOutdated, "A capture that was taken later is stored already; capture again.",
        retry: .afterRemedy)
    }
  }

  /// The facts of a capture; what cannot be read in it is a gap in them.
  private static func read(
    _ body: ByteBuffer, of instance: String, at time: UTCTime
  ) throws(CallError) -> GuestFacts {
    var facts = GuestFacts(collectedAt: time.text, agentVersion: CollectorVersion.number)
    facts.guest.instanceID = .value(instance)
    facts.guest.instanceIDSource = .value("configuration")
    do throws(DiskpartCapture.Refusal) {
      return try DiskpartCapture.read(Array(body.readableBytesView), into: facts)
    } catch {
      throw CallError(.badRequest, .factsMalformed, "Not read: \(error.description).")
    }
  }

  /// When the capture was taken, by the collector's clocks; `nil` if the caller does not say.
  private static func taken(_ call: Call) throws(CallError) -> Moment? {
    guard let text = call.query("captured_at") else { return nil }
    // A plus sign in a query reads as a blank.
    guard let time = UTCTime(rfc3339: text.replacing(" ", with: "+")) else {
      throw CallError(
        .badRequest, .wrongValue, "Query parameter captured_at must be a time as 2024-11-06T06:19:43Z (RFC 3339).")
    }
    let age = call.arrived.wall.milliseconds - time.milliseconds
    guard age >= -clockSlack, age <= GuestReportRoutes.oldestInspection else {
      throw CallError(
        .badRequest, .wrongValue,
        "captured_at is \(time.text), and it is \(call.arrived.wall.text) now: set the guest's clock right.")
    }
    return call.arrived.before(milliseconds: max(0, age))
  }
}
