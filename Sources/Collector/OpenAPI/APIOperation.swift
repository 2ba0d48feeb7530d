// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// One call in the description of the API.
struct APIOperation: Sendable {
  /// The group that a call belongs to.
  enum Tag: String, Sendable, CaseIterable {
    case images = "Whole images"
    case operations = "What whole images undergo"
    case servers = "Servers"
    case decisions = "Decisions"
    case guests = "Guests"
    case service = "Service"

    var description: String {
      switch self {
      case .images: "The cloud's own calls that order a whole image and ask how its job is."
      case .operations: "The cloud's own calls that a whole image must not undergo, or not in every case."
      case .servers: "The cloud's own calls that disturb a server while its image is made."
      case .decisions: "What was decided, and why; and what would be, without doing anything."
      case .guests: "What guests report, and what is known about them."
      case .service: "The collector itself."
      }
    }
  }

  var method: HTTPRequest.Method
  /// As the route has it, or as the cloud's reference writes it for a call that is recognised on its way.
  var path: String
  var id: String
  var tag: Tag
  var summary: String
  var description: String
  /// Who may call; `nil`: everybody.
  var roles: [Role]?
  var parameters: [APIParameter] = []
  var body: APIBody?
  /// The answers that are no errors of the collector's.
  var answers: [APIAnswer]
  /// What can be refused beside what every call can.
  var errors: [APIError] = []

  /// Every answer: one a status, with the errors that any call can have.
  var allAnswers: [APIAnswer] {
    var all = answers
    let every = roles == nil ? errors : APIError.common(hasBody: body != nil) + errors
    for status in Set(every.map(\.status)).sorted() {
      let refusals = every.filter { $0.status == status }
      if let index = all.firstIndex(where: { $0.status == String(status) }) {
        all[index].add(refusals)
      } else {
        // Where the cloud's own answers are handed on, one of that status can be the cloud's.
        let isForeign = answers.contains(where: \.isForeign)
        all.append(APIAnswer(status, refusals, APISchema.named(isForeign ? "CloudError" : "Error")))
      }
    }
    return all
  }

  /// The operation object.
  var json: JSON {
    let parameters = parameters + APIParameter.common
    let answers = allAnswers.map { ($0.status, Optional($0.json)) }
    return .members(
      ("operationId", .string(id)), ("tags", [.string(tag.rawValue)]), ("summary", .string(summary)),
      ("description", .string(description)), ("parameters", .array(parameters.map(\.json))),
      ("requestBody", body?.json), ("responses", .object(JSONObject(answers))),
      // Where it is absent, the security of the whole document holds.
      ("security", roles == nil ? [] : nil),
      ("x-roles", roles.map { .array($0.map { .string($0.rawValue) }) }))
  }
}

/// What a call takes.
struct APIBody: Sendable {
  var description: String
  var type = "application/json"
  var schema: JSON
  /// The largest body, in bytes.
  var limit: Int
  /// Examples by name.
  var examples: [(name: String, value: JSON)] = []
  /// Whether the call makes no sense without.
  var isRequired = true

  var json: JSON {
    let shown = examples.map { ($0.name, Optional(JSON.members(("value", $0.value)))) }
    let content = JSON.members(
      ("schema", schema), ("examples", shown.isEmpty ? nil : .object(JSONObject(shown))))
    return .members(
      ("description", .string("\(description) At most \(limit) bytes.")), ("required", .bool(isRequired)),
      ("content", .object(JSONObject([(type, content)]))), ("x-largest-bytes", .integer(Int64(limit))))
  }
}
