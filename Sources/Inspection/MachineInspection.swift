// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The inspection of a machine, running or recorded, in the order in which one thing needs another.
struct MachineInspection {
  let root: Root
  var facts: GuestFacts
  /// What the last inspection found, and then what the next one need not find again.
  var memory: InspectionMemory
  private var gaps: [Gap] = []

  init(root: Root, facts: GuestFacts, memory: InspectionMemory) {
    self.root = root
    self.facts = facts
    self.memory = memory
  }

  /// Looks at everything.
  mutating func run(instanceID: String?, prober: Prober, readers: InitramfsReaders) {
    var prober = prober
    var asked: [String] = []
    var identity = GuestIdentity(root: root, instanceID: instanceID)
    facts.guest = identity.guest
    gaps += identity.gaps
    let commandLine = KernelCommandLine(root: root)
    let mountInfo = readMountInfo()
    let swapAreas = readSwaps()
    let table: BlockDevices
    do throws(ReadFailure) {
      table = try BlockDevices.read(from: root) { device in
        guard device.sizeBytes.value != 0 else { return }
        prober.ask(Self.request(for: device, root: root))
        asked.append(device.name)
      }
    } catch {
      setAbsent([.devices, .volumeGroups, .raidArrays, .multiDeviceFileSystems], error)
      setAbsent([.mounts, .swaps, .fstab, .boot, .initramfs], error)
      readConfigurationFiles(machineID: identity.machineIDFile, commandLine)
      facts.visibility = identity.visibility + sandboxSigns(devices: 0).visibility
      facts.gaps = gaps
      return
    }
    gaps += table.gaps
    // While the disks answer.
    readConfigurationFiles(machineID: identity.machineIDFile, commandLine)
    let graph = DeviceGraph(table.devices)
    var names = DeviceNames(table.devices, root: root)
    var mounted = MountedDevices(mountInfo ?? MountInfo(parsing: [0x0A]), names: names)
    let swaps = swapAreas.map { mounted.add($0, names: names) }
    identity.noteContainer(rootDevice: mounted.mounts.first { $0.mountPoint == "/" }?.device)
    var contents = DeviceContents(
      table.devices, graph: graph, mounted: mounted, kernelReadTables: root.treePath == nil)
    let suspended = suspended(table, mounted)
    let points = mountInfo.map { MountPoints($0, mounts: mounted.mounts, suspended: suspended) }
    // They are unpacked beside what is left to do.
    var files = points.map { points in
      InitramfsInspection(root: root, points: points, readers: readers, version: facts.agentVersion)
    }
    files?.begin(machineID: facts.guest.machineID.value)
    let unopened = settleDevices(&contents, suspended: suspended, asked: asked, prober: prober)
    facts.visibility = identity.visibility + sandboxSigns(devices: table.devices.count, unopened).visibility
    gaps += contents.gaps
    let groups = VolumeGroups(contents, graph: graph, mappingsKnown: true)
    gaps += groups.gaps
    let sets = MemberSets(contents, states: table.arrayStates, graph: graph)
    gaps += sets.gaps
    setDevices(contents.devices, graph: graph, mounted: mounted)
    facts.volumeGroups = groups.groups
    facts.raidArrays = sets.arrays
    facts.multiDeviceFileSystems = sets.fileSystems
    if mountInfo != nil {
      facts.mounts = mounted.mounts
      facts.otherMounts = mounted.otherMounts
    }
    facts.swaps = swaps
    names.learnContents(facts.devices ?? [], volumeGroups: groups.groups)
    readFstab(names)
    readBoot(names, points, mounted.mounts, commandLine)
    readInitramfs(files, points)
    facts.gaps = gaps
    setStates()
  }

  // MARK: tables

  /// The first process's mount table, so that the service's own sandbox does not show in it.
  private mutating func readMountInfo() -> MountInfo? {
    var failure: ReadFailure?
    for file in ["/proc/1/mountinfo", "/proc/self/mountinfo"] {
      do throws(ReadFailure) {
        let table = MountInfo(parsing: try root.read(file))
        if table.truncated {
          note(.init(.section, "mounts"), .truncated, "\(file) is empty or cut off")
        }
        for line in table.malformedLines {
          note(.init(.file, file, member: "line \(line)"), .malformed, "line \(line) of \(file) makes no sense")
        }
        // Mounts say which devices are in use: without them a device that cannot be opened has no nature.
        return table
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { setAbsent([.mounts], failure) }
    return nil
  }

  private mutating func readSwaps() -> [Swap]? {
    do throws(ReadFailure) {
      let table = SwapTable(parsing: try root.read("/proc/swaps"))
      if table.malformed { note(.init(.section, "swaps"), .malformed, "/proc/swaps makes no sense or is cut off") }
      return table.swaps
    } catch {
      // A kernel without swap has no such file.
      if error.isAbsent { return [] }
      setAbsent([.swaps], error)
      return nil
    }
  }

  private mutating func readFstab(_ names: DeviceNames) {
    do throws(ReadFailure) {
      let table = FileSystemTable(parsing: try root.read("/etc/fstab", limit: 1 << 20))
      for line in table.malformedLines {
        note(
          .init(.file, "/etc/fstab", member: "line \(line)"), .malformed, "line \(line) of /etc/fstab makes no sense")
      }
      facts.fstab = table.entries.map { entry in
        var entry = entry
        entry.device = names.device(spec: entry.spec)
        return entry
      }
    } catch {
      if error.isAbsent { facts.fstab = [] } else { setAbsent([.fstab], error) }
    }
  }

  private mutating func readConfigurationFiles(
    machineID: Result<[UInt8]?, ReadFailure>, _ commandLine: KernelCommandLine
  ) {
    let cloud = CloudFiles(root: root)
    var network = NetworkInspection(root: root, cloud: cloud)
    network.run()
    facts.network = network.facts
    take(network.gaps, of: .network)
    var cloudInit = CloudInitInspection(root: root, cloud: cloud, commandLine: commandLine)
    cloudInit.run()
    facts.cloudInit = cloudInit.facts
    take(cloudInit.gaps, of: .cloudInit)
    var configuration = ConfigurationInspection(root: root, machineID: machineID)
    configuration.run()
    facts.configuration = configuration.facts
    take(configuration.gaps, of: .configuration)
  }

  private mutating func take(_ found: [Gap], of section: Section) {
    facts.setState(of: section, found.isEmpty ? .complete : .partial)
    gaps += found
  }

  private mutating func readBoot(
    _ names: DeviceNames, _ points: MountPoints?, _ mounts: [Mount], _ commandLine: KernelCommandLine
  ) {
    // Without the mount table nobody knows what has another file system mounted when it is looked at.
    guard let points else {
      facts.setState(of: .boot, .absent)
      return note(.init(.section, Section.boot.rawValue), .unreadable, "the mount table could not be read")
    }
    let mounts = BootMounts(
      points, mounts: mounts, names: names, devices: facts.devices ?? [], groups: facts.volumeGroups ?? [])
    var inspection = BootInspection(
      root: root, mounts: mounts, names: names, commandLine: commandLine, guest: facts.guest)
    inspection.run()
    facts.boot = inspection.facts
    facts.setState(of: .boot, inspection.gaps.isEmpty ? .complete : .partial)
    gaps += inspection.gaps
  }

  /// Reads what the kernels have at hand before they find their root.
  private mutating func readInitramfs(_ files: InitramfsInspection?, _ points: MountPoints?) {
    guard var files, let points else {
      facts.setState(of: .initramfs, .absent)
      return note(.init(.section, Section.initramfs.rawValue), .unreadable, "the mount table could not be read")
    }
    files.add(facts.boot?.entries ?? [])
    var kernels = InstalledKernels(root: root)
    // A kernel whose initial RAM file system could not be looked for is not one that has none.
    if points.obstacle(of: "/boot") == nil { kernels.run(images: files.images) }
    files.finish()
    memory = files.memory
    facts.initramfs = files.files
    facts.kernels = kernels.kernels.sorted { $0.version < $1.version }
    take(kernels.gaps + files.gaps, of: .initramfs)
  }

  // MARK: devices

  /// Suspended devices, and loop devices whose file lies on one of them.
  private func suspended(_ table: BlockDevices, _ mounted: MountedDevices) -> Set<String> {
    var suspended = table.suspended
    guard !suspended.isEmpty else { return [] }
    for (loop, file) in table.backingFiles {
      let mount = mounted.mounts.filter { file == $0.mountPoint || file.hasPrefix(Self.folder($0.mountPoint)) }
        .max { $0.mountPoint.utf8.count < $1.mountPoint.utf8.count }
      if let mount, suspended.contains(mount.device) { suspended.insert(loop) }
    }
    return suspended
  }

  private static func folder(_ path: String) -> String { path.hasSuffix("/") ? path : path + "/" }

  /// Has the remaining devices probed and takes in what all of them hold; returns those that could not be opened.
  private func settleDevices(
    _ contents: inout DeviceContents, suspended: Set<String>, asked: [String], prober: Prober
  ) -> [SandboxSigns.Unopened] {
    var prober = prober
    var asked = asked
    let early = Set(asked)
    // Disks have been asked first: a hundred dead mappings must not keep the disks below them waiting.
    for index in contents.devices.indices where !early.contains(contents.devices[index].name) {
      if contents.settleWithoutProbe(index, suspended: suspended) { continue }
      prober.ask(Self.request(for: contents.devices[index], root: root))
      asked.append(contents.devices[index].name)
    }
    var places: [String: Int] = [:]
    for index in contents.devices.indices { places[contents.devices[index].name] = index }
    var unopened: [SandboxSigns.Unopened] = []
    prober.finish { number, outcome in
      guard let index = places[asked[number]] else { return }
      if let observer = root.observer { observer(contents.devices[index].path, .probed(outcome)) }
      contents.settle(index, outcome)
      if case .failed("open", let code) = outcome {
        unopened.append(SandboxSigns.Unopened(path: contents.devices[index].path, code: code))
      }
    }
    contents.sortMembers()
    return unopened.sorted { $0.path < $1.path }
  }

  private static func request(for device: Device, root: Root) -> ProbeRequest {
    // A table on a partition is another machine's: this kernel does not use it.
    ProbeRequest(
      path: device.path, number: root.isLive ? device.number.value : nil, wantsTable: device.kind != .partition)
  }

  /// What shows that the program is kept from seeing the machine, besides what its identity tells.
  private func sandboxSigns(devices: Int, _ unopened: [SandboxSigns.Unopened] = []) -> SandboxSigns {
    SandboxSigns(root: root, gaps: gaps, devices: devices, unopened: unopened)
  }

  private mutating func setDevices(_ devices: [Device], graph: DeviceGraph, mounted: MountedDevices) {
    var mountPoints: [String: [String]] = [:]
    for mount in mounted.mounts { mountPoints[mount.device, default: []].append(mount.mountPoint) }
    facts.devices = devices.map { device in
      var device = device
      device.disks = graph.disks(of: device.name)
      if facts.state(of: .mounts) != .absent { device.mountPoints = .value(mountPoints[device.name] ?? []) }
      return device
    }
  }

  // MARK: gaps and sections

  private mutating func note(_ subject: Gap.Subject, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(Gap(subject, reason, detail: detail))
  }

  private mutating func setAbsent(_ sections: [Section], _ failure: ReadFailure) {
    for section in sections {
      facts.setState(of: section, .absent)
      note(
        .init(.section, section.rawValue), failure.isNotPermitted ? .notPermitted : .unreadable, failure.description)
    }
  }

  private mutating func setStates() {
    for section in Section.ofLinux where facts.state(of: section) == nil {
      let partial = gaps.contains(where: section.isTouched)
      facts.setState(of: section, partial ? .partial : .complete)
    }
  }
}
