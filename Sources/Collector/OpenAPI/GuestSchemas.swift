// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// Guests, their reports and what is found in them.
enum GuestSchemas {
  static let all: [(String, JSON)] = [
    ("GuestItem", APISchema.whole("A guest.", item)),
    (
      "GuestPage",
      APISchema.whole(
        "A page of guests.",
        [
          ("items", APISchema.list("The guests, by their last change.", of: APISchema.named("GuestItem"))),
          ("next", APISchema.orNull(APISchema.text("`after` of the next page; null on the last one."))),
        ])
    ),
    ("Guest", APISchema.whole("A guest.", item + details)),
    ("Facts", facts),
    (
      "ReportAccepted",
      APISchema.whole(
        "The report is on disk.",
        [("accepted_sequence", APISchema.number("Its number.")), nextReport])
    ),
    (
      "HeartbeatAnswer",
      APISchema.whole(
        "The facts are confirmed.", [("inspect", APISchema.truth("Whether to inspect and report now.")), nextReport])
    ),
    ("Readiness", APISchema.whole("The report on a guest's facts (`wholeimage.report/1`).", report + item)),
    (
      "CaptureReport",
      APISchema.whole(
        "The report on a capture (`wholeimage.report/1`).",
        report + [
          verdict, ("topology_digest", APISchema.digest("Of the data's places.")),
          ("accepted_sequence", APISchema.number("Its number.")),
          ("captured_at", APISchema.orNull(APISchema.time("When it was captured."))),
        ])
    ),
  ]

  private static let nextReport = (
    "next_report_seconds", APISchema.number("After how many seconds the next report is expected.", from: 1)
  )
  private static let verdict = (
    "verdict", APISchema.word("Whether a whole image may be made.", Verdict.allCases.map(\.rawValue))
  )

  private static let item: [(String, JSON)] = [
    ("instance_id", APISchema.text("The guest.")), ("project", APISchema.text("Its project.")),
    ("os_family", APISchema.orNull(APISchema.text("`linux` or `windows`."))), verdict,
    (
      "age_seconds",
      APISchema.orNull(APISchema.number("Seconds since it was last inspected; null if the clocks cannot tell."))
    ),
    ("topology_digest", APISchema.digest("Of the data's places: equal ones mean equal outcomes.")),
    ("revision", APISchema.number("Grows with every change of any guest.")),
  ]

  private static let details: [(String, JSON)] = [
    ("facts_digest", APISchema.digest("Of its facts.")),
    ("boot_id", APISchema.text("Its boot; empty after a capture.")),
    ("report_sequence", APISchema.number("The newest report's number.")),
    ("received_at", APISchema.time("When its facts came.")),
    ("inspected_at", APISchema.time("When they were first seen.")),
    ("confirmed_at", APISchema.time("When they were last confirmed.")),
    ("last_inspected_at", APISchema.time("When they were last seen.")),
    ("enrolled_at", APISchema.orNull(APISchema.time("Since when it has a key of its own; null if it has none."))),
    ("lineage", EnrolmentOperations.lineage),
  ]

  private static let report: [(String, JSON)] = [
    ("schema", .members(("const", "wholeimage.report/1"))), ("scope", APISchema.text("What the verdict is about.")),
    ("profile", APISchema.word("Which hazards are blockers.", Profile.allCases.map(\.rawValue))),
    ("reading", APISchema.word("Which text decides.", Reading.allCases.map(\.rawValue))),
    ("lang", APISchema.word("The language of its texts.", ["en", "zh-CN"])),
    ("rule_set", APISchema.text("Version of the rules.")), ("facts_digest", APISchema.digest("Of the facts.")),
    ("findings", APISchema.list("What each rule found, worst first.", of: APISchema.named("Finding"))),
  ]

  private static let facts = APISchema.object(
    """
    What was seen in a guest (`wholeimage.facts/1`; its JSON Schema is `packaging/schemas/wholeimage.facts-1.schema.json` \
    of the source). Members that are not known are kept.
    """,
    required: ["agent", "collected_at", "guest", "schema"],
    [
      ("schema", .members(("const", "wholeimage.facts/1"))),
      ("collected_at", APISchema.time("When, by the guest's clock.")),
      ("agent", APISchema.object("Who looked.", required: ["version"], [("version", APISchema.text("Its release."))])),
      ("guest", APISchema.object("The server.", [("instance_id", APISchema.text("Its id, as the path has it."))])),
    ])
}
