// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import HuaweiCloud
import Testing

@testable import Collector
@testable import Simulation

/// The collector in front of a cloud that knows servers, volumes, backups and images: every constraint in every form.
@Suite struct GatewayTests {
  typealias Scene = SimulatedScene

  struct Row: Sendable, CustomTestStringConvertible {
    var what: String
    var members: [(String, JSON)]
    var status: Int
    var code: String?
    var rule: String?

    init(_ what: String, _ members: [(String, JSON)], _ status: Int, _ code: String? = nil, _ rule: String? = nil) {
      self.what = what
      self.members = members
      self.status = status
      self.code = code
      self.rule = rule
    }

    var testDescription: String { what }
  }

  private static func server(_ id: String, vault: String? = nil) -> [(String, JSON)] {
    [("instance_id", .string(id))] + (vault.map { [("vault_id", .string($0))] } ?? [])
  }

  private static func cbr(_ number: Int) -> [(String, JSON)] {
    [("backup_id", .string(Scene.cbr(number))), ("whole_image_type", "CBR")]
  }

  private static func csbs(_ number: Int) -> [(String, JSON)] { [("backup_id", .string(Scene.csbs(number)))] }

  static let rows: [Row] = [
    Row("a good server", server(Scene.server), 200),
    Row("a good server and its vault", server(Scene.server, vault: Scene.vault), 200),
    Row(
      "a frozen vault", server(Scene.server, vault: "de9fcf45-11b2-432c-8562-5c5428574601"), 400, "IMG.0188",
      "vault-unusable"),
    Row(
      "a vault for disks", server(Scene.server, vault: "de9fcf45-11b2-432c-8562-5c5428574602"), 400, "IMG.0193",
      "vault-unusable"),
    Row(
      "no such vault", server(Scene.server, vault: "de9fcf45-11b2-432c-8562-5c5428574609"), 400, "IMG.0184",
      "vault-unusable"),
    Row("on dedicated storage", server(Scene.onDSS), 400, "IMG.0153", "disk-on-dedicated-storage"),
    Row("a task in progress", server(Scene.busy), 400, "IMG.0010", "server-not-settled"),
    Row("no such server", server("00000000-0000-4000-8000-00000000dead"), 400, "IMG.0005", "server-not-settled"),
    Row("a CBR backup", cbr(10), 200),
    Row("a CBR backup with an image", cbr(11), 400, "IMG.0029", "backup-already-imaged"),
    Row("a CBR backup in error", cbr(13), 400, "IMG.0032", "backup-not-available"),
    Row("a CBR backup without system disk", cbr(14), 400, "IMG.0033", "backup-not-available"),
    Row("no such CBR backup", cbr(19), 400, "IMG.0020", "backup-not-available"),
    Row("a CSBS backup", csbs(10), 200),
    Row("a CSBS backup with an image", csbs(11), 400, "IMG.0134", "backup-already-imaged"),
    Row("a CSBS backup with a shared volume", csbs(12), 400, "WIR.0210", "backup-with-shared-volume"),
    Row("a CSBS backup being made", csbs(13), 400, "IMG.0132", "backup-not-available"),
    Row("no such CSBS backup", csbs(19), 400, "IMG.0127", "backup-not-available"),
    Row(
      "a CBR backup without its type", [("backup_id", .string(Scene.cbr(10)))], 400, "IMG.0198", "backup-not-available"),
  ]

  /// What the HTTP answer says, the stored decision and its replay say too.
  @Test(arguments: rows) func everyConstraint(_ row: Row) async throws {
    try await Scene.run { scene in
      // A look before the backups were made, confirmed until now.
      try await scene.report(ago: 120)
      try await scene.report()
      for id in [Scene.onDSS, Scene.withShared, Scene.busy] { try await scene.report(as: id) }
      let answer = try await scene.api.order(
        .object(JSONObject([("name", "web")] + row.members.map { ($0.0, $0.1) })), headers: Scene.headers)
      #expect(answer.status == row.status, "\(answer.text)")
      #expect(answer.code == row.code, "\(answer.text)")
      #expect(answer["error"]?["rule"]?.string == row.rule)
      #expect(!answer.text.contains("(disk ?)"), "\(answer.text)")
      #expect(scene.count("POST", WholeImageRequest.path) == (row.status == 200 ? 1 : 0))
      let ids = try await scene.api.collector.store.read { try String.fetchAll($0, sql: "SELECT id FROM decisions") }
      let id = try #require(ids.first)
      #expect(ids.count == 1)
      if row.status != 200 { #expect(answer["error"]?["decision_id"]?.string == id) }
      let stored = try await scene.api.get("/v1/decisions/\(id)")
      #expect(stored["decision"] == (row.status == 200 ? "allow" : "deny"))
      #expect(stored["verdict"] == (row.status == 200 ? "ready" : "not_ready"))
      let replay = try await scene.api.call(.post, "/v1/decisions/\(id)/replay")
      #expect(replay["result"] == "same", "\(replay.text)")
    }
  }

  @Test func aBackupOlderThanTheHistoryIsUndetermined() async throws {
    try await Scene.run { scene in
      try await scene.report()
      let answer = try await scene.order(("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR"))
      #expect(answer.status == 400 && answer.code == "WIR.0104")
    }
  }

  @Test func factsTooOldAtTheTimeOfTheBackup() async throws {
    try await Scene.run(secondsAfter: 60) { scene in
      try await scene.report(ago: 60 + 901)
      let answer = try await scene.order(("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR"))
      #expect(answer.status == 400 && answer.code == "WIR.0102")
    }
    try await Scene.run(secondsAfter: 60) { scene in
      try await scene.report(ago: 60 + 890)
      #expect(try await scene.order(("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR")).status == 200)
    }
  }

  /// Every layout from the allowed age before the backup until it was complete counts, the worst decides.
  @Test func theWorstLayoutDuringABackupDecides() async throws {
    try await Scene.run { scene in
      try await scene.report("volume-group-on-two-disks", ago: 600)
      try await scene.report("ready", ago: 300)
      let answer = try await scene.order(("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR"))
      #expect(answer.status == 400)
      let record = try await scene.api.get("/v1/decisions/\(answer["error"]?["decision_id"]?.string ?? "")")
      #expect(record["facts_in_force"]?["digests"]?.array?.count == 2)
      let failed = record["findings"]?.array?.filter { $0["outcome"] == "fail" }.compactMap { $0["rule"]?.string } ?? []
      #expect(failed.contains("lvm-volume-group-spans-physical-volumes"))
    }
    // What the guest became after the backup is another matter, if the cloud says when that was complete.
    for (end, status) in [("2026-01-10T08:00:30.000000", 200), (nil, 400)] {
      try await Scene.run(change: { state in
        state.backups.change(Scene.cbr(10)) { $0["protected_at"] = end.map { .string($0) } ?? .null }
      }) { scene in
        try await scene.report("ready", ago: 300)
        try await scene.report("volume-group-on-two-disks")
        let answer = try await scene.order(("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR"))
        #expect(answer.status == status, "\(answer.text)")
      }
    }
  }

  @Test func aStoppedServerIsJudgedAsItWasWhenItStopped() async throws {
    let same: @Sendable (inout CloudState) -> Void = { state in
      // The guest's two volumes at a server that was stopped.
      state.servers.change(Scene.server) { $0["status"] = "SHUTOFF" }
    }
    try await Scene.run(secondsAfter: 100_000, change: same) { scene in
      try await scene.report(ago: 100_000 + 60)
      #expect(try await scene.order(("instance_id", .string(Scene.server))).status == 200)
    }
    // Looked at too long before it was stopped.
    try await Scene.run(secondsAfter: 100_000, change: same) { scene in
      try await scene.report(ago: 100_000 + 901)
      #expect(try await scene.order(("instance_id", .string(Scene.server))).code == "WIR.0102")
    }
    // Another disk inside than the cloud has attached.
    try await Scene.run(secondsAfter: 100_000, change: same) { scene in
      try await scene.report("volume-group-on-two-disks", ago: 100_000 + 60)
      let answer = try await scene.order(("instance_id", .string(Scene.server)))
      #expect(answer.code == "WIR.0105", "\(answer.text)")
    }
    // A volume that was attached since.
    try await Scene.run(
      secondsAfter: 100_000,
      change: { state in
        same(&state)
        state.volumes.change("62f0d06b-808d-480d-8f2a-0c4a1d6be001") { volume in
          guard case .array(let all)? = volume["attachments"], case .object(var one)? = all.first else { return }
          one["attached_at"] = "2026-01-10T09:00:00.000000"
          volume["attachments"] = [.object(one)]
        }
      }
    ) { scene in
      try await scene.report(ago: 100_000 + 60)
      #expect(try await scene.order(("instance_id", .string(Scene.server))).code == "WIR.0105")
    }
  }

  @Test(arguments: [
    ("GET /v1/{p}/cloudservers/{s}", "status"), ("GET /v1/{p}/cloudservers/{s}", "malformed"),
    ("GET /v1/{p}/cloudservers/{s}", "close"), ("GET /v2/{p}/cloudvolumes/{v}", "status"),
    ("GET /v2/{p}/cloudvolumes/{v}", "truncate"),
  ])
  func aCloudThatStumblesIsNeverAllowed(route: String, failure: String) async throws {
    let fault = JSON.members(("route", .string(route)), ("failure", .string(failure)))
    try await Scene.run(change: { state in if let fault = try? Fault(json: fault) { state.faults = [fault] } }) {
      scene in
      try await scene.report()
      let answer = try await scene.order(("instance_id", .string(Scene.server)))
      #expect(answer.status == 503 && answer.code == "WIR.0306", "\(answer.text)")
      #expect(answer.headers[.retryAfter] != nil)
      #expect(scene.count("POST", WholeImageRequest.path) == 0)
    }
    // Once is not often enough.
    let once = JSON.members(("route", .string(route)), ("failure", "status"), ("times", 1))
    try await Scene.run(change: { state in if let fault = try? Fault(json: once) { state.faults = [fault] } }) {
      scene in
      try await scene.report()
      #expect(try await scene.order(("instance_id", .string(Scene.server))).status == 200)
    }
  }

  @Test func withoutAddressesOfTheServicesNothingIsAllowed() async throws {
    try await Scene.run(configure: { $0.volumeService = nil }) { scene in
      try await scene.report()
      let answer = try await scene.order(("instance_id", .string(Scene.server)))
      #expect(answer.status == 503 && answer.code == "WIR.0306")
    }
  }

  @Test func ofTwoOrdersForOneBackupOneIsMade() async throws {
    try await Scene.run { scene in
      try await scene.report(ago: 120)
      let names = ["one", "two", "three", "four"]
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for name in names {
          group.addTask {
            try await scene.api.order(
              .members(("name", .string(name)), ("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR")),
              headers: Scene.headers)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.status == 200 }.count == 1)
      #expect(answers.filter { $0.code == "IMG.0029" }.count == names.count - 1, "\(answers.map(\.text))")
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
    }
  }

  @Test func anOrderInDoubtIsFoundInTheCloud() async throws {
    let drop = JSON.members(("route", "POST /v1/cloudimages/wholeimages/action"), ("failure", "drop"), ("times", 1))
    try await Scene.run(change: { state in if let fault = try? Fault(json: drop) { state.faults = [fault] } }) {
      scene in
      try await scene.report(ago: 120)
      let members: [(String, JSON?)] = [("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR")]
      let first = try await scene.order(members[0], members[1])
      #expect(first.status == 503 && first.code == "WIR.0304")
      let decision = try #require(first["error"]?["decision_id"]?.string)
      #expect(try await scene.api.get("/v1/decisions/\(decision)")["state"] == "in_doubt")
      scene.clock.forward(seconds: 10)
      let second = try await scene.order(members[0], members[1])
      #expect(second.status == 503 && second["error"]?["decision_id"]?.string == decision)
      let record = try await scene.api.get("/v1/decisions/\(decision)")
      #expect(record["state"] == "forwarded")
      #expect(record["state_detail"]?.string?.hasPrefix("found in the cloud: image ") == true)
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
    }
  }

  /// Its job is not known, so the image says when its server is free again; the request is not sent again for that.
  @Test(arguments: [true, false]) func anOrderInDoubtHoldsItsServerUntilItsImageIsMade(_ isOfBackup: Bool) async throws
  {
    let drop = JSON.members(("route", "POST /v1/cloudimages/wholeimages/action"), ("failure", "drop"), ("times", 1))
    let change: @Sendable (inout CloudState) -> Void = { state in
      if let fault = try? Fault(json: drop) { state.faults = [fault] }
      state.settings.jobSeconds = 300
    }
    try await Scene.run(change: change) { scene in
      try await scene.report(ago: isOfBackup ? 120 : 0)
      let members: [(String, JSON?)] =
        isOfBackup
        ? [("backup_id", .string(Scene.cbr(10))), ("whole_image_type", "CBR")]
        : [("instance_id", .string(Scene.server)), ("whole_image_type", nil)]
      let first = try await scene.order(members[0], members[1])
      let decision = try #require(first["error"]?["decision_id"]?.string)
      scene.clock.forward(seconds: 100)
      #expect(try await scene.compute(.post, FollowOnTests.batch, FollowOnTests.start).code == "WIR.0212")
      #expect(try await scene.api.get("/v1/decisions/\(decision)")["held"] == true)
      scene.clock.forward(seconds: 300)
      #expect(try await scene.compute(.post, FollowOnTests.batch, FollowOnTests.start).status == 200)
      #expect(try await scene.api.get("/v1/decisions/\(decision)")["held"] == false)
      #expect(try await scene.order(members[0], members[1]).status == 503)
      #expect(scene.count("POST", WholeImageRequest.path) == 1)
    }
  }

  @Test func ofAnotherProjectNothingIsKnown() async throws {
    try await Scene.run { scene in
      try await scene.report()
      let headers: HTTPFields = [.authToken: "other-project-token", .projectID: "fedcba9876543210fedcba9876543210"]
      let answer = try await scene.api.order(headers: headers)
      #expect(answer.status == 400 && answer.code == "IMG.0005", "\(answer.text)")
    }
  }
}
