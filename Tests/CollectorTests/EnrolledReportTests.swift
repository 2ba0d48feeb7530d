// SPDX-License-Identifier: Apache-2.0

import Facts
import GRDB
import GuestSigning
import HTTPTypes
import Testing

@testable import Collector

/// What an enrolled guest reports, and what nobody else may report about it.
@Suite struct EnrolledReportTests {
  @Test func reportsAndHeartbeatsAreTaken() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var guest = try await api.enrolled()
      #expect(try await guest.report(api).status == 202)
      #expect(try await guest.heartbeat(api).status == 200)
      #expect(try await guest.heartbeat(api, query: "?wait=0").status == 200)
      let shown = try await api.get("/v1/guests/\(guest.id)", headers: CredentialsTests.bearer("admin", project: "p1"))
      #expect(shown["verdict"] == "ready" && shown["enrolled_at"]?.string != nil && shown["lineage"] == .null)
      // It may do nothing but report.
      let read = try await guest.send(.get, "/v1/guests", [], api)
      #expect(read.status == 403)
    }
  }

  @Test func withoutCredentialsToo() async throws {
    try await withCollector { api async throws in
      var guest = TestGuest(id: Fixture.guest)
      #expect(try await guest.report(api).code == "WIR.0020")
      #expect(try await guest.enrol(api, token: try api.token(project: "default")).status == 200)
      #expect(try await guest.report(api).status == 202)
      #expect(try await api.get(guest.path)["verdict"] == "ready")
    }
  }

  @Test func oneGuestReportsForNoOther() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var (guest, other) = (try await api.enrolled(), try await api.enrolled("other"))
      #expect(try await other.report(api).status == 202)
      guest.sequence += 1
      let body = try other.facts("volume-group-on-two-disks")
      let answer = try await guest.send(.put, "\(other.path)/facts", body, api)
      #expect(answer.status == 403 && answer.code == "WIR.0007")
      // Facts of the other one under the own path.
      let mixed = try await guest.send(.put, "\(guest.path)/facts", body, api)
      #expect(mixed.status == 400 && mixed.code == "WIR.0011")
      let project = try await guest.send(.put, "\(guest.path)/facts?project=p2", try guest.facts(), api)
      #expect(project.status == 403)
      let shown = try await api.get(other.path, headers: CredentialsTests.bearer("admin", project: "p1"))
      #expect(shown["verdict"] == "ready")
    }
  }

  /// A shared token may report about any guest of its project, but not about one that has a key of its own.
  @Test func aSharedTokenDoesNotSpeakForAnEnrolledGuest() async throws {
    try await CredentialsTests.withTokens { api async throws in
      #expect(try await api.report("ready", headers: CredentialsTests.bearer("agents")).status == 202)
      var guest = try await api.enrolled()
      #expect(try await guest.report(api).status == 202)
      for name in ["agents", "guest"] {
        let report = try await api.report("volume-group-on-two-disks", headers: CredentialsTests.bearer(name))
        #expect(report.status == 403 && report.code == "WIR.0027")
        let digest = JSON.members(("facts_digest", "v1:0"))
        let beat = try await api.post("\(guest.path)/heartbeat", digest, headers: CredentialsTests.bearer(name))
        #expect(beat.status == 403 && beat.code == "WIR.0027")
        let capture = try await api.call(
          .put, "\(guest.path)/captures/diskpart", headers: CredentialsTests.bearer(name),
          bytes: Array("DISKPART> san\n\nSAN Policy  : Online All\n\nDISKPART> exit\n".utf8))
        #expect(capture.status == 403 && capture.code == "WIR.0027", "\(capture.text)")
      }
      let operatorsWord = try await api.report("ready", headers: CredentialsTests.bearer("admin", project: "p1"))
      #expect(operatorsWord.status == 202)
      // Without a key again after the operator revoked it.
      _ = try GuestBook(database: api.collector.configuration.database).revoke(guest.id, project: "p1")
      #expect(try await api.report("ready", headers: CredentialsTests.bearer("agents")).status == 202)
    }
  }

  /// What was taken once is not taken again, and what is sent again because its answer was lost does no harm.
  @Test func replays() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var guest = try await api.enrolled()
      #expect(try await guest.report(api).status == 202)
      let old = (try guest.headers(.put, "\(guest.path)/facts", body: try guest.facts()), try guest.facts())
      api.clock.forward(seconds: 600)
      let repeated = try await api.call(.put, "\(guest.path)/facts", headers: old.0, bytes: old.1)
      #expect(repeated.status == 202 && repeated["accepted_sequence"] == .integer(guest.sequence))
      let admin = CredentialsTests.bearer("admin", project: "p1")
      // It did not make the facts young again.
      #expect(try await api.get(guest.path, headers: admin)["age_seconds"] == 600)
      #expect(try await guest.report(api, "volume-group-on-two-disks").status == 202)
      let replayed = try await api.call(.put, "\(guest.path)/facts", headers: old.0, bytes: old.1)
      #expect(replayed.status == 409 && replayed.code == "WIR.0012")
      #expect(replayed.headers[.reportSequence] == String(guest.sequence))
      #expect(try await api.get(guest.path, headers: admin)["verdict"] == "not_ready")
      // A heartbeat that is sent again is answered at once: it takes no wish that is meant for the guest.
      let target = "\(guest.path)/heartbeat?wait=300"
      guest.sequence += 1
      let body = JSON.members(
        ("facts_digest", Digest.ofFacts(try JSON(parsing: guest.facts("volume-group-on-two-disks"))).json)
      ).canonicalBytes
      let signed = try guest.headers(.post, target, body: body)
      let held = Task { try await api.call(.post, target, headers: signed, bytes: body) }
      while await !api.collector.heartbeats.isListening(.init(project: "p1", instanceID: guest.id)) {
        await Task.yield()
      }
      let again = try await api.call(.post, target, headers: signed, bytes: body)
      #expect(again.status == 200 && again["inspect"] == false)
      #expect(await api.collector.heartbeats.isListening(.init(project: "p1", instanceID: guest.id)))
      held.cancel()
      _ = try? await held.value
    }
  }

  @Test func bootsThatAreOverNeverComeBack() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var guest = try await api.enrolled()
      #expect(try await guest.report(api).status == 202)
      let recorded = guest
      // A new boot counts from the start again.
      guest.boot = "second"
      guest.bootNumber = 2
      guest.sequence = 0
      #expect(try await guest.report(api, "ready-renamed").status == 202)
      for change: (inout TestGuest) -> Void in [
        { _ in }, { $0.sequence += 1_000_000 }, { $0.bootNumber = 2 }, { $0.boot = "second" },
        {
          $0.bootNumber = 2; $0.boot = "third"
        },
      ] {
        var old = recorded
        change(&old)
        let answer = try await old.report(api, "volume-group-on-two-disks")
        #expect(answer.status == 409 && answer.code == "WIR.0026", "\(answer.text)")
        #expect(answer.headers[.bootNumber] == "2")
      }
      // The guest itself goes on, and an agent that lost count is told the number.
      #expect(try await guest.report(api).status == 202)
      guest.bootNumber = 3
      #expect(try await guest.report(api).status == 202)
      guest.bootNumber = 2
      #expect(try await guest.report(api).status == 409)
    }
  }

  /// A server and a copy of it under the same id, both alive: neither gets the record by taking turns.
  @Test func twoServersWithOneKey() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var one = try await api.enrolled()
      #expect(try await one.report(api).status == 202)
      var other = one
      other.boot = "second"
      other.bootNumber = 2
      other.sequence = 0
      #expect(try await other.report(api, "ready-renamed").status == 202)
      // As after a return to an earlier state of the memory.
      one.bootNumber = 3
      #expect(try await one.report(api).status == 202)
      one.sequence += 1
      #expect(try await one.report(api).status == 202)
      other.bootNumber = 4
      let refused = try await other.report(api, "ready-renamed")
      #expect(refused.status == 401 && refused.code == "WIR.0021" && refused.text.contains("Two servers"))
      one.bootNumber = 5
      #expect(try await one.report(api).code == "WIR.0021")
      #expect(try await other.report(api).code == "WIR.0021")
      // Nothing of the refused report was stored.
      let stored = try await api.collector.store.pool.read {
        try Row.fetchOne($0, sql: "SELECT boot_number, returns, revoked_at IS NULL FROM guest_keys")
      }
      #expect(stored?[0] as Int64? == 3 && stored?[1] as Int64? == 1 && stored?[2] as Bool? == false)
    }
  }

  /// A boot that was never seen before begins the count anew, and so many are remembered.
  @Test func bootsThatReturnOnce() async throws {
    try await CredentialsTests.withTokens(configure: { $0.limits.reports = nil }) { api async throws in
      var guest = try await api.enrolled()
      func report(_ boot: String) async throws -> Int {
        guest.boot = boot
        guest.bootNumber += 1
        return try await guest.report(api).status
      }
      for boot in ["a", "b", "a", "c", "b", "d", "d", "c"] { #expect(try await report(boot) == 202, "\(boot)") }
      for number in 0..<9 { #expect(try await report("e\(number)") == 202) }
      // Older than those that are remembered.
      for boot in ["a", "b"] { #expect(try await report(boot) == 202) }
      #expect(try await report("a") == 202)
      #expect(try await report("b") == 401)
    }
  }

  /// What anybody on the way changes is noticed.
  @Test func whatIsChangedOnItsWayIsRefused() async throws {
    try await CredentialsTests.withTokens(configure: { $0.limits.failures = nil }) { api async throws in
      var guest = try await api.enrolled()
      #expect(try await guest.report(api).status == 202)
      guest.sequence += 1
      let body = try guest.facts()
      let headers = try guest.headers(.put, "\(guest.path)/facts", body: body)
      let changed = try await api.call(
        .put, "\(guest.path)/facts", headers: headers, bytes: try guest.facts("volume-group-on-two-disks"))
      #expect(changed.status == 401 && changed.code == "WIR.0020")
      for (name, value) in [
        (HTTPField.Name.bootID, "x"), (.reportSequence, "99999"), (.inspectedAgo, "1"), (.bootNumber, "7"),
      ] {
        var headers = headers
        headers[name] = value
        let answer = try await api.call(.put, "\(guest.path)/facts", headers: headers, bytes: body)
        #expect(answer.status == 401 && answer.code == "WIR.0020")
      }
      for target in ["\(guest.path)/facts?project=p1", "\(guest.path)/captures/diskpart", "\(guest.path)/heartbeat"] {
        let answer = try await api.call(
          target.contains("heartbeat") ? .post : .put, target, headers: headers, bytes: body)
        #expect(answer.status == 401 && answer.code == "WIR.0020")
      }
      var stranger = TestGuest(id: guest.id)
      #expect(try await stranger.report(api).code == "WIR.0020")
      // The request as it was signed is good all the while.
      #expect(try await api.call(.put, "\(guest.path)/facts", headers: headers, bytes: body).status == 202)
    }
  }

  /// A token goes first where there are both, and a wrong one is not saved by a good signature.
  @Test func aTokenBesideTheSignatureGoesFirst() async throws {
    try await CredentialsTests.withTokens { api async throws in
      var guest = try await api.enrolled()
      guest.sequence += 1
      let body = try guest.facts()
      var headers = try guest.headers(.put, "\(guest.path)/facts", body: body)
      headers[.authorization] = "Bearer wrong"
      #expect(try await api.call(.put, "\(guest.path)/facts", headers: headers, bytes: body).status == 401)
      headers[.authorization] = "Bearer agents-token"
      #expect(try await api.call(.put, "\(guest.path)/facts", headers: headers, bytes: body).status == 403)
    }
  }

  @Test func aGuestIsHeldToItsRate() async throws {
    try await CredentialsTests.withTokens(
      configure: { $0.limits.reports = RateLimit(burst: 2, count: 1, per: .minute) }
    ) { api async throws in
      var guest = try await api.enrolled()
      var statuses: [Int] = []
      for _ in 0..<4 { statuses.append(try await guest.report(api).status) }
      #expect(statuses == [202, 202, 429, 429])
    }
  }
}
