// SPDX-License-Identifier: Apache-2.0

/// What a user can have in a group, each with its hidden parts.
public enum VolumeKind: String, CaseIterable, Sendable, Comparable {
  case linear, extended, striped, mixed, mirror, raid, raidWithIntegrity
  case thinPool, thinWithExternalOrigin, thinMerging
  case cachePool, cached, cachedByVolume, writeCached, vdo
  case snapshot, snapshotMerging, sparse, zero, error, hidden, moving, historical

  /// By name.
  public static func < (left: VolumeKind, right: VolumeKind) -> Bool { left.rawValue < right.rawValue }
}

extension GroupDraft {
  /// Numbers of extents that every number of stripes in use divides.
  mutating func size() -> Int { 12 * random.number(1...3) }

  mutating func make(_ kind: VolumeKind) throws(NoRoom) {
    switch kind {
    case .linear: try linear(newName(), extents: random.number(1...9), isHidden: false)
    case .extended:
      let segments = try (0..<random.number(2...4)).map { _ throws(NoRoom) in
        try stripes(1, extents: random.number(1...5))
      }
      append(newName(), segments)
    case .striped: append(newName(), [try stripes(random.number(2...4), extents: 12)])
    case .mixed:
      let parts = [try stripes(1, extents: random.number(1...5)), try stripes(2, extents: 4), PlannedSegment.error]
      append(newName(), parts.shuffled(using: &random))
    case .mirror: try mirror(newName(), extents: size(), isHidden: false)
    case .raid: try raid(newName(), extents: size(), isHidden: false)
    case .raidWithIntegrity: try raid(newName(), extents: size(), isHidden: false, hasIntegrity: true)
    case .thinPool: try thinPool()
    case .thinWithExternalOrigin: try thinWithExternalOrigin()
    case .thinMerging: try thinMerging()
    case .cachePool: try cachePool(newName(), isHidden: false)
    case .cached: try cached(newName(), extents: size(), isHidden: false)
    case .cachedByVolume: try cachedByVolume(newName(), extents: size())
    case .writeCached: try writeCached(newName(), extents: size())
    case .vdo: try vdo()
    case .snapshot: try snapshots()
    case .snapshotMerging: try snapshotMerging()
    case .sparse: try sparse()
    case .zero: append(newName(), [.zero])
    case .error: append(newName(), [.error])
    case .hidden: try linear(newName(), extents: random.number(1...4), isHidden: true)
    case .moving: try moving()
    case .historical: historical.append((newName(), random.identifier()))
    }
  }

  /// Something that a pool, a cache or a snapshot can lie on.
  mutating func base(_ name: String, extents: Int, isHidden: Bool) throws(NoRoom) {
    switch random.number(0...9) {
    case 0: append(name, [try stripes(random.pick(2, 3, 4), extents: extents)], isHidden: isHidden)
    case 1:
      append(name, [try stripes(1, extents: extents / 2), try stripes(1, extents: extents / 2)], isHidden: isHidden)
    case 2: try mirror(name, extents: extents, isHidden: isHidden)
    case 3, 4, 5: try raid(name, extents: extents, isHidden: isHidden)
    default: try linear(name, extents: extents, isHidden: isHidden)
    }
  }
}

extension PlannedSegment {
  /// Reads as zeros.
  static var zero: PlannedSegment { PlannedSegment(extents: 3, type: "zero", lines: ["type = \"zero\""]) }
  /// Cannot be read.
  static var error: PlannedSegment { PlannedSegment(extents: 2, type: "error", lines: ["type = \"error\""]) }

  /// A segment that names logical volumes only.
  static func layer(
    _ written: String, type: String? = nil, extents: Int, parts: [(key: String, volume: String)],
    _ others: [String] = []
  ) -> PlannedSegment {
    PlannedSegment(
      extents: extents, type: type ?? written,
      lines: ["type = \"\(written)\""] + parts.map { "\($0.key) = \"\($0.volume)\"" } + others,
      parts: parts.map(\.volume))
  }
}
