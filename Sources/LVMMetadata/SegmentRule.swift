// SPDX-License-Identifier: Apache-2.0

/// How the segments of a type name the volumes they lie on.
///
/// Source: the `text_import` functions of lvm2's segment types (`lib/striped`, `lib/mirror`, `lib/raid`,
/// `lib/snapshot`, `lib/thin`, `lib/cache_segtype`, `lib/writecache`, `lib/integrity`, `lib/vdo`, `lib/error`,
/// `lib/zero`).
enum SegmentRule {
  /// A field that names one logical volume.
  struct Field {
    let key: StaticString
    let role: SegmentArea.Role
    let isRequired: Bool
  }

  /// Pairs of a volume and its first extent in `list`, as many as `count` says; shared when the segment's extents are
  /// spread over them.
  case extents(list: StaticString, count: StaticString, shared: Bool, fields: [Field])
  /// Names of images, each behind the name of its metadata volume when there are twice as many names as `counts` says.
  case images(list: StaticString, counts: [StaticString])
  /// Fields that name logical volumes.
  case fields([Field])

  private static let striped = SegmentRule.extents(list: "stripes", count: "stripe_count", shared: true, fields: [])
  private static let mirror = SegmentRule.extents(
    list: "mirrors", count: "mirror_count", shared: false,
    fields: [Field(key: "mirror_log", role: .log, isRequired: false)])
  private static let raid0 = SegmentRule.images(list: "raid0_lvs", counts: ["stripe_count", "device_count"])
  private static let raid = SegmentRule.images(list: "raids", counts: ["device_count", "stripe_count"])
  private static let snapshot = SegmentRule.fields([
    Field(key: "origin", role: .origin, isRequired: true),
    Field(key: "cow_store", role: .copyOnWrite, isRequired: false),
    Field(key: "merging_store", role: .merging, isRequired: false),
  ])
  private static let thinPool = SegmentRule.fields([
    Field(key: "metadata", role: .metadata, isRequired: true), Field(key: "pool", role: .data, isRequired: true),
  ])
  private static let thin = SegmentRule.fields([
    Field(key: "thin_pool", role: .pool, isRequired: true), Field(key: "origin", role: .origin, isRequired: false),
    Field(key: "external_origin", role: .externalOrigin, isRequired: false),
    Field(key: "merge", role: .merging, isRequired: false),
  ])
  private static let cachePool = SegmentRule.fields([
    Field(key: "data", role: .data, isRequired: true), Field(key: "metadata", role: .metadata, isRequired: true),
  ])
  private static let cache = SegmentRule.fields([
    Field(key: "cache_pool", role: .pool, isRequired: true), Field(key: "origin", role: .origin, isRequired: true),
  ])
  private static let writecache = SegmentRule.fields([
    Field(key: "writecache", role: .pool, isRequired: true), Field(key: "origin", role: .origin, isRequired: true),
  ])
  private static let integrity = SegmentRule.fields([
    Field(key: "origin", role: .origin, isRequired: true), Field(key: "meta_dev", role: .metadata, isRequired: false),
  ])
  private static let vdoPool = SegmentRule.fields([Field(key: "data", role: .data, isRequired: true)])
  private static let vdo = SegmentRule.fields([Field(key: "vdo_pool", role: .pool, isRequired: true)])
  private static let nothing = SegmentRule.fields([])

  /// The rule for lvm2's name of a segment type, flags cut off; nil for a type that is not known.
  static func forType(_ type: String) -> SegmentRule? {
    switch type {
    case "striped", "linear": striped
    case "mirror": mirror
    case "raid0": raid0
    case "raid0_meta", "raid1", "raid4", "raid5", "raid5_n", "raid5_la", "raid5_ra", "raid5_ls", "raid5_rs", "raid6",
      "raid6_zr", "raid6_nr", "raid6_nc", "raid6_ls_6", "raid6_rs_6", "raid6_la_6", "raid6_ra_6", "raid6_n_6", "raid10",
      "raid10_near":
      raid
    case "snapshot": snapshot
    case "thin-pool": thinPool
    case "thin": thin
    case "cache-pool": cachePool
    case "cache": cache
    case "writecache": writecache
    case "integrity": integrity
    case "vdo-pool": vdoPool
    case "vdo": vdo
    case "error", "zero": nothing
    default: nil
    }
  }
}
