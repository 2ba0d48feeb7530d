// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import GuestConfiguration

/// What a server made from the image of this machine has in common with it.
struct ConfigurationInspection {
  private(set) var facts = ConfigurationFacts()
  private var files: SectionFiles

  /// What could not be read or was not understood.
  var gaps: [Gap] { files.gaps }

  private static let devicesFile = "/etc/lvm/devices/system.devices"
  private static let bindings = "/etc/multipath/bindings"
  /// No server has as many host keys.
  private static let mostHostKeys = 256

  private let machineIDFile: Result<[UInt8]?, ReadFailure>

  /// `machineID` is what was read of `/etc/machine-id`, once for all who need it.
  init(root: Root, machineID: Result<[UInt8]?, ReadFailure>) {
    files = SectionFiles(root: root, section: .configuration)
    machineIDFile = machineID
  }

  /// Reads everything.
  mutating func run() {
    let file = "/etc/machine-id"
    switch machineIDFile {
    case .success(let bytes?): facts.machineID = machineID(bytes, in: file)
    case .success(nil): facts.machineID = .none
    case .failure(let failure): files.note(failure, file)
    }
    readDBus()
    readSSH()
    readLVM()
    readMultipath()
    readPasswordReset()
  }

  // MARK: machine id

  private mutating func machineID(_ bytes: [UInt8], in file: String) -> Observed<ConfigurationFacts.MachineID> {
    switch MachineIdentifier(parsing: bytes) {
    case .set?: return .value(.set)
    case .empty?: return .value(.empty)
    case .uninitialized?: return .value(.uninitialized)
    case nil:
      files.note(file, .malformed, "no machine id")
      return .unknown
    }
  }

  private mutating func readDBus() {
    let file = "/var/lib/dbus/machine-id"
    let gapsBefore = gaps.count
    let link = files.link(file)
    guard gaps.count == gapsBefore else { return }
    let bytes = link == nil ? files.content(file, recordedAs: { $0 }) : nil
    guard gaps.count == gapsBefore else { return }
    facts.dbusMachineID = bytes.map { machineID($0, in: file) } ?? .none
  }

  // MARK: ssh

  private mutating func readSSH() {
    let folder = "/etc/ssh"
    let gapsBefore = gaps.count
    let keys = files.names(in: folder).filter { $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key") }
    if gaps.count == gapsBefore {
      facts.hostKeys = keys.prefix(Self.mostHostKeys).map { PlainText.from("\(folder)/\($0)") }
      if keys.count > Self.mostHostKeys { files.note(folder, .truncated, "\(keys.count) host keys") }
    }
    guard ["/usr/sbin/sshd", "/usr/bin/sshd"].contains(where: files.root.exists) else {
      facts.sshServer = .none
      return
    }
    let units = ["ssh.service", "sshd.service", "ssh.socket", "sshd.socket"]
    let gapsBeforeUnits = gaps.count
    var started = StartedServices(&files, targets: ["multi-user.target", "sockets.target"], script: "ssh")
    started.dropMasked(units, &files)
    if started.link(to: units) != nil || started.script != nil {
      facts.sshServer = .value(.started)
    } else if gaps.count == gapsBeforeUnits {
      facts.sshServer = .value(.installed)
    }
  }

  // MARK: passwords

  /// The folders that the cloud's installer makes below the root, of which one is spelled with one r more, and with their
  /// services (the cloud's guide of image management, "Installing the One-Click Password Reset Plug-In").
  private static let passwordResetFolders = [
    "/CloudResetPwdAgent": "cloudResetPwdAgent", "/CloudrResetPwdAgent": "cloudResetPwdAgent",
    "/CloudResetPwdUpdateAgent": "cloudResetPwdUpdateAgent",
  ]

  private mutating func readPasswordReset() {
    let found = Self.passwordResetFolders.filter { files.root.exists($0.key) }.map(\.value)
    facts.passwordResetAgents = Set(found).sorted()
  }

  // MARK: disks by their ids

  private mutating func readLVM() {
    let gapsBefore = gaps.count
    guard let bytes = files.content(Self.devicesFile, recordedAs: { $0 }) else {
      if gaps.count == gapsBefore { facts.lvmDevices = .none }
      return
    }
    let list = DevicesFile(parsing: bytes)
    if list.entriesLeftOut > 0 {
      files.note(Self.devicesFile, .truncated, "\(list.entriesLeftOut) entries more than \(DevicesFile.mostEntries)")
    }
    let entries = list.entries.map {
      LVMDevicesFile.Entry(
        line: $0.line, idType: $0.idType, idName: $0.idName, deviceName: $0.deviceName,
        physicalVolume: $0.physicalVolume)
    }
    var devices = LVMDevicesFile(file: Self.devicesFile, entries: entries)
    let gapsBeforeSettings = gaps.count
    let settings = ["/etc/lvm/lvm.conf", "/etc/lvm/lvmlocal.conf"].compactMap { readSettings($0) }
    if gaps.count == gapsBeforeSettings {
      let builtIn = settings.compactMap(\.usesDevicesFileByDefault).first
      // A list is made only by an LVM that goes by it, so that it is one where nothing tells.
      devices.isUsed = .value(settings.compactMap(\.usesDevicesFile).last ?? builtIn ?? true)
      devices.isRefreshed = .value(list.namesMachine && settings.compactMap(\.refreshesIDs).last ?? true)
    }
    facts.lvmDevices = .value(devices)
  }

  private mutating func readSettings(_ file: String) -> LVMSettings? {
    guard let bytes = files.content(file, recordedAs: { LVMSettings(parsing: $0).recorded }) else { return nil }
    let settings = LVMSettings(parsing: bytes)
    if let error = settings.error { files.note(file, error) }
    return settings
  }

  private mutating func readMultipath() {
    let gapsBefore = gaps.count
    let bytes = files.content(Self.bindings, recordedAs: { $0 })
    guard gaps.count == gapsBefore else { return }
    let list = MultipathBindings(parsing: bytes ?? [])
    facts.multipathBindings = list.bindings.map {
      MultipathBinding(alias: $0.alias, wwid: $0.wwid, file: Self.bindings, line: $0.line)
    }
    if let line = list.strayLine { files.note(Self.bindings, .malformed, "line \(line): neither a name nor a comment") }
    if list.bindingsLeftOut > 0 {
      files.note(Self.bindings, .truncated, "\(list.bindingsLeftOut) names more than \(MultipathBindings.mostBindings)")
    }
  }
}
