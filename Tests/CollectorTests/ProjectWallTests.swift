// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import HuaweiCloud
import Testing

@testable import Collector

/// Projects are walls: on every call that there is, a caller of one project neither sees nor changes anything of another.
@Suite struct ProjectWallTests {
  /// Who tries to look over the wall: all of project `p1`, with every kind of identity and role.
  enum Intruder: String, CaseIterable {
    case agent, orchestrator, operatorOfOne, key, agentKey, cloudToken

    func headers(_ method: String, _ target: String, _ more: [String: String], body: [UInt8]) throws -> HTTPFields {
      var fields: HTTPFields = [:]
      switch self {
      case .agent: fields = CredentialsTests.bearer("agents")
      case .orchestrator: fields = CredentialsTests.bearer("terraform")
      case .operatorOfOne: fields = CredentialsTests.bearer("overseer")
      case .cloudToken: fields = [.authToken: "good"]
      case .key: return try KeyHolder.terraform.headers(method, target, more, body: body)
      case .agentKey: return try KeyHolder.agents.headers(method, target, more, body: body)
      }
      for (name, value) in more { if let name = HTTPField.Name(name) { fields[name] = value } }
      return fields
    }
  }

  /// Ways to ask for the other project.
  enum Way: CaseIterable { case plain, header, query, both }

  static var document: JSON {
    var members = KeyHolder.document.object ?? JSONObject([])
    if case .array(let tokens)? = members["tokens"] {
      members["tokens"] = .array(tokens + [CredentialsTests.entry("overseer", "operator", projects: ["p1"])])
    }
    return .object(members)
  }

  /// The uuid of the other project's volume group.
  static let volumeGroup = "Hk3nPz-7Qwe-1rTy-U2iO-p4As-D5fG-h6JkLz"

  /// Everything that is stored about `p2`.
  static func stored(_ api: TestAPI) async throws -> String {
    try await api.collector.store.read { db in
      var text = ""
      for table in ["guests", "decisions"] {
        for row in try Row.fetchAll(db, sql: "SELECT * FROM \(table) WHERE project = 'p2' ORDER BY rowid") {
          text += "\(row)\n"
        }
      }
      return text
    }
  }

  @Test(arguments: Intruder.allCases)
  func nobodySeesOrChangesAnotherProject(intruder: Intruder) async throws {
    let service = CloudTokenTests.service(CloudTokenTests.answer(project: "p1"))
    // The cloud itself is the wall around its jobs: it knows whose they are by the identity that goes on.
    let images = FakeCloud { _ in .answer(404, CloudError(code: "IMG.0023", message: "no such job").json()) }
    try await CloudTokenTests.with(service, images: images) { api async throws in
      api.collector.identity.credentials?.value = try Credentials(json: Self.document)
      let owner = CredentialsTests.bearer("admin", project: "p2")
      #expect(try await api.report("volume-group-on-two-disks", headers: owner).status == 202)
      let decision = try await api.decide(headers: owner)
      let id = try #require(decision["id"]?.string)
      let guest = try await api.get("/v1/guests/\(Fixture.guest)", headers: owner)
      let marks = try [
        id, #require(guest["topology_digest"]?.string), #require(guest["facts_digest"]?.string),
        Self.volumeGroup,
      ]
      #expect(try await api.get("/v1/guests/\(Fixture.guest)/facts", headers: owner).text.contains(Self.volumeGroup))
      let before = try await Self.stored(api)
      #expect(before.contains("p2"))
      var calls = 0
      for route in api.collector.table.routes {
        guard case .roles = route.access else { continue }
        for way in Way.allCases {
          var target = route.path.replacing("{instance_id}", with: Fixture.guest).replacing("{id}", with: id)
            .replacing("{project_id}", with: "p2").replacing("{job_id}", with: FakeCloud.job)
          #expect(!target.contains("{"), "a name in a path that this test does not know: \(route.path)")
          if way == .query || way == .both { target += "?project=p2" }
          var headers = ["Content-Type": "application/json"]
          if way == .header || way == .both { headers["X-Project-Id"] = "p2" }
          let body = try Self.body(of: route)
          let answer = try await api.call(
            route.method, target,
            headers: try intruder.headers(route.method.rawValue, target, headers, body: body),
            bytes: body.isEmpty ? nil : body)
          calls += 1
          let call = "\(route.method) \(target) \(way): \(answer.status) \(answer.text)"
          #expect(answer.status != 401, "\(call)")
          #expect(![500, 503].contains(answer.status), "\(call)")
          // What the caller may do it may do in its own project, where there is nothing like it.
          for mark in marks { #expect(!answer.text.contains(mark), "\(call)") }
          if way != .plain, route.access.isOpen(to: intruder), !target.contains("/job/"), !target.contains("/jobs/") {
            // A list is of all projects of the caller's, whatever the header says.
            let isList = ["/v1/guests", "/ui/", "/metrics"].contains(route.path) && way == .header
            #expect([400, 403, 404].contains(answer.status) || isList, "\(call)")
          }
        }
      }
      #expect(calls >= 40)
      #expect(try await Self.stored(api) == before)
      #expect(!images.received.contains { $0.path.hasPrefix("/v1/p2/") || $0.method != "GET" })
      // The same id in the intruder's own project is another guest.
      #expect(try await api.report("ready", headers: CredentialsTests.bearer("agents")).status == 202)
      #expect(try await Self.stored(api) == before)
    }
  }

  /// A body that the call would take from its own caller.
  static func body(of route: Route) throws -> [UInt8] {
    switch route.path {
    case _ where route.method == .get: []
    case "/v1/guests/{instance_id}/facts": try Fixture.bytes("ready")
    case "/v1/guests/{instance_id}/heartbeat": JSON.members(("facts_digest", "v1:0")).canonicalBytes
    case "/v1/decisions":
      JSON.members(("operation", "create_whole_image"), ("request", Fixture.order())).canonicalBytes
    default: Fixture.order().canonicalBytes
    }
  }
}

extension Route.Access {
  fileprivate func isOpen(to intruder: ProjectWallTests.Intruder) -> Bool {
    guard case .roles(let roles) = self else { return true }
    switch intruder {
    case .agent, .agentKey: return roles.contains(.agent)
    case .orchestrator, .key, .cloudToken: return roles.contains(.orchestrator)
    case .operatorOfOne: return true
    }
  }
}
