// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Presentation
internal import Readiness

/// The pages for people: the same data as the calls of the API, behind the same walls.
struct PageRoutes: Sendable {
  /// Guests on a page of the list.
  static let pageLength = 100

  let store: Store
  let clock: CollectorClock
  let intake: FactsIntake

  var routes: [Route] {
    [
      Route(.get, "/", .open) { try start($0) },
      Route(.get, "/ui/", .roles([.orchestrator])) { try await fleet($0) },
      Route(.get, "/ui/guests/{instance_id}", .roles([.orchestrator])) { try await guest($0) },
      // What the rules mean tells nothing of anybody.
      Route(.get, "/ui/rules", .open) { try rules($0) },
      Route(.get, "/ui/rules/{rule}", .open) { try rule($0) },
    ]
  }

  /// Browsers are led to the pages; to programs there is nothing here.
  private func start(_ call: Call) throws -> Response {
    guard Self.takesPages(call.request.headers[values: .accept]) else {
      throw CallError(.notFound, .noSuchPath, "There is nothing at this path.", chinese: "此路径下没有内容。")
    }
    return Response(status: .found, headers: [.location: PagePaths.root, .vary: "Accept"])
  }

  /// Whether `Accept` names HTML (RFC 9110, section 12.5.1); `*/*`, which programs send, does not.
  static func takesPages(_ accept: [String]) -> Bool {
    accept.flatMap { $0.split(separator: ",") }.contains { range in
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
      guard parts.first == "text/html" else { return false }
      return !parts.dropFirst().contains { $0.hasPrefix("q=") && (Double($0.dropFirst(2)) ?? 0) <= 0 }
    }
  }

  private func fleet(_ call: Call) async throws -> Response {
    try call.allowQuery(["verdict", "project", "after", "lang"])
    let paths = try Self.paths(call)
    let caller = try call.identified()
    // A form sends the fields that were left empty, too.
    let project = call.query("project").flatMap { $0.isEmpty ? nil : $0 }
    let projects = try project.map { name throws(CallError) in [try caller.project(named: name)] }
    let word = call.query("verdict").flatMap { $0.isEmpty ? nil : $0 }
    let verdict = word.flatMap(Verdict.init)
    guard verdict != nil || word == nil else {
      throw CallError(
        .badRequest, .wrongValue, "Query parameter verdict must be ready, not_ready or undetermined.")
    }
    let after = try call.queryNumber("after", upTo: .max) ?? 0
    let filter = GuestFilter(
      projects: projects ?? caller.projects, verdict: verdict?.rawValue, after: after, limit: Self.pageLength + 1)
    let guests = try await store.guests(filter)
    let shown = guests.prefix(Self.pageLength)
    let moment = clock.now()
    let items = shown.map { guest in
      FleetPage.Item(
        instanceID: guest.instanceID, project: guest.project, family: guest.osFamily, verdict: guest.verdict,
        ageSeconds: guest.facts.ageSeconds(at: moment, clockRow: store.clockRow))
    }
    let next = guests.count > shown.count ? shown.last.map { String($0.revision) } : nil
    return .page(FleetPage(items: items, verdict: verdict, project: project, next: next).render(paths), paths.language)
  }

  private func guest(_ call: Call) async throws -> Response {
    try call.allowQuery(["project", "lang"])
    let paths = try Self.paths(call)
    let (project, instance) = (try call.project(), try call.instanceID())
    guard let guest = try await store.guestWithFacts(project: project, instanceID: instance) else {
      throw GuestQueryRoutes.unknown(instance)
    }
    let judgement = intake.judgement(try Gate.facts(in: guest.body), language: paths.language)
    let links = paths.linksOfGuest(instance, project: project)
    return .page(HTMLReport.render(judgement, links: links), paths.language)
  }

  private func rules(_ call: Call) throws -> Response {
    try call.allowQuery(["lang"])
    let paths = try Self.paths(call)
    return .page(RulePages.list(RuleSet.current.rules, paths), paths.language)
  }

  private func rule(_ call: Call) throws -> Response {
    try call.allowQuery(["lang"])
    let paths = try Self.paths(call)
    guard let rule = RuleSet.current.rule(call.parameter("rule")) else {
      throw CallError(.notFound, .noSuchPath, "There is no rule of this name.", chinese: "没有此名称的规则。")
    }
    return .page(RulePages.one(rule, paths), paths.language)
  }

  /// The language that the reader chose, else the one that the browser asks for.
  private static func paths(_ call: Call) throws(CallError) -> PagePaths {
    guard let name = call.query("lang") else { return PagePaths(language: call.language, isChosen: false) }
    guard let language = Language(rawValue: name) else {
      throw CallError(.badRequest, .wrongValue, "Query parameter lang must be en or zh-CN.")
    }
    return PagePaths(language: language, isChosen: true)
  }
}

extension Response {
  /// A page, with all that keeps a browser from doing anything but show it.
  fileprivate static func page(_ page: String, _ language: Language) -> Response {
    .bytes(
      ByteBuffer(string: page), type: "text/html; charset=utf-8",
      headers: [
        .contentLanguage: language.rawValue, .vary: "Accept-Language", .contentSecurityPolicy: PagePolicy.header,
        .xContentTypeOptions: "nosniff",
      ])
  }
}
