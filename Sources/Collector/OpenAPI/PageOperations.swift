// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import Readiness

/// The pages for people.
enum PageOperations {
  static let all = [start, fleet, guest, rules, rule]

  private static let lang: APIParameter = .query(
    "lang", "The language of the page; before the header.",
    APISchema.word("A language.", Language.allCases.map(\.rawValue)))

  private static let headers = [
    ("Content-Language", "The language of the page."),
    ("Content-Security-Policy", "Nothing is loaded, run or framed."),
    ("X-Content-Type-Options", "`nosniff`."),
  ]

  private static func answer(_ description: String) -> APIAnswer {
    var answer = APIAnswer(.ok, description, .members(("type", "string")), headers: headers)
    answer.type = "text/html"
    return answer
  }

  private static let start = APIOperation(
    method: .get, path: "/", id: "start", tag: .service, summary: "Leads browsers to the pages",
    description: "Only where `Accept` names `text/html`.",
    answers: [APIAnswer(redirect: "To `/ui/`.")], errors: APIError.own(.noSuchPath, .fault))

  private static let fleet = APIOperation(
    method: .get, path: "/ui/", id: "showFleet", tag: .guests, summary: "The list of guests as a page",
    description: "What `GET /v1/guests` lists, for people.", roles: [.orchestrator],
    parameters: [
      .query(
        "verdict", "Only guests of this verdict; empty: of any.",
        APISchema.word("A verdict.", [""] + Verdict.allCases.map(\.rawValue))),
      .query("project", "Only this project; empty: all of the caller's.", .members(("type", "string"))),
      .query("after", "Where the page before ended.", APISchema.number("A cursor.", upTo: .max)), lang,
    ] + APIParameter.languages, answers: [answer("The list.")])

  private static let guest = APIOperation(
    method: .get, path: "/ui/guests/{instance_id}", id: "showGuestPage", tag: .guests,
    summary: "What was found in a guest, as a page",
    description: "What `wholeimage-agent check --output html` prints, from the guest's newest facts.",
    roles: [.orchestrator],
    parameters: [APIParameter.instanceID, lang] + APIParameter.projects + APIParameter.languages,
    answers: [answer("The page.")], errors: APIError.own(.noSuchGuest))

  private static let rules = APIOperation(
    method: .get, path: "/ui/rules", id: "showRules", tag: .service, summary: "The rules as a page",
    description: "A line each.", parameters: [lang] + APIParameter.languages, answers: [answer("The rules.")],
    errors: APIError.own(.wrongValue, .fault))

  private static let rule = APIOperation(
    method: .get, path: "/ui/rules/{rule}", id: "showRule", tag: .service, summary: "What a rule means, as a page",
    description: "What `wholeimage-agent explain` prints.",
    parameters: [
      .path("rule", "The rule.", APISchema.word("A rule.", RuleSet.current.rules.map(\.id))), lang,
    ] + APIParameter.languages, answers: [answer("The rule.")],
    errors: APIError.own(.noSuchPath, .wrongValue, .fault))
}
