// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// Which family's tools a guest has, by the id of its distribution (os-release(5), `ID`).
enum DistributionFamily {
  case debian, redHat, suse, alpine, other

  init(_ facts: GuestFacts) {
    switch facts.guest.os.id.value ?? "" {
    case "debian", "ubuntu", "linuxmint", "kylin", "deepin", "uos", "raspbian", "devuan": self = .debian
    case "rhel", "centos", "rocky", "almalinux", "fedora", "ol", "openEuler", "euleros", "hce", "anolis", "alinux",
      "tencentos", "opencloudos", "amzn", "scientific", "cloudlinux", "virtuozzo":
      self = .redHat
    case "sles", "sled", "sles_sap", "opensuse", "opensuse-leap", "opensuse-tumbleweed": self = .suse
    case "alpine": self = .alpine
    default: self = .other
    }
  }

  /// The command that makes the initial RAM file system anew; `nil` where the family's is not known.
  var rebuildInitramfs: String? {
    switch self {
    case .debian: "update-initramfs -u"
    case .redHat, .suse: "dracut -f"
    case .alpine: "mkinitfs"
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
    case .other: nil
    }
  }
}
