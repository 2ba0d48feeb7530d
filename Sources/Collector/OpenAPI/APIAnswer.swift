// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// One answer of a call: a status, or a class of them, as `4XX`.
struct APIAnswer: Sendable {
  var status: String
  var description: String
  /// The kind of the body.
  var type = "application/json"
  /// The body; `nil`: there is none, or one that is not told.
  var schema: JSON?
  /// Headers beside those of every answer, with what they say.
  var headers: [(name: String, description: String)] = []
  var examples: [(name: String, value: JSON)] = []
  /// Whether the body may be anything, since it is the cloud's.
  var isForeign = false

  init(
    _ status: HTTPResponse.Status, _ description: String, _ schema: JSON,
    headers: [(name: String, description: String)] = [], examples: [(name: String, value: JSON)] = []
  ) {
    self.status = String(status.code)
    self.description = description
    self.schema = schema
    self.headers = headers
    self.examples = examples
  }

  /// A browser is led elsewhere.
  init(redirect description: String) {
    status = "302"
    self.description = description
    headers = [("Location", "Where to.")]
  }

  /// The collector's own refusals of one status.
  init(_ status: Int, _ errors: [APIError], _ schema: JSON) {
    self.status = String(status)
    description = HTTPResponse.Status(code: status).reasonPhrase + "."
    self.schema = schema
    add(errors)
  }

  /// Answers of the cloud that are handed on as they are.
  init(cloud statuses: String, _ description: String, _ schema: JSON? = nil) {
    status = statuses
    self.description = description
    self.schema = schema
    isForeign = true
  }

  /// Adds refusals: a line each in the description, and the headers that they come with.
  mutating func add(_ errors: [APIError]) {
    var seen = Set<String>()
    let lines = errors.filter { seen.insert($0.code).inserted }.map { "- `\($0.code)`: \($0.meaning)" }
    description += "\n\n" + lines.joined(separator: "\n")
    switch status {
    case "401": headers.append(("WWW-Authenticate", "The kinds of identity that are taken."))
    case "429", "503": headers.append(("Retry-After", "After how many seconds to ask again."))
    default: break
    }
  }

  /// The response object.
  var json: JSON {
    let everywhere = [
      (name: "X-Request-Id", description: "Names the request, in logs too."),
      (name: "Cache-Control", description: "`no-store`."),
    ]
    let shown = (everywhere + headers).map { header in
      let schema = JSON.members(("type", .string(header.name == "Retry-After" ? "integer" : "string")))
      return (
        header.name, Optional(JSON.members(("description", .string(header.description)), ("schema", schema)))
      )
    }
    let examples = examples.map { ($0.name, Optional(JSON.members(("value", $0.value)))) }
    let media = JSON.members(
      ("schema", schema), ("examples", examples.isEmpty ? nil : .object(JSONObject(examples))))
    let content: JSON? = schema == nil ? nil : .object(JSONObject([(type, media)]))
    return .members(
      ("description", .string(description)), ("headers", .object(JSONObject(shown))), ("content", content))
  }
}
