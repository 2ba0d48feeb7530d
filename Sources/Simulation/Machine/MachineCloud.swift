// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// A cloud whose servers are the machines that facts documents describe (`wholeimage-agent inspect`).
///
/// Their volumes are the machines' whole disks, with ids and numbers by which a guest's disk is matched with its volume:
/// a virtio disk's serial number is the first 20 characters of the volume's id; a SCSI disk's world-wide name is the
/// volume's `wwn`; any other is known by its PCI function (EVS FAQ, "How do I query the serial number of a disk?").
struct MachineCloud {
  /// The id of the first server whose facts name none; the next has 2 at its end, and so on.
  static let defaultServer = "00000000-0000-4000-8000-000000000001"
  /// The vault that takes the servers' backups.
  static let vault = "00000000-0000-4000-8000-0000000000a1"
  /// When servers and volumes were made, as far as the cloud says.
  private static let made = "2024-01-01T00:00:00"

  /// The cloud.
  private(set) var state = CloudState()
  /// Names of the disks that nothing tells apart from others; each has a volume all the same.
  private(set) var unmatched: [String] = []
  private var sizes: [Int64] = []

  /// The cloud of some machines; of two with one instance id the first counts.
  init(_ machines: [GuestFacts]) {
    for (index, facts) in machines.enumerated() {
      let server = facts.guest.instanceID.value?.lowercased() ?? Self.defaultServer.dropLast() + String(index + 1)
      guard state.servers[server] == nil else { continue }
      add(facts, as: server)
    }
    addVault()
  }

  private mutating func add(_ facts: GuestFacts, as server: String) {
    let disks = Self.disks(facts)
    let system = Self.systemDisk(facts, disks)
    var attached: [JSON] = []
    var total: Int64 = 0
    for (index, disk) in disks.enumerated() {
      let identity = VolumeIdentity(of: disk, ordinal: index + 1, server: server)
      if !identity.isMatched { unmatched.append(disk.path) }
      let bytes = disk.sizeBytes.value ?? 0
      let size = Int64(bytes >> 30) + (bytes & (1 << 30 - 1) == 0 ? 0 : 1)
      total += size
      let isSystem = disk.name == system
      add(disk, identity, server: server, size: size, isSystem: isSystem)
      attached.append(
        .members(
          ("id", identity.id.json), ("device", disk.path.json), ("bootIndex", isSystem ? "0" : "-1"),
          ("delete_on_termination", isSystem ? "true" : "false")))
    }
    sizes.append(total)
    state.servers.insert(
      JSONObject([
        ("id", server.json), ("name", (facts.guest.hostname.value ?? "machine").json), ("status", "ACTIVE"),
        ("tenant_id", state.settings.projectID.json), ("created", .string(Self.made + "Z")),
        ("updated", .string(Self.made + "Z")), ("enterprise_project_id", "0"), ("locked", false),
        ("OS-EXT-STS:vm_state", "active"), ("OS-EXT-STS:task_state", .null), ("OS-EXT-STS:power_state", 1),
        (
          "metadata",
          .members(
            ("os_type", facts.guest.os.family.value == .windows ? "Windows" : "Linux"), ("charging_mode", "0"),
            ("metering.imagetype", "gold"))
        ), ("os-extended-volumes:volumes_attached", .array(attached)),
      ]))
  }

  private mutating func addVault() {
    let total = sizes.reduce(0, +)
    let resources = zip(state.servers.all, sizes).map { server, size in
      JSON.members(
        ("id", server["id"]), ("name", server["name"]), ("type", "OS::Nova::Server"), ("size", .integer(size)),
        ("protect_status", "available"))
    }
    state.vaults.insert(
      JSONObject([
        ("id", Self.vault.json), ("name", "simulated"), ("project_id", state.settings.projectID.json),
        ("provider_id", "0daac4c5-6707-4851-97ba-169e36266b66"), ("enterprise_project_id", "0"),
        (
          "billing",
          .members(
            ("object_type", "server"), ("protect_type", "backup"), ("status", "available"),
            ("size", .integer(max(100, 2 * total))), ("allocated", .integer(total)), ("used", 0))
        ), ("resources", .array(resources)),
      ]))
  }

  /// The whole disks that a volume can be: one for all paths to a disk.
  private static func disks(_ facts: GuestFacts) -> [Device] {
    var seen: Set<String> = []
    return (facts.devices ?? []).filter { device in
      guard device.kind == .disk, device.sizeBytes.value.map({ $0 > 0 }) ?? true else { return false }
      guard let wwid = device.wwid.value else { return true }
      return seen.insert(wwid).inserted
    }
  }

  /// The disk that holds `/`, else the first one.
  private static func systemDisk(_ facts: GuestFacts, _ disks: [Device]) -> String? {
    let root = (facts.devices ?? []).first { $0.mountPoints.value?.contains("/") ?? false }
    let below = root?.disks.value ?? []
    return (disks.first { below.contains($0.name) } ?? disks.first)?.name
  }

  private mutating func add(
    _ disk: Device, _ identity: VolumeIdentity, server: String, size: Int64, isSystem: Bool
  ) {
    state.blockDevices.insert(
      JSONObject([
        ("id", identity.id.json), ("volumeId", identity.id.json), ("serverId", server.json),
        ("bootIndex", isSystem ? 0 : -1), ("device", disk.path.json), ("size", .integer(size)),
        ("pciAddress", .string(disk.pciAddress.value ?? "")), ("bus", identity.isSCSI ? "scsi" : "virtio"),
      ]))
    state.volumes.insert(
      JSONObject([
        ("id", identity.id.json), ("name", .string("volume-\(disk.name)")), ("status", "in-use"),
        ("size", .integer(size)), ("service_type", "EVS"), ("dedicated_storage_id", .null),
        ("dedicated_storage_name", .null), ("multiattach", false), ("shareable", "false"),
        ("bootable", isSystem ? "true" : "false"), ("volume_type", "SSD"), ("availability_zone", "az-1a"),
        ("created_at", .string(Self.made + ".000000")), ("wwn", identity.wwn?.json),
        ("serial_number", identity.serialNumber?.json), ("enterprise_project_id", "0"),
        ("os-vol-tenant-attr:tenant_id", state.settings.projectID.json),
        ("metadata", .members(("hw:passthrough", identity.isSCSI ? "true" : "false"))),
        (
          "attachments",
          [
            .members(
              ("attachment_id", identity.id.json), ("id", identity.id.json), ("volume_id", identity.id.json),
              ("server_id", server.json), ("device", disk.path.json),
              ("attached_at", .string(Self.made + ".000000")))
          ]
        ),
      ]))
  }
}
