// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// What supervisors, balancers and makers of clients ask; open to all.
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
