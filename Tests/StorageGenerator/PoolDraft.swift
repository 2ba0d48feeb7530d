// SPDX-License-Identifier: Apache-2.0

/// Pools, caches and the volumes that live in or on them.
extension GroupDraft {
  private mutating func pool(_ name: String, thinVolumes: Int) throws(NoRoom) {
    let extents = size()
    let segment = PlannedSegment.layer(
      "thin-pool", extents: extents, parts: [("metadata", "\(name)_tmeta"), ("pool", "\(name)_tdata")],
      [
        "transaction_id = \(thinVolumes + 3)", "chunk_size = 128", "discards = \"passdown\"",
        "zero_new_blocks = \(random.number(0...1))",
      ])
    append(name, [segment])
    try base("\(name)_tmeta", extents: 12, isHidden: true)
    if random.chance(20) {
      try cached("\(name)_tdata", extents: extents, isHidden: true)
    } else {
      try base("\(name)_tdata", extents: extents, isHidden: true)
    }
    if random.chance(70) { try addMetadataSpare() }
  }

  private func thin(_ pool: String, device: Int, extents: Int, _ more: [(key: String, volume: String)] = [])
    -> PlannedSegment
  {
    .layer(
      "thin", extents: extents, parts: [("thin_pool", pool)] + more,
      ["transaction_id = \(device - 1)", "device_id = \(device)"])
  }

  /// A pool with thin volumes and snapshots of some of them, or an empty one.
  mutating func thinPool() throws(NoRoom) {
    let name = newName()
    let count = random.number(0...4)
    try pool(name, thinVolumes: count)
    var thins: [String] = []
    for device in 0..<count {
      let thin = newName()
      // The volumes may be larger than the pool in sum, or alone.
      let extents = random.number(1...500)
      if let origin = thins.randomElement(using: &random), random.chance(40) {
        append(
          thin, [self.thin(name, device: device + 1, extents: extents, [("origin", origin)])],
          flags: ["ACTIVATION_SKIP"])
      } else {
        append(thin, [self.thin(name, device: device + 1, extents: extents)])
      }
      thins.append(thin)
    }
    if let origin = thins.first, random.chance(25) { try snapshot(of: origin, isHidden: false) }
  }

  /// A thin volume whose first data lies outside of its pool, maybe in another one.
  mutating func thinWithExternalOrigin() throws(NoRoom) {
    let name = newName()
    let origin = newName()
    try pool(name, thinVolumes: 1)
    if random.chance(30) {
      let other = newName()
      try pool(other, thinVolumes: 1)
      append(origin, [thin(other, device: 1, extents: 7)])
    } else {
      try base(origin, extents: 12, isHidden: false)
    }
    change(origin) { $0.flags.append("ACTIVATION_SKIP") }
    append(newName(), [thin(name, device: 1, extents: 12, [("external_origin", origin)])])
  }

  /// A thin snapshot that is to be merged into its origin when both are next started.
  mutating func thinMerging() throws(NoRoom) {
    let name = newName()
    let origin = newName()
    try pool(name, thinVolumes: 2)
    append(origin, [thin(name, device: 1, extents: 9)])
    append(
      newName(), [thin(name, device: 2, extents: 9, [("origin", origin), ("merge", origin)])], isHidden: true)
  }

  mutating func cachePool(_ name: String, isHidden: Bool) throws(NoRoom) {
    let segment = PlannedSegment.layer(
      "cache-pool", extents: 12, parts: [("data", "\(name)_cdata"), ("metadata", "\(name)_cmeta")],
      ["metadata_format = 2", "chunk_size = 128", "cache_mode = \"writethrough\"", "policy = \"smq\""])
    append(name, [segment], isHidden: isHidden)
    try base("\(name)_cdata", extents: 12, isHidden: true)
    try base("\(name)_cmeta", extents: 12, isHidden: true)
    if random.chance(50) { try addMetadataSpare() }
  }

  mutating func cached(_ name: String, extents: Int, isHidden: Bool) throws(NoRoom) {
    let pool = "\(newName())_cpool"
    append(
      name,
      [.layer("cache", extents: extents, parts: [("cache_pool", pool), ("origin", "\(name)_corig")])],
      isHidden: isHidden)
    try base("\(name)_corig", extents: extents, isHidden: true)
    try cachePool(pool, isHidden: true)
  }

  /// A cache whose data and metadata lie on one volume.
  mutating func cachedByVolume(_ name: String, extents: Int) throws(NoRoom) {
    let fast = "\(newName())_cvol"
    append(
      name,
      [
        .layer(
          "cache+CACHE_USES_CACHEVOL", type: "cache", extents: extents,
          parts: [("cache_pool", fast), ("origin", "\(name)_corig")],
          [
            "metadata_format = 2", "chunk_size = 128", "cache_mode = \"writethrough\"", "policy = \"smq\"",
            "metadata_start = 0", "metadata_len = 8192", "data_start = 8192", "data_len = 8192",
            "metadata_id = \"\(random.identifier())\"", "data_id = \"\(random.identifier())\"",
          ])
      ])
    try base("\(name)_corig", extents: extents, isHidden: true)
    try linear(fast, extents: 12, isHidden: true, flags: ["CACHE_VOL"])
  }

  mutating func writeCached(_ name: String, extents: Int) throws(NoRoom) {
    let fast = "\(newName())_cvol"
    append(
      name,
      [
        .layer(
          "writecache", extents: extents, parts: [("writecache", fast), ("origin", "\(name)_wcorig")],
          ["writecache_block_size = 4096"])
      ])
    try base("\(name)_wcorig", extents: extents, isHidden: true)
    try linear(fast, extents: 5, isHidden: true, flags: random.chance(50) ? ["CACHE_VOL"] : [])
  }

  mutating func vdo() throws(NoRoom) {
    let pool = newName()
    let extents = size()
    let virtual = random.number(1...400)
    append(newName(), [.layer("vdo", extents: virtual, parts: [("vdo_pool", pool)], ["vdo_offset = 0"])])
    let settings = [
      "header_size = 1024", "virtual_extents = \(virtual)", "use_compression = 1", "use_deduplication = 1",
      "use_metadata_hints = 1", "minimum_io_size = 4096", "block_map_cache_size_mb = 128",
      "block_map_era_length = 16380", "use_sparse_index = 0", "index_memory_size_mb = 256", "max_discard = 1",
      "slab_size_mb = 2048", "ack_threads = 1", "bio_threads = 4", "bio_rotation = 64", "cpu_threads = 2",
      "hash_zone_threads = 1", "logical_threads = 1", "physical_threads = 1", "write_policy = sync",
    ]
    append(pool, [.layer("vdo-pool", extents: extents, parts: [("data", "\(pool)_vdata")], settings)])
    try base("\(pool)_vdata", extents: extents, isHidden: true)
  }
}
