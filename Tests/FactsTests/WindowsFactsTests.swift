// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

/// The member `windows`: its form, its counts and references, its part of the topology digest.
@Suite struct WindowsFactsTests {
  static let documents = FactsFixtures.names.filter { $0.hasPrefix("windows-") }

  @Test(arguments: documents) func isReadAndWrittenTheSame(_ name: String) throws {
    let document = try FactsFixtures.document(name)
    let facts = try GuestFacts(json: document)
    #expect(facts.json == document)
    #expect(facts.windows != nil)
  }

  private static func changed(_ change: (inout GuestFacts) -> Void) throws -> GuestFacts {
    var facts = try FactsFixtures.facts("windows-spanned-volume")
    change(&facts)
    return facts
  }

  static let wrong: [(String, @Sendable (inout GuestFacts) -> Void)] = [
    ("windows_volumes", { $0.windows?.volumes?.removeLast() }),
    ("windows_disks", { $0.windows?.disks?.removeLast() }),
    ("windows.disks[1].number", { $0.windows?.disks?[1].number = 0 }),
    ("windows.volumes[1].number", { $0.windows?.volumes?[1].number = 0 }),
    ("windows.volumes[1].disks", { $0.windows?.volumes?[1].disks = .value(["7"]) }),
  ]

  @Test(arguments: wrong.map(\.0)) func contradictionsAreMalformed(_ path: String) throws {
    let change = try #require(Self.wrong.first { $0.0 == path }).1
    let document = try Self.changed(change).json
    let error = #expect(throws: DocumentError.self) { try GuestFacts(json: document) }
    #expect(error?.path == path)
  }

  @Test func derivedMembersMustAgree() throws {
    var facts = try FactsFixtures.facts("windows-spanned-volume")
    let stated = try #require(facts.json["windows"]?["spanned_volumes"])
    #expect(stated == [4])
    facts.windows?.volumes?[4].type = .value(.simple)
    guard case .object(var document) = facts.json, case .object(var windows) = document["windows"] ?? .null else {
      return #expect(Bool(false))
    }
    windows["spanned_volumes"] = stated
    document["windows"] = .object(windows)
    let error = #expect(throws: DocumentError.self) { try GuestFacts(json: .object(document)) }
    #expect(error?.path == "windows.spanned_volumes")
  }

  @Test func aMissingDiskIsAnotherThanTheDiskOfItsNumber() throws {
    var facts = try FactsFixtures.facts("windows-spanned-volume")
    facts.windows?.disks?.append(
      WindowsDisk(number: 0, isMissing: true, status: "Missing", sizeText: "0 B", freeText: "0 B"))
    facts.countArrays()
    let again = try GuestFacts(json: facts.json)
    #expect(again.windows?.disks?.last?.name == "M0")
  }

  static let topology: [(String, changes: Bool, @Sendable (inout GuestFacts) -> Void)] = [
    ("policy", true, { $0.windows?.sanPolicy = .value(.offlineAll) }),
    ("type", true, { $0.windows?.volumes?[4].type = .value(.simple) }),
    ("disks of a volume", true, { $0.windows?.volumes?[4].disks = .value(["1"]) }),
    ("status of a disk", true, { $0.windows?.disks?[2].statusKind = .value(.offline) }),
    ("dynamic", true, { $0.windows?.disks?[2].dynamic = .value(false) }),
    ("pools", true, { $0.windows?.storagePools = .value(3) }),
    ("label", false, { $0.windows?.volumes?[4].label = "other" }),
    ("size", false, { $0.windows?.volumes?[4].sizeText = "1 TB" }),
    ("order", false, { $0.windows?.volumes?.reverse() }),
    ("health", false, { $0.windows?.volumes?[4].statusKind = .value(.atRisk) }),
  ]

  @Test(arguments: topology.map(\.0)) func theTopologyDigestHoldsWhatRulesRead(_ what: String) throws {
    let row = try #require(Self.topology.first { $0.0 == what })
    let before = try FactsFixtures.facts("windows-spanned-volume").topologyDigest
    #expect((try Self.changed(row.2).topologyDigest != before) == row.changes)
  }
}
