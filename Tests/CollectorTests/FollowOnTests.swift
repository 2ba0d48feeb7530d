// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import HuaweiCloud
import Testing

@testable import Collector
@testable import Simulation

/// What happens to a whole image, and to its server while it is made.
@Suite struct FollowOnTests {
  typealias Scene = SimulatedScene

  static let bucket = JSON.members(("bucket_url", "b:f"), ("file_format", "qcow2"))
  static let project = Scene.project

  static func share(_ images: Int...) -> JSON {
    .members(
      ("images", .array(images.map { .string(Scene.image($0)) })), ("projects", ["fedcba9876543210fedcba9876543210"]))
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var path: String
    var body: JSON
    var code: String?
    var testDescription: String { "\(path) \(body.text)" }
  }

  static let rows: [Row] = [
    Row(path: "/v1/cloudimages/\(Scene.image(65))/file", body: bucket, code: "IMG.0128"),
    Row(path: "/v2.1/cloudimages/\(Scene.image(65))/file", body: bucket, code: "IMG.0128"),
    Row(path: "/v1/cloudimages/\(Scene.image(68))/file", body: bucket),
    Row(path: "/v1/cloudimages/\(Scene.image(66))/copy", body: .members(("name", "c")), code: "IMG.0130"),
    Row(path: "/v2.1/cloudimages/\(Scene.image(68))/copy", body: .members(("name", "c"))),
    Row(
      path: "/v1/cloudimages/\(Scene.image(65))/cross_region_copy",
      body: .members(
        ("name", "c"), ("region", "r"), ("project_name", "p"), ("agency_name", "a"), ("vault_id", .string(Scene.vault)))
    ),
    Row(path: "/v1/cloudimages/members", body: share(65)),
    Row(path: "/v1/cloudimages/members", body: share(66), code: "IMG.0135"),
    Row(path: "/v1/cloudimages/members", body: share(67), code: "IMG.0135"),
    Row(path: "/v1/cloudimages/members", body: share(65, 66), code: "IMG.0135"),
    Row(path: "/v1/cloudimages/members", body: share(68)),
    Row(
      path: "/v2/images/\(Scene.image(66))/members", body: .members(("member", "fedcba9876543210fedcba9876543210")),
      code: "IMG.0135"),
    Row(path: "/v1/cloudimages/00000000-0000-4000-8000-00000000dead/file", body: bucket, code: "IMG.0144"),
  ]

  @Test(arguments: rows) func whatAWholeImageMustNotUndergo(_ row: Row) async throws {
    try await Scene.run { scene in
      let answer = try await scene.api.post(row.path, row.body, headers: Scene.headers)
      #expect(answer.code == row.code, "\(answer.text)")
      #expect((answer.status < 300) == (row.code == nil), "\(answer.text)")
      #expect(scene.count("POST", row.path) == (row.code == nil ? 1 : 0))
      if row.code != nil {
        let id = answer["error"]?["decision_id"]?.string ?? ""
        #expect(try await scene.api.get("/v1/decisions/\(id)")["decision"] == "deny")
        #expect(try await scene.api.call(.post, "/v1/decisions/\(id)/replay")["result"] == "same")
      }
    }
  }

  @Test func aShareWhoseBackupIsGoneIsRefused() async throws {
    try await Scene.run(change: { $0.backups.remove(Scene.cbr(11)) }) { scene in
      let answer = try await scene.api.post("/v1/cloudimages/members", Self.share(65), headers: Scene.headers)
      #expect(answer.status == 400 && answer.code == "WIR.0103", "\(answer.text)")
    }
  }

  @Test func questionsAboutImagesWithoutDoingAnything() async throws {
    try await Scene.run { scene in
      let whole = JSON.members(("image_id", .string(Scene.image(65))))
      let other = JSON.members(("image_id", .string(Scene.image(68))))
      for operation in ["export", "copy_in_region", "publish"] {
        let denied = try await scene.decide(operation, whole)
        let allowed = try await scene.decide(operation, other)
        #expect(denied["decision"] == "deny" && allowed["decision"] == "allow", "\(operation)")
      }
      #expect(try await scene.decide("share", whole)["decision"] == "allow")
      #expect(try await scene.decide("share", Self.share(66))["decision"] == "deny")
      #expect(
        try await scene.decide("start_server", .members(("instance_id", .string(Scene.server))))["decision"] == "allow")
    }
  }

  static let start = JSON.members(("os-start", .members(("servers", [.members(("id", .string(Scene.server)))]))))
  static let batch = "/v1/\(project)/cloudservers/action"

  @Test func whileItsImageIsMadeAServerStaysAsItIs() async throws {
    try await Scene.run { scene in
      try await scene.report()
      #expect(try await scene.compute(.post, Self.batch, Self.start).status == 200)
      let job = try #require(try await scene.order(("instance_id", .string(Scene.server)))["job_id"]?.string)
      let disturbing: [(String, JSON)] = [
        (Self.batch, Self.start),
        (
          Self.batch,
          .members(("os-stop", .members(("servers", [.members(("id", .string(Scene.server)))]), ("type", "HARD"))))
        ),
        (
          Self.batch,
          .members(
            (
              "reboot",
              .members(
                (
                  "servers",
                  [.members(("id", .string(Scene.busy))), .members(("id", .string(Scene.server)))]
                ), ("type", "SOFT"))
            ))
        ),
        ("/v2.1/\(Self.project)/servers/\(Scene.server)/action", .members(("os-start", .null))),
        (
          "/v2.1/\(Self.project)/servers/\(Scene.server.uppercased())/action",
          .members(("reboot", .members(("type", "SOFT"))))
        ),
      ]
      for (path, body) in disturbing {
        let before = scene.count("POST", path)
        let answer = try await scene.compute(.post, path, body)
        #expect(answer.status == 400 && answer.code == "WIR.0212", "\(path) \(answer.text)")
        #expect(answer.text.contains(Scene.server))
        #expect(scene.count("POST", path) == before)
      }
      let detach = "/v1/\(Self.project)/cloudservers/\(Scene.server)/detachvolume/"
      #expect(try await scene.compute(.delete, detach + "128d5bfd-f215-487f-9a4b-54bb0e5c1d02").code == "WIR.0212")
      #expect(try await scene.compute(.delete, detach + "62f0d06b-808d-480d-8f2a-0c4a1d6be001").code != "WIR.0212")
      // Other servers, and other things done to this one.
      let rename = JSON.members(("createImage", .members(("name", "x"))))
      #expect(
        try await scene.compute(.post, "/v2.1/\(Self.project)/servers/\(Scene.server)/action", rename).code
          != "WIR.0212")
      #expect(try await scene.compute(.get, "/v1/\(Self.project)/cloudservers/\(Scene.server)").status == 200)
      // The job is over, and nobody has asked about it: the server is free all the same.
      scene.clock.forward(seconds: 600)
      #expect(try await scene.compute(.post, Self.batch, Self.start).status == 200)
      #expect(try await scene.api.get("/v1/cloudimages/job/\(job)", headers: Scene.headers)["status"] == "SUCCESS")
    }
  }

  /// A job whose end nobody sees does not hold a server for ever.
  @Test func aHoldEndsAfterADay() async throws {
    try await Scene.run(change: { $0.settings.jobSeconds = 1_000_000 }) { scene in
      try await scene.report()
      #expect(try await scene.order(("instance_id", .string(Scene.server))).status == 200)
      #expect(try await scene.compute(.post, Self.batch, Self.start).code == "WIR.0212")
      scene.clock.forward(seconds: 86_401)
      #expect(try await scene.compute(.post, Self.batch, Self.start).status == 200)
    }
  }

  @Test func theServerOfABackupIsProtectedToo() async throws {
    try await Scene.run { scene in
      try await scene.report(ago: 120)
      #expect(try await scene.order(("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR")).status == 200)
      #expect(try await scene.compute(.post, Self.batch, Self.start).code == "WIR.0212")
    }
  }

  @Test func whatHappensOutsideTheGateIsSeen() async throws {
    try await Scene.run { scene in
      try await scene.report()
      let job = try #require(try await scene.order(("instance_id", .string(Scene.server)))["job_id"]?.string)
      try await scene.report("volume-group-on-two-disks")
      scene.clock.forward(seconds: 600)
      #expect(try await scene.api.get("/v1/cloudimages/job/\(job)", headers: Scene.headers)["status"] == "SUCCESS")
      let id = try await scene.api.collector.store.namedByJob(job)
      let notes = try await scene.api.get("/v1/decisions/\(id)")["notes"]?.array ?? []
      #expect(notes.compactMap { $0["kind"]?.string } == ["topology_changed", "suspect"])
    }
    let stopped: @Sendable (inout CloudState) -> Void = { $0.servers.change(Scene.server) { $0["status"] = "SHUTOFF" } }
    try await Scene.run(change: stopped) { scene in
      try await scene.report(ago: 120, boot: "11111111-1111-4111-8111-111111111111")
      let job = try #require(try await scene.order(("instance_id", .string(Scene.server)))["job_id"]?.string)
      try await scene.report(boot: "22222222-2222-4222-8222-222222222222")
      let id = try await scene.api.collector.store.namedByJob(job)
      let notes = try await scene.api.get("/v1/decisions/\(id)")["notes"]?.array ?? []
      #expect(notes.compactMap { $0["kind"]?.string } == ["violated"])
    }
  }

  @Test(arguments: [
    ("GET", "/v2/cloudimages?__whole_image=true&limit=2"), ("GET", "/v2/images/\(Scene.image(65))"),
    ("PUT", "/v1/cloudimages/tags"), ("DELETE", "/v2/images/\(Scene.image(68))"), ("GET", "/v1/cloudimages/quota"),
    ("GET", "/v2/\(project)/images/\(Scene.image(65))/tags"),
  ])
  func everyOtherPathPasses(method: String, path: String) async throws {
    try await Scene.run { scene in
      let body: JSON? = method == "PUT" ? .members(("image_id", .string(Scene.image(65))), ("tag", "k.v")) : nil
      let answer = try await scene.api.call(
        HTTPRequest.Method(method) ?? .get, path, headers: Scene.headers, bytes: body?.canonicalBytes)
      #expect(answer.status < 300, "\(answer.text)")
      #expect(answer.headers[.requestID] != nil)
      #expect(scene.count(method, String(path.prefix { $0 != "?" })) == 1)
    }
    try await Scene.run(configure: { $0.gateOnly = true }) { scene in
      let answer = try await scene.api.call(HTTPRequest.Method(method) ?? .get, path, headers: Scene.headers)
      #expect(answer.status == 404 && answer.code == "WIR.0004")
    }
  }

  @Test(arguments: ["TRACE", "CONNECT"]) func methodsThatAreNotHandedOn(method: String) async throws {
    try await Scene.run { scene in
      let answer = try await scene.api.call(
        HTTPRequest.Method(method) ?? .get, "/v2/images", headers: Scene.headers, bytes: [0x20])
      #expect(answer.status == 405 && answer.code == "WIR.0005", "\(answer.text)")
      #expect(answer.headers[.allow] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
      #expect(scene.cloud.requests(nil)["count"] == 0)
    }
  }

  @Test(arguments: [
    "/v1/cloudimages//members", "/v1/cloudimages/%6dembers/..%2f", "/v1/cloudimages/wholeimages/action/",
    "/V1/CLOUDIMAGES/WHOLEIMAGES/ACTION", "/v1/cloudimages/wholeimages/action.json",
    "/v1/cloudimages/a%2F../wholeimages/action",
  ])
  func noSpellingOfAPathGetsPastTheGate(path: String) async throws {
    try await Scene.run { scene in
      try await scene.report("volume-group-on-two-disks")
      let answer = try await scene.api.post(path, Fixture.order(), headers: Scene.headers)
      #expect((400..<500).contains(answer.status), "\(answer.text)")
      let posts = scene.cloud.requests(nil)["requests"]?.array?.filter { $0["method"] == "POST" }
      #expect(posts?.isEmpty == true)
    }
  }
}

extension Store {
  /// The decision that ordered a job.
  fileprivate func namedByJob(_ job: String) async throws -> String {
    try await read {
      try String.fetchOne($0, sql: "SELECT decision FROM jobs WHERE job_id = ?", arguments: [job]) ?? ""
    }
  }
}
