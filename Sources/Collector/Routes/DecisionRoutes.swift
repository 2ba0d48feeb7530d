// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Readiness

/// Decisions without forwarding, looking them up, deriving them again.
struct DecisionRoutes: Sendable {
  /// Largest request.
  static let requestLimit = 12 << 20

  let store: Store
  let gate: Gate
  let questions: Questions
  let log: Logger

  var routes: [Route] {
    [
      Route(.post, "/v1/decisions", .roles([.orchestrator]), .decision, bodyLimit: Self.requestLimit) {
        try await decide($0)
      },
      Route(.get, "/v1/decisions/{id}", .roles([.orchestrator])) { try await show($0) },
      Route(.post, "/v1/decisions/{id}/replay", .roles([.orchestrator]), .decision, bodyLimit: Self.requestLimit) {
        try await replay($0)
      },
    ]
  }

  private func decide(_ call: Call) async throws -> Response {
    try call.allowQuery(["project"])
    let caller = try call.identified()
    let project = try call.project()
    let document = try await call.json(upTo: Self.requestLimit)
    let (operation, json) = try Self.asked(in: document)
    let request = try DecisionRequest.read(operation, json, questions)
    let question = try questions.question(operation, request, json, project, call)
    let decision = try await gate.decide(question)
    let key = RequestKey(project: project, caller: caller.name, digest: Digest.of(json), idempotency: nil)
    let state: DecisionState = decision.ruling.refusal == nil ? .decided : .refused
    let record = try await store.record(decision, key: key, state: state)
    log.notice(
      "asked without forwarding: \(state == .decided ? "allow" : "deny")",
      metadata: [
        "decision": "\(decision.id)", "subject": "\(project)/\(decision.subject)", "caller": "\(caller.name)",
      ])
    return .bytes(ByteBuffer(string: record), type: "application/json")
  }

  private static func asked(in document: JSON) throws(CallError) -> (Operation, JSON) {
    guard case .object(let members) = document else {
      throw CallError(.badRequest, .wrongValue, "The body must be an object, found \(document.kindName).")
    }
    for member in members.members where member.key != "operation" && member.key != "request" {
      throw CallError(.badRequest, .wrongValue, "Unknown member \"\(PlainText.from(member.key))\".")
    }
    guard let word = members["operation"]?.string else {
      throw CallError(.badRequest, .wrongValue, "The member operation must be a string.")
    }
    guard let operation = Operation(rawValue: word) else {
      let known = Operation.allCases.map(\.rawValue).joined(separator: ", ")
      throw CallError(
        .badRequest, .wrongValue, "Unknown operation \"\(PlainText.from(word))\"; there are \(known).")
    }
    guard let request = members["request"] else {
      throw CallError(.badRequest, .wrongValue, "The member request is missing.")
    }
    return (operation, request)
  }

  private func show(_ call: Call) async throws -> Response {
    try call.allowQuery([])
    let row = try await row(call)
    guard case .object(var record)? = try? JSON(parsing: row.record.utf8) else {
      throw CallError(.internalServerError, .fault, "The record of decision \(row.id) cannot be read.", retry: nil)
    }
    record["state"] = .string(row.state.rawValue)
    record["state_at"] = .string(row.stateAt.text)
    record["state_detail"] = row.detail.map { .string($0) } ?? .null
    record["job_id"] = row.jobID.map { .string($0) } ?? .null
    record["held"] = .bool(row.isHeld)
    record["notes"] = .array(try await store.notes(on: row.id))
    record["job_status"] = row.jobStatus.map { .string($0) } ?? .null
    return .json(.object(record))
  }

  private func replay(_ call: Call) async throws -> Response {
    try call.allowQuery([])
    let row = try await row(call)
    return .json(try await Replay(row, store: store).json(id: row.id))
  }

  /// The decision that the path names; of a foreign project as if there were none.
  private func row(_ call: Call) async throws -> DecisionRow {
    let caller = try call.identified()
    guard let row = try await store.decision(call.parameter("id")), caller.projects.contains(row.project) else {
      throw CallError(.notFound, .noSuchDecision, "There is no such decision.")
    }
    return row
  }
}
