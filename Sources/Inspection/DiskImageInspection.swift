// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc
internal import LVMMetadata

/// The inspection of image files of a guest's disks: what lies on them, and nothing of how it is used.
struct DiskImageInspection {
  var facts: GuestFacts
  /// What the files themselves are no evidence of.
  private var fileGaps: [Gap] = []

  init(facts: GuestFacts, family: OperatingSystem.Family, instanceID: String?) {
    self.facts = facts
    self.facts.guest.os = OperatingSystem(family: .value(family))
    self.facts.guest.instanceID = Observed(looked: instanceID)
    self.facts.guest.instanceIDSource = Observed(looked: instanceID.map { _ in "configuration" })
    self.facts.visibility = [Visibility(.recorded, detail: "image files, not a running machine")]
  }

  /// Looks at the files; throws if one of them cannot be opened at all.
  mutating func run(_ files: [String], prober: () -> Prober) throws(ReadFailure) {
    var devices: [Device] = []
    for file in files {
      let path = try Self.canonicalPath(file)
      guard !devices.contains(where: { $0.name == path }) else { continue }
      var device = Device(name: path, kind: .disk)
      device.parents = .value([])
      device.partition = .none
      devices.append(device)
    }
    let disks = devices
    let outcomes = probe(disks.map { ProbeRequest(path: $0.name, wantsTable: true) }, prober())
    var requests: [ProbeRequest] = []
    for (disk, outcome) in zip(disks, outcomes) {
      guard case .read(let reading) = outcome else {
        if case .failed(let operation, let code) = outcome {
          throw ReadFailure(operation: operation, path: disk.name, code: code)
        }
        continue
      }
      noteForm(of: disk, reading)
      for entry in reading.entries where !entry.isContainer {
        let partition = Self.partition(entry, of: disk)
        noteEnd(of: partition, entry, fileSize: reading.sizeBytes)
        devices.append(partition)
        requests.append(
          ProbeRequest(path: disk.name, offset: entry.startBytes, length: entry.sizeBytes, wantsTable: false))
      }
    }
    let graph = DeviceGraph(devices)
    let mounted = MountedDevices(MountInfo(parsing: [0x0A]), names: DeviceNames(devices, root: .live))
    var contents = DeviceContents(devices, graph: graph, mounted: mounted)
    for (index, outcome) in (outcomes + probe(requests, prober())).enumerated() { contents.settle(index, outcome) }
    let groups = VolumeGroups(contents, graph: graph, mappingsKnown: false)
    let sets = MemberSets(contents, states: [:], graph: graph)
    facts.devices = contents.devices.map { device in
      var device = device
      device.disks = graph.disks(of: device.name)
      return device
    }
    facts.volumeGroups = groups.groups
    facts.raidArrays = sets.arrays
    facts.multiDeviceFileSystems = sets.fileSystems
    facts.gaps = contents.gaps + groups.gaps + sets.gaps + fileGaps
    for section in Section.ofLinux {
      let hasGap = facts.gaps?.contains(where: section.isTouched) ?? true
      switch section {
      case .mounts, .swaps, .fstab: facts.setState(of: section, .absent)
      case .guest: facts.setState(of: section, .partial)
      case .devices, .volumeGroups, .raidArrays, .multiDeviceFileSystems:
        facts.setState(of: section, hasGap ? .partial : .complete)
      // No file of theirs is read: the section is not there at all.
      default: continue
      }
    }
    for section in [Section.guest, .mounts, .swaps, .fstab] {
      facts.gaps?.append(
        Gap(.init(.section, section.rawValue), .unsupported, detail: "image files do not tell the \(section.rawValue)"))
    }
  }

  /// A file that is not the bytes of a disk: whatever was found in it, the disk itself was not seen.
  private mutating func noteForm(of disk: Device, _ reading: DeviceReading) {
    let sector: UInt64 = 512
    var source = MemorySource(reading.recording)
    let start = (try? source.read(at: 0, count: ImageFormat.markSize)) ?? []
    if let format = ImageFormat.wrapping(start) {
      note(
        disk, .unsupported,
        "\(disk.name) is a file of the format \(format), not the bytes of a disk; make a raw image of it first")
    } else if reading.sizeBytes == 0 || reading.sizeBytes % sector != 0 {
      note(
        disk, .truncated,
        "\(disk.name) has \(reading.sizeBytes) bytes, which no disk has: it is not the image of one, or is cut off")
    }
  }

  /// A partition that goes on behind the end of the file was not seen whole.
  private mutating func noteEnd(of partition: Device, _ entry: DeviceReading.TableEntry, fileSize: UInt64) {
    guard entry.startBytes <= fileSize, entry.sizeBytes > fileSize - entry.startBytes else { return }
    note(
      partition, .truncated,
      "the file has \(fileSize - entry.startBytes) of the \(entry.sizeBytes) bytes of \(partition.name)")
  }

  private mutating func note(_ device: Device, _ reason: Gap.Reason, _ detail: String) {
    fileGaps.append(Gap(.init(.device, device.name, member: "content"), reason, detail: PlainText.from(detail)))
  }

  private func probe(_ requests: [ProbeRequest], _ prober: Prober) -> [ProbeOutcome] {
    var prober = prober
    for request in requests { prober.ask(request) }
    var outcomes = [ProbeOutcome](repeating: .timedOut, count: requests.count)
    prober.finish { outcomes[$0] = $1 }
    return outcomes
  }

  private static func canonicalPath(_ file: String) throws(ReadFailure) -> String {
    guard let resolved = realpath(file, nil) else { throw ReadFailure(operation: "open", path: file, code: errno) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func partition(_ entry: DeviceReading.TableEntry, of disk: Device) -> Device {
    var device = Device(name: "\(disk.name) partition \(entry.partition.number)", kind: .partition)
    device.parents = .value([disk.name])
    device.partition = .value(entry.partition)
    device.sizeBytes = .value(entry.sizeBytes)
    return device
  }
}
