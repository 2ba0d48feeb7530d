// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// Texts whose syntax is right and whose meaning is not.
@Suite struct RefusedTextTests {
  @Test func requiredFieldsOfTheGroup() {
    for field in ["id", "seqno", "status", "extent_size"] {
      var text = GroupText()
      text.fields = text.fields.replacing("\(field) =", with: "other_\(field) =")
      #expect(text.refusal() == .missingField, "\(field)")
      text = GroupText()
      text.fields += text.fields
      #expect(text.refusal() == .duplicateField, "\(field)")
    }
  }

  @Test func contentsAndVersion() {
    for header in [
      "", "contents = \"Text Format Volume Group\"\n", "version = 1\n", "contents = \"x\"\nversion = 1\n",
      "contents = \"Text Format Volume Group\"\nversion = 2\n", "contents = 1\nversion = 1\n",
    ] {
      var text = GroupText()
      text.header = header
      #expect(text.refusal() == .unrecognisedContents || text.refusal() == .wrongType, "\(header)")
    }
  }

  @Test func exactlyOneGroup() {
    var text = GroupText()
    text.header += "second { }\n"
    #expect(text.refusal() == .groupCount)
    #expect(throws: MetadataError.self) { try VolumeGroupMetadata.parse(Array(GroupText().header.utf8)) }
    #expect(throws: MetadataError.self) { try VolumeGroupMetadata.parse([]) }
  }

  @Test func physicalVolumes() {
    func refusal(_ volumes: String...) -> MetadataError.Code? {
      var text = GroupText()
      text.physical = volumes
      return text.refusal()
    }
    let first = GroupText.physical(0)
    #expect(refusal() == .noPhysicalVolume)
    #expect(refusal(first, GroupText.physical(1, key: "pv0")) == .duplicatePhysicalVolumeKey)
    #expect(refusal(first, GroupText.physical(1, identifier: 100)) == .duplicatePhysicalVolume)
    #expect(refusal(first, first) == .duplicatePhysicalVolumeKey)
    #expect(refusal(GroupText.physical(0, extents: "-1")) == .numberOutOfRange)
    #expect(refusal(GroupText.physical(0, extents: "4294967296")) == .numberOutOfRange)
    #expect(refusal(GroupText.physical(0, extents: "\"3\"")) == .wrongType)
    #expect(refusal(GroupText.physical(0, extents: "[3, 4]")) == .wrongType)
    #expect(refusal(first.replacing("pe_start = 2048", with: "pe_start = 9223372036854775807")) == .numberOutOfRange)
    #expect(refusal(first.replacing("pe_start = 2048", with: "")) == .missingField)
    #expect(refusal(first.replacing("\(GroupText.identifier(100))", with: "short")) == .malformedIdentifier)
    #expect(refusal(first.replacing("status = [\"ALLOCATABLE\"]", with: "")) == .missingField)
    #expect(refusal("pv0 { }") == .missingField)
    #expect(refusal("pv0 = 1") == .wrongType)
    var text = GroupText()
    text.more = "physical_volumes { }"
    #expect(text.refusal() == .duplicateField)
  }

  @Test func extentsBeyondAllBytes() {
    var text = GroupText()
    text.fields = text.fields.replacing("extent_size = 8192", with: "extent_size = 4294967295")
    text.physical = [GroupText.physical(0, extents: "4294967295")]
    #expect(text.refusal() == .numberOutOfRange)
    text.fields = text.fields.replacing("extent_size = 4294967295", with: "extent_size = 0")
    #expect(text.refusal() == .missingField)
  }

  static let segments: [(String, MetadataError.Code)] = [
    ("", .missingField), ("type = 5", .wrongType), ("type = \"\"", .malformedName), ("type = \"a b\"", .malformedName),
    ("type = \"\(String(repeating: "x", count: 200))\"", .malformedName), ("type = \"striped\"", .missingField),
    ("type = \"striped\" stripe_count = 1 stripes = []", .areaCount),
    ("type = \"striped\" stripe_count = 0 stripes = []", .areaCount),
    ("type = \"striped\" stripe_count = 2 stripes = [\"pv0\", 0]", .areaCount),
    ("type = \"striped\" stripe_count = 1 stripes = [\"pv0\", 0, \"pv1\", 0]", .areaCount),
    ("type = \"striped\" stripe_count = 3 stripes = [\"pv0\", 0, \"pv1\", 0, \"pv2\", 0]", .areaCount),
    ("type = \"striped\" stripe_count = 1 stripes = [0, \"pv0\"]", .wrongType),
    ("type = \"striped\" stripe_count = 1 stripes = [\"pv0\", \"pv1\"]", .wrongType),
    ("type = \"striped\" stripe_count = 1 stripes = [\"pv0\", -1]", .numberOutOfRange),
    ("type = \"striped\" stripe_count = 1 stripes = [\"pv0\", 4294967296]", .numberOutOfRange),
    ("type = \"striped\" stripe_count = 4294967295 stripes = [\"pv0\", 0]", .areaCount),
    ("type = \"striped\" stripe_count = 1 stripes = [\"pv9\", 0]", .unresolvedReference),
    ("type = \"striped\" stripe_count = 1 stripes = [\"p\\\\v0\", 0]", .wrongType),
    ("type = \"raid1\" raids = [\"a\"]", .missingField), ("type = \"raid1\" device_count = 2", .missingField),
    ("type = \"raid1\" device_count = 1 stripe_count = 1 raids = [\"a\"]", .areaCount),
    ("type = \"raid1\" device_count = 2 raids = [\"a\", \"a\", \"a\"]", .areaCount),
    ("type = \"raid1\" device_count = 1 raids = [\"pv0\"]", .unresolvedReference),
    ("type = \"thin\"", .missingField), ("type = \"thin\" thin_pool = \"gone\"", .unresolvedReference),
    ("type = \"thin\" thin_pool = [\"a\", \"a\"]", .wrongType), ("type = \"thin\" thin_pool = 1", .wrongType),
    ("type = \"cache\" cache_pool = \"a\"", .missingField), ("type = \"snapshot\" origin = \"a\"", .missingField),
    ("type = \"snapshot\" origin = \"a\" cow_store = \"a\" merging_store = \"a\"", .missingField),
    ("type = \"striped\" type = \"striped\"", .duplicateField),
    (GroupText.linear("top"), .cycle), ("type = \"thin\" thin_pool = \"top\"", .cycle),
  ]

  @Test(arguments: segments) func segmentsThatCannotBe(segment: String, code: MetadataError.Code) {
    var text = GroupText()
    text.logical = [GroupText.logical("a", 1, GroupText.linear("pv0")), GroupText.logical("top", 2, segment)]
    #expect(text.refusal() == code, "\(segment)")
  }

  @Test func logicalVolumes() {
    func refusal(_ volumes: String...) -> MetadataError.Code? {
      var text = GroupText()
      text.logical = volumes
      return text.refusal()
    }
    let first = GroupText.logical("a", 1, GroupText.linear("pv0"))
    #expect(refusal(first) == nil)
    #expect(refusal(first, GroupText.logical("a", 2, GroupText.linear("pv1"))) == .duplicateLogicalVolume)
    #expect(refusal(first, GroupText.logical("b", 1, GroupText.linear("pv1"))) == .duplicateLogicalVolume)
    #expect(refusal(first.replacing("segment_count = 1", with: "segment_count = 2")) == .segmentCount)
    #expect(refusal(first.replacing("segment_count = 1", with: "")) == .missingField)
    #expect(refusal(GroupText.logical("a", 1)) == .segmentCount)
    #expect(refusal(first.replacing("start_extent = 0", with: "start_extent = 1")) == .segmentOrder)
    #expect(refusal(first.replacing("extent_count = 2", with: "extent_count = 0")) == .numberOutOfRange)
    #expect(
      refusal(first.replacing("extent_count = 2", with: "extent_count = 18446744073709551615")) == .malformedNumber)
    #expect(
      refusal(first.replacing("extent_count = 2", with: "extent_count = 9223372036854775807")) == .numberOutOfRange)
    let twice = GroupText.logical("a", 1, GroupText.linear("pv0"), GroupText.linear("pv1"))
    #expect(refusal(twice) == nil)
    #expect(refusal(twice.replacing("start_extent = 2", with: "start_extent = 1")) == .segmentOrder)
    #expect(refusal(twice.replacing("start_extent = 2", with: "start_extent = 3")) == .segmentOrder)
    #expect(
      refusal(
        twice.replacing("extent_count = 2", with: "extent_count = 4294967295")
          .replacing("start_extent = 2", with: "start_extent = 4294967295")) == .numberOutOfRange)
  }

  @Test func loopsOfAnyLength() {
    for length in [2, 3, 100, 5_000] {
      var text = GroupText()
      text.logical = (0..<length).map { GroupText.logical("v\($0)", $0, GroupText.linear("v\(($0 + 1) % length)")) }
      #expect(text.refusal() == .cycle)
      text.logical[length - 1] = GroupText.logical("v\(length - 1)", length - 1, GroupText.linear("pv1"))
      #expect(text.refusal() == nil)
      #expect((try? text.keys(under: "v0")) == ["pv1"])
    }
    var text = GroupText()
    text.logical = [
      GroupText.logical("a", 1, GroupText.linear("pv0")), GroupText.logical("b", 2, GroupText.linear("pv0", 9)),
      GroupText.logical("s", 3, "type = \"snapshot\" origin = \"a\" cow_store = \"b\""),
      GroupText.logical("t", 4, "type = \"snapshot\" origin = \"b\" cow_store = \"a\""),
    ]
    #expect(text.refusal() == .cycle)
  }
}

/// Texts that would take more memory or time than any real group, although nothing in them is wrong.
@Suite struct ComplexTextTests {
  @Test(.timeLimit(.minutes(5))) func volumesThatRestOnEverLargerSets() {
    var text = GroupText()
    text.physical = (0..<4_000).map { GroupText.physical($0) }
    text.logical = (0..<4_000).map { number in
      let next = number == 3_999 ? "" : ", \"v\(number + 1)\", 0"
      let count = number == 3_999 ? 1 : 2
      return GroupText.logical(
        "v\(number)", number, "type = \"striped\" stripe_count = \(count) stripes = [\"pv\(number)\", 0\(next)]")
    }
    #expect(text.refusal() == .tooComplex)
    // The same shape at a size that occurs is fine.
    text.physical = Array(text.physical.prefix(100))
    text.logical = (0..<100).map { text.logical[$0 + 3_900].replacing("\"pv39", with: "\"pv") }
      .map { $0.replacing("\"pv0", with: "\"pv") }
    #expect((try? text.keys(under: "v3900"))?.count == 100)
  }

  @Test(.timeLimit(.minutes(5))) func moreAreasThanAnyGroupHas() {
    let areas = Array(repeating: "\"pv0\", 0", count: 30_000).joined(separator: ",")
    var text = GroupText()
    text.logical = (0..<80).map { number in
      GroupText.logical(
        "v\(number)", number, extents: 30_000, "type = \"striped\" stripe_count = 30000 stripes = [\(areas)]")
    }
    #expect(text.refusal() == .tooComplex)
  }

  @Test(.timeLimit(.minutes(5))) func morePhysicalVolumesThanAnyGroupHas() {
    var text = GroupText()
    text.physical = (0...VolumeGroupMetadata.maximumPhysicalVolumes).map { GroupText.physical($0) }
    #expect(text.refusal() == .tooComplex)
  }
}
