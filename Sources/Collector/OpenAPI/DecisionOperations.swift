// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes

/// Decisions: to have one made without doing anything, to look one up, to derive one again.
enum DecisionOperations {
  static let all = [decide, show, replay]

  private static let decide = APIOperation(
    method: .post, path: "/v1/decisions", id: "decide", tag: .decisions, summary: "Ask whether something may be done",
    description: "Decides as the call itself would be decided on, and records it. Nothing is sent to do anything.",
    roles: [.orchestrator], parameters: APIParameter.projects + APIParameter.languages,
    body: APIBody(
      description: "What is asked.", schema: APISchema.named("DecisionQuestion"), limit: DecisionRoutes.requestLimit,
      examples: [
        (
          "whole image",
          .members(
            ("operation", "create_whole_image"),
            (
              "request",
              .members(("name", "whole-web-1"), ("instance_id", "877a2cda-ba63-4e1e-b95f-e67e48b6129a"))
            ))
        ),
        (
          "publish",
          .members(
            ("operation", "publish"),
            ("request", .members(("image_id", "fe84dd80-0229-4918-8d3d-cbb33154b565"))))
        ),
      ]),
    answers: [APIAnswer(.ok, "The decision, whether it allows or not.", APISchema.named("Decision"))],
    errors: APIError.parameters + [
      APIError(400, "IMG.0027", "`images` names none"), APIError(400, "IMG.0066", "an image's id is no UUID"),
      APIError(400, "Ecs.0005", "the servers cannot be read"),
    ])

  private static let id = APIParameter.path(
    "id", "The decision.", APISchema.text("Its id.", pattern: "^[0-9a-f]{32}$"))

  private static let show = APIOperation(
    method: .get, path: "/v1/decisions/{id}", id: "showDecision", tag: .decisions, summary: "One decision",
    description: "As it was made, and what became of it.", roles: [.orchestrator], parameters: [id],
    answers: [APIAnswer(.ok, "The decision.", APISchema.named("RecordedDecision"))],
    errors: APIError.own(.noSuchDecision))

  private static let replay = APIOperation(
    method: .post, path: "/v1/decisions/{id}/replay", id: "replayDecision", tag: .decisions,
    summary: "Derive a decision again",
    description: "From the facts and the cloud's facts that it rested on, by the rules of this release.",
    roles: [.orchestrator], parameters: [id],
    answers: [APIAnswer(.ok, "Whether the same comes out.", APISchema.named("Replay"))],
    errors: APIError.own(.noSuchDecision, .inputGone))
}
