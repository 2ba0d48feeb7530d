// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// How a line of the storage tree is marked; the marker says it without colour.
enum Mark: Int, Comparable {
  case plain
  case unseen
  case warning
  case blocker

  /// The marker, two columns.
  var text: String {
    switch self {
    case .plain: "  "
    case .unseen: "??"
    case .warning: " !"
    case .blocker: "!!"
    }
  }

  /// The colour that goes with it.
  var style: Canvas.Style? {
    switch self {
    case .plain: nil
    case .unseen, .warning: .yellow
    case .blocker: .red
    }
  }

  static func < (first: Mark, second: Mark) -> Bool { first.rawValue < second.rawValue }
}

/// Which parts of the storage the findings are about.
struct Culprits {
  private var groups: [String: Mark] = [:]
  private var volumes: [String: Mark] = [:]
  private var physicalVolumes: [String: Mark] = [:]
  private var arrays: [String: Mark] = [:]
  private var fileSystems: [String: Mark] = [:]
  private var devices: [String: Mark] = [:]

  init(_ judgement: Judgement) {
    let facts = judgement.facts
    var wholeGroups: [String: Mark] = [:]
    var names: [String: String] = [:]
    for device in facts.devices ?? [] { names[device.path] = device.name }
    for gap in facts.gaps ?? [] where gap.hidesStorage && gap.subject.kind == .device {
      devices[gap.subject.name] = .unseen
    }
    for finding in judgement.findings where finding.outcome == .fail && finding.severity != .note {
      let mark: Mark = finding.severity == .blocker ? .blocker : .warning
      let named = finding.subjects.contains { $0.kind == "physical_volume" }
      for subject in finding.subjects {
        switch subject.kind {
        case "volume_group":
          Self.raise(&groups, subject.uuid, mark)
          // A finding on a group that names none of its physical volumes is about all of them.
          if !named { Self.raise(&wholeGroups, subject.uuid, mark) }
        case "logical_volume": Self.raise(&volumes, subject.uuid, mark)
        case "physical_volume": Self.raise(&physicalVolumes, subject.uuid, mark)
        case "raid_array": Self.raise(&arrays, subject.uuid ?? subject.name, mark)
        case "file_system": Self.raise(&fileSystems, subject.uuid, mark)
        case "device": Self.raise(&devices, names[subject.name], mark)
        default: break
        }
      }
    }
    for group in facts.volumeGroups ?? [] {
      guard let mark = wholeGroups[group.uuid] else { continue }
      for volume in group.physicalVolumes.value ?? [] { Self.raise(&physicalVolumes, volume.uuid, mark) }
    }
    markDevices(facts)
  }

  /// The mark of a volume group.
  func mark(of group: VolumeGroup) -> Mark { groups[group.uuid] ?? .plain }
  /// The mark of a logical volume.
  func mark(of volume: LogicalVolume) -> Mark { volumes[volume.uuid] ?? .plain }
  /// The mark of a physical volume.
  func mark(of volume: PhysicalVolume) -> Mark { physicalVolumes[volume.uuid] ?? .plain }
  /// The mark of an array.
  func mark(of array: RAIDArray) -> Mark { arrays[array.uuid.value ?? Device.path(ofName: array.name)] ?? .plain }
  /// The mark of a file system.
  func mark(of system: MultiDeviceFileSystem) -> Mark { fileSystems[system.uuid] ?? .plain }
  /// The mark of a device.
  func mark(of device: String) -> Mark { devices[device] ?? .plain }

  /// Carries the marks of physical volumes, arrays and file systems over to the devices that hold them.
  private mutating func markDevices(_ facts: GuestFacts) {
    for group in facts.volumeGroups ?? [] {
      for volume in group.physicalVolumes.value ?? [] {
        let mark = mark(of: volume)
        Self.raise(&devices, volume.device.value, mark)
        for device in volume.duplicateDevices.value ?? [] { Self.raise(&devices, device, mark) }
      }
    }
    for array in facts.raidArrays ?? [] {
      for device in [array.name] + (array.members.value ?? []) { Self.raise(&devices, device, mark(of: array)) }
    }
    for system in facts.multiDeviceFileSystems ?? [] {
      for device in system.members.value ?? [] { Self.raise(&devices, device, mark(of: system)) }
    }
  }

  private static func raise(_ marks: inout [String: Mark], _ key: String?, _ mark: Mark) {
    guard let key, mark > .plain else { return }
    marks[key] = max(marks[key] ?? .plain, mark)
  }
}
