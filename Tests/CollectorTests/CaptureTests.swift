// SPDX-License-Identifier: Apache-2.0

import DiskpartCapture
import Facts
import Foundation
import HTTPTypes
import HuaweiCloud
import NIOCore
import Readiness
import Testing

@testable import Collector

/// Captures of diskpart: taken in, judged, decided on like facts, with their own age.
@Suite struct CaptureTests {
  private static func capture(_ file: String) throws -> [UInt8] {
    let folder = Fixture.folder.deletingLastPathComponent().appending(path: "diskpart")
    return Array(try Data(contentsOf: folder.appending(path: file)))
  }

  private static let path = "/v1/guests/\(Fixture.guest)/captures/diskpart"
  private static let ready = "101-en-script-basic-disks.txt"
  private static let spanned = "103-en-script-spanned-last.txt"

  private static func put(_ api: TestAPI, _ file: String, secondsAgo: Int64? = 0) async throws -> Answer {
    let now = api.clock.clock().now()
    let query = secondsAgo.map { "?captured_at=" + now.before(milliseconds: $0 * 1000).wall.text } ?? ""
    return try await api.call(.put, path + query, bytes: try capture(file))
  }

  @Test func aCaptureIsJudgedAndKept() async throws {
    try await withCollector { api in
      let answer = try await Self.put(api, Self.spanned)
      #expect(answer.status == 202)
      #expect(answer["verdict"] == "not_ready")
      #expect(answer["accepted_sequence"] == 1)
      let failed = (answer["findings"]?.array ?? []).filter { $0["outcome"] == "fail" }.compactMap {
        $0["rule"]?.string
      }
      #expect(failed == ["windows-spanned-volume", "windows-multi-disk-volume"])
      let facts = try await api.get("/v1/guests/\(Fixture.guest)/facts")
      #expect(facts["windows"]?["spanned_volumes"] == [4])
      #expect(facts["guest"]?["os"]?["family"] == "windows")
      #expect(facts["guest"]?["instance_id"]?.string == Fixture.guest)
      let guest = try #require(
        try await api.collector.store.guest(project: Caller.implicitProject, instanceID: Fixture.guest))
      #expect(guest.facts.source == .capture)
      let original = try await api.collector.store.capture(guest.facts.id)
      #expect(original.map { Array($0.readableBytesView) } == (try Self.capture(Self.spanned)))
    }
  }

  /// The collector says of every capture what `check` says.
  @Test func theVerdictIsThatOfCheck() async throws {
    let folder = Fixture.folder.deletingLastPathComponent().appending(path: "diskpart")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
    #expect(files.count > 80)
    try await withCollector { api in
      for file in files {
        let bytes = try Self.capture(file)
        let facts = try DiskpartCapture.read(bytes, into: GuestFacts(collectedAt: "", agentVersion: ""))
        let verdict = RuleSet.current.judge(facts, scope: .guest).verdict
        let answer = try await api.call(.put, Self.path, bytes: bytes)
        #expect(answer["verdict"]?.string == verdict.rawValue, "\(file)")
      }
    }
  }

  /// What a capture says of the guest's preparation is kept and judged, and keeps nobody from an image.
  @Test func thePreparationIsJudged() async throws {
    let folder = Fixture.folder.deletingLastPathComponent().appending(path: "preparation")
    let bytes = Array(try Data(contentsOf: folder.appending(path: "script-unprepared.txt")))
    try await withCollector { api in
      let answer = try await api.call(.put, Self.path, bytes: bytes)
      #expect(answer.status == 202 && answer["verdict"] == "ready")
      let facts = try await api.get("/v1/guests/\(Fixture.guest)/facts")
      #expect(facts.text.contains("IMAGE_STATE_UNDEPLOYABLE"))
      let report = try await api.get("/v1/guests/\(Fixture.guest)/readiness")
      let failed = (report["findings"]?.array ?? []).filter { $0["outcome"] == "fail" }.compactMap {
        $0["rule"]?.string
      }
      #expect(
        failed.sorted() == [
          "windows-cloudbase-init-missing", "windows-remote-desktop-off", "windows-static-address",
          "windows-sysprep-interrupted", "windows-without-virtio", "windows-without-virtio",
        ])
    }
  }

  @Test func aGuestKnownByACaptureIsDecided() async throws {
    try await withCollector { api in
      #expect(try await Self.put(api, Self.ready).status == 202)
      let allowed = try await api.decide()
      #expect(allowed["decision"] == "allow")
      #expect(allowed["facts"]?["source"] == "capture")
      #expect(allowed["facts_max_age_seconds"] == 3600)
      #expect(try await Self.put(api, Self.spanned).status == 202)
      let denied = try await api.decide()
      #expect(denied["decision"] == "deny")
      #expect(denied["refusal"]?["rule"] == "windows-spanned-volume")
      let id = try #require(denied["id"]?.string)
      let replay = try await api.post("/v1/decisions/\(id)/replay", .members())
      #expect(replay["result"] == "same")
    }
  }

  @Test(arguments: [(3600 as Int64, "allow"), (3601, "deny")]) func theAgeOfACaptureCounts(
    _ seconds: Int64, _ decision: String
  ) async throws {
    try await withCollector { api in
      #expect(try await Self.put(api, Self.ready, secondsAgo: seconds).status == 202)
      let answer = try await api.decide()
      #expect(answer["decision"]?.string == decision)
      #expect(answer["verdict"] == (decision == "allow" ? "ready" : "undetermined"))
    }
  }

  @Test func theAllowedAgeIsAnOption() async throws {
    try await withCollector(configure: { $0.capturesMaxAge = 60 }) { api in
      #expect(try await Self.put(api, Self.ready, secondsAgo: 61).status == 202)
      let answer = try await api.decide()
      #expect(answer["refusal"]?["code"] == "WIR.0102")
    }
  }

  @Test func withoutATimeNothingIsDecided() async throws {
    try await withCollector { api in
      let answer = try await Self.put(api, Self.ready, secondsAgo: nil)
      #expect(answer.status == 202)
      #expect(answer["verdict"] == "ready")
      #expect(answer["captured_at"] == .null)
      let denied = try await api.decide()
      #expect(denied["verdict"] == "undetermined")
      #expect(denied["facts"]?["age_seconds"] == .null)
      #expect(denied["refusal"]?["message"]?.string?.contains("captured_at") == true)
      // The same capture with its time settles it; one without a time does not unsettle it.
      #expect(try await Self.put(api, Self.ready, secondsAgo: 5).status == 202)
      #expect(try await api.decide()["decision"] == "allow")
      #expect(try await Self.put(api, Self.ready, secondsAgo: nil).status == 202)
      #expect(try await api.decide()["decision"] == "allow")
    }
  }

  /// A capture of unknown age that shows a spanned volume is not outdone by a good one of known age before it.
  @Test func aBadCaptureWithoutATimeIsNotPassedOver() async throws {
    try await withCollector { api in
      #expect(try await Self.put(api, Self.ready, secondsAgo: 5).status == 202)
      #expect(try await Self.put(api, Self.spanned, secondsAgo: nil).status == 202)
      let answer = try await api.decide()
      #expect(answer["decision"] == "deny")
    }
  }

  @Test func anOlderCaptureDoesNotReplaceANewerOne() async throws {
    try await withCollector { api in
      #expect(try await Self.put(api, Self.spanned, secondsAgo: 10).status == 202)
      #expect(try await Self.put(api, Self.ready, secondsAgo: 100).status == 409)
      let answer = try await api.decide()
      #expect(answer["decision"] == "deny")
    }
  }

  @Test(arguments: [
    ("?captured_at=yesterday", 400), ("?captured_at=2099-01-01T00:00:00Z", 400),
    ("?captured_at=1999-01-01T00:00:00Z", 400), ("?captured=1", 400),
  ]) func timesThatAreNone(_ query: String, _ status: Int) async throws {
    try await withCollector { api in
      let answer = try await api.call(.put, Self.path + query, bytes: try Self.capture(Self.ready))
      #expect(answer.status == status)
    }
  }

  @Test func sizesAreBounded() async throws {
    try await withCollector { api in
      #expect(try await api.call(.put, Self.path, bytes: []).status == 400)
      let large = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
      #expect(try await api.call(.put, Self.path, bytes: large).status == 413)
      let noise = [UInt8](repeating: 0x21, count: 5000)
      let answer = try await api.call(.put, Self.path, bytes: noise)
      #expect(answer.status == 202)
      #expect(answer["verdict"] == "undetermined")
    }
  }
}
