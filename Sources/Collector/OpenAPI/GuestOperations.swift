// SPDX-License-Identifier: Apache-2.0

internal import DiskpartCapture
internal import Facts
internal import HTTPTypes

/// What agents report, and what is known about guests.
enum GuestOperations {
  static let all = [list, show, readiness, facts, putFacts, heartbeat, putCapture]

  private static let verdicts = ["ready", "not_ready", "undetermined"]

  private static let list = APIOperation(
    method: .get, path: "/v1/guests", id: "listGuests", tag: .guests, summary: "Guests by their last change",
    description: "A page of guests. The highest `revision` seen is where the next poll for changes goes on.",
    roles: [.orchestrator],
    parameters: [
      .query("verdict", "Only guests of this verdict.", APISchema.word("A verdict.", verdicts)),
      .query(
        "changed_after", "Only guests that changed after this revision.",
        APISchema.number("A revision.", upTo: .max)),
      .query(
        "limit", "Most items on the page; 100 where it is not given.",
        APISchema.number("A number.", from: 1, upTo: GuestQueryRoutes.largestPage)),
      .query("after", "`next` of the page before.", APISchema.number("A cursor.", upTo: .max)),
      .query("project", "Only this project; else all of the caller's.", .members(("type", "string"))),
    ], answers: [APIAnswer(.ok, "A page.", APISchema.named("GuestPage"))])

  private static func one(
    _ path: String, _ id: String, _ summary: String, _ description: String, _ answer: APIAnswer
  ) -> APIOperation {
    APIOperation(
      method: .get, path: path, id: id, tag: .guests, summary: summary, description: description,
      roles: [.orchestrator],
      parameters: [APIParameter.instanceID] + APIParameter.projects + APIParameter.languages, answers: [answer],
      errors: APIError.own(.noSuchGuest))
  }

  private static let show = one(
    "/v1/guests/{instance_id}", "showGuest", "One guest", "Its verdict, and when it was heard of.",
    APIAnswer(.ok, "The guest.", APISchema.named("Guest")))

  private static let readiness = one(
    "/v1/guests/{instance_id}/readiness", "showReadiness", "What was found in a guest",
    "The report on its facts, by the rules of this release, in the language asked for.",
    APIAnswer(.ok, "The report.", APISchema.named("Readiness")))

  private static let facts = one(
    "/v1/guests/{instance_id}/facts", "showFacts", "A guest's facts", "Byte for byte as they were reported.",
    APIAnswer(
      .ok, "The facts.", APISchema.named("Facts"),
      headers: [
        ("Wholeimage-Boot-Id", "The boot that reported; absent for a capture."),
        ("Wholeimage-Report-Sequence", "The report's number."),
      ]))

  private static let report: [APIParameter] = [
    .header(
      "Wholeimage-Inspected-Ago-Ms",
      "Milliseconds between the inspection and the sending, by the guest's monotonic clock; 0 where it is not given.",
      APISchema.number("Milliseconds.", upTo: GuestReportRoutes.oldestInspection)),
    .header(
      "Wholeimage-Boot-Id", "The guest's boot id (`/proc/sys/kernel/random/boot_id`).",
      APISchema.text("A name of the boot.", pattern: "^[0-9A-Za-z-]{1,64}$")),
    .header(
      "Wholeimage-Boot-Number",
      "With the signature of an enrolled guest: counts the boots in which its key reported. A boot that is over never "
        + "comes back.", APISchema.number("A number.", upTo: GuestReportRoutes.highestSequence)),
  ]

  /// What the reports of enrolled guests, and those about them, can be refused with.
  private static let ofKeys = APIError.own(
    .guestSignatureWrong, .guestKeyRevoked, .guestIsEnrolled, .bootIsOver, .reportOutdated)

  private static let putFacts = APIOperation(
    method: .put, path: "/v1/guests/{instance_id}/facts", id: "reportFacts", tag: .guests, summary: "Report facts",
    description: "What `wholeimage-agent inspect` prints. Answered once it is on disk.", roles: [.agent],
    parameters: [APIParameter.instanceID] + report + [
      .header(
        "Wholeimage-Report-Sequence", "Numbers the reports of one boot; an older one than is stored is refused.",
        APISchema.number("A number.", upTo: GuestReportRoutes.highestSequence))
    ] + APIParameter.projects,
    body: APIBody(
      description: "The facts.", schema: APISchema.named("Facts"), limit: GuestReportRoutes.factsLimit),
    answers: [APIAnswer(.accepted, "Stored.", APISchema.named("ReportAccepted"))],
    errors: APIError.own(.noSuchGuest, .factsMalformed, .factsOfAnother) + ofKeys)

  private static let heartbeat = APIOperation(
    method: .post, path: "/v1/guests/{instance_id}/heartbeat", id: "heartbeat", tag: .guests,
    summary: "Confirm the facts",
    description: """
      The guest was inspected again and is as it was. With `wait` the answer comes when a fresh inspection is wanted, \
      at the latest after so many seconds.
      """,
    roles: [.agent],
    parameters: [APIParameter.instanceID] + report + [
      .query(
        "wait", "For how many seconds it may be held.",
        APISchema.number("Seconds.", upTo: GuestReportRoutes.longestWait))
    ] + APIParameter.projects,
    body: APIBody(
      description: "The digest.",
      schema: APISchema.whole("What is confirmed.", [("facts_digest", APISchema.text("Of the facts."))]),
      limit: GuestReportRoutes.heartbeatLimit,
      examples: [
        (
          "digest",
          .members(
            ("facts_digest", "v1:0000000000000000000000000000000000000000000000000000000000000000"))
        )
      ]),
    answers: [APIAnswer(.ok, "Confirmed.", APISchema.named("HeartbeatAnswer"))],
    errors: APIError.own(.noSuchGuest, .factsWanted) + ofKeys)

  private static let putCapture = APIOperation(
    method: .put, path: "/v1/guests/{instance_id}/captures/diskpart", id: "reportCapture", tag: .guests,
    summary: "Report captured output of diskpart",
    description: "Of a Windows guest, in any language and encoding. Answered with the verdict, once it is on disk.",
    roles: [.agent],
    parameters: [
      APIParameter.instanceID,
      .query(
        "captured_at", "When it was captured; without it nobody knows how old it is.",
        APISchema.text("A time with its offset.", example: "2026-01-10T08:00:00Z")),
    ] + APIParameter.projects + APIParameter.languages,
    body: APIBody(
      description: "What diskpart printed, byte for byte.", type: "application/octet-stream",
      schema: .members(("type", "string"), ("format", "binary")), limit: DiskpartCapture.byteLimit),
    answers: [APIAnswer(.accepted, "Stored and judged.", APISchema.named("CaptureReport"))],
    errors: APIError.own(.noSuchGuest, .factsMalformed) + ofKeys)
}
