// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import NIOCore
internal import Readiness

/// What is known about guests.
struct GuestQueryRoutes: Sendable {
  /// Most items on a page.
  static let largestPage: Int64 = 1000

  let store: Store
  let clock: CollectorClock
  let intake: FactsIntake

  var routes: [Route] {
    [
      Route(.get, "/v1/guests", .roles([.orchestrator])) { try await list($0) },
      Route(.get, "/v1/guests/{instance_id}", .roles([.orchestrator])) { try await one($0) },
      Route(.get, "/v1/guests/{instance_id}/readiness", .roles([.orchestrator])) { try await readiness($0) },
      Route(.get, "/v1/guests/{instance_id}/facts", .roles([.orchestrator])) { try await facts($0) },
    ]
  }

  /// A page of guests by their last change.
  ///
  /// `changed_after` is a revision; `after` is the cursor of the page before. Both count in revisions, so the highest
  /// revision seen is where the next poll for changes goes on.
  private func list(_ call: Call) async throws -> Response {
    try call.allowQuery(["verdict", "project", "changed_after", "limit", "after"])
    let caller = try call.identified()
    let projects = try call.query("project").map { name throws(CallError) in [try caller.project(named: name)] }
    let verdict = call.query("verdict")
    if let verdict, Verdict(rawValue: verdict) == nil {
      throw CallError(
        .badRequest, .wrongValue, "Query parameter verdict must be ready, not_ready or undetermined.")
    }
    let changedAfter = try call.queryNumber("changed_after", upTo: .max) ?? 0
    let after = try call.queryNumber("after", upTo: .max) ?? 0
    let limit = try call.queryNumber("limit", upTo: Self.largestPage) ?? 100
    guard limit > 0 else { throw CallError(.badRequest, .wrongValue, "Query parameter limit must be at least 1.") }
    let filter = GuestFilter(
      projects: projects ?? caller.projects, verdict: verdict, after: max(changedAfter, after), limit: Int(limit) + 1)
    var guests = try await store.guests(filter)
    var next: JSON = .null
    if guests.count > Int(limit) {
      guests.removeLast()
      next = guests.last.map { .string(String($0.revision)) } ?? .null
    }
    let moment = clock.now()
    let items = guests.map { JSON.object(JSONObject($0.json(at: moment, clockRow: store.clockRow))) }
    return .json(.members(("items", .array(items)), ("next", next)))
  }

  private func one(_ call: Call) async throws -> Response {
    try call.allowQuery(["project"])
    let (project, instance) = (try call.project(), try call.instanceID())
    guard let guest = try await store.guest(project: project, instanceID: instance) else {
      throw Self.unknown(instance)
    }
    let key = try await store.guestKey(project: project, instanceID: instance)
    var members = guest.json(at: clock.now(), clockRow: store.clockRow)
    members += [
      ("facts_digest", guest.facts.factsDigest.json), ("boot_id", guest.bootID.json),
      ("report_sequence", .integer(guest.reportSequence)), ("received_at", guest.facts.receivedAt.text.json),
      ("inspected_at", guest.facts.inspectedAt.text.json), ("confirmed_at", guest.facts.confirmedAt.text.json),
      ("last_inspected_at", guest.facts.lastInspected.wall.text.json),
      ("enrolled_at", key?.enrolledAt.text.json ?? .null), ("lineage", key?.parent?.json ?? .null),
    ]
    return .json(.object(JSONObject(members)))
  }

  private func readiness(_ call: Call) async throws -> Response {
    try call.allowQuery(["project"])
    let (guest, body) = try await guestWithFacts(call)
    var judgement = intake.judgement(try Gate.facts(in: body), language: call.language)
    // The digest of the document as it was received; this release may not know all of its members.
    judgement.documentDigest = guest.facts.factsDigest
    var report = judgement.members
    for (key, value) in guest.json(at: clock.now(), clockRow: store.clockRow) where key != "verdict" {
      report[key] = value
    }
    return .json(.object(report))
  }

  private func facts(_ call: Call) async throws -> Response {
    try call.allowQuery(["project"])
    let (guest, body) = try await guestWithFacts(call)
    var headers: HTTPFields = [.bootID: guest.bootID, .reportSequence: String(guest.reportSequence)]
    if guest.bootID.isEmpty { headers[.bootID] = nil }
    return .bytes(body, type: "application/json", headers: headers)
  }

  private func guestWithFacts(_ call: Call) async throws -> (record: GuestRecord, body: ByteBuffer) {
    let (project, instance) = (try call.project(), try call.instanceID())
    guard let guest = try await store.guestWithFacts(project: project, instanceID: instance) else {
      throw Self.unknown(instance)
    }
    return guest
  }

  /// That nothing is known of a guest.
  static func unknown(_ instance: String) -> CallError {
    CallError(.notFound, .noSuchGuest, "Nothing was ever reported about guest \(instance) in this project.")
  }
}
