// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Agent, collector and a stand-in cloud together: the main job from end to end.
@Suite(.serialized) struct GateTests {
  /// A collector before a simulated cloud, with a database of its own.
  private final class Gate {
    let folder: String
    let cloud: Service
    let collector: Service
    let url: String

    init(_ options: [String] = []) throws {
      folder = NSTemporaryDirectory() + "wholeimage-gate-" + UUID().uuidString
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      cloud = try Service("wholeimage-simulator", ["cloud", "--listen", "127.0.0.1:0", "--job-seconds", "1"])
      let cloudURL = "http://" + (try cloud.said("the cloud is at http://"))
      collector = try Service(
        "wholeimage-collector",
        [
          "serve", "--listen", "127.0.0.1:0", "--database", "sqlite:\(folder)/collector.db", "--ims-url", cloudURL,
          "--cloud-facts", "delegated",
        ] + options)
      url = "http://" + (try collector.said("serving http://"))
    }

    func stop() {
      collector.stop()
      cloud.stop()
      try? FileManager.default.removeItem(atPath: folder)
    }

    func order(_ name: String, _ instance: String) async throws -> WebClient.Answer {
      let body = try JSONSerialization.data(withJSONObject: ["name": name, "instance_id": instance])
      return try await WebClient.send("POST", "\(url)/v1/cloudimages/wholeimages/action", body: body)
    }
  }

  private static let instance = "877a2cda-ba63-4e1e-b95f-e67e48b6129a"

  private func machine(_ fixture: String, _ names: [String]) throws -> RecordedMachine {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, serial: "root0", content: [Fixture.ext4()])
    try machine.mount("vda", on: "/", type: "ext4")
    for (device, name) in zip(try Fixture.devices(fixture), names) {
      try machine.addDisk(name, size: device.size, serial: "data-\(name)", content: device.content)
    }
    return machine
  }

  private func report(_ machine: RecordedMachine, to gate: Gate, as instance: String) async throws -> WebClient.Answer {
    let facts = try Program.run("wholeimage-agent", ["inspect", "--root", machine.path, "--instance-id", instance])
    #expect(facts.status == 0)
    return try await WebClient.send(
      "PUT", "\(gate.url)/v1/guests/\(instance)/facts", body: Data(facts.output.utf8),
      headers: [
        "Wholeimage-Report-Sequence": String(Int(Date().timeIntervalSince1970 * 1000)),
        "Wholeimage-Boot-Id": "0a1b2c3d-0000-4000-8000-000000000001", "Wholeimage-Inspected-Ago-Ms": "0",
      ])
  }

  @Test func aReadyServerGetsItsImage() async throws {
    let gate = try Gate()
    defer { gate.stop() }
    let machine = try machine("linear", ["vdb"])
    #expect(try Program.run("wholeimage-agent", ["check", "--root", machine.path]).status == 0)
    #expect(try await report(machine, to: gate, as: Self.instance).status == 202)
    let guest = try await WebClient.send("GET", "\(gate.url)/v1/guests/\(Self.instance)")
    #expect(guest.status == 200 && guest.json["verdict"] as? String == "ready")
    let answer = try await gate.order("clean", Self.instance)
    #expect(answer.status == 200)
    let job = try #require(answer.json["job_id"] as? String)
    #expect(job.count == 32)
    var seen: [String] = []
    let deadline = Date(timeIntervalSinceNow: 60)
    while seen.last != "SUCCESS", Date() < deadline {
      let status = try await WebClient.send("GET", "\(gate.url)/v1/cloudimages/job/\(job)")
      #expect(status.status == 200)
      let word = status.json["status"] as? String ?? ""
      if seen.last != word { seen.append(word) }
      if word == "FAIL" { break }
    }
    #expect(seen.last == "SUCCESS" && seen.allSatisfy(["INIT", "RUNNING", "SUCCESS"].contains))
    let old = try await WebClient.send("GET", "\(gate.url)/v1/0123456789abcdef0123456789abcdef/jobs/\(job)")
    #expect(old.status == 200 && old.json["status"] as? String == "SUCCESS")
  }

  @Test func agentAndCollectorRefuseWithTheSameFinding() async throws {
    let gate = try Gate()
    defer { gate.stop() }
    let machine = try machine("striped", ["vdb", "vdc"])
    let check = try Program.run("wholeimage-agent", ["check", "--root", machine.path, "--output", "json"])
    #expect(check.status == 1)
    let report = try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any]
    let worst = try #require((report?["findings"] as? [[String: Any]])?.first)
    #expect(try await self.report(machine, to: gate, as: Self.instance).status == 202)
    let answer = try await gate.order("spanned", Self.instance)
    #expect(answer.status == 400)
    let error = try #require(answer.json["error"] as? [String: Any])
    #expect(error["rule"] as? String == worst["rule"] as? String)
    #expect(error["retry"] as? String == "after_remedy")
    let id = try #require(error["decision_id"] as? String)
    let decision = try await WebClient.send("GET", "\(gate.url)/v1/decisions/\(id)")
    #expect(decision.json["decision"] as? String == "deny" && decision.json["verdict"] as? String == "not_ready")
    let findings = decision.json["findings"] as? [[String: Any]] ?? []
    let same = findings.first { $0["rule"] as? String == worst["rule"] as? String }
    #expect(same?["title"] as? String == worst["title"] as? String)
    #expect(same?["message"] as? String == worst["message"] as? String)
    let replay = try await WebClient.send("POST", "\(gate.url)/v1/decisions/\(id)/replay")
    #expect(replay.status == 200 && String(decoding: replay.body, as: UTF8.self).contains("same"))
  }

  @Test func whoIsNotKnownIsRefused() async throws {
    let gate = try Gate()
    defer { gate.stop() }
    let unknown = try await gate.order("unknown", "00000000-0000-4000-8000-000000000000")
    #expect(unknown.status == 400)
    #expect((unknown.json["error"] as? [String: Any])?["code"] is String)
    let guest = try await WebClient.send("GET", "\(gate.url)/v1/guests/00000000-0000-4000-8000-000000000000")
    #expect(guest.status == 404)
  }

  /// A decision that needs fresher facts than were reported has the agent look again, through the heartbeat that it holds
  /// open; and another one is held when what lies between has cut the first, here by a collector that is started anew.
  @Test func aDecisionHasTheAgentLookAgain() async throws {
    let options = ["--facts-max-age", "2"]
    let gate = try Gate(options)
    defer { gate.stop() }
    let daemon = try Service(
      "wholeimage-agent",
      [
        "run", "--socket", "\(gate.folder)/agent.sock", "--instance-id", Self.instance, "--collector", gate.url,
      ])
    defer { daemon.stop() }
    _ = try daemon.said("the collector has this server's facts")
    /// The age of the facts that a decision was made on, once they are older than is allowed.
    func decidedAge() async throws -> Int {
      // As long as it takes for the facts to be too old.
      let poll = "GET /v1/readiness?wait=3 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
      _ = try UnixCaller("\(gate.folder)/agent.sock", poll).answer()
      let body = Data(
        #"{"operation":"create_whole_image","request":{"name":"x","instance_id":"\#(Self.instance)"}}"#.utf8)
      let decision = try await WebClient.send("POST", "\(gate.url)/v1/decisions", body: body)
      #expect(decision.status == 200)
      let inForce = decision.json["facts_in_force"] as? [String: Any]
      return inForce?["age_seconds"] as? Int ?? .max
    }
    #expect(try await decidedAge() <= 2)
    gate.collector.stop()
    let address = try #require(gate.url.split(separator: "/").last.map(String.init))
    let again = try Service(
      "wholeimage-collector",
      ["serve", "--listen", address, "--database", "sqlite:\(gate.folder)/collector.db"] + options)
    defer { again.stop() }
    _ = try again.said("serving http://")
    // Half a minute at most until it listens again; a report is not due for five.
    let deadline = Date(timeIntervalSinceNow: 90)
    var age = Int.max
    while age > 2, Date() < deadline { age = try await decidedAge() }
    #expect(age <= 2)
  }

  @Test func theDaemonReportsAndOutlivesItsCollector() async throws {
    let gate = try Gate()
    defer { gate.stop() }
    let socket = "\(gate.folder)/agent.sock"
    let arguments = ["run", "--socket", socket, "--instance-id", Self.instance, "--interval", "2"]
    let daemon = try Service("wholeimage-agent", arguments + ["--collector", gate.url])
    defer { daemon.stop() }
    _ = try daemon.said("the collector has this server's facts")
    let guest = try await WebClient.send("GET", "\(gate.url)/v1/guests/\(Self.instance)")
    #expect(guest.status == 200)
    let status = try Program.run("wholeimage-agent", ["status", "--socket", socket])
    #expect([0, 1, 2].contains(status.status))
    #expect(try Program.run("wholeimage-agent", ["run", "--socket", socket]).status == 69)

    gate.collector.stop()
    let address = try #require(gate.url.split(separator: "/").last.map(String.init))
    // Asking for more than a heartbeat: facts that changed must be sent, and cannot be.
    let loops = LoopDevices.areAvailable ? try LoopDevices(count: 1, mebibytes: 16) : nil
    if loops != nil {
      _ = try daemon.said("cannot report to")
      let again = try Service(
        "wholeimage-collector",
        ["serve", "--listen", address, "--database", "sqlite:\(gate.folder)/collector.db"])
      defer { again.stop() }
      _ = try again.said("serving http://")
      let deadline = Date(timeIntervalSinceNow: 60)
      var known = false
      while !known, Date() < deadline {
        let facts = try await WebClient.send("GET", "\(gate.url)/v1/guests/\(Self.instance)/facts")
        known = String(decoding: facts.body, as: UTF8.self).contains("\"size_bytes\":16777216")
      }
      #expect(known)
    }
    #expect(daemon.stop() == 0)
    #expect(!FileManager.default.fileExists(atPath: socket))
  }
}
