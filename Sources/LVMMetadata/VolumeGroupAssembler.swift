// SPDX-License-Identifier: Apache-2.0

/// Puts groups together; see ``VolumeGroupAssembly``.
struct VolumeGroupAssembler {
  /// A text that is understood, with everywhere it was found.
  private struct Copy {
    let metadata: VolumeGroupMetadata
    var evidence: [MetadataEvidence]
  }

  private let readings: [(device: String, volume: PhysicalVolume)]
  private var texts: MetadataTexts
  private var copies: [Copy] = []
  private var unreadable: [UnreadableMetadata] = []
  /// Positions in `readings`, by identifier.
  private var devices: [LVMIdentifier: [Int]] = [:]

  init(_ readings: [(device: String, volume: PhysicalVolume)], _ texts: MetadataTexts) {
    self.texts = texts
    self.readings = readings.sorted {
      ($0.device, $0.volume.identifier) < ($1.device, $1.volume.identifier)
    }
    for (position, reading) in self.readings.enumerated() {
      devices[reading.volume.identifier, default: []].append(position)
    }
  }

  mutating func assemble() -> VolumeGroupAssembly {
    collectCopies()
    let byGroup = Dictionary(grouping: copies) { $0.metadata.identifier }
    let newest = byGroup.mapValues(Self.newest)
    var claims: [LVMIdentifier: [LVMIdentifier]] = [:]
    for (group, candidates) in newest {
      for member in Set(candidates.flatMap { $0.metadata.physicalVolumes.map(\.identifier) }) {
        claims[member, default: []].append(group)
      }
    }
    claims = claims.mapValues { $0.sorted() }
    let groups = byGroup.map { identifier, copies in
      group(newest: newest[identifier] ?? copies, of: copies, claims: claims)
    }
    return VolumeGroupAssembly(
      groups: groups.sorted { ($0.metadata.name, $0.identifier) < ($1.metadata.name, $1.identifier) },
      physicalVolumes: readings.map { standing(of: $0, claims: claims) },
      unreadable: unreadable,
      duplicates: devices.filter { $0.value.count > 1 }
        .map { DuplicatePhysicalVolume(identifier: $0.key, devices: $0.value.map { readings[$0].device }) }
        .sorted { $0.identifier < $1.identifier })
  }

  private mutating func collectCopies() {
    var places: [Int: Int] = [:]
    for reading in readings {
      for area in reading.volume.metadataAreas {
        switch area.content {
        case .empty, .ignored: break
        case .unreadable(let damage): noteUnreadable(.area(damage), area, reading)
        case .text(let text):
          let (result, number) = texts.metadata(of: text)
          switch result {
          case .failure(let error): noteUnreadable(.text(error), area, reading)
          case .success(let metadata):
            let place = places[number] ?? copies.count
            if place == copies.count {
              copies.append(Copy(metadata: metadata, evidence: []))
              places[number] = place
            }
            copies[place].evidence.append(
              MetadataEvidence(
                device: reading.device, physicalVolume: reading.volume.identifier, areaOffset: area.area.offset,
                sequence: metadata.sequence, checksum: text.checksum))
          }
        }
      }
    }
  }

  private mutating func noteUnreadable(
    _ reason: UnreadableMetadata.Reason, _ area: MetadataAreaReading,
    _ reading: (device: String, volume: PhysicalVolume)
  ) {
    unreadable.append(
      UnreadableMetadata(
        device: reading.device, physicalVolume: reading.volume.identifier, areaOffset: area.area.offset, reason: reason)
    )
  }

  /// The copies with the highest sequence number; the one that a member carries comes first, so that it speaks for the
  /// group.
  private static func newest(_ copies: [Copy]) -> [Copy] {
    let highest = copies.map(\.metadata.sequence).max()
    let candidates = copies.filter { $0.metadata.sequence == highest }
    return candidates.filter(isCarriedByMember) + candidates.filter { !isCarriedByMember($0) }
  }

  private static func isCarriedByMember(_ copy: Copy) -> Bool {
    let members = Set(copy.metadata.physicalVolumes.map(\.identifier))
    return copy.evidence.contains { members.contains($0.physicalVolume) }
  }

  private func group(
    newest: [Copy], of copies: [Copy], claims: [LVMIdentifier: [LVMIdentifier]]
  ) -> AssembledVolumeGroup {
    // `newest` is never empty: it comes from a group of at least one copy, and so does its fallback.
    let chosen = newest[0]
    let identifier = chosen.metadata.identifier
    let listed = Set(newest.flatMap { $0.metadata.physicalVolumes.map(\.identifier) })
    let older = copies.filter { $0.metadata.sequence != chosen.metadata.sequence }.flatMap(\.evidence).sorted(
      by: Self.precedes)
    let all = copies.flatMap(\.evidence)
    let carriers = listed.union(all.map(\.physicalVolume))
    let standing: AssembledVolumeGroup.Standing =
      newest.count > 1 ? .ambiguous : Self.isCarriedByMember(chosen) ? .current : .stale
    return AssembledVolumeGroup(
      metadata: chosen.metadata, standing: standing, evidence: chosen.evidence,
      alternatives: newest.dropFirst().map { ($0.metadata, $0.evidence) }, olderCopies: older,
      members: chosen.metadata.physicalVolumes.enumerated().map { index, entry in
        member(
          entry, index: index, of: chosen.metadata,
          otherGroups: (claims[entry.identifier] ?? []).filter { $0 != identifier })
      },
      outdated: all.filter { !listed.contains($0.physicalVolume) }.sorted(by: Self.precedes),
      unreadable: unreadable.filter { carriers.contains($0.physicalVolume) })
  }

  private func member(
    _ entry: PhysicalVolumeEntry, index: Int, of metadata: VolumeGroupMetadata, otherGroups: [LVMIdentifier]
  ) -> AssembledMember {
    let found = devices[entry.identifier] ?? []
    let state: AssembledMember.State
    switch found.count {
    case 0: state = .missing
    case 1: state = isTakenBack(entry, of: metadata, as: readings[found[0]].volume) ? .found : .returned
    default: state = .duplicated
    }
    // The parser has made sure that the end of the extents is below 2^64 bytes.
    let recorded = Self.bytes(sectors: entry.deviceSize)
    let required = Self.bytes(sectors: entry.extentStart + entry.extentCount * metadata.extentSize)
    return AssembledMember(
      index: index, identifier: entry.identifier, state: state, devices: found.map { readings[$0].device },
      otherGroups: otherGroups,
      sizeDisagreements: found.compactMap { position in
        let size = readings[position].volume.deviceSize
        guard size < required || (recorded > 0 && size != recorded) else { return nil }
        return .init(
          device: readings[position].device, deviceSize: size, recordedSize: recorded, requiredSize: required)
      })
  }

  /// Whether lvm2 uses a volume that is there as if it had never been away.
  ///
  /// It does so although the group was changed meanwhile, if nothing is allocated on it (`vg_read`) or no metadata area
  /// of it counts, so that it carries none of another time (`_read_pv`). What segments of unknown types use nobody knows.
  private func isTakenBack(
    _ entry: PhysicalVolumeEntry, of metadata: VolumeGroupMetadata, as volume: PhysicalVolume
  ) -> Bool {
    guard entry.status.contains(.missing) else { return true }
    return (entry.allocatedExtents == 0 && !metadata.hasUnknownSegmentTypes)
      || volume.metadataAreas.allSatisfy { $0.content == .ignored }
  }

  private static func bytes(sectors: UInt64) -> UInt64 {
    let (bytes, overflow) = sectors.multipliedReportingOverflow(by: VolumeGroupMetadata.sectorSize)
    return overflow ? .max : bytes
  }

  private static func precedes(_ left: MetadataEvidence, _ right: MetadataEvidence) -> Bool {
    (left.device, left.physicalVolume, left.areaOffset) < (right.device, right.physicalVolume, right.areaOffset)
  }

  private func standing(
    of reading: (device: String, volume: PhysicalVolume), claims: [LVMIdentifier: [LVMIdentifier]]
  ) -> AssembledPhysicalVolume {
    let identifier = reading.volume.identifier
    let standing: AssembledPhysicalVolume.Standing
    if let groups = claims[identifier] {
      standing = .member(of: groups)
    } else if let group = carriedGroup(on: reading) {
      standing = .outdated(in: group)
    } else if unreadable.contains(where: { $0.device == reading.device && $0.physicalVolume == identifier }) {
      standing = .unclaimed(.unreadableMetadata)
    } else {
      switch reading.volume.isMarkedUsed {
      case .some(true): standing = .unclaimed(.markedUsed)
      case .some(false): standing = .free
      case nil:
        // An old header cannot be asked; an area in force that is empty still proves that no group wrote to it.
        let isProvedFree = reading.volume.metadataAreas.contains { $0.content == .empty }
        standing = isProvedFree ? .free : .unclaimed(.cannotTell)
      }
    }
    return AssembledPhysicalVolume(device: reading.device, identifier: identifier, standing: standing)
  }

  /// The group whose metadata the device carries, of several the one with the newest copy.
  private func carriedGroup(on reading: (device: String, volume: PhysicalVolume)) -> LVMIdentifier? {
    let identifier = reading.volume.identifier
    return copies.filter { copy in
      copy.evidence.contains { $0.device == reading.device && $0.physicalVolume == identifier }
    }
    .max { ($0.metadata.sequence, $0.metadata.identifier) < ($1.metadata.sequence, $1.metadata.identifier) }?
    .metadata.identifier
  }
}
