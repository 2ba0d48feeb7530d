// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Readiness

/// What stands behind the name in a row of the storage tree.
enum StorageRow {
  /// The columns for a node, without name and mark.
  static func row(_ node: StorageNode, _ graph: StorageGraph, _ language: Language) -> StorageTree.Row {
    var row = StorageTree.Row(mark: .plain, name: "")
    switch node {
    case .device(let name):
      guard let device = graph.devices[name] else { break }
      row = self.device(device, graph, language)
    case .group(let index):
      guard let group = graph.group(index) else { break }
      row.size = groupSize(group).map(ByteSize.short) ?? "?"
      row.type = ReportWords.group.text(in: language)
      let count = max(group.physicalVolumes.value?.count ?? 0, group.physicalVolumeCount.value ?? 0)
      row.content = (count == 1 ? ReportWords.oneVolume : ReportWords.volumes).with(["count": .number(count)])
        .text(in: language)
    case .volume(let group, let index):
      guard let volume = graph.volume(group, index) else { break }
      row = self.volume(volume, graph, language)
    case .missing(let group, let index):
      row.size = size(graph.physicalVolume(group, index)?.sizeBytes ?? .unknown)
      row.remark = ReportWords.missingVolume.with(["group": .text(graph.group(group)?.name ?? "?")]).text(in: language)
    case .array(let index):
      guard let array = graph.facts.raidArrays?[index] else { break }
      row.type = array.level.value ?? ReportWords.kind(.raid).text(in: language)
      row.content = devices(array.memberCount.value ?? array.members.value?.count ?? 0, language)
    case .fileSystem(let index):
      guard let system = graph.facts.multiDeviceFileSystems?[index] else { break }
      row.type = contentName(system.type)
      row.content = devices(system.memberCount.value ?? system.members.value?.count ?? 0, language)
    }
    row.type = Canvas.safe(row.type)
    row.content = Canvas.safe(row.content)
    row.mounted = Canvas.safe(row.mounted)
    row.remark = row.remark.map(Canvas.safe)
    return row
  }

  private static func device(_ device: Device, _ graph: StorageGraph, _ language: Language) -> StorageTree.Row {
    var row = StorageTree.Row(mark: .plain, name: "")
    row.size = size(device.sizeBytes)
    row.type = ReportWords.kind(device.kind).text(in: language)
    if device.kind == .raid, let array = graph.facts.raidArrays?.first(where: { $0.name == device.name }) {
      row.type = array.level.value ?? row.type
    }
    switch device.content {
    case .value(let content): row.content = contentName(content.type)
    case .none: row.content = device.partitionTable.value?.type ?? ""
    case .unknown: row.content = "?"
    }
    row.mounted = mounted(device.mountPoints)
    return row
  }

  private static func volume(_ volume: LogicalVolume, _ graph: StorageGraph, _ language: Language) -> StorageTree.Row {
    var row = StorageTree.Row(mark: .plain, name: "")
    row.size = size(volume.sizeBytes)
    row.type = ReportWords.volume.text(in: language)
    let layout = volume.layout.value.flatMap { $0 == "linear" ? nil : $0 }
    let device = volume.device.value.flatMap { graph.devices[$0] }
    let content = device?.content.value.map { contentName($0.type) }
    row.content = [layout, content].compactMap(\.self).joined(separator: " ")
    row.mounted = mounted(device?.mountPoints ?? .none)
    return row
  }

  /// libblkid's words where people have others.
  private static func contentName(_ type: String) -> String {
    switch type {
    case "LVM2_member": "LVM PV"
    case "linux_raid_member": "md member"
    case "mpath_member": "path"
    case "crypto_LUKS": "LUKS"
    case "zfs_member": "zfs"
    default: type
    }
  }

  private static func devices(_ count: Int, _ language: Language) -> String {
    ReportWords.devices.with(["count": .number(count)]).text(in: language)
  }

  private static func size(_ bytes: Observed<UInt64>) -> String { bytes.value.map(ByteSize.short) ?? "?" }

  /// The first mount point, and how many more there are.
  private static func mounted(_ points: Observed<[String]>) -> String {
    guard let points = points.value, let first = points.sorted(by: NaturalOrder.precedes).first else { return "" }
    return points.count > 1 ? "\(first) +\(points.count - 1)" : first
  }

  /// All extents of a group, in bytes; `nil` where that is not known or does not fit.
  private static func groupSize(_ group: VolumeGroup) -> UInt64? {
    guard let extent = group.extentSizeBytes.value, let volumes = group.physicalVolumes.value else { return nil }
    var sum: UInt64 = 0
    for volume in volumes {
      guard let count = volume.extentCount.value else { return nil }
      let (bytes, tooLarge) = count.multipliedReportingOverflow(by: extent)
      let (next, overflow) = sum.addingReportingOverflow(bytes)
      guard !tooLarge, !overflow else { return nil }
      sum = next
    }
    return sum
  }
}
