// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// What supervisors, balancers, monitoring and makers of clients ask.
enum ServiceOperations {
  static let all = [health, readiness, description]

  private static let health = APIOperation(
    method: .get, path: "/healthz", id: "health", tag: .service, summary: "Whether the process answers",
    description: "Looks at nothing else.",
    answers: [APIAnswer(.ok, "It does.", APISchema.whole("Alive.", [("status", .members(("const", "ok")))]))],
    errors: APIError.own(.fault))

  private static let readiness = APIOperation(
    method: .get, path: "/readyz", id: "ready", tag: .service, summary: "Whether requests can be decided",
    description: "Reads from the store and writes to it.",
    answers: [
      APIAnswer(
        .ok, "They can.",
        APISchema.whole(
          "Ready.",
          [
            ("status", .members(("const", "ready"))),
            (
              "image_service",
              APISchema.word("Whether orders can be sent on.", ["configured", "not_configured"])
            ),
          ]))
    ], errors: APIError.own(.storeUnavailable, .fault))

  /// Of the main listener alone.
  static let metrics: APIOperation = {
    var answer = APIAnswer(
      .ok, "The metrics.",
      .members(("type", "string"), ("description", "Prometheus's text format 0.0.4; wholeimage_collector_*.")))
    answer.type = "text/plain"
    return APIOperation(
      method: .get, path: "/metrics", id: "metrics", tag: .service, summary: "Metrics of the collector",
      description: "Guests by verdict, requests that hold a server or a backup, answers by path and status.",
      roles: [.operator], answers: [answer])
  }()

  private static let description = APIOperation(
    method: .get, path: "/openapi.json", id: "describe", tag: .service, summary: "This description",
    description: "Of the listener that is asked: each of them has its own.",
    answers: [
      APIAnswer(
        .ok, "The description.",
        APISchema.object(
          "An OpenAPI document.", required: ["openapi", "info", "paths"], [("openapi", .members(("const", "3.1.0")))])
      )
    ], errors: APIError.own(.fault))
}
