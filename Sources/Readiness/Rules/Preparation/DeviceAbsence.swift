// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// How certain it is that a device which was not found does not exist.
enum DeviceAbsence {
  /// Whether something that opens only at boot, or was closed since, may hold the device: then it is no certainty.
  static func mayAppear(_ facts: GuestFacts) -> Bool {
    let parents = Set((facts.devices ?? []).flatMap { $0.parents.value ?? [] })
    let closed = (facts.devices ?? []).contains { device in
      guard let content = device.content.value, !parents.contains(device.name) else { return false }
      return content.type != "LVM2_member" && ["raid", "crypto"].contains(content.usage)
    }
    let volumes = (facts.volumeGroups ?? []).flatMap { $0.logicalVolumes.value ?? [] }
    return closed || volumes.contains { $0.hidden != .value(true) && $0.active.value == false }
  }

  /// What could not be looked at and may be the device that a line goes by.
  static func unseen(_ facts: GuestFacts) -> [Obstacle] {
    let gaps = Obstacle.hidden(in: facts) { gap in
      gap.subject.kind == .device
        ? gap.hidesStorage || gap.subject.member.hasPrefix("content") || gap.subject.member.hasPrefix("partition")
        : gap.hidesStorage
    }
    let volumes = (facts.volumeGroups ?? []).flatMap { $0.logicalVolumes.value ?? [] }
    let states = volumes.filter { !$0.active.isKnown }.map { volume in
      Obstacle.fact(
        "logical_volumes[\(volume.name)].active", of: Subject(kind: Gap.Kind.logicalVolume.rawValue, name: volume.name))
    }
    let contents = (facts.devices ?? []).filter { !$0.content.isKnown || $0.content.value?.uuid.isKnown == false }.map {
      Obstacle.fact("devices[\($0.name)].content", of: Subject(kind: Gap.Kind.device.rawValue, name: $0.path))
    }
    return gaps + Obstacle.ground(of: facts, .devices) + contents + states
  }

  /// Whether an inactive logical volume has that name, as `/dev/GROUP/VOLUME` or with device-mapper's doubled hyphens.
  static func isInactiveVolume(_ path: String, _ facts: GuestFacts) -> Bool {
    (facts.volumeGroups ?? []).contains { group in
      (group.logicalVolumes.value ?? []).contains { volume in
        volume.active != .value(true) && volumePaths(group.name, volume.name).contains(path)
      }
    }
  }

  /// Whether a name is that of a logical volume of a group that there is, or of a mapping named like one: what every disk
  /// was searched for, and not something of another kind that opens by its own means.
  static func isVolumeName(_ path: String, _ facts: GuestFacts) -> Bool {
    let parts = path.dropFirst(5).split(separator: "/")
    guard path.hasPrefix("/dev/"), parts.count == 2 else { return false }
    if parts[0] == "mapper" { return mappingIsVolume(parts[1]) }
    return (facts.volumeGroups ?? []).contains { $0.name == parts[0] }
  }

  /// Whether a mapping's name is `GROUP-VOLUME`, and none that other tools give.
  static func mappingIsVolume(_ name: Substring) -> Bool {
    name.contains("-") && !["luks", "crypt", "mpath"].contains { name.hasPrefix($0) }
  }

  private static func volumePaths(_ group: String, _ volume: String) -> [String] {
    func doubled(_ name: String) -> String { name.map { $0 == "-" ? "--" : String($0) }.joined() }
    return ["/dev/\(group)/\(volume)", "/dev/mapper/\(doubled(group))-\(doubled(volume))"]
  }
}
