// SPDX-License-Identifier: Apache-2.0

/// Snapshots with a store of their own, and extents that are on the move.
extension GroupDraft {
  /// A store for the changes of a volume, and the link that ties it to its origin.
  mutating func snapshot(of origin: String, isHidden: Bool) throws(NoRoom) {
    let store = newName()
    try base(store, extents: 12, isHidden: isHidden)
    change(store) {
      $0.isSnapshotStore = true
      $0.needs.append(origin)
    }
    link([("origin", origin), (isHidden ? "merging_store" : "cow_store", store)])
    if isHidden { change(origin) { $0.needs.append(store) } }
  }

  private mutating func link(_ parts: [(key: String, volume: String)]) {
    let extents = volumes.first { $0.name == parts.first?.volume }?.extents ?? 1
    append(newSnapshotName(), [.layer("snapshot", extents: extents, parts: parts, ["chunk_size = 8"])], isHidden: true)
    volumes[volumes.count - 1].isLink = true
  }

  /// A volume with one or more snapshots.
  mutating func snapshots() throws(NoRoom) {
    let origin = newName()
    try base(origin, extents: size(), isHidden: false)
    for _ in 0..<random.number(1...3) { try snapshot(of: origin, isHidden: false) }
  }

  /// A snapshot that is being merged into its origin, maybe beside others.
  mutating func snapshotMerging() throws(NoRoom) {
    let origin = newName()
    try base(origin, extents: size(), isHidden: false)
    try snapshot(of: origin, isHidden: true)
  }

  /// A snapshot of nothing: a volume that grows as it is written to.
  mutating func sparse() throws(NoRoom) {
    let name = newName()
    let origin = "\(name)_vorigin"
    append(origin, [.zero], isHidden: true)
    try linear(name, extents: 4, isHidden: false)
    change(name) {
      $0.isSnapshotStore = true
      $0.needs.append(origin)
    }
    link([("origin", origin), ("cow_store", name)])
  }

  /// Volumes some of whose extents are being moved from one physical volume to another (`pvmove`).
  mutating func moving() throws(NoRoom) {
    let move = newMoveName()
    let count = random.number(1...3)
    var moved: [PlannedSegment] = []
    var start = 0
    for _ in 0..<count {
      let extents = random.number(1...6)
      let resting = random.chance(50) ? [try stripes(1, extents: 3)] : []
      let onTheMove = PlannedSegment(
        extents: extents, type: "linear",
        lines: ["type = \"striped\"", "stripe_count = 1", "stripes = [ \"\(move)\", \(start) ]"], parts: [move])
      append(newName(), resting + [onTheMove], status: ["LOCKED"])
      let pieces = try take(extents, times: 2)
      let areas = pieces.map { "\"pv\($0.member)\", \($0.start)" }.joined(separator: ", ")
      moved.append(
        PlannedSegment(
          extents: extents, type: "mirror",
          lines: [
            "type = \"mirror\"", "mirror_count = 2", "extents_moved = 0", "region_size = 8",
            "mirrors = [ \(areas) ]",
          ], pieces: pieces))
      start += extents
    }
    append(move, moved, isHidden: true, status: ["PVMOVE", "LOCKED"])
  }
}
