// SPDX-License-Identifier: Apache-2.0

import LVMMetadata
import Testing

/// What the sections of a text become.
@Suite struct GroupMetadataTests {
  @Test func fieldsOfTheGroup() throws {
    var text = GroupText()
    text.fields = """
      id = "\(GroupText.identifier(1))" seqno = 4294967295 format = "lvm2" status = ["EXPORTED", "CLUSTERED", "SHARED"]
      flags = ["NOAUTOACTIVATE", "WRITE_LOCKED", "SOMETHING_NEW"] extent_size = 1 system_id = "host-a" lock_type = "sanlock"
      """
    text.header += "description = \"why\"\ncreation_host = \"guest\"\ncreation_time = 1700000000\n"
    text.more = "historical_logical_volumes { a { id = \"x\" name = \"a\" } b { id = \"y\" } }"
    let group = try text.parse()
    #expect(group.sequence == 4_294_967_295)
    #expect(group.format == "lvm2")
    #expect(group.status.isSuperset(of: [.exported, .clustered, .shared, .writeLocked]))
    #expect(group.isExported)
    #expect(group.extentSizeInBytes == 512)
    #expect(group.systemID == "host-a")
    #expect(group.lockType == "sanlock")
    #expect(group.reason == "why")
    #expect(group.creationHost == "guest")
    #expect(group.creationTime == 1_700_000_000)
    #expect(group.historicalVolumeCount == 2)
    #expect(group.inconsistencies.isEmpty)
  }

  @Test func anUnknownStatusFlagIsNoted() throws {
    var text = GroupText()
    text.fields = text.fields.replacing("\"WRITE\"", with: "\"FROM_THE_FUTURE\"")
    #expect(try text.parse().inconsistencies.map(\.code) == [.unknownStatusFlag])
    #expect(try text.parse().inconsistencies.map(\.subject) == ["FROM_THE_FUTURE"])
  }

  @Test(arguments: ["status = [\"MISSING\"] flags = []", "status = [] flags = [\"MISSING\"]"])
  func missingStandsInEitherArray(flags: String) throws {
    var text = GroupText()
    text.physical[1] = text.physical[1].replacing("status = [\"ALLOCATABLE\"] flags = []", with: flags)
    #expect(try text.parse().physicalVolumes.map { $0.status.contains(.missing) } == [false, true, false])
  }

  /// For each segment the volumes that `top` must rest on; `a`, `b` and `c` lie on pv0, pv1 and pv2.
  static let closures: [(String, [String])] = [
    (GroupText.linear("pv2", 50), ["pv2"]), (GroupText.linear("a"), ["pv0"]),
    ("type = \"striped\" stripe_count = 2 stripe_size = 8 stripes = [\"pv0\", 50, \"pv2\", 50]", ["pv0", "pv2"]),
    ("type = \"mirror\" mirror_count = 2 mirror_log = \"c\" mirrors = [\"a\", 0, \"b\", 0]", ["pv0", "pv1", "pv2"]),
    ("type = \"mirror\" mirror_count = 2 extents_moved = 1 mirrors = [\"pv0\", 50, \"pv1\", 50]", ["pv0", "pv1"]),
    ("type = \"raid0\" stripe_count = 2 raid0_lvs = [\"a\", \"b\"]", ["pv0", "pv1"]),
    ("type = \"raid1\" device_count = 1 raids = [\"a\", \"c\"]", ["pv0", "pv2"]),
    ("type = \"raid1\" device_count = 2 raids = [\"a\", \"c\"]", ["pv0", "pv2"]),
    ("type = \"raid5_ls+RESHAPE\" device_count = 3 raids = [\"a\", \"b\", \"c\"]", ["pv0", "pv1", "pv2"]),
    ("type = \"thin-pool\" metadata = \"a\" pool = \"c\"", ["pv0", "pv2"]),
    ("type = \"thin\" thin_pool = \"a\" device_id = 1", ["pv0"]),
    ("type = \"thin\" thin_pool = \"a\" device_id = 1 external_origin = \"b\"", ["pv0", "pv1"]),
    ("type = \"thin\" thin_pool = \"a\" device_id = 1 origin = \"b\" merge = \"c\"", ["pv0", "pv1", "pv2"]),
    ("type = \"cache-pool\" data = \"b\" metadata = \"c\"", ["pv1", "pv2"]),
    ("type = \"cache\" cache_pool = \"b\" origin = \"a\"", ["pv0", "pv1"]),
    ("type = \"cache+CACHE_USES_CACHEVOL\" cache_pool = \"b\" origin = \"a\"", ["pv0", "pv1"]),
    ("type = \"writecache\" writecache = \"c\" origin = \"a\"", ["pv0", "pv2"]),
    ("type = \"integrity\" origin = \"a\" meta_dev = \"c\" mode = \"J\"", ["pv0", "pv2"]),
    ("type = \"integrity\" origin = \"b\"", ["pv1"]), ("type = \"vdo-pool\" data = \"b\" write_policy = sync", ["pv1"]),
    ("type = \"vdo\" vdo_pool = \"c\" vdo_offset = 0", ["pv2"]), ("type = \"error\"", []), ("type = \"zero\"", []),
    ("type = \"snapshot\" chunk_size = 8 origin = \"a\" cow_store = \"b\"", ["pv0", "pv1"]),
    (
      "type = \"from-the-future\" things = [\"a\", 5, \"pv2\", 7, \"word\"] deep { one = \"b\" } x = \"top\"",
      ["pv0", "pv1", "pv2"]
    ),
    ("type = \"striped+NEW_FLAG\" stripe_count = 1 stripes = [\"pv1\", 0] other = \"c\"", ["pv1", "pv2"]),
  ]

  @Test(arguments: closures) func volumesUnderASegment(segment: String, keys: [String]) throws {
    var text = GroupText()
    text.logical = ["a", "b", "c"].enumerated().map {
      GroupText.logical($1, $0, status: "\"READ\"", GroupText.linear("pv\($0)"))
    }
    text.logical.insert(GroupText.logical("top", 9, segment), at: 1)
    #expect(try text.keys(under: "top") == keys)
    let group = try text.parse()
    let isKnown = !segment.contains("future") && !segment.contains("NEW_FLAG")
    #expect(group.hasUnknownSegmentTypes == !isKnown)
    #expect(group.inconsistencies.map(\.code) == (isKnown ? [] : [.unknownSegmentType]))
    // Volumes below may be declared after the ones above and the other way round.
    text.logical.reverse()
    #expect(try text.keys(under: "top") == keys)
  }

  @Test func aSnapshotRestsOnItsOriginAndAMergeOnItsStore() throws {
    var text = GroupText()
    text.logical = [
      GroupText.logical("origin", 1, GroupText.linear("pv0")), GroupText.logical("store", 2, GroupText.linear("pv1")),
      GroupText.logical("snapshot0", 3, status: "", "type = \"snapshot\" origin = \"origin\" cow_store = \"store\""),
    ]
    #expect(try text.keys(under: "store") == ["pv0", "pv1"])
    #expect(try text.keys(under: "origin") == ["pv0"])
    #expect(try text.parse().logicalVolumes.map(\.layout) == ["linear", "snapshot", "snapshot"])
    #expect(try text.parse().logicalVolumes.map(\.isSnapshotLink) == [false, false, true])
    text.logical[2] = text.logical[2].replacing("cow_store", with: "merging_store")
    #expect(try text.keys(under: "store") == ["pv0", "pv1"])
    #expect(try text.keys(under: "origin") == ["pv0", "pv1"])
    #expect(try text.parse().logicalVolumes.map(\.isHidden) == [false, true, true])
  }

  @Test func layouts() throws {
    var text = GroupText()
    let striped = "type = \"striped\" stripe_count = 2 stripes = [\"pv0\", 20, \"pv1\", 20]"
    text.logical = [
      GroupText.logical("one", 1, GroupText.linear("pv0")),
      GroupText.logical("two", 2, GroupText.linear("pv0", 4), GroupText.linear("pv1", 4)),
      GroupText.logical("three", 3, striped), GroupText.logical("four", 4, GroupText.linear("pv0", 30), striped),
      GroupText.logical("five", 5, "type = \"cache-pool\" data = \"one\" metadata = \"two\""),
    ]
    #expect(try text.parse().logicalVolumes.map(\.layout) == ["linear", "linear", "striped", "mixed", "cache_pool"])
    #expect(try text.parse().logicalVolume(named: "two")?.size == 16 << 20)
  }

  @Test func segmentsInAnyOrder() throws {
    var text = GroupText()
    text.logical = [
      """
      v { id = "\(GroupText.identifier(9))" status = [] segment_count = 3
      segment2 { start_extent = 5 extent_count = 2 \(GroupText.linear("pv1")) }
      segment3 { start_extent = 7 extent_count = 1 \(GroupText.linear("pv2")) }
      segment1 { start_extent = 0 extent_count = 5 \(GroupText.linear("pv0")) } }
      """
    ]
    let group = try text.parse()
    let volume = try #require(group.logicalVolume(named: "v"))
    #expect(group.segments(of: volume).map(\.startExtent) == [0, 5, 7])
    #expect(volume.extentCount == 8)
    #expect(group.physicalVolumes.map(\.allocatedExtents) == [5, 2, 1])
  }

  @Test func inconsistenciesLeaveTheClosureKnown() throws {
    func codes(_ segment: String, physical: String? = nil) throws -> [MetadataInconsistency.Code] {
      var text = GroupText()
      if let physical { text.physical[0] = physical }
      text.logical = [GroupText.logical("a", 1, GroupText.linear("pv0", 10)), GroupText.logical("top", 2, segment)]
      #expect(try text.keys(under: "top") == ["pv0"])
      return try text.parse().inconsistencies.map(\.code)
    }
    #expect(try codes(GroupText.linear("pv0", 98)) == [])
    #expect(try codes(GroupText.linear("pv0", 99)) == [.extentsBeyondPhysicalVolume])
    #expect(try codes(GroupText.linear("pv0", 11)) == [.overlappingExtents])
    #expect(try codes(GroupText.linear("pv0", 12)) == [])
    #expect(try codes(GroupText.linear("a", 0)) == [])
    #expect(try codes(GroupText.linear("a", 1)) == [.extentsBeyondLogicalVolume])
    #expect(
      try codes(GroupText.linear("pv0"), physical: GroupText.physical(0, extents: "200")) == [.extentsBeyondDevice])
  }
}
