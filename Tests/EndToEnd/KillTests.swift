// SPDX-License-Identifier: Apache-2.0

import Foundation
import StorageGenerator
import Testing

/// `kill -9` of the collector at every step of an allowed order: nothing that was acknowledged is lost, and of one backup
/// no second image is ordered.
@Suite(.serialized) struct KillTests {
  private static let orders = "POST /v1/cloudimages/wholeimages/action"
  private static let backupRead = "GET /v3/{project}/backups/{id}"

  private static func code(_ answer: WebClient.Answer) -> String {
    (answer.json["error"] as? [String: Any])?["code"] as? String ?? "\(answer.status)"
  }

  private static func decision(_ answer: WebClient.Answer) -> String {
    (answer.json["error"] as? [String: Any])?["decision_id"] as? String ?? ""
  }

  /// Sends an order and kills the collector while the cloud keeps it waiting.
  private func kill(
    _ rig: KilledCollector, _ order: ImageOrder, _ route: String, _ fault: [String: Any]
  ) async throws {
    try await rig.setFaults([fault.merging(["route": route]) { $1 }])
    let before = try await rig.count(route)
    let caller = try SilentCaller(rig.url + ImageOrder.path, headers: CollectorCaller.headers, json: order.members)
    try await rig.wait(for: before + 1, route)
    rig.kill()
    withExtendedLifetime(caller) {}
    try await rig.setFaults([])
    try rig.start()
  }

  @Test func beforeTheDecisionIsOnDisk() async throws {
    let rig = try await KilledCollector(backups: 1)
    defer { rig.stop() }
    try await kill(rig, .backup(0), Self.backupRead, ["delay_ms": 60_000])
    #expect(try rig.decisions(in: "forwarding").isEmpty && rig.decisions(in: "in_doubt").isEmpty)
    let answer = try await rig.caller.order(.backup(0))
    #expect(answer.status == 200, "\(Self.code(answer))")
    #expect(try await rig.jobs(.backup(0)) == [answer.json["job_id"] as? String])
    #expect(try await rig.count(Self.orders) == 1)
  }

  /// The cloud made the image and had not answered yet.
  @Test(arguments: [ImageOrder.backup(0), .server]) func whileTheCloudAnswersSlowly(order: ImageOrder) async throws {
    let rig = try await KilledCollector(backups: 1)
    defer { rig.stop() }
    try await kill(rig, order, Self.orders, ["delay_ms": 60_000])
    let doubtful = try rig.decisions(in: "in_doubt")
    #expect(doubtful.count == 1)
    try await reconciled(rig, order, decision: doubtful.first ?? "")
    // Another order for the same backup is none either.
    if order.source == ImageOrder.backup(0).source {
      #expect(Self.code(try await rig.caller.order(.backup(0, name: "another"))) == "IMG.0029")
    }
    #expect(try await rig.count(Self.orders) == 1)
    #expect(try await rig.jobs(order).count == 1)
  }

  /// The cloud had the order and never did it: nobody knows, until an operator says so.
  @Test func whileTheCloudSaysNothing() async throws {
    let rig = try await KilledCollector(backups: 1)
    defer { rig.stop() }
    try await kill(rig, .backup(0), Self.orders, ["failure": "timeout"])
    let doubtful = try rig.decisions(in: "in_doubt")
    for _ in 0..<3 {
      let again = try await rig.caller.order(.backup(0))
      #expect(again.status == 503 && Self.code(again) == "WIR.0304")
      #expect([Self.decision(again)] == doubtful)
      let other = try await rig.caller.order(.backup(0, name: "another"))
      #expect(Self.code(other) == "IMG.0029")
    }
    #expect(try await rig.count(Self.orders) == 1)
    try rig.resolveAsNotMade(doubtful.first ?? "")
    let answer = try await rig.caller.order(.backup(0))
    #expect(answer.status == 200, "\(Self.code(answer))")
    #expect(try await rig.jobs(.backup(0)) == [answer.json["job_id"] as? String])
    #expect(try await rig.count(Self.orders) == 2)
  }

  /// The job is on record, and the caller has not heard of it.
  @Test func beforeTheCallerHasItsAnswer() async throws {
    let rig = try await KilledCollector(backups: 1)
    defer { rig.stop() }
    let caller = try SilentCaller(
      rig.url + ImageOrder.path, headers: CollectorCaller.headers, json: ImageOrder.backup(0).members)
    let deadline = Date(timeIntervalSinceNow: 60)
    while try rig.decisions(in: "forwarded").isEmpty, Date() < deadline {}
    rig.kill()
    withExtendedLifetime(caller) {}
    try rig.start()
    let jobs = try await rig.jobs(.backup(0))
    let answer = try await rig.caller.order(.backup(0))
    #expect(answer.status == 200 && [answer.json["job_id"] as? String] == jobs)
    #expect(try await rig.count(Self.orders) == 1)
  }

  /// An order whose image the cloud has is found there, and its record says so.
  private func reconciled(_ rig: KilledCollector, _ order: ImageOrder, decision: String) async throws {
    let deadline = Date(timeIntervalSinceNow: 60)
    while Date() < deadline {
      let again = try await rig.caller.order(order)
      #expect(again.status == 503 && Self.code(again) == "WIR.0304" && Self.decision(again) == decision)
      let record = try await rig.caller.call("GET", "/v1/decisions/\(decision)").json
      if record["state"] as? String == "forwarded" {
        let image = (record["state_detail"] as? String)?.split(separator: "found in the cloud: image ").last ?? "-"
        // From now on everybody who asks is told of the image.
        for _ in 0..<2 {
          let told = try await rig.caller.order(order)
          #expect(String(decoding: told.body, as: UTF8.self).contains("The image was made: \(image)"))
        }
        return
      }
    }
    Issue.record("the image of decision \(decision) was not found")
  }

  /// The seed of the moments; another one is `WHOLEIMAGE_KILL_SEED`.
  private static let seed = ProcessInfo.processInfo.environment["WHOLEIMAGE_KILL_SEED"].flatMap { UInt64($0) } ?? 1

  @Test func atAnyMoment() async throws {
    let most = 60
    let rig = try await KilledCollector(backups: most)
    defer { rig.stop() }
    var ends: [String: Int] = [:]
    var reported = 0
    let deadline = Date(timeIntervalSinceNow: 45)
    for number in 0..<most where Date() < deadline {
      var random = SeededRandom(seed: Self.seed, case: number)
      let delay = random.chance(50) ? 0 : random.number(1...25)
      try await rig.setFaults(delay == 0 ? [] : [["route": Self.orders, "delay_ms": delay]])
      // The order and a guest's reports are under way when the process dies.
      let moment = Duration.milliseconds(random.number(0...60))
      let answer = await Self.killed(rig, after: moment, number, reportsFrom: reported)
      reported = max(reported, answer.reported)
      try await rig.setFaults([])
      try rig.start()

      let guest = try await rig.caller.call("GET", "/v1/guests/guest-that-reports").json
      #expect((guest["report_sequence"] as? Int ?? 0) >= reported, "an acknowledged report is lost")
      let end = try await settle(rig, number, acknowledged: answer.job)
      ends[answer.job == nil ? end : "answered", default: 0] += 1
      #expect(try await rig.jobs(.backup(number)).count == 1, "backup \(number), seed \(Self.seed)")
    }
    print("killed \(ends.values.reduce(0, +)) times, seed \(Self.seed): \(ends.sorted { $0.key < $1.key })")
    #expect(ends.values.reduce(0, +) >= 10 && ends.count > 1, "\(ends)")
    let audit = try Program.run("wholeimage-collector", ["audit", "verify", "--database", rig.database])
    #expect(audit.status == 0, "\(audit.errors)")
  }

  /// What a caller and a guest heard before the collector was killed.
  private struct Heard {
    var job: String?
    var reported: Int
  }

  private static func killed(
    _ rig: KilledCollector, after delay: Duration, _ number: Int, reportsFrom sequence: Int
  ) async -> Heard {
    let caller = rig.caller
    let order = Task { try? await caller.order(.backup(number)).json["job_id"] as? String }
    let reports = Task {
      var last = sequence
      while let accepted = try? await caller.report("guest-that-reports", sequence: last + 1) { last = accepted }
      return last
    }
    // It is the moment itself that is tried here, so this is a wait and no synchronisation.
    try? await Task.sleep(for: delay)
    rig.kill()
    return Heard(job: await order.value, reported: await reports.value)
  }

  /// Repeats an order after the restart until it is known what came of it.
  private func settle(_ rig: KilledCollector, _ number: Int, acknowledged: String?) async throws -> String {
    let before = try await rig.jobs(.backup(number))
    let answer = try await rig.caller.order(.backup(number))
    if answer.status == 200 {
      let job = answer.json["job_id"] as? String
      #expect(acknowledged == nil || acknowledged == job, "another job than the caller was told of")
      #expect(before.isEmpty || before == [job], "a second image was ordered")
      return before.isEmpty ? "ordered anew" : "same job"
    }
    #expect(acknowledged == nil, "an acknowledged order is in doubt")
    #expect(answer.status == 503 && Self.code(answer) == "WIR.0304", "\(Self.code(answer))")
    // The last bytes of a killed process may have reached the cloud meanwhile.
    guard try await rig.jobs(.backup(number)).isEmpty else {
      try await reconciled(rig, .backup(number), decision: Self.decision(answer))
      return "found"
    }
    try rig.resolveAsNotMade(Self.decision(answer))
    let again = try await rig.caller.order(.backup(number))
    #expect(again.status == 200, "\(Self.code(again))")
    return "resolved"
  }
}
