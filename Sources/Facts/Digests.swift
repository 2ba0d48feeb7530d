// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// A SHA-256 over canonical JSON, as `v1:` and 64 hex digits; the prefix names the way it is made.
public enum Digest {
  /// The digest of a value's canonical bytes.
  public static func of(_ value: JSON) -> String { of(bytes: value.canonicalBytes) }

  /// The digest of bytes.
  public static func of(bytes: [UInt8]) -> String { "v1:" + hex(SHA256.hash(data: bytes)) }

  /// Bytes as lower-case hex digits.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The facts digest of a facts document: all of it but when, how fast and by which release it was collected.
  ///
  /// It is taken from the document and not from what this release understands of it, so that a collector agrees
  /// with a newer agent.
  public static func ofFacts(_ document: JSON) -> String {
    guard case .object(var members) = document else { return of(document) }
    members["collected_at"] = nil
    members["duration_us"] = nil
    members["agent"] = nil
    return of(.object(members))
  }
}

extension GuestFacts {
  /// The facts digest of these facts.
  public var factsDigest: String { Digest.ofFacts(json) }

  /// The topology digest: where data lies, whatever the kernel calls the devices today.
  ///
  /// Equal digests mean equal outcomes of the data-loss rules under one profile, reading and rule set. It holds no
  /// kernel name (unless a disk has no other identity), no size, sequence number, mount, active state, order or time.
  public var topologyDigest: String { Digest.of(topology) }

  var topology: JSON {
    let identities = DiskIdentities(devices ?? [])
    var members: [(String, JSON?)] = [
      ("os_family", guest.os.family.jsonIfKnown),
      ("any_device", devices.map { .bool(!$0.isEmpty) }),
    ]
    members.append(
      (
        "sections",
        sections.map { states in
          .object(JSONObject(states.filter { Gap.sectionHidesStorage($0.key) }.map { ($0.key, $0.value.json) }))
        }
      ))
    members.append(("counted", .array(Self.sorted((counts ?? [:]).keys.filter(Gap.sectionHidesStorage).map(\.json)))))
    members.append(("volume_groups", volumeGroups.map { .array(Self.sorted($0.map { topology(of: $0, identities) })) }))
    members.append(
      (
        "raid_arrays",
        raidArrays.map { arrays in
          .array(
            Self.sorted(
              arrays.map { array in
                .members(
                  ("uuid", array.uuid.value?.json ?? array.name.json), ("level", array.level.jsonIfKnown),
                  ("members", array.members.value.map { .array(identities.of($0)) }),
                  ("member_count", array.memberCount.jsonIfKnown),
                  ("disks", array.disks.value.map { .array(identities.of($0)) }))
              }))
        }
      ))
    members.append(
      (
        "multi_device_filesystems",
        multiDeviceFileSystems.map { systems in
          .array(
            Self.sorted(
              systems.map { system in
                .members(
                  ("uuid", system.uuid.json), ("type", system.type.json),
                  ("members", system.members.value.map { .array(identities.of($0)) }),
                  ("member_count", system.memberCount.jsonIfKnown),
                  ("disks", system.disks.value.map { .array(identities.of($0)) }))
              }))
        }
      ))
    members.append(
      (
        "gaps",
        gaps.map { gaps in
          .array(Self.sorted(gaps.filter(\.hidesStorage).map { Self.topology(of: $0, identities) }))
        }
      ))
    members.append(("windows", windows?.topology))
    return .object(JSONObject(members))
  }

  private func topology(of group: VolumeGroup, _ identities: DiskIdentities) -> JSON {
    let physical = group.physicalVolumes.value.map { volumes in
      JSON.array(
        Self.sorted(
          volumes.map { volume in
            .members(
              ("uuid", volume.uuid.json), ("missing", volume.missing.jsonIfKnown),
              ("found", volume.device.isKnown ? .bool(volume.device.value != nil) : nil),
              ("duplicate", volume.duplicateDevices.value.map { .bool(!$0.isEmpty) }),
              ("disks", volume.disks.value.map { .array(identities.of($0)) }))
          }))
    }
    let logical = group.logicalVolumes.value.map { volumes in
      JSON.array(
        Self.sorted(
          volumes.map { volume in
            .members(
              ("uuid", volume.uuid.json), ("hidden", volume.hidden.jsonIfKnown),
              ("physical_volumes", volume.physicalVolumes.value.map { $0.sorted().json }))
          }))
    }
    return .members(
      ("uuid", group.uuid.json), ("exported", group.exported.jsonIfKnown), ("partial", group.partial.jsonIfKnown),
      ("physical_volumes", physical), ("physical_volume_count", group.physicalVolumeCount.jsonIfKnown),
      ("logical_volumes", logical), ("logical_volume_count", group.logicalVolumeCount.jsonIfKnown),
      ("disks", group.disks.value.map { .array(identities.of($0)) }))
  }

  private static func topology(of gap: Gap, _ identities: DiskIdentities) -> JSON {
    let name = gap.subject.kind == .device ? identities.of(gap.subject.name) : gap.subject.name
    return .members(
      ("kind", gap.subject.kind.json), ("name", name.json), ("member", gap.subject.member.json),
      ("reason", gap.reason.json))
  }

  private static func sorted(_ values: [JSON]) -> [JSON] {
    values.map { ($0, $0.canonicalBytes) }.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
  }
}

/// What a device is called whatever its kernel name: its disks' wwid, serial or partition-table uuid.
struct DiskIdentities {
  private var byName: [String: String] = [:]

  init(_ devices: [Device]) {
    for device in devices { byName[device.name] = Self.identity(of: device) }
    for device in devices where device.kind == .partition {
      guard let parent = device.parents.value?.first, let disk = byName[parent] else { continue }
      byName[device.name] = "\(disk) partition \(device.partition.value?.number ?? 0)"
    }
  }

  /// The identity of one device, its name if it has none.
  func of(_ name: String) -> String { byName[name] ?? name }

  /// The sorted identities of several devices.
  func of(_ names: [String]) -> [JSON] { names.map(of).sorted().map(\.json) }

  private static func identity(of device: Device) -> String {
    if let wwid = device.wwid.value, !wwid.isEmpty { return "wwid \(wwid)" }
    if let serial = device.serial.value, !serial.isEmpty { return "serial \(serial)" }
    if let uuid = device.dmUUID.value, !uuid.isEmpty { return "dm \(uuid)" }
    if let uuid = device.partitionTable.value?.uuid.value, !uuid.isEmpty { return "table \(uuid)" }
    return device.name
  }
}
