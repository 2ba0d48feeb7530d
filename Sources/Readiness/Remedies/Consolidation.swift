// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How the data of one volume group could be brought into one place: onto one physical volume, or onto the physical
/// volumes of one disk under the other reading.
///
/// Only plain linear volumes are planned: pvmove(8) moves other segments too, but cannot bring the legs of a mirror
/// or the stripes of a stripe set together without breaking what they are for.
enum Consolidation: Equatable {
  /// Data to be moved off one physical volume, and the emptied volume to be taken out.
  struct Move: Equatable {
    /// The device to empty.
    var device: String
    /// How many extents lie on it.
    var extents: UInt64
  }

  /// It fits where part of it lies already.
  case fits(targets: [String], moves: [Move], bytes: UInt64)
  /// No place is large enough: the best one lacks so many bytes; a new disk needs `disk` bytes.
  case tooSmall(best: [String], lacking: UInt64, disk: UInt64, moves: [Move])
  /// No place lies on one disk only; a new disk needs `disk` bytes.
  case noPlace(disk: UInt64, moves: [Move])
  /// Volumes of other layouts are in the way.
  case notLinear([LogicalVolume])
  /// Physical volumes are missing or there more than once: that comes first.
  case broken
  /// The facts do not suffice.
  case unknown

  /// The plan for a group.
  init(_ group: VolumeGroup, _ reading: Reading) {
    guard let volumes = group.physicalVolumes.value, let logical = group.logicalVolumes.value else {
      self = .unknown
      return
    }
    guard
      !volumes.contains(where: {
        $0.isMissing || $0.device.value == nil || !($0.duplicateDevices.value ?? []).isEmpty
      })
    else {
      self = .broken
      return
    }
    let others = logical.filter { $0.layout.isKnown && $0.layout.value != "linear" || $0.hidden.value == true }
    guard others.isEmpty else {
      // The hidden parts are not what an administrator converts, unless nothing else is known of them.
      let visible = others.filter { $0.hidden.value != true }
      self = .notLinear(visible.isEmpty ? others : visible)
      return
    }
    guard logical.allSatisfy({ $0.layout.value == "linear" && $0.hidden.value == false }),
      let extents = group.extentSizeBytes.value, extents > 0
    else {
      self = .unknown
      return
    }
    let spaces = volumes.compactMap(Space.init)
    guard spaces.count == volumes.count, let plan = Self.plan(spaces, extents, reading) else {
      self = .unknown
      return
    }
    self = plan
  }

  /// One physical volume with its room.
  private struct Space {
    var device: String
    var disks: Set<String>
    var total: UInt64
    var used: UInt64
    var free: UInt64 { total - used }

    init?(_ volume: PhysicalVolume) {
      guard let device = volume.device.value, let total = volume.extentCount.value,
        let used = volume.extentsAllocated.value, used <= total
      else { return nil }
      self.device = device
      self.disks = Set(volume.disks.value ?? [])
      self.total = total
      self.used = used
    }
  }

  /// Physical volumes that count as one place.
  private struct Place {
    var spaces: [Space]
    var total: UInt64
    var used: UInt64
    var first: String

    init?(_ spaces: [Space]) {
      guard let total = Self.sum(spaces.map(\.total)), let used = Self.sum(spaces.map(\.used)) else { return nil }
      self.spaces = spaces.sorted { NaturalOrder.precedes($0.device, $1.device) }
      self.total = total
      self.used = used
      first = self.spaces.first?.device ?? ""
    }

    /// The sum; `nil` where it does not fit 64 bits.
    static func sum(_ numbers: [UInt64]) -> UInt64? {
      var sum: UInt64 = 0
      for number in numbers {
        let (next, overflow) = sum.addingReportingOverflow(number)
        guard !overflow else { return nil }
        sum = next
      }
      return sum
    }
  }

  private static func plan(_ spaces: [Space], _ extentSize: UInt64, _ reading: Reading) -> Consolidation? {
    guard let whole = Place(spaces), let disk = diskSize(whole.used, extentSize) else { return nil }
    let everything = whole.spaces.map { Move(device: $0.device, extents: $0.used) }
    let places = places(spaces, reading)
    // Most data there already means least data to move; of equals the largest, then the first by name.
    let ordered = places.sorted {
      if $0.used != $1.used { return $0.used > $1.used }
      if $0.total != $1.total { return $0.total > $1.total }
      return NaturalOrder.precedes($0.first, $1.first)
    }
    if let place = ordered.first(where: { whole.used <= $0.total }) {
      let kept = Set(place.spaces.map(\.device))
      let moves = everything.filter { !kept.contains($0.device) }
      guard let bytes = product(whole.used - place.used, extentSize) else { return nil }
      let targets = place.spaces.filter { $0.free > 0 || moves.allSatisfy { $0.extents == 0 } }
      return .fits(targets: targets.map(\.device), moves: moves, bytes: bytes)
    }
    guard let largest = ordered.max(by: { $0.total < $1.total }) else { return .noPlace(disk: disk, moves: everything) }
    guard let lacking = product(whole.used - largest.total, extentSize) else { return nil }
    return .tooSmall(best: largest.spaces.map(\.device), lacking: lacking, disk: disk, moves: everything)
  }

  private static func places(_ spaces: [Space], _ reading: Reading) -> [Place] {
    switch reading {
    case .physicalVolumes: return spaces.compactMap { Place([$0]) }
    case .physicalDisks:
      var byDisk: [String: [Space]] = [:]
      for space in spaces where space.disks.count == 1 {
        for disk in space.disks { byDisk[disk, default: []].append(space) }
      }
      return byDisk.values.compactMap(Place.init)
    }
  }

  /// How large a new disk must be: the data, and room for label and metadata (1 MiB by default, lvm.conf(5)),
  /// rounded up to a whole extent.
  private static func diskSize(_ extents: UInt64, _ extentSize: UInt64) -> UInt64? {
    guard let data = product(extents, extentSize) else { return nil }
    let (size, overflow) = data.addingReportingOverflow(max(extentSize, 1 << 20))
    return overflow ? nil : size
  }

  private static func product(_ first: UInt64, _ second: UInt64) -> UInt64? {
    let (product, overflow) = first.multipliedReportingOverflow(by: second)
    return overflow ? nil : product
  }
}
