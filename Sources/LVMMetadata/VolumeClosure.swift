// SPDX-License-Identifier: Apache-2.0

/// Finds, for every logical volume, the physical volumes that it rests on through volumes of any depth.
///
/// The walk keeps its own stack, visits each volume once and shares equal sets, so that twenty thousand volumes in a
/// pool cost one set. A text whose sets would be too large in sum is refused as too complex instead of taking the
/// memory.
struct VolumeClosure {
  /// Members of all distinct sets together.
  static let maximumMembers = 4 << 20
  /// Members looked at while sets are united.
  static let maximumWork = 64 << 20

  private enum Mark {
    case unseen
    case open
    case done
  }

  private let areas: [SegmentArea]
  private let areaRanges: [Range<Int32>]
  /// Edges that no segment of the volume itself has: from a snapshot's store to the origin, and the other way while it
  /// merges.
  private var extraEdges: [Int32: [Int32]] = [:]

  private(set) var sets: [[Int32]] = []
  /// For each logical volume its number in `sets`.
  private(set) var setOfVolume: [Int32]
  private var numbers: [[Int32]: Int32] = [:]
  private var singles: [Int32]
  private var members = 0
  private var work = 0
  /// For each set the volume that last saw it, so that equal parts are united once.
  private var lastSeen: [Int32] = []

  init(areas: [SegmentArea], areaRanges: [Range<Int32>], physicalVolumeCount: Int) {
    self.areas = areas
    self.areaRanges = areaRanges
    setOfVolume = [Int32](repeating: -1, count: areaRanges.count)
    singles = [Int32](repeating: -1, count: physicalVolumeCount)
  }

  mutating func addEdge(from volume: Int32, to other: Int32) {
    extraEdges[volume, default: []].append(other)
  }

  /// Computes every set; `name` names a volume for an error.
  mutating func compute(name: (Int) -> String) throws(MetadataError) {
    var marks = [Mark](repeating: .unseen, count: areaRanges.count)
    var stack: [(volume: Int32, next: Int)] = []
    for root in areaRanges.indices where marks[root] == .unseen {
      marks[root] = .open
      stack.append((Int32(root), 0))
      while let (volume, next) = stack.last {
        guard let child = edge(of: volume, number: next) else {
          setOfVolume[Int(volume)] = try union(for: volume)
          marks[Int(volume)] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        guard case .logical(let target) = child else { continue }
        switch marks[target] {
        case .unseen:
          marks[target] = .open
          stack.append((Int32(target), 0))
        case .open: throw MetadataError(code: .cycle, offset: 0, subject: name(target))
        case .done: break
        }
      }
    }
  }

  /// Gives `volume` the set of `other`, after the computation.
  mutating func share(setOf other: Int32, with volume: Int32) {
    setOfVolume[Int(volume)] = setOfVolume[Int(other)]
  }

  private func edge(of volume: Int32, number: Int) -> SegmentArea.Volume? {
    let range = areaRanges[Int(volume)]
    if number < range.count { return areas[Int(range.lowerBound) + number].volume }
    guard let extra = extraEdges[volume], number - range.count < extra.count else { return nil }
    return .logical(Int(extra[number - range.count]))
  }

  private mutating func union(for volume: Int32) throws(MetadataError) -> Int32 {
    var parts: [Int32] = []
    var number = 0
    while let child = edge(of: volume, number: number) {
      number += 1
      let part: Int32
      switch child {
      case .physical(let index): part = try single(Int32(index))
      case .logical(let index): part = setOfVolume[index]
      }
      if lastSeen[Int(part)] != volume {
        lastSeen[Int(part)] = volume
        parts.append(part)
      }
    }
    if parts.count == 1, let only = parts.first { return only }
    var union: [Int32] = []
    for part in parts {
      work += sets[Int(part)].count
      guard work <= Self.maximumWork else { throw MetadataError(code: .tooComplex, offset: 0, subject: "") }
      union += sets[Int(part)]
    }
    union.sort()
    var distinct: [Int32] = []
    for member in union where distinct.last != member { distinct.append(member) }
    return try intern(distinct)
  }

  private mutating func single(_ physicalVolume: Int32) throws(MetadataError) -> Int32 {
    let known = singles[Int(physicalVolume)]
    if known >= 0 { return known }
    let new = try intern([physicalVolume])
    singles[Int(physicalVolume)] = new
    return new
  }

  private mutating func intern(_ set: [Int32]) throws(MetadataError) -> Int32 {
    if let known = numbers[set] { return known }
    members += set.count
    guard members <= Self.maximumMembers else { throw MetadataError(code: .tooComplex, offset: 0, subject: "") }
    let number = Int32(sets.count)
    sets.append(set)
    lastSeen.append(-1)
    numbers[set] = number
    return number
  }
}
