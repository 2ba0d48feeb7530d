// SPDX-License-Identifier: Apache-2.0

/// Everything that was observed of one guest: the document `wholeimage.facts/1`.
public struct GuestFacts: Sendable, Equatable {
  /// The document's schema.
  public static let schema = "wholeimage.facts/1"

  /// When the inspection began, RFC 3339 in UTC, to the millisecond.
  public var collectedAt: String
  /// How long it took, in microseconds.
  public var durationMicroseconds: Int
  /// Version of the agent that looked.
  public var agentVersion: String
  /// How far each section was looked at; `nil` if the document does not say.
  public var sections: [String: SectionState]?
  /// Which guest this is.
  public var guest: Guest
  /// What limits this view.
  public var visibility: [Visibility]
  /// Block devices, sorted by name.
  public var devices: [Device]?
  /// LVM volume groups, sorted by name and uuid.
  public var volumeGroups: [VolumeGroup]?
  /// md arrays, sorted by name.
  public var raidArrays: [RAIDArray]?
  /// File systems that can lie on several devices, sorted by uuid.
  public var multiDeviceFileSystems: [MultiDeviceFileSystem]?
  /// Mounts backed by listed devices.
  public var mounts: [Mount]?
  /// The other mounts, counted by type.
  public var otherMounts: [String: Int]?
  /// Swap areas in use.
  public var swaps: [Swap]?
  /// `/etc/fstab`.
  public var fstab: [FstabEntry]?
  /// How interfaces are configured; `nil` where that was not looked at.
  public var network: NetworkFacts?
  /// How the guest starts; `nil` where that was not looked at.
  public var boot: BootFacts?
  /// The initial RAM file systems, sorted by path; `nil` where they were not looked at.
  public var initramfs: [Initramfs]?
  /// The kernels that are installed, sorted by release; `nil` where they were not looked at.
  public var kernels: [InstalledKernel]?
  /// Whether cloud-init sets up a new server; `nil` where that was not looked at.
  public var cloudInit: CloudInitFacts?
  /// What a copy has in common with this guest; `nil` where that was not looked at.
  public var configuration: ConfigurationFacts?
  /// The storage of a Windows guest; `nil` for any other and where no capture of diskpart is at hand.
  public var windows: WindowsFacts?
  /// How a Windows guest is prepared for being cloned; `nil` where a capture says nothing of it.
  public var windowsPreparation: WindowsPreparation?
  /// What should have been observed and was not; `nil` if the document does not say.
  public var gaps: [Gap]?
  /// How many elements each array holds, by its name; an array that lost one is noticed.
  public var counts: [String: Int]?

  /// Facts of which nothing was observed yet.
  public init(collectedAt: String, agentVersion: String) {
    self.collectedAt = collectedAt
    self.durationMicroseconds = 0
    self.agentVersion = agentVersion
    guest = Guest()
    visibility = []
  }

  /// How far a section was looked at; `nil` if the document does not say.
  public func state(of section: Section) -> SectionState? { sections?[section.rawValue] }

  /// Sets how far a section was looked at.
  public mutating func setState(of section: Section, _ state: SectionState) {
    sections = sections ?? [:]
    sections?[section.rawValue] = state
  }

  /// Notes how many elements each array holds; called once, when the facts are complete.
  public mutating func countArrays() {
    var counts: [String: Int] = [:]
    for (name, count) in arrayCounts { counts[name] = count }
    self.counts = counts
  }

  /// The names and lengths of the arrays that are there.
  var arrayCounts: [(String, Int)] {
    let all: [(String, Int?)] = [
      ("devices", devices?.count), ("volume_groups", volumeGroups?.count), ("raid_arrays", raidArrays?.count),
      ("multi_device_filesystems", multiDeviceFileSystems?.count), ("mounts", mounts?.count),
      ("swaps", swaps?.count), ("fstab", fstab?.count), ("network_interfaces", network?.interfaces?.count),
      ("network_persistent_rules", network?.persistentRules?.count), ("boot_entries", boot?.entries?.count),
      ("initramfs", initramfs?.count), ("kernels", kernels?.count),
      ("datasources", cloudInit?.dataSources.value?.count), ("ssh_host_keys", configuration?.hostKeys?.count),
      ("lvm_devices", configuration?.lvmDevices.value?.entries.count),
      ("multipath_bindings", configuration?.multipathBindings?.count), ("windows_disks", windows?.disks?.count),
      ("windows_volumes", windows?.volumes?.count), ("windows_adapters", windowsPreparation?.adapters?.count),
      ("gaps", gaps?.count),
    ]
    return all.compactMap { name, count in count.map { (name, $0) } }
  }
}

extension GuestFacts: JSONConvertible {
  /// Reads a facts document and holds it to its own counts and references; members it does not know are passed over.
  public init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    let schema: String = try members.required("schema")
    guard schema == Self.schema else {
      throw DocumentError(path: "schema", reason: "expected \"\(Self.schema)\", found \"\(PlainText.from(schema))\"")
    }
    collectedAt = try members.optional("collected_at") ?? ""
    durationMicroseconds = try members.optional("duration_us") ?? 0
    let agent: [String: String] = try members.optional("agent") ?? [:]
    agentVersion = agent["version"] ?? ""
    sections = try members.optional("sections")
    guest = try members.optional("guest") ?? Guest()
    visibility = try members.optional("visibility") ?? []
    devices = try members.optional("devices")
    volumeGroups = try members.optional("volume_groups")
    raidArrays = try members.optional("raid_arrays")
    multiDeviceFileSystems = try members.optional("multi_device_filesystems")
    mounts = try members.optional("mounts")
    otherMounts = try members.optional("other_mounts")
    swaps = try members.optional("swaps")
    fstab = try members.optional("fstab")
    network = try members.optional("network")
    boot = try members.optional("boot")
    initramfs = try members.optional("initramfs")
    kernels = try members.optional("kernels")
    cloudInit = try members.optional("cloud_init")
    configuration = try members.optional("configuration")
    windows = try members.optional("windows")
    windowsPreparation = try members.optional("windows_preparation")
    gaps = try members.optional("gaps")
    counts = try members.optional("counts")
    try checkCounts()
    try checkSections()
    try checkReferences()
  }

  /// The document.
  public var json: JSON {
    .members(
      ("agent", .members(("version", agentVersion.json))), ("boot", boot?.json), ("cloud_init", cloudInit?.json),
      ("collected_at", collectedAt.json), ("configuration", configuration?.json), ("counts", counts?.json),
      ("devices", devices?.json), ("duration_us", durationMicroseconds.json), ("fstab", fstab?.json),
      ("gaps", gaps?.json), ("guest", guest.json), ("initramfs", initramfs?.json), ("kernels", kernels?.json),
      ("mounts", mounts?.json),
      ("multi_device_filesystems", multiDeviceFileSystems?.json), ("network", network?.json),
      ("other_mounts", otherMounts?.json),
      ("raid_arrays", raidArrays?.json), ("schema", Self.schema.json), ("sections", sections?.json),
      ("swaps", swaps?.json), ("visibility", visibility.json), ("volume_groups", volumeGroups?.json),
      ("windows", windows?.json), ("windows_preparation", windowsPreparation?.json))
  }
}
