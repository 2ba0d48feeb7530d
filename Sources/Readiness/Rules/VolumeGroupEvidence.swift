// SPDX-License-Identifier: Apache-2.0

internal import Facts

extension VolumeGroup {
  /// The group as a subject of findings.
  var subject: Subject { Subject(kind: "volume_group", name: name, uuid: uuid) }

  /// Where its facts were read.
  var origin: String { source.value ?? "LVM2 metadata" }

  /// The path of one of its members in the facts, by names and not by index.
  func fact(_ member: String) -> String { "volume_groups[\(name)].\(member)" }

  /// How many physical volumes the metadata lists, whichever fact says more.
  var knownPhysicalVolumeCount: Int {
    max(physicalVolumes.value?.count ?? 0, physicalVolumeCount.value ?? 0)
  }

  /// Names of the whole disks that it is known to lie on: those of the group and those of its physical volumes, so
  /// that a name lost from one of the lists changes nothing.
  var knownDisks: Set<String> {
    var names = Set(disks.value ?? [])
    for volume in physicalVolumes.value ?? [] { names.formUnion(volume.disks.value ?? []) }
    return names
  }

  /// Evidence: where the physical volumes were found.
  var physicalVolumeEvidence: Evidence {
    let volumes = (physicalVolumes.value ?? []).map(\.label).sorted(by: NaturalOrder.precedes)
    return Evidence(fact: fact("physical_volumes"), value: volumes.json, from: origin)
  }

  /// Evidence: the disks that the group lies on.
  var diskEvidence: Evidence {
    Evidence(fact: fact("disks"), value: Self.paths(knownDisks).json, from: "block devices below \(name)")
  }

  /// Paths of devices in the order that people expect.
  static func paths(_ names: some Sequence<String>) -> [String] {
    names.map(Device.path(ofName:)).sorted(by: NaturalOrder.precedes)
  }

  /// What the rules on groups need of each group, whatever they look for, and what of it is missing.
  func missingPhysicalVolumes() -> [Obstacle] {
    var obstacles: [Obstacle] = []
    if physicalVolumes.value?.isEmpty ?? true { obstacles.append(.fact(fact("physical_volumes"), of: subject)) }
    if physicalVolumeCount.value == nil { obstacles.append(.fact(fact("physical_volume_count"), of: subject)) }
    return obstacles
  }

  /// What a rule needs to tell on which disks the group lies, and what of it is missing.
  func missingDisks(_ reading: Reading) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    let volumes = physicalVolumes.value ?? []
    // One physical volume may be anywhere, unless the disks under it are what is counted.
    let mustBePlaced = reading == .physicalDisks
    if !disks.isKnown || (mustBePlaced && disks.value?.isEmpty ?? true) {
      obstacles.append(.fact(fact("disks"), of: subject))
    }
    for volume in volumes where !volume.disks.isKnown || (mustBePlaced && volume.disks.value?.isEmpty ?? true) {
      obstacles.append(.fact(fact("physical_volumes[\(volume.label)].disks"), of: volume.subject))
    }
    return obstacles
  }
}

extension PhysicalVolume {
  /// What it is called by people: the path of its device, or its uuid where it was found on none.
  var label: String { device.value.map(Device.path(ofName:)) ?? "uuid \(uuid)" }

  /// The physical volume as a subject of findings.
  var subject: Subject { Subject(kind: "physical_volume", name: label, uuid: uuid) }
}

extension LogicalVolume {
  /// The volume as a subject of findings, named as LVM does.
  func subject(in group: VolumeGroup) -> Subject {
    Subject(kind: "logical_volume", name: "\(group.name)/\(name)", uuid: uuid)
  }
}
