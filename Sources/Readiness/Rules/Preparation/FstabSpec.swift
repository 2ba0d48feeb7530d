// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What the first field of a line of `/etc/fstab` goes by (fstab(5); the links under `/dev/disk` are udev's).
enum FstabSpec: Sendable {
  /// What is on the device and is copied with it: UUID, label, a partition's id or name.
  case content
  /// A name that the kernel gives in the order in which it finds disks, or the place on the bus.
  case order
  /// The disk's own serial number or world-wide name, which a copy of it does not have.
  case hardware
  /// Another name of a device: of LVM, device-mapper, md, or one that is not known here.
  case otherName
  /// No device: a remote file system, a kernel's own, a folder, a dataset.
  case noDevice

  /// Reads a field.
  init(_ spec: String) {
    guard spec.hasPrefix("/dev/") else {
      let tag = spec.split(separator: "=", maxSplits: 1).first.map(String.init) ?? ""
      if spec.contains("="), ["UUID", "LABEL", "PARTUUID", "PARTLABEL"].contains(tag) {
        self = .content
      } else {
        self = spec.hasPrefix("ID=") ? Self.byID(spec.dropFirst(3)) : .noDevice
      }
      return
    }
    let parts = spec.dropFirst(5).split(separator: "/")
    if parts.count == 3, parts[0] == "disk" {
      switch parts[1] {
      case "by-uuid", "by-label", "by-partuuid", "by-partlabel": self = .content
      case "by-path": self = .order
      case "by-id": self = Self.byID(parts[2])
      default: self = .otherName
      }
    } else {
      self = parts.count == 1 && Self.isKernelName(parts[0]) ? .order : .otherName
    }
  }

  /// A link of `/dev/disk/by-id`: those of device-mapper, LVM and md go by what is on the disks.
  private static func byID(_ name: Substring) -> FstabSpec {
    ["dm-", "lvm-", "md-"].contains { name.hasPrefix($0) } ? .otherName : .hardware
  }

  /// `sda1`, `vdb`, `xvdc2`, `hda`, `nvme0n1p1`, `mmcblk0p2`, `dm-3` (devices.txt of the kernel's documentation).
  private static func isKernelName(_ name: Substring) -> Bool {
    func isDigits(_ text: Substring) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    for prefix in ["sd", "hd", "vd", "xvd"] where name.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count)
      let number = rest.drop { $0.isASCII && $0.isLowercase }
      return number.startIndex > rest.startIndex && isDigits(number)
    }
    if name.hasPrefix("dm-") { return name.count > 3 && isDigits(name.dropFirst(3)) }
    for (prefix, letters) in [("nvme", "np"), ("mmcblk", "p")] where name.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count)
      return rest.first?.isNumber ?? false
        && rest.unicodeScalars.allSatisfy { ("0"..."9").contains($0) || letters.unicodeScalars.contains($0) }
    }
    return false
  }
}

extension FstabEntry {
  /// What its first field goes by.
  var specKind: FstabSpec { FstabSpec(spec) }
  /// Whether it is an area to swap to.
  var isSwap: Bool { type == "swap" }
  /// Whether it is left alone at boot.
  var isManual: Bool { options.contains("noauto") }
  /// Whether the server starts without it: the options of fstab(5) and systemd.mount(5) that say so.
  var isExpendable: Bool {
    isManual || !Set(options).isDisjoint(with: ["nofail", "_netdev", "x-systemd.automount"])
      || options.contains { $0.hasPrefix("x-systemd.wanted-by=") || $0.hasPrefix("x-systemd.required-by=") }
  }
  /// The line as evidence.
  var evidence: Evidence {
    Evidence(fact: "fstab[\(line)].spec", value: spec.json, from: "/etc/fstab, line \(line)")
  }
  /// The line in sentences about it.
  var values: [String: StatementValue] {
    ["line": .number(line), "spec": .text(spec), "target": .text(isSwap ? "swap" : mountPoint)]
  }
}
