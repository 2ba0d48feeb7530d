// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// The syntax of metadata texts.
@Suite struct GrammarTests {
  @Test func theSmallestGroup() throws {
    let group = try GroupText().parse()
    #expect(group.name == "vg")
    #expect(group.sequence == 7)
    #expect(group.extentSizeInBytes == 4 << 20)
    #expect(group.physicalVolumes.map(\.key) == ["pv0", "pv1", "pv2"])
    #expect(group.logicalVolumes.isEmpty)
  }

  static let accepted: [String] = [
    "a = 1", "a = -9223372036854775808", "a = 9223372036854775807", "a = 1.5", "a = .5", "a = 2.", "a = +3", "a = 0",
    "a = \"x\"", "a = 'x\"y'", "a = \"\\\"\\\\\"", "a = \"{}[]#=\"", "a = \"line\nbreak\"", "a = bare_word", "a = []",
    "a = [ ]",
    "a = [1, \"x\", 2.5]", "a = [1,]", "a=1 b=2", "a # comment { [ \"\n = 1", "a {}", "a { b { c = 1 } d = [] }",
    "# comment",
    "a = 1# comment", "a\t=\r\n1", "a = \"é\"",
  ]

  @Test(arguments: accepted) func acceptedInAGroup(fragment: String) {
    var text = GroupText()
    text.more = fragment + "\n"
    #expect(text.refusal() == nil, "\(fragment)")
  }

  static let refused: [(String, MetadataError.Code)] = [
    ("a", .unexpectedByte), ("a =", .unexpectedByte), ("= 1", .unexpectedByte), ("a 1", .unexpectedByte),
    ("{ }", .unexpectedByte),
    ("a = [1 2]", .unexpectedByte), ("a = [[1]]", .unexpectedByte), ("a = [1}", .unexpectedByte),
    ("a = {}", .unexpectedByte),
    ("a = 1b", .unexpectedByte), ("a = \"x\"b = 1", .unexpectedByte), ("a = [,]", .unexpectedByte),
    ("a = ]", .unexpectedByte),
    ("\"a\" = 1", .unexpectedByte), ("a/b = 1", .unexpectedByte), ("a = @", .unexpectedByte),
    ("a = 08", .malformedNumber),
    ("a = 9223372036854775808", .malformedNumber), ("a = -9223372036854775809", .malformedNumber),
    ("a = 99999999999999999999999999", .malformedNumber), ("a = -", .malformedNumber), ("a = .", .malformedNumber),
    ("a = \"x", .unexpectedByte), ("a = \"x\\\"", .unexpectedByte), ("a = 'x", .unexpectedEnd), ("a {", .unexpectedEnd),
    ("}", .unexpectedByte), (String(repeating: "n", count: 200) + " = 1", .malformedName),
  ]

  @Test(arguments: refused) func refusedInAGroup(fragment: String, code: MetadataError.Code) {
    var text = GroupText()
    text.more = fragment + "\n"
    #expect(text.refusal() == code, "\(fragment)")
  }

  @Test func escapesAreResolved() throws {
    var text = GroupText()
    text.header += "description = \"say \\\"hello\\\" to \\\\ all\"\n"
    #expect(try text.parse().reason == "say \"hello\" to \\ all")
  }

  @Test func textsThatAreNoUTF8() {
    var bytes = Array(GroupText().text.utf8)
    bytes += Array("creation_host = \"".utf8) + [0xff, 0xfe] + Array("\"\n".utf8)
    #expect(throws: MetadataError.self) { try VolumeGroupMetadata.parse(bytes) }
  }

  @Test func nulEndsTheText() throws {
    let bytes = Array(GroupText().text.utf8)
    #expect(try VolumeGroupMetadata.parse(bytes + [0]).name == "vg")
    #expect(try VolumeGroupMetadata.parse(bytes + [0, 0, 0]).name == "vg")
    let error = #expect(throws: MetadataError.self) { try VolumeGroupMetadata.parse(bytes + [0] + Array("x".utf8)) }
    #expect(error?.code == .trailingBytes)
    #expect(error?.offset == bytes.count + 1)
  }

  @Test func errorsNameThePlace() throws {
    var text = GroupText()
    text.more = "a = @"
    let error = #expect(throws: MetadataError.self) { try text.parse() }
    let bytes = Array(text.text.utf8)
    #expect(error.map { bytes[$0.offset] } == UInt8(ascii: "@"))
  }

  @Test(
    .timeLimit(.minutes(5)),
    arguments: ["[", "{", "a {", "a = [", "a { b = ", "\"", "'", "#", "}", "a = 1 ", "a = {", "\\"])
  func aMillionOfTheSame(part: String) {
    let million = String(repeating: part, count: 1_000_000)
    #expect(throws: MetadataError.self) { try VolumeGroupMetadata.parse(Array(million.utf8)) }
    var text = GroupText()
    text.more = million
    #expect(text.refusal() != nil)
  }

  @Test func sectionsAreNestedSoDeepAndNoDeeper() {
    var text = GroupText()
    // The group itself is one level.
    text.more = String(repeating: "a {", count: 31) + String(repeating: "}", count: 31)
    #expect(text.refusal() == nil)
    text.more = String(repeating: "a {", count: 40) + String(repeating: "}", count: 40)
    #expect(text.refusal() == .nestedTooDeep)
  }

  @Test(.timeLimit(.minutes(5))) func endlessArraysAreRefused() {
    var text = GroupText()
    text.more = "a = [" + String(repeating: "1,", count: 2_000_000) + "]"
    #expect(text.refusal() == .tooComplex)
  }

  @Test func textsAboveTheLimitAreRefused() {
    let spaces = [UInt8](repeating: UInt8(ascii: " "), count: Int(PhysicalVolumeReader.maximumTextSize) + 1)
    let error = #expect(throws: MetadataError.self) { try VolumeGroupMetadata.parse(spaces) }
    #expect(error?.code == .textTooLarge)
  }
}
