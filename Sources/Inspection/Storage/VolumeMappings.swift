// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import LVMMetadata

/// The logical volumes that the kernel has mapped now, by their identifiers.
///
/// lvm2 names each mapping `LVM-<group><volume>[-layer]` in its device-mapper uuid (lvm2, lib/activate/dev_manager.c),
/// 32 characters of each identifier without dashes.
struct VolumeMappings {
  private var layers: [Key: [Layer]] = [:]

  private struct Key: Hashable {
    var group: LVMIdentifier
    var volume: LVMIdentifier
  }

  /// One device of a volume.
  struct Layer: Equatable {
    var device: String
    /// What follows the identifiers, without its dash; empty for the volume itself.
    var suffix: String
  }

  /// What is mapped of one volume.
  struct Mapping {
    fileprivate var layers: [Layer]
  }

  /// Finds the mapped volumes among the devices.
  init(_ devices: [Device], graph: DeviceGraph) {
    for device in devices {
      guard let uuid = device.dmUUID.value, uuid.hasPrefix("LVM-") else { continue }
      let bytes = Array(uuid.utf8)
      guard bytes.count >= 68, let group = LVMIdentifier(characters: bytes[4..<36]),
        let volume = LVMIdentifier(characters: bytes[36..<68])
      else { continue }
      let suffix = String(decoding: bytes[68...].drop { $0 == UInt8(ascii: "-") }, as: UTF8.self)
      layers[Key(group: group, volume: volume), default: []].append(Layer(device: device.name, suffix: suffix))
    }
  }

  /// What is mapped of a volume that the metadata lists; nobody else can claim it afterwards.
  mutating func claim(_ group: LVMIdentifier, _ volume: LVMIdentifier) -> Mapping {
    Mapping(layers: layers.removeValue(forKey: Key(group: group, volume: volume)) ?? [])
  }

  /// A gap for each volume that is mapped and that the metadata on disk does not list.
  func unclaimed() -> [Gap] {
    layers.values.flatMap { $0 }.filter(\.suffix.isEmpty).sorted { $0.device < $1.device }.map { layer in
      Gap(
        .init(.device, layer.device, member: "group"), .inconsistent,
        detail:
          "\(Device.path(ofName: layer.device)) is a mapped logical volume that the metadata on disk does not list")
    }
  }
}

extension VolumeMappings.Mapping {
  /// The layers that stand for a volume, the best first; as lvm2 itself answers for a pool or a cache volume.
  private static let order = ["", "tpool", "vpool", "cvol", "pool"]

  /// The device that lvs(8) names for the volume; `nil` if it is not active.
  ///
  /// A volume of which only the layer below snapshots or thin volumes is mapped is not active itself, unless it is a
  /// hidden one, such as the origin of a cache, which has no other.
  func device(ofHidden isHidden: Bool) -> String? {
    let shown = layers.filter { isHidden || $0.suffix != "real" }
    return shown.min { Self.rank($0) < Self.rank($1) }?.device
  }

  private static func rank(_ layer: VolumeMappings.Layer) -> (Int, String) {
    (order.firstIndex(of: layer.suffix) ?? order.count, layer.suffix)
  }

  /// Where the kernel runs the volume from something else than the metadata says: a clone starts by the metadata.
  ///
  /// `disks` are those of the physical volumes that the metadata names for it.
  func disagreements(with volume: Facts.LogicalVolume, on disks: Observed<[String]>, _ graph: DeviceGraph) -> [Gap] {
    sizeDisagreement(volume, graph) + placeDisagreements(volume, disks, graph)
  }

  private func sizeDisagreement(_ volume: Facts.LogicalVolume, _ graph: DeviceGraph) -> [Gap] {
    // Other layouts map less or more than the size of the volume: a snapshot its origin's, a pool its data.
    guard ["linear", "striped"].contains(volume.layout.value ?? ""), let size = volume.sizeBytes.value,
      let device = layers.first(where: \.suffix.isEmpty)?.device, let mapped = graph.devices[device]?.sizeBytes.value,
      mapped != size
    else { return [] }
    return [gap(volume, "has \(size) bytes in the metadata, \(Device.path(ofName: device)) \(mapped)")]
  }

  private func placeDisagreements(
    _ volume: Facts.LogicalVolume, _ disks: Observed<[String]>, _ graph: DeviceGraph
  ) -> [Gap] {
    // A member's missing disks are told by the member; fewer mapped disks than listed hide nothing.
    guard let listed = disks.value else { return [] }
    for layer in layers.sorted(by: { $0.device < $1.device }) {
      guard let mapped = graph.disks(of: layer.device).value else { continue }
      // A table of zeros or errors lies on nothing: it is its own end, and no disk.
      let others = mapped.filter { !listed.contains($0) && graph.devices[$0]?.kind != .lvm }
      guard !others.isEmpty else { continue }
      let paths = others.map { Device.path(ofName: $0) }.joined(separator: ", ")
      return [gap(volume, "is mapped on \(paths) too, where the metadata does not place it")]
    }
    return []
  }

  private func gap(_ volume: Facts.LogicalVolume, _ detail: String) -> Gap {
    Gap(
      .init(.logicalVolume, volume.uuid, member: "mapping"), .inconsistent, detail: "volume \(volume.name) \(detail)")
  }
}
