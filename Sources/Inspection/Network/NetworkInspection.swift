// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText
internal import Facts
internal import GuestConfiguration
internal import NetworkConfiguration

/// How the interfaces of a machine are configured: the files of every stack, which of them is in charge, and the rules
/// that give interfaces lasting names.
struct NetworkInspection {
  private(set) var facts = NetworkFacts()
  private var files: SectionFiles
  private var interfaces: [NetworkInterface] = []

  /// What could not be read or was not understood.
  var gaps: [Gap] { files.gaps }

  /// Interfaces and addresses that are listed; no server has as many.
  private static let mostInterfaces = 1024
  private static let mostAddresses = 4096

  private let cloud: CloudFiles

  init(root: Root, cloud: CloudFiles) {
    files = SectionFiles(root: root, section: .network)
    self.cloud = cloud
  }

  /// Reads everything.
  mutating func run() {
    let hasNetplan = readNetplan()
    readKeyfiles(besideNetplan: hasNetplan)
    readIfcfg(in: "/etc/sysconfig/network-scripts", .ifcfg)
    readIfcfg(in: "/etc/sysconfig/network", .wicked)
    readNetworkd(besideNetplan: hasNetplan)
    var reader = InterfacesReader(files: files)
    interfaces += reader.read()
    files = reader.files
    let charge = StacksInCharge(files: &files, hasNetplan: hasNetplan)
    for index in interfaces.indices { interfaces[index].effective = charge.isEffective(interfaces[index].stack) }
    facts.stack = Observed(looked: charge.first(of: interfaces))
    facts.cloudInit = readCloudInit()
    facts.interfaces = bounded()
    facts.persistentRules = readPersistentRules()
  }

  // MARK: stacks

  private mutating func readNetplan() -> Bool {
    let found = files.files(in: ["/run/netplan", "/etc/netplan", "/lib/netplan"]) { name, _ in
      name.hasSuffix(".yaml") && !name.hasPrefix(".")
    }
    var configuration = NetplanConfiguration()
    for file in found {
      guard let bytes = files.content(file.path, recordedAs: NetplanFile.recorded) else { continue }
      do throws(ConfigurationError) {
        configuration.add(try NetplanFile(parsing: bytes), path: PlainText.from(file.path))
      } catch {
        files.note(file.path, error)
      }
    }
    interfaces += configuration.interfaces
    return !found.isEmpty
  }

  private mutating func readKeyfiles(besideNetplan: Bool) {
    let folders = ["/run", "/etc", "/usr/lib"].map { $0 + "/NetworkManager/system-connections" }
    let found = files.files(in: folders) { name, folder in
      // What netplan wrote there has been read where netplan read it.
      if besideNetplan, name.hasPrefix("netplan-"), folder.hasPrefix("/run") { return false }
      return KeyfileConnection.isConfiguration(name, needsSuffix: !folder.hasPrefix("/etc"))
    }
    for file in found {
      guard let bytes = files.content(file.path, recordedAs: { KeyfileConnection(parsing: $0).recorded }) else {
        continue
      }
      let connection = KeyfileConnection(parsing: bytes)
      if let error = connection.error { files.note(file.path, error) }
      interfaces.append(connection.interface(file: PlainText.from(file.path)))
    }
  }

  private mutating func readIfcfg(in folder: String, _ stack: NetworkStack) {
    for file in files.files(in: [folder], where: { name, _ in IfcfgFile.isConfiguration(name) }) {
      guard let bytes = files.content(file.path, recordedAs: { IfcfgFile(parsing: $0).recorded }) else { continue }
      let configuration = IfcfgFile(parsing: bytes)
      for error in configuration.errors { files.note(file.path, error) }
      interfaces.append(configuration.interface(file: PlainText.from(file.path), stack: stack))
    }
  }

  private mutating func readNetworkd(besideNetplan: Bool) {
    let folders = ["/etc", "/run", "/usr/local/lib", "/usr/lib"].map { $0 + "/systemd/network" }
    var dropInFolders: [String: [String]] = [:]
    let found = files.files(in: folders) { name, folder in
      if name.hasSuffix(".network.d") {
        dropInFolders[String(name.dropLast(2)), default: []].append("\(folder)/\(name)")
      }
      if besideNetplan, name.hasPrefix("10-netplan-"), folder.hasPrefix("/run") { return false }
      return name.hasSuffix(".network") || name.hasSuffix(".netdev")
    }
    var kinds: [String: NetworkInterface.Kind] = [:]
    for file in found where file.name.hasSuffix(".netdev") {
      guard let bytes = files.content(file.path, recordedAs: { NetdevFile(parsing: $0).recorded }) else { continue }
      if let device = NetdevFile(parsing: bytes).interface { kinds[device.name] = device.kind }
    }
    for file in found where file.name.hasSuffix(".network") {
      guard let main = networkdFile(file.path) else { continue }
      let dropIns = files.files(in: dropInFolders[file.name] ?? []) { name, _ in name.hasSuffix(".conf") }
      interfaces.append(
        main.interface(
          file: PlainText.from(file.path), dropIns: dropIns.compactMap { networkdFile($0.path) }, kinds: kinds))
    }
  }

  private mutating func networkdFile(_ path: String) -> NetworkdFile? {
    files.content(path, recordedAs: { NetworkdFile(parsing: $0).recorded }).map(NetworkdFile.init)
  }

  // MARK: what lies beside them

  private mutating func readCloudInit() -> Observed<NetworkFacts.Renderer> {
    for gap in cloud.failures { files.note(gap) }
    guard cloud.failures.isEmpty else { return .unknown }
    if cloud.hasMain == .value(false) { return .none }
    if cloud.isDisabled { return .value(.disabled) }
    // The files are merged, so that a configuration in another file does not take `config: disabled` back.
    let told = cloud.files.compactMap(\.configuration.network)
    return .value(told.contains(.disabled) ? .disabled : told.isEmpty ? .renders : .fixed)
  }

  private mutating func readPersistentRules() -> [PersistentNameRules] {
    let found = files.files(in: ["/etc/udev/rules.d"]) { name, _ in UdevRules.isPersistentNames(name) }
    return found.compactMap { file in
      let gapsBefore = files.gaps.count
      // Names and hardware addresses: no secrets, and the size counts.
      let bytes = files.content(file.path, recordedAs: { $0 })
      guard files.gaps.count == gapsBefore else { return nil }
      let rules = UdevRules(parsing: bytes ?? [])
      var facts = PersistentNameRules(file: PlainText.from(file.path), sizeBytes: bytes?.count ?? 0)
      facts.names = rules.names
      facts.generates = rules.generates
      return facts
    }
  }

  // MARK: bounds

  private mutating func bounded() -> [NetworkInterface] {
    let listed = Array(interfaces.prefix(Self.mostInterfaces))
    let addresses = listed.reduce(0) { $0 + $1.addresses.count }
    guard listed.count < interfaces.count || addresses > Self.mostAddresses else { return listed }
    files.note("interfaces", .truncated, "\(interfaces.count) interfaces with \(addresses) addresses")
    return listed.map { interface in
      var interface = interface
      interface.addresses = Array(interface.addresses.prefix(Self.mostAddresses / Self.mostInterfaces))
      return interface
    }
  }
}
