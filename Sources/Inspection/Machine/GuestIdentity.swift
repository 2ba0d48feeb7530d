// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// Which guest this is: its names, its system and where it runs.
struct GuestIdentity {
  var guest = Guest()
  var visibility: [Visibility] = []
  var gaps: [Gap] = []
  private let root: Root

  /// Reads them; `instanceID` is what the configuration says, and outranks what is found.
  init(root: Root, instanceID: String?) {
    self.root = root
    guest.os.family = .value(.linux)
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
    guest.machineID = attribute("/etc/machine-id", "machine_id")
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
    if let configured {
      guest.instanceID = .value(configured)
      guest.instanceIDSource = .value("configuration")
      return
    }
    guest.instanceID = .none
    guest.instanceIDSource = .none
    let sources = [
      ("cloud_init", "/var/lib/cloud/data/instance-id"), ("dmi", "/sys/class/dmi/id/product_uuid"),
    ]
    for (source, file) in sources {
      do throws(ReadFailure) {
        let id = PlainText.trimmed(try root.read(file, limit: 4096)).lowercased()
        // cloud-init writes words like "iid-datasource-none" where no cloud told it an id.
        guard Self.isUUID(id) else { continue }
        guest.instanceID = .value(id)
        guest.instanceIDSource = .value(source)
        return
      } catch {
        guard error.isAbsent else {
          note("instance_id", error)
          guest.instanceID = .unknown
          guest.instanceIDSource = .unknown
          continue
        }
      }
    }
  }

  private static func isUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      [8, 13, 18, 23].contains(index)
        ? byte == UInt8(ascii: "-") : Character(Unicode.Scalar(byte)).isHexDigit
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
    var text = ""
    for file in ["/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name", "/sys/hypervisor/type"] {
      let value = attribute(file, "virtualization")
      guard value.isKnown else { return .unknown }
      if file == "/sys/hypervisor/type", let type = value.value, !type.isEmpty { return .value(type) }
      text += " " + (value.value ?? "")
    }
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
