// SPDX-License-Identifier: Apache-2.0

import Facts
import HTTPTypes
import MetricsFormat
import Testing

@testable import Collector

/// What a monitoring system is told.
@Suite struct MetricsTests {
  @Test func guestsAndAnswersAreCounted() async throws {
    try await withCollector { api in
      _ = try await api.report("volume-group-on-two-disks")
      let other = try GuestQueryTests.facts(of: "g1")
      #expect(try await api.call(.put, "/v1/guests/g1/facts", bytes: other).status == 202)
      #expect(try await api.get("/v1/guests/nobody").status == 404)
      #expect(try await api.get("/nowhere/\(String(repeating: "x", count: 100))").status == 404)
      let answer = try await api.get("/metrics")
      #expect(answer.status == 200)
      #expect(answer.headers[.contentType] == MetricsText.contentType)
      let lines = Set(answer.text.split(separator: "\n").map(String.init))
      for line in [
        "wholeimage_collector_build_info{version=\"\(CollectorVersion.number)\"} 1",
        "wholeimage_collector_store_usable 1",
        "wholeimage_collector_guests{verdict=\"not_ready\"} 1", "wholeimage_collector_guests{verdict=\"ready\"} 1",
        "wholeimage_collector_guests{verdict=\"undetermined\"} 0",
        "wholeimage_collector_held_images{state=\"in_doubt\"} 0",
        "wholeimage_collector_requests_total{path=\"/v1/guests/{instance_id}/facts\",status=\"202\"} 2",
        "wholeimage_collector_requests_total{path=\"/v1/guests/{instance_id}\",status=\"404\"} 1",
        "wholeimage_collector_requests_total{path=\"-\",status=\"404\"} 1",
      ] {
        #expect(lines.contains(line), "\(line) in\n\(answer.text)")
      }
    }
  }

  @Test func itIsForOperators() async throws {
    try await CredentialsTests.withTokens { api async throws in
      #expect(try await api.get("/metrics").status == 401)
      #expect(try await api.get("/metrics", headers: CredentialsTests.bearer("terraform")).status == 403)
      #expect(try await api.get("/metrics", headers: CredentialsTests.bearer("admin")).status == 200)
    }
  }

  @Test func aStoreThatCannotBeReadIsSaid() {
    let text = CollectorMetrics().text(nil)
    #expect(text.contains("wholeimage_collector_store_usable 0\n") && !text.contains("guests"))
  }
}
