// SPDX-License-Identifier: Apache-2.0

/// A physical volume as a group lists it.
public struct PlannedMember: Sendable {
  /// Name of the disk that carries it.
  public var disk: String
  /// The identifier.
  public var uuid: String
  /// Size of the disk in sectors of 512 bytes.
  public var sectors: Int
  /// First sector of the first extent.
  public var extentStart: Int
  /// Number of extents.
  public var extentCount: Int
  /// Where a bootloader has room, in sectors.
  public var bootloader: (start: Int, count: Int)?
  /// Tags.
  public var tags: [String] = []
  /// The group has been changed while it was away.
  public var isMarkedMissing = false
}

/// A volume group at one moment of its life.
public struct PlannedGroup: Sendable {
  /// The name.
  public var name: String
  /// The identifier.
  public var uuid: String
  /// Counts the changes.
  public var sequence: UInt64
  /// Size of an extent in sectors.
  public var extentSectors: Int
  /// The physical volumes.
  public var members: [PlannedMember]
  /// The logical volumes, hidden ones too.
  public var volumes: [PlannedVolume] = []
  /// Names of removed volumes that are remembered.
  public var historical: [(name: String, uuid: String)] = []
  /// Tags.
  public var tags: [String] = []
  /// It has been exported.
  public var isExported = false
  /// The machine that it has been given to.
  public var systemID: String?

  /// Extents in use on each physical volume.
  public var allocated: [Int] {
    var counts = [Int](repeating: 0, count: members.count)
    for piece in volumes.flatMap(\.segments).flatMap(\.pieces) { counts[piece.member] += piece.count }
    return counts
  }

  /// Whether a physical volume is a member.
  public func lists(_ uuid: String?) -> Bool { members.contains { $0.uuid == uuid } }

  /// Positions of the physical volumes that a logical volume cannot do without.
  public func members(under name: String) -> Set<Int> {
    let byName = Dictionary(volumes.map { ($0.name, $0) }) { first, _ in first }
    var seen: Set<String> = [name]
    var open = [name]
    var found: Set<Int> = []
    while let volume = open.popLast().flatMap({ byName[$0] }) {
      found.formUnion(volume.segments.flatMap(\.pieces).map(\.member))
      for part in volume.segments.flatMap(\.parts) + volume.needs where seen.insert(part).inserted { open.append(part) }
    }
    return found
  }
}
