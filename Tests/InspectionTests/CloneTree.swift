// SPDX-License-Identifier: Apache-2.0

import Readiness
import TestSupport
import Testing

/// A machine with configuration files, as a distribution's image or installer lays them out.
struct CloneTree: Sendable, CustomTestStringConvertible {
  var name: String
  var files: [String: String]
  /// Links by their paths, with where they lead.
  var links: [String: String] = [:]
  /// Files that every recorded machine has and this one has not.
  var removed: [String] = []
  /// The rules that a clone is warned of or noted for, with the severities.
  var failing: [String: Severity] = [:]
  var testDescription: String { name }

  static let multiUser = "etc/systemd/system/multi-user.target.wants/"
  static let cloudTarget = "etc/systemd/system/cloud-init.target.wants/"

  /// The same with other files besides, or in their place.
  func with(_ name: String, files more: [String: String?], failing: [String: Severity]) -> CloneTree {
    var tree = self
    tree.name = "\(self.name), \(name)"
    for (file, text) in more {
      tree.files[file] = text
      if text == nil { tree.removed.append(file) }
    }
    tree.failing = failing
    return tree
  }

  func machine() throws -> RecordedMachine {
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, serial: "root0", content: [Fixture.ext4()])
    try machine.mount("vda", on: "/", type: "ext4")
    for (file, text) in files { try machine.write(file, text) }
    for (link, target) in links {
      // A directory is made by writing into it.
      try machine.write(link.split(separator: "/").dropLast().joined(separator: "/") + "/.keep", "")
      try machine.link(link, to: target)
    }
    for file in removed { try? machine.remove(file) }
    return machine
  }

  /// The links of cloud-init's units below its target, and one for the ssh server.
  static func units(_ folder: String = "/usr/lib/systemd/system", ssh: String) -> [String: String] {
    var links = [multiUser + ssh: "\(folder)/\(ssh)"]
    for unit in ["cloud-init-local", "cloud-init", "cloud-config", "cloud-final"] {
      links["\(cloudTarget)\(unit).service"] = "\(folder)/\(unit).service"
    }
    return links
  }

  /// Files that every one of them has.
  static let common = [
    "usr/bin/cloud-init": "", "usr/lib/systemd/system-generators/cloud-init-generator": "", "usr/sbin/sshd": "",
    "etc/ssh/ssh_host_rsa_key": "s3cret", "etc/ssh/ssh_host_rsa_key.pub": "ssh-rsa A", "etc/ssh/sshd_config": "",
    "etc/ssh/ssh_host_ed25519_key": "s3cret",
  ]

  static let modules = "cloud_init_modules:\n  - seed_random\n  - write_files\n  - users_groups\n  - ssh\n"

  /// Debian's and Ubuntu's images name their addresses by netplan, which asks by the machine id.
  static let debian = CloneTree(
    name: "Debian 12 cloud image",
    files: common.merging([
      "etc/cloud/cloud.cfg": "users:\n  - default\ndisable_root: true\npreserve_hostname: false\n\(modules)"
        + "system_info:\n  distro: debian\n  default_user:\n    sudo: [\"ALL=(ALL) NOPASSWD:ALL\"]\n",
      "etc/cloud/cloud.cfg.d/01_debian_cloud.cfg": "apt_preserve_sources_list: true\nmanage_etc_hosts: true\n",
      "etc/netplan/90-default.yaml":
        "network:\n  version: 2\n  ethernets:\n    all-en:\n      match: {name: en*}\n      dhcp4: true\n",
    ]) { $1 },
    links: units(ssh: "ssh.service").merging([multiUser + "systemd-networkd.service": "/x"]) { $1 },
    failing: ["machine-id-copied": .note])

  static let debianIfupdown = CloneTree(
    name: "Debian 12 with ifupdown",
    files: common.merging([
      "etc/cloud/cloud.cfg": modules,
      "etc/cloud/cloud.cfg.d/90_dpkg.cfg": "# to update this file, run dpkg-reconfigure cloud-init\n"
        + "datasource_list: [ NoCloud, ConfigDrive, OpenNebula, Azure, OVF, MAAS, GCE, OpenStack, Ec2, None ]\n",
      "etc/network/interfaces": "auto lo ens3\niface lo inet loopback\niface ens3 inet dhcp\n",
    ]) { $1 },
    links: units(ssh: "ssh.service").merging([multiUser + "networking.service": "/x"]) { $1 })

  static let ubuntu = CloneTree(
    name: "Ubuntu 24.04",
    files: common.merging([
      "etc/os-release": "ID=ubuntu\nVERSION_ID=\"24.04\"\nPRETTY_NAME=\"Ubuntu 24.04 LTS\"\n",
      "etc/cloud/cloud.cfg": modules,
      "etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [ OpenStack, None ]\n",
      "etc/netplan/50-cloud-init.yaml": "network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n",
      "etc/lvm/lvm.conf": "devices {\n\t# use_devicesfile = 0\n}\n",
    ]) { $1 },
    links: [
      multiUser + "systemd-networkd.service": "/x", "etc/systemd/system/sockets.target.wants/ssh.socket": "/x",
      cloudTarget + "cloud-init-main.service": "/x", cloudTarget + "cloud-init-network.service": "/x",
      cloudTarget + "cloud-config.service": "/x", "var/lib/dbus/machine-id": "/etc/machine-id",
    ], failing: ["machine-id-copied": .note])

  static let rhel = CloneTree(
    name: "RHEL 9",
    files: common.merging([
      "etc/os-release": "ID=\"rhel\"\nVERSION_ID=\"9.4\"\nPRETTY_NAME=\"Red Hat Enterprise Linux 9.4\"\n",
      "etc/cloud/cloud.cfg": "mount_default_fields: [~, ~, 'auto', 'defaults,nofail,_netdev', '0', '2']\n"
        + "ssh_deletekeys:   true\nssh_genkeytypes:  ['rsa', 'ecdsa', 'ed25519']\nsyslog_fix_perms: ~\n\n\(modules)",
      "etc/cloud/cloud.cfg.d/05_logging.cfg": "_log:\n - &log_base |\n   [loggers]\n   keys=root,cloudinit\n"
        + "log_cfgs:\n - [ *log_base, *log_file ]\noutput: {all: '| tee -a /var/log/cloud-init-output.log'}\n",
      "etc/NetworkManager/system-connections/ens3.nmconnection":
        "[connection]\ntype=ethernet\ninterface-name=ens3\n[ipv4]\nmethod=auto\n",
      "etc/lvm/lvm.conf": "devices {\n\t# use_devicesfile = 1\n}\n",
    ]) { $1 },
    links: units(ssh: "sshd.service").merging([multiUser + "NetworkManager.service": "/x"]) { $1 })

  static let suse = CloneTree(
    name: "SLES 15",
    files: common.merging([
      "etc/os-release": "ID=\"sles\"\nVERSION_ID=\"15.6\"\nPRETTY_NAME=\"SUSE Linux Enterprise Server 15 SP6\"\n",
      "etc/cloud/cloud.cfg": "datasource_list: [ ConfigDrive, OpenStack, Ec2, None ]\n\(modules)",
      "etc/sysconfig/network/ifcfg-eth0": "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n",
    ]) { $1 },
    links: units(ssh: "sshd.service").merging([multiUser + "wicked.service": "/x"]) { $1 })

  static let stock = [debian, debianIfupdown, ubuntu, rhel, suse]
}
