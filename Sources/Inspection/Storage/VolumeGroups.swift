// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import LVMMetadata

/// The volume groups that the physical volumes of a machine make up, as facts.
struct VolumeGroups {
  var groups: [VolumeGroup] = []
  var gaps: [Gap] = []
  private let graph: DeviceGraph
  /// What the kernel has mapped and no group has claimed yet; `nil` where its mappings cannot be seen.
  private var mappings: VolumeMappings?

  /// Puts the groups together; `mappingsKnown` says whether the kernel's mappings can be seen at all.
  init(_ contents: DeviceContents, graph: DeviceGraph, mappingsKnown: Bool) {
    self.graph = graph
    mappings = mappingsKnown ? VolumeMappings(contents.devices, graph: graph) : nil
    let assembly = VolumeGroupAssembly.assemble(
      Self.collapsingPaths(contents, graph: graph), texts: contents.metadataTexts)
    for group in assembly.groups { add(group) }
    groups.sort { ($0.name, $0.uuid) < ($1.name, $1.uuid) }
    noteStandings(assembly)
    noteUnreadable(assembly)
    gaps += mappings?.unclaimed() ?? []
  }

  /// Two paths to one volume are one: same identifier, same disk, same place on it, same size.
  private static func collapsingPaths(
    _ contents: DeviceContents, graph: DeviceGraph
  ) -> [(device: String, volume: LVMMetadata.PhysicalVolume)] {
    var seen: Set<String> = []
    return contents.physicalVolumes.sorted { $0.device < $1.device }.filter { entry in
      guard let device = graph.devices[entry.device], let disks = graph.disks(of: entry.device).value else {
        return true
      }
      let place = "\(device.partition.value?.startBytes.value ?? 0) \(device.sizeBytes.value ?? 0)"
      return seen.insert("\(entry.volume.identifier) \(disks.joined(separator: ",")) \(place)").inserted
        || device.kind == .lvm
    }
  }

  private mutating func add(_ assembled: AssembledVolumeGroup) {
    let metadata = assembled.metadata
    var group = VolumeGroup(name: PlainText.from(metadata.name), uuid: metadata.identifier.description)
    group.sequence = .value(metadata.sequence)
    group.extentSizeBytes = .value(metadata.extentSizeInBytes)
    group.exported = .value(metadata.isExported)
    group.partial = .value(!assembled.members.allSatisfy { $0.state == .found || $0.state == .duplicated })
    group.systemID = Observed(looked: metadata.systemID.flatMap { $0.isEmpty ? nil : PlainText.from($0) })
    group.source = Observed(known: assembled.evidence.first.map(Self.describe))
    let volumes = zip(metadata.physicalVolumes, assembled.members).map { volume($0, $1, metadata) }
    group.physicalVolumes = .value(volumes)
    group.physicalVolumeCount = .value(volumes.count)
    // The link from a snapshot to its origin is written as a volume of its own; nothing shows it as one.
    let logical = metadata.logicalVolumes.filter { !$0.isSnapshotLink }.map { logicalVolume($0, of: assembled) }
    group.logicalVolumes = .value(logical)
    group.logicalVolumeCount = .value(logical.count)
    group.disks = graph.disks(of: assembled.members.flatMap(\.devices))
    noteProblems(assembled, group)
    groups.append(group)
  }

  private static func describe(_ evidence: MetadataEvidence) -> String {
    "\(Device.path(ofName: evidence.device)) LVM2 metadata, sequence \(evidence.sequence)"
  }

  private func volume(
    _ entry: PhysicalVolumeEntry, _ member: AssembledMember, _ metadata: VolumeGroupMetadata
  ) -> Facts.PhysicalVolume {
    var volume = Facts.PhysicalVolume(uuid: entry.identifier.description)
    volume.device = Observed(looked: member.devices.first)
    volume.duplicateDevices = .value(member.devices.count > 1 ? member.devices.sorted() : [])
    volume.missing = .value(member.state == .missing || member.state == .returned)
    volume.sizeBytes = Self.bytes(entry.deviceSize)
    volume.startBytes = Self.bytes(entry.extentStart)
    volume.extentCount = .value(entry.extentCount)
    volume.extentsAllocated = .value(entry.allocatedExtents)
    volume.disks = graph.disks(of: member.devices)
    return volume
  }

  private static func bytes(_ sectors: UInt64) -> Observed<UInt64> {
    let (bytes, overflow) = sectors.multipliedReportingOverflow(by: VolumeGroupMetadata.sectorSize)
    return overflow ? .unknown : .value(bytes)
  }

  private mutating func logicalVolume(
    _ entry: LVMMetadata.LogicalVolume, of assembled: AssembledVolumeGroup
  ) -> Facts.LogicalVolume {
    let metadata = assembled.metadata
    var volume = Facts.LogicalVolume(name: PlainText.from(entry.name), uuid: entry.identifier.description)
    volume.sizeBytes = .value(entry.size)
    volume.layout = .value(entry.layout)
    volume.hidden = .value(entry.isHidden)
    volume.physicalVolumes = .value(
      metadata.physicalVolumeIndices(of: entry).map { metadata.physicalVolumes[$0].identifier.description })
    guard let mapping = mappings?.claim(metadata.identifier, entry.identifier) else { return volume }
    let device = mapping.device(ofHidden: entry.isHidden)
    volume.active = .value(device != nil)
    volume.device = Observed(looked: device)
    // The devices of every member, a duplicate's too: which of them the kernel took is another rule's matter.
    let members = metadata.physicalVolumeIndices(of: entry).flatMap { assembled.members[$0].devices }
    gaps += mapping.disagreements(with: volume, on: graph.disks(of: members), graph)
    return volume
  }

  // MARK: what is not clear

  private mutating func noteProblems(_ assembled: AssembledVolumeGroup, _ group: VolumeGroup) {
    switch assembled.standing {
    case .current: break
    case .ambiguous:
      let devices = assembled.alternatives.flatMap(\.evidence).map { Device.path(ofName: $0.device) }
      note(
        group, "physical_volumes", .ambiguous,
        "another text of the same sequence \(assembled.metadata.sequence) on \(devices.joined(separator: ", "))")
    case .stale:
      note(
        group, "physical_volumes", .inconsistent,
        "no member carries metadata of this group; what is known is from devices that it does not list")
    }
    for damage in assembled.unreadable {
      note(
        group, "sequence", .unreadable,
        "the metadata area at byte \(damage.areaOffset) of \(Device.path(ofName: damage.device)) cannot be read"
          + " (\(damage.reason.code)) and may be newer")
    }
    for inconsistency in assembled.metadata.inconsistencies {
      let unsupported = inconsistency.code == .unknownSegmentType || inconsistency.code == .unknownStatusFlag
      note(
        group, inconsistency.code.rawValue, unsupported ? .unsupported : .inconsistent,
        "\(inconsistency.code.rawValue.replacing("_", with: " ")): \(PlainText.from(inconsistency.subject))")
    }
    for member in assembled.members {
      for size in member.sizeDisagreements where size.losesExtents {
        gaps.append(
          Gap(
            .init(.physicalVolume, member.identifier.description, member: "size_bytes"), .inconsistent,
            detail: "extents of group \(group.name) end at byte \(size.requiredSize), but "
              + "\(Device.path(ofName: size.device)) has \(size.deviceSize) bytes"))
      }
      if !member.otherGroups.isEmpty {
        note(
          group, "physical_volumes", .inconsistent,
          "physical volume \(member.identifier) is listed by another group too")
      }
    }
  }

  private mutating func note(_ group: VolumeGroup, _ member: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(
      Gap(.init(.volumeGroup, group.uuid, member: member), reason, detail: "volume group \(group.name): \(detail)"))
  }

  private mutating func noteStandings(_ assembly: VolumeGroupAssembly) {
    for volume in assembly.physicalVolumes {
      let path = Device.path(ofName: volume.device)
      switch volume.standing {
      case .member, .free: break
      case .outdated(let group):
        let name = groups.first { $0.uuid == group.description }?.name ?? group.description
        gaps.append(
          Gap(
            .init(.device, volume.device, member: "content.signatures"), .inconsistent,
            detail: "\(path) carries outdated metadata of volume group \(name), which no longer lists it"))
      case .unclaimed(let reason):
        let reasons: [AssembledPhysicalVolume.UnclaimedReason: String] = [
          .markedUsed: "is marked as used, but no volume group that was found lists it",
          .unreadableMetadata: "is an LVM physical volume whose metadata cannot be read",
          .cannotTell: "is an LVM physical volume, and nothing tells whether a group uses it",
        ]
        gaps.append(
          Gap(
            .init(.device, volume.device, member: "group"),
            reason == .unreadableMetadata ? .malformed : .inconsistent, detail: "\(path) \(reasons[reason] ?? "")"))
      }
    }
  }

  /// Damaged areas that belong to no group that was found.
  private mutating func noteUnreadable(_ assembly: VolumeGroupAssembly) {
    let noted = Set(assembly.groups.flatMap(\.unreadable))
    for damage in assembly.unreadable where !noted.contains(damage) {
      gaps.append(
        Gap(
          .init(.device, damage.device, member: "metadata"), .malformed,
          detail: "the LVM metadata area at byte \(damage.areaOffset) of \(Device.path(ofName: damage.device)) "
            + "cannot be read: \(damage.reason.code)"))
    }
  }
}
