// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// A SHA-256 over canonical JSON, as `v1:` and 64 hex digits; the prefix names the way it is made.
public enum Digest {
  /// The digest of a value's canonical bytes.
  public static func of(_ value: JSON) -> String {
    var hash = SHA256()
    value.canonicalPieces { hash.update(data: $0) }
    return text(hash)
  }

  /// The digest of bytes.
  public static func of(bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(data: bytes)
    return text(hash)
  }

  private static func text(_ hash: SHA256) -> String {
    "v1:" + hash.finalize().withUnsafeBytes { hex(Array($0)) }
  }

  /// Bytes as lower-case hex digits.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String { hex(Array(bytes)) }

  /// Bytes as lower-case hex digits.
  public static func hex(_ bytes: [UInt8]) -> String {
    func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10) }
    return String(unsafeUninitializedCapacity: bytes.count * 2) { text in
      for (index, byte) in bytes.enumerated() {
        text[index * 2] = digit(byte >> 4)
        text[index * 2 + 1] = digit(byte & 15)
      }
      return bytes.count * 2
    }
  }

  /// The facts digest of a facts document: all of it but when, how fast and by which release it was collected.
  ///
  /// It is taken from the document and not from what this release understands of it, so that a collector agrees
  /// with a newer agent.
  public static func ofFacts(_ document: JSON) -> String {
    guard case .object(var members) = document else { return of(document) }
    for name in membersOfTheOccasion { members[name] = nil }
    return of(.object(members))
  }

  /// The same of the bytes that a document was read from: what is canonical already, as agents send it, is not written
  /// once more to be digested.
  public static func ofFacts(_ text: JSONText, in bytes: some Collection<UInt8>) -> String {
    guard let members = text.canonicalMembers else { return ofFacts(text.value) }
    let digest: String?? = bytes.withContiguousStorageIfAvailable { bytes in
      guard members.allSatisfy({ $0.range.upperBound <= bytes.count }) else { return nil }
      var hash = SHA256()
      var isFirst = true
      hash.update(data: [UInt8(ascii: "{")])
      for member in members where !membersOfTheOccasion.contains(member.key) {
        if !isFirst { hash.update(data: [UInt8(ascii: ",")]) }
        isFirst = false
        hash.update(bufferPointer: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[member.range])))
      }
      hash.update(data: [UInt8(ascii: "}")])
      return self.text(hash)
    }
    return (digest ?? nil) ?? ofFacts(text.value)
  }

  /// What differs between two inspections that saw the same.
  private static let membersOfTheOccasion = ["collected_at", "duration_us", "agent"]
}

extension GuestFacts {
  /// The facts digest of these facts.
  public var factsDigest: String { Digest.ofFacts(json) }

  /// The topology digest: where data lies, whatever the kernel calls the devices today.
  ///
  /// Equal digests mean equal outcomes of the data-loss rules under one profile, reading and rule set. It holds no
  /// kernel name (unless a disk has no other identity), no size, sequence number, mount, active state, order or time.
  public var topologyDigest: String { Digest.of(bytes: topology.bytes) }

  /// Where the data lies, in a form that does not depend on any order.
  var topology: CanonicalForm {
    let identities = DiskIdentities(devices ?? [])
    let states = (sections ?? [:]).filter { Gap.sectionHidesStorage($0.key) }
    let counted = (counts ?? [:]).keys.filter(Gap.storageArrays.contains)
    return .members(
      ("any_device", devices.map { CanonicalForm(.bool(!$0.isEmpty)) }),
      ("counted", .set(counted.map { CanonicalForm($0.json) })),
      ("gaps", gaps.map { .set($0.filter(\.hidesStorage).map { Self.topology(of: $0, identities) }) }),
      ("multi_device_filesystems", multiDeviceFileSystems.map { .set($0.map { Self.topology(of: $0, identities) }) }),
      ("os_family", CanonicalForm(known: guest.os.family.jsonIfKnown)),
      ("raid_arrays", raidArrays.map { .set($0.map { Self.topology(of: $0, identities) }) }),
      ("sections", sections.map { _ in .members(states.map { ($0.key, CanonicalForm($0.value.json)) }) }),
      ("volume_groups", volumeGroups.map { .set($0.map { Self.topology(of: $0, identities) }) }),
      ("windows", (windows?.topology).map { CanonicalForm($0) }))
  }

  private static func topology(of array: RAIDArray, _ identities: DiskIdentities) -> CanonicalForm {
    .members(
      ("disks", array.disks.value.map { identities.form(of: $0) }),
      ("level", CanonicalForm(known: array.level.jsonIfKnown)),
      ("member_count", CanonicalForm(known: array.memberCount.jsonIfKnown)),
      ("members", array.members.value.map { identities.form(of: $0) }),
      ("uuid", CanonicalForm(array.uuid.value?.json ?? array.name.json)))
  }

  private static func topology(of system: MultiDeviceFileSystem, _ identities: DiskIdentities) -> CanonicalForm {
    .members(
      ("disks", system.disks.value.map { identities.form(of: $0) }),
      ("member_count", CanonicalForm(known: system.memberCount.jsonIfKnown)),
      ("members", system.members.value.map { identities.form(of: $0) }), ("type", CanonicalForm(system.type.json)),
      ("uuid", CanonicalForm(system.uuid.json)))
  }

  private static func topology(of group: VolumeGroup, _ identities: DiskIdentities) -> CanonicalForm {
    let physical = group.physicalVolumes.value.map { volumes in
      CanonicalForm.set(
        volumes.map { volume in
          .members(
            ("disks", volume.disks.value.map { identities.form(of: $0) }),
            ("duplicate", volume.duplicateDevices.value.map { CanonicalForm(.bool(!$0.isEmpty)) }),
            ("found", volume.device.isKnown ? CanonicalForm(.bool(volume.device.value != nil)) : nil),
            ("missing", CanonicalForm(known: volume.missing.jsonIfKnown)), ("uuid", CanonicalForm(volume.uuid.json)))
        })
    }
    let logical = group.logicalVolumes.value.map { volumes in
      CanonicalForm.set(
        volumes.map { volume in
          .members(
            ("hidden", CanonicalForm(known: volume.hidden.jsonIfKnown)),
            ("physical_volumes", volume.physicalVolumes.value.map { CanonicalForm($0.sorted().json) }),
            ("uuid", CanonicalForm(volume.uuid.json)))
        })
    }
    return .members(
      ("disks", group.disks.value.map { identities.form(of: $0) }),
      ("exported", CanonicalForm(known: group.exported.jsonIfKnown)),
      ("logical_volume_count", CanonicalForm(known: group.logicalVolumeCount.jsonIfKnown)),
      ("logical_volumes", logical), ("partial", CanonicalForm(known: group.partial.jsonIfKnown)),
      ("physical_volume_count", CanonicalForm(known: group.physicalVolumeCount.jsonIfKnown)),
      ("physical_volumes", physical), ("uuid", CanonicalForm(group.uuid.json)))
  }

  private static func topology(of gap: Gap, _ identities: DiskIdentities) -> CanonicalForm {
    let name = gap.subject.kind == .device ? identities.of(gap.subject.name) : gap.subject.name
    return .members(
      ("kind", CanonicalForm(gap.subject.kind.json)), ("member", CanonicalForm(gap.subject.member.json)),
      ("name", CanonicalForm(name.json)), ("reason", CanonicalForm(gap.reason.json)))
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
  func form(of names: [String]) -> CanonicalForm { CanonicalForm(names.map(of).sorted().json) }

  private static func identity(of device: Device) -> String {
    if let wwid = device.wwid.value, !wwid.isEmpty { return "wwid \(wwid)" }
    if let serial = device.serial.value, !serial.isEmpty { return "serial \(serial)" }
    if let uuid = device.dmUUID.value, !uuid.isEmpty { return "dm \(uuid)" }
    if let uuid = device.partitionTable.value?.uuid.value, !uuid.isEmpty { return "table \(uuid)" }
    return device.name
  }
}
