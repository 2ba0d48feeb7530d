// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HuaweiCloud

/// The image service's jobs, as both queries show them.
enum JobSchemas {
  static let all: [(String, JSON)] = [
    (
      "Job",
      APISchema.object(
        "An asynchronous job.", required: ["job_id", "status"],
        [
          ("status", APISchema.word("How far it is; `FAIL` has no `ED`.", JobStatus.allCases.map(\.rawValue))),
          ("job_id", APISchema.text("The job's id.")),
          ("job_type", APISchema.text("What it does.", example: "imsCreateWholeImageByBackupJob")),
          ("begin_time", APISchema.orNull(APISchema.text("When it began."))),
          ("end_time", APISchema.orNull(APISchema.text("When it ended; empty while it runs."))),
          ("error_code", APISchema.orNull(APISchema.text("Why it failed; null unless it did."))),
          ("fail_reason", APISchema.orNull(APISchema.text("Why it failed, in words."))),
          ("entities", APISchema.orNull(entities)),
        ])
    )
  ]

  private static let entities = APISchema.object(
    "What comes of it.",
    [
      ("image_id", APISchema.text("The image, once there is one.")),
      ("image_name", APISchema.text("Its name.")),
      ("current_task", APISchema.text("What is being done.")),
      (
        "process_percent",
        .members(
          ("type", "number"), ("minimum", 0), ("maximum", 1), ("description", "How far it is, from 0 to 1."))
      ),
    ])
}
