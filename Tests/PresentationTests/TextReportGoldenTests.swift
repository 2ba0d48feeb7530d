// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Presentation
import Readiness
import Testing

/// Reports as they were read and approved by a person: `Fixtures/text/NAME.LANGUAGE.txt`.
///
/// After a wanted change: run with `WHOLEIMAGE_RECORD=1`, read the differences, run again without.
@Suite struct TextReportGoldenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var fixture: String
    var profile: Profile = .vendor
    var reading: Reading = .physicalVolumes
    var scope: Scope = .guest
    var language: Language = .english

    var file: String {
      var parts = [fixture]
      if profile != .vendor { parts.append(profile.rawValue) }
      if reading != .physicalVolumes { parts.append(reading.rawValue) }
      if scope != .guest { parts.append(scope.rawValue) }
      return (parts + [language.rawValue, "txt"]).joined(separator: ".")
    }
    var testDescription: String { file }
  }

  static let cases: [Case] = [
    Case(fixture: "single-disk-ext4"), Case(fixture: "lvm-one-physical-volume", scope: .request),
    Case(fixture: "lvm-two-disks"), Case(fixture: "lvm-two-disks-full"), Case(fixture: "lvm-two-partitions"),
    Case(fixture: "lvm-two-partitions", reading: .physicalDisks), Case(fixture: "lvm-missing-physical-volume"),
    Case(fixture: "lvm-returned-physical-volume"), Case(fixture: "lvm-duplicate-physical-volume"),
    Case(fixture: "raid1-two-disks"), Case(fixture: "raid1-member-missing", profile: .strict),
    Case(fixture: "lvm-on-raid1", reading: .physicalDisks), Case(fixture: "btrfs-two-disks", profile: .strict),
    Case(fixture: "journal-elsewhere"), Case(fixture: "joined-disks"), Case(fixture: "stale-partition-table"),
    Case(fixture: "not-root"), Case(fixture: "in-container"), Case(fixture: "luks-closed"),
    Case(fixture: "luks-open-lvm"), Case(fixture: "lvm-group-without-volumes"), Case(fixture: "lvm-thin-pool"),
    Case(fixture: "lvm-layouts"), Case(fixture: "lvm-two-groups-of-one-name"), Case(fixture: "lvm-exported-group"),
    Case(fixture: "multipath"), Case(fixture: "suspended-device"), Case(fixture: "unknown-segment"),
    Case(fixture: "harmless-gap"), Case(fixture: "windows"), Case(fixture: "unknown-family"),
    Case(fixture: "windows-basic-disks"), Case(fixture: "windows-spanned-volume"),
    Case(fixture: "windows-foreign-disk"), Case(fixture: "windows-mirror-and-pools", profile: .strict),
    Case(fixture: "windows-offline-shared"), Case(fixture: "windows-unknown-type"),
    Case(fixture: "network-static"), Case(fixture: "boot-files-gone"), Case(fixture: "initramfs-without-virtio"),
    Case(fixture: "clone-residue"), Case(fixture: "windows-prepared"), Case(fixture: "windows-unprepared"),
    Case(fixture: "no-devices"), Case(fixture: "many-volumes"),
    Case(fixture: "wide-names"),
  ].flatMap { entry in
    Language.allCases.map { language in
      var entry = entry
      entry.language = language
      return entry
    }
  }

  @Test(arguments: cases) func reportIsAsApproved(_ entry: Case) throws {
    let judgement = RuleSet.current.judge(
      try FactsFixtures.facts(entry.fixture), scope: entry.scope, profile: entry.profile, reading: entry.reading,
      language: entry.language)
    let text = TextReport.render(judgement)
    let file = FactsFixtures.folder.appending(path: "text").appending(path: entry.file)
    if ProcessInfo.processInfo.environment["WHOLEIMAGE_RECORD"] == "1" { try Data(text.utf8).write(to: file) }
    let approved = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == approved, "\(entry.file) is not the text that was approved")
  }

  @Test func everyApprovedTextIsStillMade() throws {
    let folder = FactsFixtures.folder.appending(path: "text")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
    #expect(files.sorted() == Self.cases.map(\.file).sorted())
  }
}
