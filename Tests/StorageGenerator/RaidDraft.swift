// SPDX-License-Identifier: Apache-2.0

/// Volumes with several images.
extension GroupDraft {
  /// A mirror of the old kind: two or three images, a log on disk, mirrored or in memory (lvmraid(7) is the new kind).
  mutating func mirror(_ name: String, extents: Int, isHidden: Bool) throws(NoRoom) {
    let images = (0..<random.number(2...3)).map { "\(name)_mimage_\($0)" }
    var parts = images
    var lines = ["type = \"mirror\"", "mirror_count = \(images.count)", "region_size = 8"]
    if random.chance(70) {
      let log = "\(name)_mlog"
      lines.append("mirror_log = \"\(log)\"")
      parts.append(log)
      if random.chance(30) {
        let logs = ["\(log)_mimage_0", "\(log)_mimage_1"]
        append(log, [Self.mirrored(logs, extents: 1)], isHidden: true)
        for image in logs { try linear(image, extents: 1, isHidden: true) }
      } else {
        try linear(log, extents: 1, isHidden: true)
      }
    }
    let areas = images.map { "\"\($0)\", 0" }.joined(separator: ", ")
    let segment = PlannedSegment(
      extents: extents, type: "mirror", lines: lines + ["mirrors = [ \(areas) ]"], parts: parts)
    append(name, [segment], isHidden: isHidden)
    for image in images { try linear(image, extents: extents, isHidden: true) }
  }

  static func mirrored(_ images: [String], extents: Int) -> PlannedSegment {
    let areas = images.map { "\"\($0)\", 0" }.joined(separator: ", ")
    return PlannedSegment(
      extents: extents, type: "mirror",
      lines: ["type = \"mirror\"", "mirror_count = \(images.count)", "region_size = 8", "mirrors = [ \(areas) ]"],
      parts: images)
  }

  /// A level of raid: how it is written, and how many of its images hold different data.
  private struct Level {
    var type: String
    var images: Int
    var dataImages: Int
    var extra: [String] = []
  }

  private mutating func level() -> Level {
    switch random.number(0...7) {
    case 0: return Level(type: "raid0", images: 2, dataImages: 2)
    case 1: return Level(type: "raid0_meta", images: 3, dataImages: 3)
    case 2: return Level(type: "raid4", images: 3, dataImages: 2)
    case 3:
      let images = random.pick(3, 4, 5)
      let type = random.pick("raid5_ls", "raid5_la", "raid5_rs", "raid5_ra", "raid5_n")
      return Level(type: type, images: images, dataImages: images - 1)
    case 4:
      let type = random.pick("raid6_zr", "raid6_nr", "raid6_nc", "raid6_ls_6", "raid6_n_6", "raid6_ra_6")
      return Level(type: type, images: 5, dataImages: 3)
    case 5: return Level(type: "raid10", images: 4, dataImages: 2, extra: ["data_copies = 2"])
    default:
      let images = random.pick(2, 3)
      return Level(type: "raid1", images: images, dataImages: 1)
    }
  }

  /// A raid of any level; with integrity, each image is itself a layer of two volumes.
  mutating func raid(_ name: String, extents: Int, isHidden: Bool, hasIntegrity: Bool = false) throws(NoRoom) {
    var level = level()
    while hasIntegrity, level.type.hasPrefix("raid0") { level = self.level() }
    let hasMetadata = level.type != "raid0"
    let isStriped = level.type != "raid1"
    let images = (0..<level.images).map { "\(name)_rimage_\($0)" }
    let logs = hasMetadata ? (0..<level.images).map { "\(name)_rmeta_\($0)" } : []
    let words = hasMetadata ? zip(logs, images).flatMap { [$0, $1] } : images
    let isRaid0 = level.type.hasPrefix("raid0")
    var lines = ["type = \"\(level.type)\"", "\(isRaid0 ? "stripe_count" : "device_count") = \(level.images)"]
    if isStriped { lines.append("stripe_size = 128") }
    if !isRaid0 { lines.append("region_size = 4096") }
    lines += level.extra
    lines.append("\(hasMetadata ? "raids" : "raid0_lvs") = \(PlannedGroup.list(words))")
    append(
      name, [PlannedSegment(extents: extents, type: level.type, lines: lines, parts: images + logs)],
      isHidden: isHidden,
      status: level.type == "raid1" && random.chance(10) ? ["NOTSYNCED"] : [])
    let length = extents / level.dataImages
    // Images lie on different physical volumes if they can.
    let pieces = try take(length, times: level.images)
    for (position, image) in images.enumerated() {
      let data = Self.segment([pieces[position]], extents: length)
      guard hasIntegrity else {
        append(image, [data], isHidden: true)
        continue
      }
      let parts = [("origin", "\(image)_iorig"), ("meta_dev", "\(image)_imeta")]
      let others = [
        "data_sectors = 16384", "mode = \"\(random.pick("J", "B"))\"", "tag_size = 4", "block_size = 512",
        "internal_hash = \"crc32c\"",
      ]
      append(image, [.layer("integrity", extents: length, parts: parts, others)], isHidden: true)
      append("\(image)_iorig", [data], isHidden: true)
      try linear("\(image)_imeta", extents: 1, isHidden: true)
    }
    // The metadata of an image lies beside it, unless somebody has moved it.
    let isApart = random.chance(25)
    for (position, log) in logs.enumerated() {
      let piece = isApart ? try take(1, times: 1) : [try take(1, on: pieces[position].member)]
      append(log, [Self.segment(piece, extents: 1)], isHidden: true)
    }
  }
}
