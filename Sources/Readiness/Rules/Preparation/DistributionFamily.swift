// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Which family's tools a guest has, by the id of its distribution (os-release(5), `ID`).
enum DistributionFamily {
  case debian, redHat, suse, alpine, arch, other

  init(_ facts: GuestFacts) { self.init(facts.guest.os) }

  /// Kylin is that of servers, which is of openEuler; its desktop, of Ubuntu, has the same id.
  init(_ system: OperatingSystem) {
    let id = system.id.value ?? ""
    switch id {
    case "debian", "ubuntu", "linuxmint", "kali", "deepin", "uos", "raspbian", "devuan": self = .debian
    case "rhel", "centos", "rocky", "almalinux", "fedora", "ol", "openEuler", "openeuler", "euleros", "hce", "anolis",
      "alinux", "tencentos", "opencloudos", "kylin", "amzn", "scientific", "cloudlinux", "virtuozzo", "photon":
      self = .redHat
    case "sles", "sled", "sles_sap", "suse", "sl-micro", "sle-micro": self = .suse
    case _ where id.hasPrefix("opensuse"): self = .suse
    case "alpine": self = .alpine
    case "arch", "manjaro", "archarm": self = .arch
    default: self = .other
    }
  }

  /// The command that makes the initial RAM file system anew; `nil` where the family's is not known.
  var rebuildInitramfs: String? {
    switch self {
    case .debian: "update-initramfs -u"
    case .redHat, .suse: "dracut -f"
    case .alpine: "mkinitfs"
    case .arch: "mkinitcpio -P"
    case .other: nil
    }
  }

  /// The command that installs a package; `nil` where the family's is not known.
  func install(_ package: String) -> String? {
    switch self {
    case .debian: "apt-get install -y \(package)"
    // yum is there in all of them, as a name of dnf in the newer ones.
    case .redHat: "yum install -y \(package)"
    case .suse: "zypper --non-interactive install \(package)"
    case .alpine: "apk add \(package)"
    case .arch: "pacman -S --noconfirm \(package)"
    case .other: nil
    }
  }
}
