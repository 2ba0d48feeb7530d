// SPDX-License-Identifier: Apache-2.0

/// A run of extents on one physical volume of a group.
public struct PlannedPiece: Sendable {
  /// Position of the physical volume in the group.
  public var member: Int
  /// First extent.
  public var start: Int
  /// Number of extents.
  public var count: Int
}

/// A segment of a logical volume: what is written, and what that means.
public struct PlannedSegment: Sendable {
  /// Extents of the logical volume that it makes up.
  public var extents: Int
  /// lvm2's word for its type in reports ("linear" for one stripe).
  public var type: String
  /// What is written of it, besides its place.
  public var lines: [String]
  /// Extents of physical volumes that it uses itself.
  public var pieces: [PlannedPiece] = []
  /// Names of the logical volumes that it lies on.
  public var parts: [String] = []
}

/// A logical volume.
public struct PlannedVolume: Sendable {
  /// The name in its group.
  public var name: String
  /// The identifier.
  public var uuid: String
  /// A part of another volume, which is not for users.
  public var isHidden: Bool
  /// Written as a volume, but only a link from a snapshot to its origin; no tool lists it.
  public var isLink = false
  /// Status words besides `READ`, `WRITE` and `VISIBLE`.
  public var status: [String] = []
  /// Words of the list of flags that older tools pass over.
  public var flags: [String] = []
  /// Tags.
  public var tags: [String] = []
  /// The segments in their order.
  public var segments: [PlannedSegment]
  /// Volumes that it needs although none of its segments names them: the origin of a snapshot, changes that are being
  /// merged.
  public var needs: [String] = []
  /// It holds the changes of a snapshot.
  public var isSnapshotStore = false

  /// Number of extents.
  public var extents: Int { segments.reduce(0) { $0 + $1.extents } }

  /// What it is, in the words of the facts.
  public var layout: String {
    if isSnapshotStore { return "snapshot" }
    let types = Set(segments.map(\.type))
    return types.count == 1 ? (types.first ?? "").replacing("-", with: "_") : "mixed"
  }
}
