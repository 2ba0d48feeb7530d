// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Which guest this is: its names, its system and where it runs.
struct GuestIdentity {
  var guest = Guest()
  var visibility: [Visibility] = []
  var gaps: [Gap] = []
  /// What `/etc/machine-id` holds; `nil` where there is no such file.
  private(set) var machineIDFile: Result<[UInt8]?, ReadFailure> = .success(nil)
  private let root: Root
  /// What the firmware calls its maker and the machine; each is read once, so that a recording of a read that failed is one.
  private var vendor: Observed<String> = .unknown
  private var product: Observed<String> = .unknown

  /// Reads them; `instanceID` is what the configuration says, and outranks what is found.
  init(root: Root, instanceID: String?) {
    self.root = root
    guest.os.family = .value(.linux)
    vendor = attribute("/sys/class/dmi/id/sys_vendor", "virtualization")
    product = attribute("/sys/class/dmi/id/product_name", "virtualization")
    readNames()
    readSystem()
    readInstanceID(configured: instanceID)
    readSurroundings()
  }

  private mutating func readNames() {
    guest.hostname = attribute("/proc/sys/kernel/hostname", "hostname")
    guest.bootID = attribute("/proc/sys/kernel/random/boot_id", "boot_id")
    guest.kernel = attribute("/proc/sys/kernel/osrelease", "kernel")
    guest.architecture = attribute("/proc/sys/kernel/arch", "architecture")
    // The file is there since Linux 6.1.
    if guest.architecture == .none {
      guest.architecture = Observed(known: root.answer(.architecture, Self.machineName))
      if !guest.architecture.isKnown { note("architecture", .unsupported, "no /proc/sys/kernel/arch") }
    }
    readMachineID()
  }

  private mutating func readMachineID() {
    let file = "/etc/machine-id"
    do throws(ReadFailure) {
      let bytes = try root.read(file, limit: 4096)
      machineIDFile = .success(bytes)
      // An empty one is still to be filled; one without a line break is cut short.
      guard let last = bytes.last else { return guest.machineID = .none }
      guard last == 0x0A else { throw ReadFailure(operation: "read", path: file, code: EIO) }
      guest.machineID = .value(PlainText.trimmed(bytes))
    } catch {
      if error.isAbsent { return guest.machineID = .none }
      if case .success(nil) = machineIDFile { machineIDFile = .failure(error) }
      note("machine_id", error)
    }
  }

  private static func machineName() -> String? {
    var names = utsname()
    guard uname(&names) == 0 else { return nil }
    return withUnsafeBytes(of: &names.machine) { PlainText.from($0.prefix { $0 != 0 }) }
  }

  private mutating func readSystem() {
    for file in ["/etc/os-release", "/usr/lib/os-release"] {
      do throws(ReadFailure) {
        let fields = Self.assignments(try root.read(file, limit: 64 << 10))
        guest.os.id = .value(fields["ID"] ?? "linux")
        guest.os.version = Observed(looked: fields["VERSION_ID"])
        guest.os.prettyName = .value(fields["PRETTY_NAME"] ?? "Linux")
        return
      } catch {
        guard error.isAbsent else {
          note("os", error)
          return
        }
      }
    }
    guest.os.id = .none
    guest.os.version = .none
    guest.os.prettyName = .none
  }

  /// `KEY=value` lines with shell quoting (os-release(5)).
  static func assignments(_ bytes: [UInt8]) -> [String: String] {
    var fields: [String: String] = [:]
    for line in bytes.lines {
      guard let equals = line.firstIndex(of: UInt8(ascii: "=")), line.first != UInt8(ascii: "#") else { continue }
      var value = PlainText.trimmed(Array(line[(equals + 1)...]))
      if let quote = value.first, quote == "\"" || quote == "'", value.count >= 2, value.last == quote {
        value = String(value.dropFirst().dropLast())
      }
      fields[PlainText.from(line[..<equals])] = value
    }
    return fields
  }

  private mutating func readInstanceID(configured: String?) {
    var sources = InstanceIDSources(configured: configured)
    sources.hardware = text("/sys/class/dmi/id/product_uuid", "hardware_uuid").looked(InstanceIDSources.uuid)
    guest.hardwareUUID = sources.hardware
    if configured == nil {
      sources.sinceBoot = readCloudNotes()
      sources.onDisk = text("/var/lib/cloud/data/instance-id", "instance_id").looked(InstanceIDSources.uuid)
      let tag = attribute("/sys/class/dmi/id/chassis_asset_tag", "instance_id")
      sources.hardwareIsServer = InstanceIDSources.namesOpenStack(
        vendor: vendor.value ?? "", product: product.value ?? "", assetTag: tag.value ?? "")
    }
    let resolution = sources.resolution
    (guest.instanceID, guest.instanceIDSource) = (resolution.id, resolution.source)
    if let doubt = resolution.doubt { note("instance_id", resolution.reason, doubt) }
  }

  /// What cloud-init noted since this boot; nothing but the id of it goes into a recording.
  private mutating func readCloudNotes() -> Observed<String> {
    let file = "/run/cloud-init/instance-data.json"
    let bytes: [UInt8]
    do throws(ReadFailure) {
      bytes = try root.read(file, limit: 1 << 20, recordedAs: InstanceIDSources.recordedNotes)
    } catch {
      if error.isAbsent { return .none }
      note("instance_id", error)
      return .unknown
    }
    do throws(JSONSyntaxError) {
      return Observed(looked: InstanceIDSources.instanceID(inNotes: try JSON(parsing: bytes)))
    } catch {
      note("instance_id", .malformed, "\(file): \(error)")
      return .none
    }
  }

  /// The text of a file without blanks around it; `none` if the file is not there.
  private mutating func text(_ file: String, _ member: String) -> Observed<String> {
    do throws(ReadFailure) {
      return .value(PlainText.trimmed(try root.read(file, limit: 1 << 20)))
    } catch {
      if error.isAbsent { return .none }
      note(member, error)
      return .unknown
    }
  }

  private mutating func readSurroundings() {
    guest.firmware = .value(root.exists("/sys/firmware/efi") ? "uefi" : "bios")
    guest.virtualization = virtualization()
    if let tree = root.treePath {
      visibility.append(Visibility(.recorded, detail: "recorded machine in \(tree)"))
      return
    }
    // A sandbox that may read what root may read sees what root sees, whatever its number.
    if let user = root.answer(.userID, { String(geteuid()) }), user != "0",
      root.answer(.readsAll, { ReadCapability.isHeld ? "yes" : "no" }) != "yes"
    {
      visibility.append(Visibility(.notPrivileged, detail: "run by user id \(user)"))
    }
    if root.answer(.chroot, { isChroot() ? "yes" : "no" }) == "yes" {
      visibility.append(Visibility(.chroot, detail: "/ is not the root directory of process 1"))
    }
    if !root.exists("/run/udev/data") { visibility.append(Visibility(.noUdev, detail: "no /run/udev/data")) }
  }

  /// Says so where this is a container: a mark of a container manager, and a root file system of no block device.
  ///
  /// The mark alone proves nothing: a machine whose root disk was made from a container's image carries it too.
  mutating func noteContainer(rootDevice: String?) {
    guard root.treePath == nil, rootDevice == nil else { return }
    for file in ["/run/.containerenv", "/.dockerenv", "/run/systemd/container"] where root.exists(file) {
      visibility.append(Visibility(.container, detail: "\(file) exists"))
      return
    }
  }

  private func isChroot() -> Bool {
    guard geteuid() == 0 else { return false }
    var own = stat()
    var first = stat()
    guard stat("/", &own) == 0, stat("/proc/1/root", &first) == 0 else { return false }
    return own.st_dev != first.st_dev || own.st_ino != first.st_ino
  }

  private mutating func virtualization() -> Observed<String> {
    guard vendor.isKnown, product.isKnown else { return .unknown }
    let hypervisor = attribute("/sys/hypervisor/type", "virtualization")
    guard hypervisor.isKnown else { return .unknown }
    if let type = hypervisor.value, !type.isEmpty { return .value(type) }
    let text = "\(vendor.value ?? "") \(product.value ?? "")"
    let words: [(String, String)] = [
      ("KVM", "kvm"), ("OpenStack", "kvm"), ("Huawei Cloud", "kvm"), ("QEMU", "qemu"), ("VMware", "vmware"),
      ("Amazon EC2", "amazon"), ("Microsoft", "microsoft"), ("Xen", "xen"), ("innotek", "oracle"),
    ]
    for (word, name) in words where text.contains(word) { return .value(name) }
    return .none
  }

  private mutating func attribute(_ file: String, _ member: String) -> Observed<String> {
    do throws(ReadFailure) {
      return Observed(looked: try root.attribute(file))
    } catch {
      note(member, error)
      return .unknown
    }
  }

  private mutating func note(_ member: String, _ failure: ReadFailure) {
    note(member, failure.isNotPermitted ? .notPermitted : .unreadable, failure.description)
  }

  private mutating func note(_ member: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(Gap(Gap.Subject(.section, "guest", member: member), reason, detail: detail))
  }
}

extension Observed<String> {
  /// What is read from a text that was found; `none` where that says nothing.
  fileprivate func looked(_ read: (String) -> String?) -> Observed<String> {
    guard let text = value else { return self }
    return Observed(looked: read(text))
  }
}
