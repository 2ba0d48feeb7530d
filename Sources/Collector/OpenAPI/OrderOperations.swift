// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import HuaweiCloud

/// The cloud's own calls that the collector answers after its decision.
enum OrderOperations {
  static let all = [create, job, projectJob]

  static let create = APIOperation(
    method: .post, path: WholeImageRequest.path, id: "createWholeImage", tag: .images,
    summary: "Order a whole image",
    description: """
      Checks every parameter, decides with what the server's guest and the cloud say, records the decision, and only \
      then sends the order on, byte for byte and as the caller. The same order again, while its job is not final, has \
      the same answer and orders nothing; so has, for a day, the same `Idempotency-Key`. A refusal is judged anew. If \
      the answer of the cloud is lost, the order is in doubt and is never sent again by itself.
      """,
    roles: [.orchestrator],
    parameters: APIParameter.projects + APIParameter.languages + [
      .header(
        "Idempotency-Key",
        "Names the order within its project: with the same key nothing is ordered twice; another order with it is "
          + "refused.",
        APISchema.text("Printable ASCII without blanks.", pattern: "^[!-~]*$", longest: Int64(OrderRoutes.keyLimit)))
    ],
    body: APIBody(
      description: "The order.", schema: APISchema.named("WholeImageOrder"), limit: OrderRoutes.requestLimit,
      examples: OrderSchemas.examples),
    answers: [
      APIAnswer(
        .ok, "Allowed and ordered.", APISchema.named("JobReference"),
        examples: [("job", .members(("job_id", "4010a32b5f909853015f90aaa24b0015")))]),
      APIAnswer(
        .badRequest, "The order is wrong, or must not be made; `rule` and `decision_id` tell which.",
        APISchema.named("CloudError"), examples: refusals),
      APIAnswer(cloud: "4XX", "The cloud itself refused; nothing was made.", APISchema.named("CloudError")),
    ],
    errors: APIError.parameters + APIError.guests + APIError.cloud
      + APIError.own(
        .idempotencyKeyReused, .noImageService, .imageServiceUnreachable, .inDoubt, .factsKeepChanging,
        .cloudFactsUnavailable))

  private static let refusals: [(name: String, value: JSON)] = [
    ("name too long", CloudError(code: "IMG.0002", message: "name has 129 characters, at most 128 are allowed").json()),
    (
      "dedicated storage",
      CloudError(code: "IMG.0153", message: "Disk /dev/vdb lies on dedicated storage").json(adding: [
        ("decision_id", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"), ("rule", "disk-on-dedicated-storage"),
        ("retry", "after_remedy"),
      ])
    ),
    (
      "spanned volume group",
      CloudError(code: "WIR.0201", message: "Volume group data lies on 2 physical volumes").json(adding: [
        ("decision_id", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"), ("rule", "lvm-volume-group-spans-physical-volumes"),
        ("retry", "after_remedy"),
      ])
    ),
  ]

  private static let jobID = APIParameter.path(
    "job_id", "The job, whoever ordered it.", APIParameter.identifier("4010a32b5f909853015f90aaa24b0015"))

  static let job = APIOperation(
    method: .get, path: "/v1/cloudimages/job/{job_id}", id: "showJobProgress", tag: .images,
    summary: "How far a job is",
    description: "The cloud's own answer, handed on as it is.", roles: [.orchestrator],
    parameters: [jobID, APIParameter.projectHeader] + APIParameter.languages, answers: answers,
    errors: [noJob] + APIError.own(.noImageService, .imageServiceUnreachable))

  static let projectJob = APIOperation(
    method: .get, path: "/v1/{project_id}/jobs/{job_id}", id: "showJob", tag: .images,
    summary: "How far a job is, in the older form",
    description: "The cloud's own answer, handed on as it is.", roles: [.orchestrator],
    parameters: [APIParameter.projectInPath, jobID, APIParameter.projectHeader] + APIParameter.languages,
    answers: answers, errors: [noJob] + APIError.own(.noSuchPath, .noImageService, .imageServiceUnreachable))

  private static let noJob = APIError(400, CloudErrorCode.jobQueryFailed.rawValue, "this is no job")

  private static let answers = [
    APIAnswer(
      .ok, "The job.", APISchema.named("Job"),
      examples: [
        (
          "running",
          .members(
            ("job_id", "4010a32b5f909853015f90aaa24b0015"), ("job_type", "imsCreateWholeImageByInstanceJob"),
            ("status", "RUNNING"), ("begin_time", "2026-01-10T08:00:00.000Z"), ("end_time", ""), ("error_code", .null),
            ("fail_reason", .null),
            (
              "entities",
              .members(
                ("image_name", "whole-web-1"), ("current_task", "create_whole_image"), ("process_percent", .number(0.4))
              )
            ))
        )
      ]),
    APIAnswer(.badRequest, "The cloud knows no such job.", APISchema.named("CloudError")),
    APIAnswer(cloud: "4XX", "The cloud itself refused.", APISchema.named("CloudError")),
    APIAnswer(cloud: "5XX", "The cloud itself failed.", APISchema.named("CloudError")),
  ]
}
