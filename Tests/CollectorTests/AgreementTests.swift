// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import HTTPTypes
import HuaweiCloud
import Readiness
import Testing

@testable import Collector
@testable import Simulation

/// For any request at any moment: the HTTP answer, the stored decision, its replay, the question that is only asked, and
/// what the cloud was sent, agree.
@Suite struct AgreementTests {
  typealias Scene = SimulatedScene

  /// Guests and a cloud that change at random, and one request after another.
  struct Play {
    let scene: SimulatedScene
    var random: SeededGenerator
    var jobs: [String] = []
    var last: JSON?
    /// How often each kind of thing came out, so that a run that only ever refuses does not pass for a test.
    var seen: [String: Int] = [:]

    init(_ scene: SimulatedScene, seed: UInt64) {
      self.scene = scene
      random = SeededGenerator(seed: seed)
    }
  }

  @Test(arguments: UInt64(1)...12) func answerRecordAndReplay(seed: UInt64) async throws {
    try await Scene.run(change: { $0.settings.imageQuota = 1000 }) { scene in
      var play = Play(scene, seed: seed)
      for _ in 0..<30 {
        try await play.change()
        if play.random.once(in: 4) { try await play.ask() } else { try await play.order() }
      }
      let chain = try await scene.api.collector.store.read { try DecisionChain.verify($0, expecting: nil) }
      #expect(chain.count > 10)
      #expect(play.seen["allow", default: 0] > 0 && play.seen["deny", default: 0] > 0, "\(play.seen)")
    }
  }
}

extension AgreementTests.Play {
  /// Time goes on, and guests report.
  mutating func change() async throws {
    scene.clock.forward(seconds: random.pick(0, 0, 1, 1, 5, 60, 600))
    if let job = jobs.randomElement(using: &random), random.once(in: 2) {
      _ = try await scene.api.get("/v1/cloudimages/job/\(job)", headers: SimulatedScene.headers)
    }
    let servers = [SimulatedScene.server, SimulatedScene.withShared, SimulatedScene.stopped, SimulatedScene.busy]
    for server in servers where random.once(in: 2) {
      let fixture = random.pick(
        "ready", "ready", "ready", "ready", "ready-renamed", "volume-group-on-two-disks", "disk-that-did-not-answer")
      try await scene.report(fixture, as: server, ago: random.pick(0, 0, 0, 30, 120, 1200))
    }
  }

  private mutating func source() -> [(String, JSON?)] {
    let cbr = JSON.string(SimulatedScene.cbr(random.pick(10, 11, 13, 14, 19)))
    let csbs = JSON.string(SimulatedScene.csbs(random.pick(10, 11, 12, 13, 19)))
    return random.pick(
      [("instance_id", .string(SimulatedScene.server))], [("instance_id", .string(SimulatedScene.server))],
      [
        (
          "instance_id",
          .string(
            random.pick(
              SimulatedScene.onDSS, SimulatedScene.withShared, SimulatedScene.stopped, SimulatedScene.busy,
              "00000000-0000-4000-8000-00000000dead"))
        )
      ],
      [("backup_id", cbr), ("whole_image_type", "CBR")], [("backup_id", csbs)],
      [("backup_id", cbr), ("whole_image_type", "CSBS")], [("instance_id", .string(SimulatedScene.server))],
      [("instance_id", .string(SimulatedScene.server))], [("backup_id", .string(SimulatedScene.cbr(10)))], [])
  }

  private mutating func request() -> JSON {
    var members = source()
    members.append(("name", random.pick("web", "web", "web", "web 2", "整机", "整机", "job-fail", "")))
    let vault = random.pick("00", "00", "00", "01", "02", "09", "", "", "", "", "")
    if !vault.isEmpty { members.append(("vault_id", .string("de9fcf45-11b2-432c-8562-5c54285746" + vault))) }
    if random.once(in: 4) { members.append(("tags", random.pick(["a.b"], ["a.b"], [".b"], [], .null))) }
    if random.once(in: 4) { members.append(("min_ram", random.pick(0, 1024, 2048, -1))) }
    return .object(JSONObject(members))
  }

  /// The decisions that there are, oldest first.
  private func decisions() async throws -> [String] {
    try await scene.api.collector.store.read { try String.fetchAll($0, sql: "SELECT id FROM decisions ORDER BY rowid") }
  }

  private func orders() -> Int { scene.count("POST", WholeImageRequest.path) }

  /// Has something decided that is not done.
  mutating func ask() async throws {
    let image = JSON.members(("image_id", .string(SimulatedScene.image(random.pick(65, 66, 67, 68, 99)))))
    let server = JSON.members(("instance_id", .string(random.pick(SimulatedScene.server, SimulatedScene.stopped))))
    let operation = random.pick("share", "export", "copy_in_region", "publish", "start_server")
    let before = orders()
    let answer = try await scene.decide(operation, operation == "start_server" ? server : image)
    #expect(answer.status == 200, "\(answer.text)")
    try await check(recorded: answer["id"]?.string ?? "", answer.json)
    #expect(orders() == before)
  }

  /// Asks whether an image may be ordered, and orders it.
  mutating func order() async throws {
    let body = last.flatMap { random.once(in: 4) ? $0 : nil } ?? request()
    last = body
    let asked = try await scene.decide("create_whole_image", body)
    let known = try await decisions()
    let before = orders()
    let answer = try await scene.api.order(body, headers: SimulatedScene.headers)
    let made = try await decisions().dropFirst(known.count)
    let sent = orders() - before
    let context = "\(body.text): \(answer.text)"
    guard let last = made.last else {
      // Nothing was decided: the request is wrong, or it is one that was ordered already.
      #expect(sent == 0, "\(context)")
      if let job = answer["job_id"]?.string {
        #expect(jobs.contains(job), "\(context)")
        seen["repeated", default: 0] += 1
      } else {
        #expect(answer.status == 400 && answer["error"]?["decision_id"] == nil, "\(context)")
        #expect(asked.status == 400 && asked.json == answer.json, "\(context)")
        seen["wrong", default: 0] += 1
      }
      return
    }
    let record = try await scene.api.get("/v1/decisions/\(last)")
    if answer.status == 200 {
      #expect(record["decision"] == "allow" && record["verdict"] == "ready", "\(context)")
      #expect(record["state"] == "forwarded" && record["job_id"] == answer["job_id"], "\(context)")
      #expect(sent == 1 && made.count == 1, "\(context)")
      if let job = answer["job_id"]?.string { jobs.append(job) }
    } else if record["decision"] == "allow" {
      // The cloud refuses what it checks itself; its answer is handed on.
      #expect(record["state"] == "not_made" && sent == 1 && answer["error"]?["decision_id"] == nil, "\(context)")
      seen["by the cloud", default: 0] += 1
    } else {
      #expect(sent == 0 && record["state"] == "refused" && record["job_id"] == .null, "\(context)")
      #expect(answer["error"]?["decision_id"]?.string == last, "\(context)")
      #expect(answer["error"]?["code"] == record["refusal"]?["code"], "\(context)")
      #expect(answer["error"]?["retry"] == record["refusal"]?["retry"], "\(context)")
      #expect(answer["error"]?["rule"] == record["refusal"]?["rule"], "\(context)")
      let words = record["refusal"]?["message"]?.string ?? "-"
      #expect(answer["error"]?["message"]?.string?.hasPrefix(words) == true, "\(context)")
      let status = record["refusal"]?["reason"] == "cloud_facts_unavailable" ? 503 : 400
      #expect(answer.status == status, "\(context)")
    }
    #expect(asked["decision"] == record["decision"] && asked["verdict"] == record["verdict"], "\(context)")
    #expect(asked["refusal"]?["code"] == record["refusal"]?["code"], "\(context)")
    for id in made { try await check(recorded: id, nil) }
    try await check(recorded: asked["id"]?.string ?? "", asked.json)
  }

  /// A decision is on record as it was answered, contradicts itself nowhere, and comes out the same again.
  private mutating func check(recorded id: String, _ answered: JSON?) async throws {
    let record = try await scene.api.get("/v1/decisions/\(id)")
    #expect(record.status == 200)
    for member in answered?.object?.members ?? [] { #expect(record[member.key] == member.value, "\(member.key)") }
    let isAllowed = record["decision"] == "allow"
    seen[isAllowed ? "allow" : "deny", default: 0] += 1
    #expect(isAllowed == (record["verdict"] == "ready") && isAllowed == (record["refusal"] == .null), "\(record.text)")
    let failed = record["findings"]?.array?.contains { $0["severity"] == "blocker" && $0["outcome"] == "fail" }
    #expect((record["verdict"] == "not_ready") == (failed == true), "\(record.text)")
    let replay = try await scene.api.call(.post, "/v1/decisions/\(id)/replay")
    #expect(replay.status == 200 && replay["result"] == "same", "\(replay.text)")
  }
}
