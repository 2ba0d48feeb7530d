// SPDX-License-Identifier: Apache-2.0

import LVMMetadata

/// A metadata text put together from parts, each of which a test may break.
struct GroupText {
  var header = "contents = \"Text Format Volume Group\"\nversion = 1\n"
  var name = "vg"
  var fields =
    "id = \"\(GroupText.identifier(1))\"\nseqno = 7\nstatus = [\"READ\", \"WRITE\"]\nflags = []\nextent_size = 8192\n"
  var physical = [GroupText.physical(0), GroupText.physical(1), GroupText.physical(2)]
  var logical: [String] = []
  var more = ""

  static func identifier(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "A", count: 32 - digits.count) + digits
  }

  static func physical(_ number: Int, key: String? = nil, identifier: Int? = nil, extents: String = "100") -> String {
    """
    \(key ?? "pv\(number)") { id = "\(Self.identifier(identifier ?? 100 + number))" status = ["ALLOCATABLE"] flags = []
    dev_size = 1048576 pe_start = 2048 pe_count = \(extents) }

    """
  }

  /// A logical volume; `segments` are bodies of one extent count each.
  static func logical(
    _ name: String, _ number: Int, extents: Int = 2, status: String = "\"READ\", \"VISIBLE\"", _ segments: String...
  ) -> String {
    var text =
      "\(name) { id = \"\(identifier(1000 + number))\" status = [\(status)] segment_count = \(segments.count)\n"
    for (index, segment) in segments.enumerated() {
      text += "segment\(index + 1) { start_extent = \(index * extents) extent_count = \(extents) \(segment) }\n"
    }
    return text + "}\n"
  }

  static func linear(_ volume: String, _ start: Int = 0) -> String {
    "type = \"striped\" stripe_count = 1 stripes = [\"\(volume)\", \(start)]"
  }

  var text: String {
    "\(name) {\n\(fields)\nphysical_volumes {\n\(physical.joined())}\nlogical_volumes {\n\(logical.joined())}\n\(more)}\n\(header)"
  }

  func parse() throws(MetadataError) -> VolumeGroupMetadata {
    try VolumeGroupMetadata.parse(Array(text.utf8))
  }

  /// The code with which the text is refused, nil when it is not.
  func refusal() -> MetadataError.Code? {
    do throws(MetadataError) {
      _ = try parse()
      return nil
    } catch {
      return error.code
    }
  }

  /// Keys of the physical volumes under a logical one.
  func keys(under name: String) throws -> [String]? {
    let group = try parse()
    return group.logicalVolume(named: name).map { volume in
      group.physicalVolumeIndices(of: volume).map { group.physicalVolumes[$0].key }
    }
  }
}
