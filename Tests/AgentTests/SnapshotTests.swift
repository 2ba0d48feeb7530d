// SPDX-License-Identifier: Apache-2.0

import Facts
import Readiness
import TestSupport
import Testing

@testable import Agent

/// Documents and configurations for the daemon's tests.
enum Sample {
  static let configuration = AgentConfiguration(
    collector: nil, instanceID: nil, socketPath: "/nonexistent", intervalSeconds: 600, deviceTimeoutSeconds: 10,
    profile: .vendor, reading: .physicalVolumes, language: .english)

  /// The facts of a fixture.
  static func facts(_ name: String, changed change: (inout JSONObject) -> Void = { _ in }) throws -> JSON {
    let json = try JSON(parsing: Fixture.data("facts/\(name).json"))
    guard case .object(var members) = json else { return json }
    change(&members)
    return .object(members)
  }

  static func snapshot(_ name: String, previous: Snapshot? = nil, at time: Int = 0) throws -> Snapshot {
    try Snapshot(facts(name), previous: previous, inspectedAt: time, configuration: configuration)
  }
}

@Suite struct SnapshotTests {
  @Test func theSameFactsAreTheSameRevision() throws {
    let first = try Sample.snapshot("single-disk-ext4")
    #expect(first.revision == 1 && first.verdict == .ready)
    let later = try Sample.facts("single-disk-ext4") { $0["collected_at"] = "2030-01-01T00:00:00Z" }
    let second = try Snapshot(later, previous: first, inspectedAt: 9, configuration: Sample.configuration)
    #expect(second.revision == 1 && second.entityTag == first.entityTag && second.factsDigest == first.factsDigest)
    let third = try Sample.snapshot("lvm-two-disks", previous: second)
    #expect(third.revision == 2 && third.entityTag != first.entityTag && third.verdict == .notReady)
  }

  @Test func theReportHasNoFactsAndItsRevision() throws {
    let report = try JSON(parsing: Sample.snapshot("lvm-two-disks").report)
    #expect(report["facts"] == nil && report["revision"] == 1 && report["verdict"] == "not_ready")
  }

  @Test func malformedFactsAreNoSnapshot() throws {
    #expect(throws: DocumentError.self) {
      try Snapshot(.members(), previous: nil, inspectedAt: 0, configuration: Sample.configuration)
    }
  }
}
