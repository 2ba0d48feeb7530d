// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc
internal import LVMMetadata

/// Brings together what was read from each device and what the kernel says of it.
struct DeviceContents {
  /// The devices, with content and partition table filled in.
  var devices: [Device]
  /// What could not be learned.
  var gaps: [Gap] = []
  /// LVM labels by device, of devices that may be physical volumes.
  var physicalVolumes: [(device: String, volume: LVMMetadata.PhysicalVolume)] = []
  /// What the metadata on them says.
  private(set) var metadataTexts = MetadataTexts()
  /// md superblocks by device.
  var arrayMembers: [(device: String, superblock: ArraySuperblock)] = []
  /// Members of file systems and pools that can lie on several devices, by device.
  var poolMembers: [(device: String, member: PoolMember)] = []

  private let graph: DeviceGraph
  private let mounted: MountedDevices
  /// Whether partitions that the kernel shows come from a table on their disk.
  private let kernelReadTables: Bool

  /// Starts with the devices as sysfs shows them; in a tree that was made by hand no kernel read any table.
  init(_ devices: [Device], graph: DeviceGraph, mounted: MountedDevices, kernelReadTables: Bool = false) {
    self.devices = devices
    self.graph = graph
    self.mounted = mounted
    self.kernelReadTables = kernelReadTables
  }

  /// Devices that need no probe, with why: nothing can be on them, or they do not answer.
  mutating func settleWithoutProbe(_ index: Int, suspended: Set<String>) -> Bool {
    let name = devices[index].name
    if devices[index].sizeBytes.value == 0 || graph.isLayerOfVolume(name) {
      // What is on a layer of a volume is seen through the volume on top of it, and must not be counted twice.
      settleEmpty(index)
      return true
    }
    if suspended.contains(name) {
      let detail = "\(devices[index].path) is suspended or rests on a suspended device, so it was not opened"
      settleUnread(index, .suspended, detail)
      return true
    }
    return false
  }

  /// Takes in how probing a device ended.
  mutating func settle(_ index: Int, _ outcome: ProbeOutcome) {
    let path = devices[index].path
    switch outcome {
    case .read(let reading): settleRead(index, reading)
    case .failed(_, ENOMEDIUM), .failed(_, EMEDIUMTYPE):
      // No disc in the drive, or the standby side of a replicated device: there is nothing here to image.
      settleEmpty(index)
    case .failed(let operation, let code):
      let denied = code == EACCES || code == EPERM
      let detail = "cannot \(operation) \(path): \(ReadFailure.text(ofErrno: code))"
      settleUnread(index, denied ? .notPermitted : .unreadable, detail)
    case .notTheDevice(let reason): settleUnread(index, .inconsistent, reason)
    case .timedOut: settleUnread(index, .timedOut, "\(path) did not answer before the deadline")
    case .notReached:
      settleUnread(index, .timedOut, "\(path) was not asked, because too many other devices did not answer")
    case .stillUnanswered(let process):
      settleUnread(
        index, .timedOut, "\(path) was not asked, because process \(process) of an earlier check still waits for it")
    case .crashed: settleUnread(index, .unreadable, "the helper that probed \(path) ended without an answer")
    }
  }

  private mutating func settleEmpty(_ index: Int) {
    devices[index].content = .none
    devices[index].partitionTable = .none
  }

  /// Puts the members in the order of their devices, whichever answered first.
  mutating func sortMembers() {
    physicalVolumes.sort { $0.device < $1.device }
    arrayMembers.sort { $0.device < $1.device }
    poolMembers.sort { $0.device < $1.device }
  }

  private func nature(_ index: Int) -> KernelNature? {
    KernelNature.of(devices[index].name, graph: graph, mounted: mounted)
  }

  private func isPartOfWhole(_ index: Int) -> Bool {
    graph.holders(of: devices[index].name).contains { $0.kind == .raid || $0.kind == .multipath }
  }

  private func hasPartitions(_ index: Int) -> Bool {
    graph.holders(of: devices[index].name).contains { $0.kind == .partition }
  }

  /// A device that could not be read has its nature from the kernel, if the kernel uses it.
  private mutating func settleUnread(_ index: Int, _ reason: Gap.Reason, _ detail: String) {
    if reason == .unreadable, devices[index].dmName.value != nil, devices[index].parents == .value([]) {
      // A mapping that lies on nothing, as a volume of errors does: there is nothing here to image.
      settleEmpty(index)
    } else if let nature = nature(index) {
      devices[index].content = .value(Content(usage: nature.usage, type: nature.type))
      note(index, "content.uuid", reason, "\(detail); it is \(nature.witness)")
      if nature.hasFurtherMembers {
        note(index, "members", reason, "\(detail); a \(nature.type) may lie on further devices")
      }
    } else if hasPartitions(index) {
      devices[index].content = .none
      note(index, "partition_table.uuid", reason, "\(detail); the kernel shows partitions on it")
    } else {
      note(index, "content", reason, detail)
    }
  }

  private mutating func settleRead(_ index: Int, _ reading: DeviceReading) {
    devices[index].sizeBytes = devices[index].sizeBytes.isKnown ? devices[index].sizeBytes : .value(reading.sizeBytes)
    devices[index].partitionTable = Observed(looked: reading.table)
    if reading.table != nil { compareTable(index, reading) }
    noteLostTable(index, reading)
    let nature = nature(index)
    switch reading.signatures {
    case .found(let content):
      if let nature, !nature.agrees(with: content.type) {
        devices[index].content = .value(Content(usage: nature.usage, type: nature.type))
        note(
          index, "content.signatures", .inconsistent,
          "\(devices[index].path) looks like \(content.type), but is \(nature.witness)")
      } else {
        devices[index].content = .value(content)
      }
    case .none:
      if let nature {
        devices[index].content = .value(Content(usage: nature.usage, type: nature.type))
        // A path shows what is on the LUN, and that may be a partition table alone.
        if nature.type != "mpath_member" {
          note(
            index, "content.uuid", .inconsistent,
            "no signature on \(devices[index].path), but it is \(nature.witness)")
        }
      } else {
        devices[index].content = .none
      }
    case .ambivalent(let types):
      let detail = "signatures that exclude each other on \(devices[index].path): \(types.joined(separator: ", "))"
      if let nature {
        devices[index].content = .value(Content(usage: nature.usage, type: nature.type))
        note(index, "content.signatures", .ambiguous, "\(detail); it is \(nature.witness)")
      } else {
        note(index, "content", .ambiguous, detail)
      }
    case .failed(let code):
      settleUnread(index, .unreadable, "cannot read \(devices[index].path): \(ReadFailure.text(ofErrno: code))")
      return
    }
    noteClosedContainer(index)
    readMembers(index, reading)
  }

  /// A closed container may hide anything, a volume group too.
  private mutating func noteClosedContainer(_ index: Int) {
    guard let content = devices[index].content.value, content.usage == "crypto" || content.type == "BitLocker",
      !graph.holders(of: devices[index].name).contains(where: { $0.kind == .crypt })
    else { return }
    let detail = "\(devices[index].path) is a locked \(content.type) container"
    note(index, "inside", .encrypted, detail)
  }

  /// Fills in what the table on the disk says of the kernel's partitions, and notes where the two differ.
  private mutating func compareTable(_ index: Int, _ reading: DeviceReading) {
    let names = Set(graph.holders(of: devices[index].name).filter { $0.kind == .partition }.map(\.name))
    let children = devices.indices.filter { names.contains(devices[$0].name) }
    let comparison = TableComparison(of: devices[index], children.map { devices[$0] }, with: reading.entries)
    for (child, partition) in zip(children, comparison.partitions) { devices[child].partition = partition }
    devices[index].partitionTable = devices[index].partitionTable.map { table in
      var table = table
      table.stalePartitions = .value(comparison.stale)
      return table
    }
    for difference in comparison.differences { note(index, "partitions", .inconsistent, difference) }
  }

  /// A table that is gone or damaged: what was in it, or what a clone will see, is not known.
  private mutating func noteLostTable(_ index: Int, _ reading: DeviceReading) {
    let path = devices[index].path
    if reading.table?.type == DeviceReading.protectiveTable {
      note(index, "partitions", .malformed, "\(path) is marked as divided by a GPT, and no intact GPT was found on it")
      return
    }
    // Where reading failed, that is the gap; a member of an array or a path shows the table of the whole.
    if case .failed = reading.signatures { return }
    if kernelReadTables, reading.table == nil, hasPartitions(index), !isPartOfWhole(index) {
      devices[index].partitionTable = .unknown
      note(index, "partitions", .inconsistent, "the kernel shows partitions on \(path), and no table is on the disk")
    }
  }

  // MARK: members

  private mutating func readMembers(_ index: Int, _ reading: DeviceReading) {
    var source = MemorySource(reading.recording)
    let members = MemberReading(of: reading, from: &source)
    let name = devices[index].name
    if let superblock = members.arrayMember { arrayMembers.append((name, superblock)) }
    switch members.pool {
    case .alone: break
    case .member(let member): poolMembers.append((name, member))
    case .unreadable:
      note(
        index, "members", .malformed,
        "whether \(devices[index].path) lies on further devices cannot be told from its superblock or label")
    }
    // What an array or a multipath device is made of shows the label of what lies on the whole.
    if isPartOfWhole(index) { return }
    if members.arrayMember != nil { return }
    let mayBeVolume = mayBePhysicalVolume(index, reading)
    switch members.physicalVolume {
    case .success(.none):
      if devices[index].content.value?.type == "LVM2_member" {
        note(index, "members", .inconsistent, "\(devices[index].path) is an LVM member without a readable label")
      }
    case .success(.found(var volume)):
      if mayBeVolume {
        metadataTexts.learn(&volume)
        physicalVolumes.append((name, volume))
      } else {
        noteStaleLabel(index)
      }
      for damage in volume.labelDamage where mayBeVolume { noteDamage(index, damage) }
    case .success(.damaged(let damage)):
      if mayBeVolume { noteDamage(index, damage) } else { noteStaleLabel(index) }
    case .success(.unsupported(let kind)):
      if mayBeVolume {
        note(index, "content", .unsupported, "\(devices[index].path) holds a label of kind \(kind.rawValue)")
      }
    case .failure(let error):
      if mayBeVolume {
        note(index, "content", .unreadable, "cannot read the first sectors of \(devices[index].path): \(error)")
      }
    }
  }

  /// lvm2's own rule: a device with partitions, or in use as something else, is no physical volume.
  private func mayBePhysicalVolume(_ index: Int, _ reading: DeviceReading) -> Bool {
    if reading.table != nil || hasPartitions(index) { return false }
    guard let nature = nature(index) else { return true }
    return nature.type == "LVM2_member"
  }

  private mutating func noteStaleLabel(_ index: Int) {
    note(
      index, "content.signatures", .inconsistent,
      "\(devices[index].path) carries an LVM label, but is in use as something else")
  }

  private mutating func noteDamage(_ index: Int, _ damage: LabelDamage) {
    if damage.kind == .erased {
      // What wipefs(8) leaves behind is somebody's decision, not damage.
      note(
        index, "content.signatures", .inconsistent,
        "\(devices[index].path) was an LVM physical volume until its label was erased")
      return
    }
    note(
      index, "content", .malformed,
      "\(devices[index].path) carries a damaged LVM label in sector \(damage.sector): \(damage.kind.rawValue)")
  }

  private mutating func note(_ index: Int, _ member: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(Gap(Gap.Subject(.device, devices[index].name, member: member), reason, detail: detail))
  }
}
