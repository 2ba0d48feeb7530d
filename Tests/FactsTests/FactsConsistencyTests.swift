// SPDX-License-Identifier: Apache-2.0

import Facts
import Testing

/// Arrays carry their counts and references resolve; else a document is malformed.
@Suite struct FactsConsistencyTests {
  /// The document with one value replaced, removed (`nil`) or, for an array index, taken out.
  static func changed(_ value: JSON, _ path: [String], _ change: (JSON) -> JSON?) -> JSON {
    guard let key = path.first else { return change(value) ?? value }
    let rest = Array(path.dropFirst())
    if let index = Int(key), case .array(var elements) = value, elements.indices.contains(index) {
      if rest.isEmpty {
        if let new = change(elements[index]) { elements[index] = new } else { elements.remove(at: index) }
      } else {
        elements[index] = changed(elements[index], rest, change)
      }
      return .array(elements)
    }
    guard case .object(var object) = value, let inner = object[key] else { return value }
    object[key] = rest.isEmpty ? change(inner) : changed(inner, rest, change)
    return .object(object)
  }

  @Test(arguments: FactsFixtures.names) func aLostElementOfACountedArrayIsNoticed(_ name: String) throws {
    let document = try FactsFixtures.document(name)
    let arrays = [
      "devices", "volume_groups", "raid_arrays", "multi_device_filesystems", "mounts", "swaps", "fstab", "gaps",
    ]
    for array in arrays {
      for index in (document[array]?.array ?? []).indices {
        let shorter = Self.changed(document, [array, String(index)]) { _ in nil }
        #expect(shorter != document)
        #expect(throws: DocumentError.self, "\(array)[\(index)]") { try GuestFacts(json: shorter) }
      }
    }
    for (group, value) in (document["volume_groups"]?.array ?? []).enumerated() {
      for array in ["physical_volumes", "logical_volumes"] {
        for index in (value[array]?.array ?? []).indices {
          let shorter = Self.changed(document, ["volume_groups", String(group), array, String(index)]) { _ in nil }
          #expect(throws: DocumentError.self, "\(array)[\(index)]") { try GuestFacts(json: shorter) }
        }
      }
    }
  }

  @Test(
    arguments: [
      (["counts", "devices"], JSON.integer(99), "devices"),
      (["volume_groups", "0", "physical_volume_count"], 3, "volume_groups[0].physical_volumes"),
      (["volume_groups", "0", "logical_volume_count"], 1, "volume_groups[0].logical_volumes"),
      (["devices", "2", "parents"], ["nowhere"], "devices[2].parents"),
      (["devices", "2", "disks"], ["nowhere"], "devices[2].disks"),
      (["devices", "2", "name"], "dm-0", "devices[2].name"),
      (["mounts", "0", "device"], "nowhere", "mounts[0].device"),
      (["fstab", "0", "device"], "nowhere", "fstab[0].device"),
      (["volume_groups", "0", "disks"], ["nowhere"], "volume_groups[0].disks"),
      (
        ["volume_groups", "0", "physical_volumes", "1", "device"], "nowhere",
        "volume_groups[0].physical_volumes[1].device"
      ),
      (
        ["volume_groups", "0", "physical_volumes", "1", "duplicate_devices"], ["nowhere"],
        "volume_groups[0].physical_volumes[1].duplicate_devices"
      ),
      (
        ["volume_groups", "0", "physical_volumes", "1", "disks"], ["nowhere"],
        "volume_groups[0].physical_volumes[1].disks"
      ),
      (
        ["volume_groups", "0", "logical_volumes", "0", "device"], "nowhere",
        "volume_groups[0].logical_volumes[0].device"
      ),
      (
        ["volume_groups", "0", "logical_volumes", "0", "physical_volumes"], ["nowhere"],
        "volume_groups[0].logical_volumes[0].physical_volumes"
      ),
    ] as [([String], JSON, String)]) func whatDoesNotFitIsMalformed(
      _ path: [String], _ value: JSON, _ expected: String
    ) throws
  {
    let document = try FactsFixtures.document("lvm-two-disks")
    let changed = Self.changed(document, path) { _ in value }
    #expect(changed != document)
    let error = #expect(throws: DocumentError.self) { try GuestFacts(json: changed) }
    #expect(error?.path == expected)
  }

  @Test func aPhysicalVolumeListedTwiceIsMalformed() throws {
    let document = try FactsFixtures.document("lvm-two-disks")
    let first = document["volume_groups"]?.array?.first?["physical_volumes"]?.array?.first?["uuid"]
    let path = ["volume_groups", "0", "physical_volumes", "1", "uuid"]
    let error = #expect(throws: DocumentError.self) {
      try GuestFacts(json: Self.changed(document, path) { _ in first })
    }
    #expect(error?.path == "volume_groups[0].physical_volumes[1].uuid")
  }
}
