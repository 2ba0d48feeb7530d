// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// Decisions as they are asked for, answered and recorded.
enum DecisionSchemas {
  static let all: [(String, JSON)] = [
    ("DecisionQuestion", question), ("Finding", finding), ("Decision", APISchema.whole("A decision.", members)),
    (
      "RecordedDecision",
      APISchema.whole("A decision and what became of it.", members + afterwards)
    ),
    ("Replay", replay), ("Essence", essence),
  ]

  private static let verdict = APISchema.word(
    "`undetermined` is never to be treated as `ready`.", Verdict.allCases.map(\.rawValue))

  private static let question = APISchema.whole(
    "What is asked.",
    [
      ("operation", APISchema.word("What would be done.", Operation.allCases.map(\.rawValue))),
      (
        "request",
        APISchema.anything(
          """
          For `create_whole_image` the order itself; for `share` and `start_server` the body of the call for several, \
          which must name one, or `image_id`, `instance_id` or `server_id`; for the others `image_id`.
          """)
      ),
    ])

  private static let finding = APISchema.object(
    "What one rule says (schema `wholeimage.report/1`).",
    required: ["rule", "scope", "outcome", "severity", "hazard", "subjects", "title", "message", "evidence", "remedy"],
    [
      ("rule", APISchema.text("The rule.", example: "lvm-volume-group-spans-physical-volumes")),
      ("scope", APISchema.text("Who shows it: `guest`, `cloud` or `request`.")),
      ("outcome", APISchema.word("What was found.", ["pass", "fail", "unknown", "not_applicable"])),
      ("severity", APISchema.word("Whether it decides.", ["blocker", "warning", "note"])),
      ("hazard", APISchema.text("What goes wrong where the rule fails.")),
      ("reason", APISchema.text("Why, where the outcome alone does not tell.")),
      ("title", APISchema.text("One line.")), ("message", APISchema.text("What is wrong and why it matters.")),
      ("subjects", APISchema.list("What it is about.", of: .members(("type", "object")))),
      ("evidence", APISchema.list("What it rests on.", of: .members(("type", "object")))),
      ("remedy", APISchema.list("What to do.", of: .members(("type", "object")))),
    ])

  private static let members: [(String, JSON)] = [
    ("id", APISchema.text("The decision's id.", pattern: "^[0-9a-f]{32}$")),
    ("operation", APISchema.word("What is asked.", Operation.allCases.map(\.rawValue))),
    ("request", APISchema.anything("The request as it was received.")),
    (
      "asked",
      APISchema.object("What rules look at in it.", required: ["form"], [("form", APISchema.text("Its form."))])
    ),
    ("project", APISchema.text("The project.")),
    ("instance_id", APISchema.text("What it is filed under: the server, else the backup, else the image.")),
    ("caller", APISchema.text("Who asked.")),
    ("decision", APISchema.word("The answer.", ["allow", "deny"])), ("verdict", verdict),
    ("findings", APISchema.list("What each rule found, worst first.", of: APISchema.named("Finding"))),
    (
      "facts",
      APISchema.orNull(
        APISchema.whole(
          "The guest's facts that the findings are about.",
          [
            ("digest", APISchema.digest("Of the facts.")),
            ("topology_digest", APISchema.digest("Of the data's places.")),
            ("age_seconds", APISchema.orNull(APISchema.number("Their age at the moment that counts."))),
            ("source", APISchema.text("Who reported them.")),
          ]))
    ),
    (
      "facts_in_force",
      APISchema.object("Which moment counts, and the facts of that moment; `missing` says why there are none.", [])
    ),
    ("facts_max_age_seconds", APISchema.number("How old facts might be.")),
    ("cloud_facts", APISchema.word("Who answers for what only the cloud knows.", ["required", "delegated"])),
    ("cloud_facts_digest", APISchema.orNull(APISchema.digest("Of the cloud's facts."))),
    ("profile", APISchema.word("Which hazards are blockers.", Profile.allCases.map(\.rawValue))),
    ("reading", APISchema.word("Which text decides.", Reading.allCases.map(\.rawValue))),
    ("rule_set", APISchema.text("Version of the rules.")), ("engine", APISchema.text("The release that decided.")),
    ("lang", APISchema.word("The language of its texts.", ["en", "zh-CN"])), ("decided_at", APISchema.time("When.")),
    (
      "refusal",
      APISchema.orNull(
        APISchema.object(
          "Why not; null where it is allowed.", required: ["code", "message", "reason", "retry"],
          [
            ("code", APISchema.text("The code that the caller gets.")), ("message", APISchema.text("In words.")),
            ("reason", APISchema.text("The kind of refusal, a stable word.")), ("rule", APISchema.text("The rule.")),
            ("retry", APISchema.word("Whether asking again can help.", ["never", "after_remedy", "later"])),
          ]))
    ),
  ]

  private static let afterwards: [(String, JSON)] = [
    ("state", APISchema.word("What became of it.", DecisionState.allCases.map(\.rawValue))),
    ("state_at", APISchema.time("Since when.")),
    ("state_detail", APISchema.orNull(APISchema.text("Why."))),
    ("job_id", APISchema.orNull(APISchema.text("The cloud's job."))),
    ("job_status", APISchema.orNull(APISchema.text("As the cloud last told it."))),
    ("held", APISchema.truth("Whether the server and the backup are held for its image.")),
    (
      "notes",
      APISchema.list(
        "What was seen afterwards.",
        of: APISchema.whole(
          "A note.",
          [
            ("at", APISchema.time("When.")), ("kind", APISchema.text("As `violated`.")),
            ("detail", APISchema.text("In words.")),
          ]))
    ),
  ]

  private static let essence = APISchema.whole(
    "What a decision comes to, without the words.",
    [
      ("decision", APISchema.word("The answer.", ["allow", "deny"])), ("verdict", verdict),
      ("rule_set", APISchema.text("Version of the rules.")),
      ("findings", APISchema.list("Rule, outcome and severity of each.", of: .members(("type", "string")))),
    ])

  private static let replay = APISchema.whole(
    "A decision derived again.",
    [
      ("decision_id", APISchema.text("The decision.")),
      ("result", APISchema.word("What came out.", ["same", "differs"])),
      ("differences", APISchema.list("What differs.", of: .members(("type", "string")))),
      ("recorded", APISchema.named("Essence")), ("derived", APISchema.named("Essence")),
    ])
}
