// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// The block devices that the kernel shows in sysfs, as a graph.
///
/// Attributes and their meaning: Documentation/ABI/stable/sysfs-block and Documentation/ABI/testing/sysfs-block-loop
/// of the kernel.
struct BlockDevices {
  /// The devices, sorted by name.
  var devices: [Device] = []
  /// Devices that do not answer now because they, or one that they rest on, are suspended.
  var suspended: Set<String> = []
  /// Backing file of each loop device.
  var backingFiles: [String: String] = [:]
  /// Whether `md` keeps an array running on a device.
  var arrayStates: [String: ArrayState] = [:]
  /// What could not be read.
  var gaps: [Gap] = []

  /// What sysfs says of an md array (Documentation/admin-guide/md.rst, "md devices in sysfs").
  struct ArrayState: Equatable {
    var level: Observed<String> = .unknown
    var memberCount: Observed<Int> = .unknown
    var degraded: Observed<Bool> = .unknown
    var uuid: Observed<String> = .unknown
  }

  /// Reads them all.
  ///
  /// Those that can rest on nothing suspended, which is told before the others are read, are passed on at once: they
  /// can be opened while the rest is still read.
  static func read(from root: Root, onReady: (Device) -> Void = { _ in }) throws(ReadFailure) -> BlockDevices {
    var reader = BlockDeviceReader(root: root)
    return try reader.readAll(onReady: onReady)
  }
}

private struct BlockDeviceReader {
  let root: Root
  var result = BlockDevices()
  /// Directory of the device being read.
  var folder = ""
  /// Its name.
  var name = ""

  init(root: Root) { self.root = root }

  mutating func readAll(onReady: (Device) -> Void) throws(ReadFailure) -> BlockDevices {
    let locations = try BlockDeviceLocation.all(in: root)
    // Mappings first: only they can be suspended, and then whatever may rest on one must wait for the whole graph.
    for location in locations where Self.isMapping(location.name) { _ = read(location) }
    for location in locations where !Self.isMapping(location.name) {
      guard let device = read(location) else { continue }
      if result.suspended.isEmpty || device.kind == .disk { onReady(device) }
    }
    result.devices.sort { $0.name < $1.name }
    result.compareWithPartitions(of: root)
    result.dropUnlistedParents()
    result.spreadSuspension()
    return result
  }

  private static func isMapping(_ name: String) -> Bool { name.hasPrefix("dm-") }

  private mutating func read(_ location: BlockDeviceLocation) -> Device? {
    folder = location.folder
    name = location.name
    guard let device = device(disk: location.disk, target: location.target) else { return nil }
    result.devices.append(device)
    return device
  }

  mutating func device(disk: String?, target: String) -> Device? {
    var isPartition = disk != nil
    var number: String?
    var partitionNumber: String?
    var partitionName: String?
    for line in bytes("uevent", gap: "number").lines {
      guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let value = PlainText.from(line[(equals + 1)...])
      switch String(decoding: line[..<equals], as: UTF8.self) {
      case "MAJOR": number = value + ":" + (number ?? "")
      case "MINOR": number = (number ?? "") + value
      case "DEVTYPE": isPartition = value == "partition"
      case "PARTN": partitionNumber = value
      case "PARTNAME": partitionName = value
      default: break
      }
    }
    if number == nil { number = text("dev", gap: "number") }
    // A path of a multipath nvme device has no number: nothing can open it.
    guard let number else {
      return gapExists(member: "number") ? Device(name: name, kind: .other) : nil
    }
    var device = Device(name: name, kind: kind(isPartition: isPartition))
    device.number = .value(number)
    device.sizeBytes = size("size")
    device.readOnly = flag("ro")
    device.parents = .value([])
    if isPartition {
      describePartition(&device, disk: disk, number: partitionNumber, partitionName: partitionName)
    } else {
      describeDisk(&device, target: target)
    }
    return device
  }

  private func kind(isPartition: Bool) -> Device.Kind {
    if isPartition { return .partition }
    let prefixes: [(String, Device.Kind)] = [
      ("loop", .loop), ("zram", .zram), ("sr", .rom), ("scd", .rom), ("md", .raid), ("dm-", .other), ("ram", .other),
      ("nbd", .other), ("bcache", .other), ("fd", .other), ("drbd", .other),
    ]
    for (prefix, kind) in prefixes where name.hasPrefix(prefix) {
      if name.dropFirst(prefix.count).first?.isNumber == true { return kind }
      if prefix == "md", name.hasPrefix("md_") { return kind }
    }
    return .disk
  }

  private mutating func describePartition(
    _ device: inout Device, disk: String?, number: String?, partitionName: String?
  ) {
    if let disk {
      device.parents = .value([disk])
    } else {
      device.parents = .unknown
      note("parents", .inconsistent, "a partition whose disk is not shown")
    }
    guard let number = (number ?? text("partition", gap: "partition")).flatMap({ Int($0) }) else {
      note("partition", .malformed, "no partition number")
      return
    }
    var partition = Partition(number: number, startBytes: size("start"))
    if let partitionName { partition.name = .value(partitionName) }
    device.partition = .value(partition)
  }

  private mutating func describeDisk(_ device: inout Device, target: String) {
    device.partition = .none
    device.removable = flag("removable")
    switch device.kind {
    case .loop:
      if let file = text("loop/backing_file", gap: "backing_file") { result.backingFiles[name] = file }
    case .raid:
      device.parents = slaves()
      describeArray()
    case .zram: break
    case .other where name.hasPrefix("dm-"): describeMapping(&device)
    case .other: device.parents = slaves()
    default:
      device.rotational = flag("queue/rotational")
      describeHardware(&device, target: target)
    }
  }

  private mutating func describeHardware(_ device: inout Device, target: String) {
    device.pciAddress = Observed(looked: Self.pciAddress(in: target))
    let isNVMe = name.hasPrefix("nvme")
    device.model = Observed(looked: text("device/model", gap: "model"))
    // virtio shows the serial beside the disk, nvme at the controller; scsi in a page of vital product data.
    let serial = text(isNVMe ? "device/serial" : "serial", gap: "serial").flatMap(Self.nonEmpty)
    device.serial = Observed(looked: serial ?? (isNVMe ? nil : unitSerial()))
    if gapExists(member: "serial") { device.serial = .unknown }
    device.wwid = Observed(looked: text(isNVMe ? "wwid" : "device/wwid", gap: "wwid").flatMap(Self.nonEmpty))
  }

  /// The unit serial number of a SCSI disk: page 80h of its vital product data, after a header of four bytes (SPC-4,
  /// 7.8.15; Documentation/ABI/stable/sysfs-block of the kernel names the file).
  private mutating func unitSerial() -> String? {
    let page: [UInt8]
    do throws(ReadFailure) {
      // Bytes, and no line as the other attributes are.
      page = try root.read("\(folder)/device/vpd_pg80", limit: 4096)
    } catch {
      if !error.isAbsent { note("serial", error) }
      return nil
    }
    guard page.count >= 4, page[1] == 0x80, page.count >= 4 + (Int(page[2]) << 8 | Int(page[3])) else {
      note("serial", .malformed, "vpd_pg80 is no whole page 80h")
      return nil
    }
    return Self.nonEmpty(PlainText.trimmed(Array(page[4...].prefix(Int(page[2]) << 8 | Int(page[3])))))
  }

  private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

  private mutating func describeMapping(_ device: inout Device) {
    device.dmName = Observed(known: text("dm/name", gap: "dm_name"))
    let uuid = text("dm/uuid", gap: "dm_uuid")
    device.dmUUID = Observed(looked: uuid.flatMap(Self.nonEmpty))
    device.parents = slaves()
    if let uuid {
      if uuid.hasPrefix("LVM-") { device.kind = .lvm }
      if uuid.hasPrefix("CRYPT-") { device.kind = .crypt }
      if uuid.hasPrefix("mpath-") { device.kind = .multipath }
      // kpartx's and multipathd's partitions: part1-mpath-…
      if uuid.hasPrefix("part"), let end = uuid.firstIndex(of: "-"),
        let number = Int(uuid[..<end].dropFirst("part".count))
      {
        device.kind = .partition
        device.partition = .value(Partition(number: number))
      }
    }
    switch text("dm/suspended", gap: "suspended") {
    case "0"?: break
    case "1"?: result.suspended.insert(name)
    default:
      // Without the answer the device is treated as one that does not answer.
      result.suspended.insert(name)
      if !gapExists(member: "suspended") { note("suspended", .unreadable, "no dm/suspended attribute") }
    }
  }

  private mutating func describeArray() {
    var state = BlockDevices.ArrayState()
    if let level = text("md/level", gap: "level") { state.level = Observed(looked: Self.nonEmpty(level)) }
    if let disks = text("md/raid_disks", gap: "raid_disks") {
      // A reshape shows as "4 (3)": the new count, then the old one.
      state.memberCount = Observed(known: disks.split(separator: " ").first.flatMap { Int($0) })
    }
    if let degraded = text("md/degraded", gap: "degraded") { state.degraded = .value(degraded != "0") }
    if let uuid = text("md/uuid", gap: "uuid") { state.uuid = .value(uuid) }
    result.arrayStates[name] = state
  }

  private mutating func slaves() -> Observed<[String]> {
    do throws(ReadFailure) {
      return .value(try root.list("\(folder)/slaves"))
    } catch {
      if error.isAbsent { return .value([]) }
      note("parents", error)
      return .unknown
    }
  }

  /// The last PCI function on the way to the device (`…/0000:00:05.0/virtio2/block/vda`).
  private static func pciAddress(in target: String) -> String? {
    target.split(separator: "/").last { part in
      let bytes = Array(part.utf8)
      return bytes.count == 12 && bytes[4] == UInt8(ascii: ":") && bytes[7] == UInt8(ascii: ":")
        && bytes[10] == UInt8(ascii: ".")
    }.map(String.init)
  }

  // MARK: attributes

  private mutating func text(_ attribute: String, gap member: String) -> String? {
    do throws(ReadFailure) {
      return try root.attribute("\(folder)/\(attribute)")
    } catch {
      note(member, error)
      return nil
    }
  }

  private mutating func bytes(_ attribute: String, gap member: String) -> [UInt8] {
    do throws(ReadFailure) {
      return try root.attributeBytes("\(folder)/\(attribute)") ?? []
    } catch {
      note(member, error)
      return []
    }
  }

  /// A count of 512-byte sectors, whatever the device's own sector size.
  private mutating func size(_ attribute: String) -> Observed<UInt64> {
    let member = attribute == "size" ? "size_bytes" : "partition.start_bytes"
    guard let text = text(attribute, gap: member) else {
      if !gapExists(member: member) { note(member, .unreadable, "no \(attribute) attribute") }
      return .unknown
    }
    guard let sectors = UInt64(text), sectors <= UInt64(Int64.max) / 512 else {
      note(member, .malformed, "\(attribute) is \"\(text)\"")
      return .unknown
    }
    return .value(sectors * 512)
  }

  private mutating func flag(_ attribute: String) -> Observed<Bool> {
    let member = attribute == "ro" ? "read_only" : attribute == "queue/rotational" ? "rotational" : attribute
    switch text(attribute, gap: member) {
    case "0"?: return .value(false)
    case "1"?: return .value(true)
    case let text?:
      note(member, .malformed, "\(attribute) is \"\(text)\"")
      return .unknown
    case nil: return gapExists(member: member) ? .unknown : .none
    }
  }

  private func gapExists(member: String) -> Bool {
    result.gaps.last { $0.subject.name == name && $0.subject.member == member } != nil
  }

  private mutating func note(_ member: String, _ failure: ReadFailure) {
    note(member, failure.isNotPermitted ? .notPermitted : .unreadable, failure.description)
  }

  private mutating func note(_ member: String, _ reason: Gap.Reason, _ detail: String) {
    result.gaps.append(Gap(Gap.Subject(.device, name, member: member), reason, detail: detail))
  }
}
