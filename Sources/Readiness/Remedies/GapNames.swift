// SPDX-License-Identifier: Apache-2.0

public import Facts

/// What the subjects of gaps are called by people: devices by path, parts of LVM by name.
struct GapNames {
  private var devices: [String: Device] = [:]
  private var names: [String: String] = [:]

  init(_ facts: GuestFacts) {
    for device in facts.devices ?? [] { devices[device.name] = device }
    for group in facts.volumeGroups ?? [] {
      names[group.uuid] = group.name
      for volume in group.physicalVolumes.value ?? [] { names[volume.uuid] = volume.label }
      for volume in group.logicalVolumes.value ?? [] { names[volume.uuid] = "\(group.name)/\(volume.name)" }
    }
  }

  /// The device of a kernel name.
  func device(_ name: String) -> Device? { devices[name] }

  /// The name for people.
  func name(of subject: Gap.Subject) -> String {
    switch subject.kind {
    case .device: Device.path(ofName: subject.name)
    case .volumeGroup, .logicalVolume, .physicalVolume: names[subject.name] ?? subject.name
    case .raidArray, .fileSystem, .mount, .file, .section, .windowsDisk, .windowsVolume: subject.name
    }
  }

  /// The uuid, where the gap names the subject by it.
  func uuid(of subject: Gap.Subject) -> String? {
    switch subject.kind {
    case .volumeGroup, .logicalVolume, .physicalVolume: names[subject.name] == nil ? nil : subject.name
    case .device, .raidArray, .fileSystem, .mount, .file, .section, .windowsDisk, .windowsVolume: nil
    }
  }
}

/// Gaps in sentences, for reports.
public struct GapSentences {
  private let names: GapNames

  /// Sentences about the gaps of these facts.
  public init(_ facts: GuestFacts) { names = GapNames(facts) }

  /// What could not be looked at, and why.
  public func text(_ gap: Gap, in language: Language) -> String {
    GapWords.sentence(gap, name: names.name(of: gap.subject)).text(in: language)
  }
}
