// SPDX-License-Identifier: Apache-2.0

extension PlannedGroup {
  /// The group as `vgcfgrestore` reads it (lvm2 `lib/format_text/export.c`).
  public var text: String {
    var lines = ["contents = \"Text Format Volume Group\"", "version = 1", "description = \"generated\""]
    lines += ["creation_host = \"guest\"", "creation_time = 1700000000", "\(name) {", "id = \"\(uuid)\""]
    lines += [
      "seqno = \(sequence)", "format = \"lvm2\"", "status = [\"RESIZEABLE\", \"READ\", \"WRITE\"]", "flags = []",
    ]
    if !tags.isEmpty { lines.append("tags = \(Self.list(tags))") }
    lines += [
      "extent_size = \(extentSectors)", "max_lv = 0", "max_pv = 0", "metadata_copies = 0", "physical_volumes {",
    ]
    for (position, member) in members.enumerated() { lines += Self.lines(of: member, key: "pv\(position)") }
    lines.append("}")
    if !volumes.isEmpty { lines += ["logical_volumes {"] + volumes.flatMap(Self.lines) + ["}"] }
    if !historical.isEmpty {
      lines.append("historical_logical_volumes {")
      for (name, uuid) in historical {
        lines += ["\(name) {", "id = \"\(uuid)\"", "name = \"\(name)\"", "creation_time = 1700000000"]
        lines += ["removal_time = 1700000001", "}"]
      }
      lines.append("}")
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  private static func lines(of member: PlannedMember, key: String) -> [String] {
    var lines = ["\(key) {", "id = \"\(member.uuid)\"", "device = \"/dev/\(member.disk)\""]
    lines += ["status = [\"ALLOCATABLE\"]", "flags = []"]
    if !member.tags.isEmpty { lines.append("tags = \(list(member.tags))") }
    lines += ["dev_size = \(member.sectors)", "pe_start = \(member.extentStart)", "pe_count = \(member.extentCount)"]
    if let bootloader = member.bootloader {
      lines += ["ba_start = \(bootloader.start)", "ba_size = \(bootloader.count)"]
    }
    return lines + ["}"]
  }

  private static func lines(of volume: PlannedVolume) -> [String] {
    var status = ["READ", "WRITE"]
    // lvm2 writes the store of a snapshot without the word and shows it all the same.
    if !volume.isHidden, !volume.isSnapshotStore { status.append("VISIBLE") }
    var lines = ["\(volume.name) {", "id = \"\(volume.uuid)\"", "status = \(list(status + volume.status))"]
    lines += ["flags = \(list(volume.flags))"]
    if !volume.tags.isEmpty { lines.append("tags = \(list(volume.tags))") }
    lines += ["creation_time = 1700000000", "creation_host = \"guest\"", "segment_count = \(volume.segments.count)"]
    var start = 0
    for (number, segment) in volume.segments.enumerated() {
      lines += ["segment\(number + 1) {", "start_extent = \(start)", "extent_count = \(segment.extents)"]
      lines += segment.lines + ["}"]
      start += segment.extents
    }
    return lines + ["}"]
  }

  static func list(_ words: [String]) -> String {
    "[" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
  }
}
