// SPDX-License-Identifier: Apache-2.0

import DiskpartCapture
import Facts
import Readiness
import Testing

/// Every capture of the corpus, in every encoding, field by field.
@Suite struct CorpusTests {
  @Test(arguments: CaptureFixtures.files) func facts(_ file: CaptureFile) throws {
    let facts = try CaptureFixtures.read(try CaptureFixtures.bytes(file: file.file))
    let windows = try #require(facts.windows)
    let expected = try CaptureFixtures.expected(file.name)
    #expect(Self.plain(windows.sanPolicy.jsonIfKnown) == Self.plain(expected["sanPolicy"], isWord: true))
    #expect(Self.plain(windows.sanPolicyText.jsonIfKnown) == Self.plain(expected["sanPolicyText"]))
    try compare(windows.disks?.map(\.json) ?? [], expected["disks"]?.array ?? [], Self.diskMembers)
    try compare(windows.volumes?.map(\.json) ?? [], expected["volumes"]?.array ?? [], Self.volumeMembers)
    #expect(windows.spannedVolumes.json == expected["spannedVolumes"])
    #expect(windows.multiDiskVolumes.json == expected["multiDiskVolumes"])
    #expect(windows.undeterminedVolumeTypes.value?.json == expected["undeterminedVolumeTypes"])
    #expect(windows.capture.whitespaceCollapsed.json == expected["whitespaceCollapsed"])
    #expect(windows.capture.errors.json == expected["errors"])
  }

  @Test(arguments: CaptureFixtures.files) func encodings(_ file: CaptureFile) throws {
    let bytes = try CaptureFixtures.bytes(file: file.file)
    let windows = try #require(try CaptureFixtures.read(bytes).windows)
    let name = try #require(file.encoding.split(separator: " ").first)
    let asked = try #require(CaptureEncoding(name: String(name)))
    #expect(windows.capture.encoding.value == asked.rawValue)
    #expect(try CaptureFixtures.read(bytes, asked).windows == windows)
  }

  @Test(arguments: CaptureFixtures.names) func languages(_ name: String) throws {
    let windows = try #require(try CaptureFixtures.read(try CaptureFixtures.bytes(name)).windows)
    let expected = try #require(try CaptureFixtures.expected(name)["language"]?.string)
    // A language that is made up, or has no words in the table, is not recognised or taken for the nearest.
    guard expected != "xx" else { return }
    #expect(windows.capture.language.value == expected)
  }

  /// Where a capture's entry says what its verdict is.
  @Test(arguments: CaptureFixtures.files) func verdicts(_ file: CaptureFile) throws {
    guard let expected = try CaptureFixtures.expected(file.name)["verdict"]?.string else { return }
    #expect(try DamageTests.verdict(try CaptureFixtures.bytes(file: file.file)).rawValue == expected)
  }

  /// Where the prompt echoes them; of captures without echo the index lists what is known to have been run.
  @Test(arguments: CaptureFixtures.names) func commands(_ name: String) throws {
    let bytes = try CaptureFixtures.bytes(name)
    guard String(decoding: bytes, as: UTF8.self).contains("> ") else { return }
    let windows = try #require(try CaptureFixtures.read(bytes).windows)
    guard !windows.capture.commands.isEmpty else { return }
    #expect(windows.capture.commands.json == (try CaptureFixtures.expected(name)["commands"]))
  }

  @Test(arguments: CaptureFixtures.names) func truncation(_ name: String) throws {
    let windows = try #require(try CaptureFixtures.read(try CaptureFixtures.bytes(name)).windows)
    // A fragment without header is cut, and nothing in it shows that.
    guard name != "013-en-mount-point-row-fragment" else { return }
    #expect(windows.capture.truncated.json == (try CaptureFixtures.expected(name)["truncated"]))
  }

  private static let diskMembers = [
    "number": "number", "status": "status", "statusKind": "status_kind", "sizeText": "size_text",
    "freeText": "free_text", "dynamic": "dynamic", "gpt": "gpt", "missing": "missing",
  ]
  private static let volumeMembers = [
    "number": "number", "letter": "letter", "label": "label", "fileSystem": "file_system", "type": "type",
    "typeText": "type_text", "sizeText": "size_text", "status": "status", "statusKind": "status_kind", "info": "info",
    "mountPoints": "mount_points",
  ]
  private static let wordMembers: Set<String> = ["statusKind", "type"]

  private func compare(_ found: [JSON], _ expected: [JSON], _ members: [String: String]) throws {
    try #require(found.count == expected.count)
    for (row, wanted) in zip(found, expected) {
      for (theirs, ours) in members {
        let want = Self.plain(wanted[theirs], isWord: Self.wordMembers.contains(theirs))
        #expect(Self.plain(row[ours]) == want, "\(theirs) of \(wanted.text)")
      }
    }
  }

  /// Absent and null are the same to the index; its words become ours: `opticalDrive`, `optical_drive`.
  private static func plain(_ value: JSON?, isWord: Bool = false) -> JSON? {
    guard let value, value != .null else { return nil }
    guard isWord, case .string(let word) = value else { return value }
    return .string(word.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined())
  }
}
