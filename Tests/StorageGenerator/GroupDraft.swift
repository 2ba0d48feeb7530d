// SPDX-License-Identifier: Apache-2.0

/// There are not enough free extents for what was to be added.
struct NoRoom: Error {}

/// A group while volumes are added to it.
struct GroupDraft {
  var random: SeededRandom
  var volumes: [PlannedVolume] = []
  var historical: [(name: String, uuid: String)] = []
  /// Kinds that were added.
  var kinds: Set<VolumeKind> = []
  private(set) var hasMetadataSpare = false
  private(set) var moveCount = 0
  private let capacity: [Int]
  private var next: [Int]
  private var names: Set<String> = []
  private var snapshotCount = 0

  /// A group on physical volumes of so many extents each.
  init(capacity: [Int], random: SeededRandom) {
    self.capacity = capacity
    self.random = random
    next = capacity.map { _ in 0 }
  }

  /// Adds a kind of volume with all that belongs to it, or nothing where there is no room.
  mutating func add(_ kind: VolumeKind) {
    var attempt = self
    do {
      try attempt.make(kind)
      attempt.kinds.insert(kind)
      self = attempt
    } catch {}
  }

  /// A name that no volume of the group has yet.
  mutating func newName() -> String {
    // Names that are words of the text too: keys of sections and fields.
    let words = ["pv0", "id", "segment1", "stripes", "physical_volumes", "status", "logical_volumes", "seqno"]
    while true {
      let name = random.chance(4) ? words.randomElement(using: &random) ?? "id" : random.name("lv")
      if names.insert(name).inserted { return name }
    }
  }

  mutating func newSnapshotName() -> String {
    snapshotCount += 1
    return "snapshot\(snapshotCount - 1)"
  }

  mutating func newMoveName() -> String {
    moveCount += 1
    return "pvmove\(moveCount - 1)"
  }

  mutating func addMetadataSpare() throws(NoRoom) {
    guard !hasMetadataSpare else { return }
    hasMetadataSpare = true
    try linear("lvol0_pmspare", extents: 1, isHidden: true)
  }

  /// Takes extents of a physical volume, now and then leaving a gap.
  mutating func take(_ count: Int, on member: Int) throws(NoRoom) -> PlannedPiece {
    let gap = random.chance(25) ? random.number(1...3) : 0
    guard next[member] + gap + count <= capacity[member] else { throw NoRoom() }
    let piece = PlannedPiece(member: member, start: next[member] + gap, count: count)
    next[member] += gap + count
    return piece
  }

  /// Takes extents of physical volumes of its choice, different ones while there are enough.
  mutating func take(_ count: Int, times: Int) throws(NoRoom) -> [PlannedPiece] {
    var pieces: [PlannedPiece] = []
    var order = capacity.indices.shuffled(using: &random)
    for _ in 0..<times {
      guard let position = order.firstIndex(where: { next[$0] + count + 3 <= capacity[$0] }) else { throw NoRoom() }
      let member = order.remove(at: position)
      order.append(member)
      pieces.append(try take(count, on: member))
    }
    return pieces
  }

  /// A segment over stripes of equal length.
  mutating func stripes(_ count: Int, extents: Int) throws(NoRoom) -> PlannedSegment {
    Self.segment(try take(extents / count, times: count), extents: extents)
  }

  static func segment(_ pieces: [PlannedPiece], extents: Int) -> PlannedSegment {
    let areas = pieces.map { "\"pv\($0.member)\", \($0.start)" }.joined(separator: ", ")
    var lines = ["type = \"striped\"", "stripe_count = \(pieces.count)"]
    if pieces.count > 1 { lines.append("stripe_size = 128") }
    return PlannedSegment(
      extents: extents, type: pieces.count > 1 ? "striped" : "linear", lines: lines + ["stripes = [ \(areas) ]"],
      pieces: pieces)
  }

  mutating func append(
    _ name: String, _ segments: [PlannedSegment], isHidden: Bool = false, status: [String] = [], flags: [String] = []
  ) {
    let tags = random.chance(8) ? (0..<random.number(1...3)).map { _ in random.tag() } : []
    volumes.append(
      PlannedVolume(
        name: name, uuid: random.identifier(), isHidden: isHidden, status: status, flags: flags, tags: tags,
        segments: segments))
  }

  mutating func linear(_ name: String, extents: Int, isHidden: Bool, flags: [String] = []) throws(NoRoom) {
    append(name, [try stripes(1, extents: extents)], isHidden: isHidden, flags: flags)
  }

  /// Changes a volume that was added.
  mutating func change(_ name: String, _ change: (inout PlannedVolume) -> Void) {
    for index in volumes.indices where volumes[index].name == name { change(&volumes[index]) }
  }
}
