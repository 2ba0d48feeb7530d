// SPDX-License-Identifier: Apache-2.0

import Facts
import Glibc
import Readiness
import Synchronization
import TestSupport
import Testing

@testable import Inspection

/// What cloud-init does for a clone of a distribution's server, what the clone has in common with it, and what the rules
/// say of both.
@Suite struct CloneTreeTests {
  private static let rules: Set = [
    "cloud-init-missing", "ssh-host-keys-copied", "machine-id-copied", "lvm-devices-file-pins-disks",
    "multipath-bindings-copied",
  ]
  private static let missing: [String: Severity] = [
    "cloud-init-missing": .warning, "ssh-host-keys-copied": .warning,
  ]
  private static let keys: [String: Severity] = ["ssh-host-keys-copied": .warning]

  private static let rhel = CloneTree.rhel
  private static let note: [String: Severity] = ["machine-id-copied": .note]

  static let changed: [CloneTree] = [
    rhel.with("no cloud-init", files: ["usr/bin/cloud-init": nil], failing: missing),
    rhel.with("disabled by a file", files: ["etc/cloud/cloud-init.disabled": ""], failing: missing),
    rhel.with("disabled at the boot loader", files: ["proc/cmdline": "ro cloud-init=disabled\n"], failing: missing),
    rhel.with(
      "disabled by a file and enabled at the boot loader",
      files: ["etc/cloud/cloud-init.disabled": "", "proc/cmdline": "cloud-init=enabled\n"], failing: [:]),
    rhel.with("disabled by policy", files: ["etc/cloud/ds-identify.cfg": "policy: disabled\n"], failing: missing),
    rhel.with(
      "another cloud's data source", files: ["etc/cloud/cloud.cfg.d/99.cfg": "datasource_list: [ Azure, None ]\n"],
      failing: missing),
    rhel.with(
      "no data source", files: ["etc/cloud/cloud.cfg.d/99.cfg": "datasource_list: [ None ]\n"], failing: missing),
    rhel.with(
      "a data source by name", files: ["etc/cloud/ds-identify.cfg": "datasource: Ec2\n"], failing: [:]),
    rhel.with("host keys kept", files: ["etc/cloud/cloud.cfg.d/99.cfg": "ssh_deletekeys: 0\n"], failing: keys),
    rhel.with("no module", files: ["etc/cloud/cloud.cfg": "cloud_init_modules: [bootcmd]\n"], failing: keys),
    rhel.with(
      "no ssh server", files: ["usr/sbin/sshd": nil, "etc/cloud/cloud.cfg.d/99.cfg": "ssh_deletekeys: 0\n"],
      failing: [:]),
    rhel.with(
      "no generator", files: ["usr/lib/systemd/system-generators/cloud-init-generator": nil], failing: missing),
    rhel.with(
      "by the machine id",
      files: [
        "etc/NetworkManager/system-connections/ens3.nmconnection":
          "[connection]\ntype=ethernet\n[ipv4]\nmethod=auto\ndhcp-client-id=duid\n"
      ], failing: note),
    CloneTree.debian.with("machine id to be made", files: ["etc/machine-id": ""], failing: [:]),
    CloneTree.debian.with("machine id uninitialized", files: ["etc/machine-id": "uninitialized\n"], failing: [:]),
    CloneTree.debian.with("no machine id", files: ["etc/machine-id": nil], failing: [:]),
    CloneTree.debian.with(
      "machine id of D-Bus",
      files: ["etc/machine-id": "", "var/lib/dbus/machine-id": "0123456789abcdef0123456789abcdef\n"], failing: note),
    CloneTree.debian.with(
      "by the hardware address",
      files: [
        "etc/netplan/90-default.yaml":
          "network:\n  ethernets:\n    a:\n      match: {name: en*}\n      dhcp4: true\n      dhcp-identifier: mac\n"
      ], failing: [:]),
    CloneTree.debian.with(
      "networkd by the hardware address",
      files: [
        "etc/netplan/90-default.yaml": nil,
        "etc/systemd/network/a.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n[DHCPv4]\nClientIdentifier=mac\n",
      ], failing: [:]),
    CloneTree.debian.with(
      "networkd",
      files: [
        "etc/netplan/90-default.yaml": nil,
        "etc/systemd/network/a.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n",
      ], failing: note),
    CloneTree(
      name: "CentOS 6, scripts",
      files: CloneTree.common.merging([
        "etc/cloud/cloud.cfg": CloneTree.modules, "etc/rc.d/rc3.d/S52cloud-init": "", "etc/rc.d/rc3.d/S55sshd": "",
        "usr/lib/systemd/system-generators/cloud-init-generator": "",
      ]) { $1 }),
    CloneTree(
      name: "Alpine, OpenRC",
      files: CloneTree.common.merging([
        "etc/os-release": "ID=alpine\nVERSION_ID=3.20.0\n", "etc/cloud/cloud.cfg": CloneTree.modules,
        "etc/runlevels/default/cloud-init": "", "etc/runlevels/default/sshd": "",
      ]) { $1 }),
  ]

  private static func found(_ facts: GuestFacts) -> [Finding] {
    RuleSet.current.judge(facts, scope: .guest).findings.filter { Self.rules.contains($0.rule) }
  }

  @Test(arguments: CloneTree.stock + changed) func whatACloneIsToldOf(_ tree: CloneTree) throws {
    let facts = try tree.machine().inspected()
    // An id that is still to be made is none, which who asks for this guest's id misses.
    #expect((facts.gaps ?? []).allSatisfy { $0.subject.name == "guest" }, "\(facts.gaps ?? [])")
    let failing = Self.found(facts).filter { $0.outcome == .fail }
    #expect(Dictionary(failing.map { ($0.rule, $0.severity) }) { $1 } == tree.failing)
    #expect(Self.found(facts).allSatisfy { $0.outcome == .fail || $0.outcome == .pass })
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  /// The only notes of a stock image are those of its machine id.
  @Test(arguments: CloneTree.stock) func stockImagesAreNotWarnedOf(_ tree: CloneTree) throws {
    let findings = RuleSet.current.judge(try tree.machine().inspected(), scope: .guest).findings
    #expect(!findings.contains { $0.outcome == .fail && $0.severity != .note })
  }

  @Test func aMaskedUnitIsNotStarted() throws {
    var tree = CloneTree.rhel
    tree.links["etc/systemd/system/cloud-init.service"] = "/dev/null"
    #expect(try tree.machine().inspected().cloudInit?.startedBy == Observed<String>.none)
    tree.links["etc/systemd/system/sshd.service"] = "/dev/null"
    #expect(try tree.machine().inspected().configuration?.sshServer == .value(.installed))
  }

  @Test func theCloudsAgentsForPasswords() throws {
    func agents(_ folders: [String]) throws -> [String]? {
      var tree = CloneTree.rhel
      for folder in folders { tree.files["\(folder)/bin/run"] = "" }
      return try tree.machine().inspected().configuration?.passwordResetAgents
    }
    #expect(try agents([]) == [])
    #expect(try agents(["CloudrResetPwdAgent"]) == ["cloudResetPwdAgent"])
    #expect(
      try agents(["CloudResetPwdUpdateAgent", "CloudResetPwdAgent", "CloudrResetPwdAgent"])
        == ["cloudResetPwdAgent", "cloudResetPwdUpdateAgent"])
  }

  @Test func whatIsNotUnderstoodIsAGap() throws {
    for (file, text, rule) in [
      ("etc/cloud/cloud.cfg", "datasource_list: {\n", "cloud-init-missing"),
      ("etc/cloud/cloud.cfg", "cloud_init_modules: {}\n", "ssh-host-keys-copied"),
      ("etc/machine-id", "none\n", "machine-id-copied"),
      ("etc/multipath/bindings", "mpatha\n", "multipath-bindings-copied"),
    ] {
      let facts = try CloneTree.rhel.with(file, files: [file: text], failing: [:]).machine().inspected()
      #expect((facts.gaps ?? []).contains { $0.subject.member == "/" + file && !$0.hidesStorage }, "\(file)")
      #expect(Self.found(facts).first { $0.rule == rule }?.outcome == .unknown, "\(rule)")
      #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
    }
    let unknown = CloneTree(name: "no init system", files: CloneTree.common)
    #expect(try unknown.machine().inspected().cloudInit?.startedBy == .unknown)
  }

  /// LVM's list, with settings of lvm.conf, and whether it pins a disk.
  @Test(
    arguments: [
      ("", true), ("PRODUCT_UUID=877a2cda\n", false), ("HOSTNAME=a\n", true),
      ("PRODUCT_UUID=877a2cda\n#conf devices/device_ids_refresh = 0\n", true),
      ("#conf devices { use_devicesfile = 0 }\n", false), ("#conf # use_devicesfile = 0\n", false),
    ]) func pinnedDisks(_ text: String, _ isPinned: Bool) throws
  {
    let machine = try CloneTree.rhel.machine()
    let device = try #require(try Fixture.devices("linear").first)
    try machine.addDisk("vdb", size: device.size, serial: "data", content: device.content)
    let uuid = try #require(try machine.inspected().volumeGroups?.first?.physicalVolumes.value?.first?.uuid)
    let id = uuid.filter { $0 != "-" }
    let settings = text.split(separator: "\n").filter { $0.hasPrefix("#conf ") }.map { $0.dropFirst(6) }
    try machine.write("etc/lvm/lvm.conf", settings.joined(separator: "\n") + "\n")
    for type in ["sys_serial", "devname", "sys_wwid", "lvmlv_uuid"] {
      try machine.write(
        "etc/lvm/devices/system.devices",
        "VERSION=1.1.1\n\(text)IDTYPE=\(type) IDNAME=data DEVNAME=/dev/vdb PVID=\(id)\n")
      let findings = Self.found(try machine.inspected()).filter { $0.rule == "lvm-devices-file-pins-disks" }
      let expected: Outcome = isPinned && type.hasPrefix("sys_") ? .fail : .pass
      #expect(findings.map(\.outcome) == [expected], "\(type)")
    }
    // Of a disk that is not here any more nobody misses anything.
    try machine.write(
      "etc/lvm/devices/system.devices", "IDTYPE=sys_serial IDNAME=x DEVNAME=/dev/vdz PVID=\(String(id.reversed()))\n")
    let gone = Self.found(try machine.inspected()).first { $0.rule == "lvm-devices-file-pins-disks" }
    #expect(gone?.outcome == (try machine.inspected().state(of: .volumeGroups) == .complete ? .pass : .fail))
  }

  /// Every read of these files that fails leaves a gap, and no rule that refuses minds.
  @Test(arguments: [CloneTree.rhel, CloneTree.debian]) func everyReadFailsOnce(_ tree: CloneTree) throws {
    let machine = try tree.with(
      "and lists",
      files: [
        "etc/lvm/devices/system.devices": "IDTYPE=devname IDNAME=/dev/vda PVID=a\n", "proc/cmdline": "ro\n",
        "etc/multipath/bindings": "mpatha 36\n", "etc/cloud/ds-identify.cfg": "policy: enabled\n",
      ], failing: [:]
    ).machine()
    let reads = Mutex<[String]>([])
    func inspect(failing place: Int?) throws -> GuestFacts {
      let count = Atomic<Int>(0)
      let root = try Root(path: machine.path) { operation, path in
        let index = count.wrappingAdd(1, ordering: .relaxed).oldValue
        if place == nil { reads.withLock { $0.append("\(operation) \(path)") } }
        return index == place ? .fail(EIO) : nil
      }
      return try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect()
    }
    let whole = try inspect(failing: nil)
    let places = [
      "/etc/cloud", "/proc/cmdline", "/etc/ssh", "machine-id", "/etc/lvm", "/etc/multipath", "/etc/rc",
      "/etc/runlevels",
      "/etc/systemd/system", "/lib/systemd/system",
    ]
    let asked = reads.withLock { $0 }
    for place in places { #expect(asked.contains { $0.contains(place) }, "\(place)") }
    for (index, read) in asked.enumerated() where places.contains(where: read.contains) {
      let facts = try inspect(failing: index)
      #expect(!(facts.gaps ?? []).isEmpty && (facts.gaps ?? []).allSatisfy { !$0.hidesStorage }, "\(read)")
      #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready, "\(read)")
      // Nothing passes that did not before.
      let passing = Set(Self.found(whole).filter { $0.outcome == .pass }.map(\.rule))
      let now = Set(Self.found(facts).filter { $0.outcome == .pass }.map(\.rule))
      #expect(now.isSubset(of: passing), "\(read)")
    }
  }

  /// A recording gives the same facts, and takes no secret along.
  @Test(arguments: CloneTree.stock) func aRecordingHoldsNoSecret(_ tree: CloneTree) throws {
    let machine = try tree.with(
      "and secrets",
      files: [
        "proc/cmdline": "root=/dev/vda token=s3cret\n",
        "etc/cloud/cloud.cfg.d/99.cfg": "chpasswd: {list: \"root:s3cret\"}\ndatasource_list: [Ec2]\n",
        "etc/lvm/lvm.conf": "# s3cret\ndevices { use_devicesfile = 1 }\n",
        "etc/lvm/devices/system.devices": "IDTYPE=devname IDNAME=/dev/vda PVID=a\n",
      ], failing: [:]
    ).machine()
    let recording = try MachineRecorder(Root(path: machine.path), agentVersion: "test", usesHelpers: false).record()
    let unpacked = try Unpacked(recording)
    let again = try Inspector(.machine(unpacked.root), agentVersion: "test", usesHelpers: false).inspect()
    #expect(again.cloudInit == recording.facts.cloudInit && again.configuration == recording.facts.configuration)
    #expect(try machine.inspected().cloudInit == again.cloudInit)
    #expect(again.cloudInit?.dataSources == .value(["Ec2"]))
    var archive: [UInt8] = []
    recording.writeArchive(folder: "recording", time: 0) { archive += $0 }
    #expect(!String(decoding: archive, as: UTF8.self).contains("s3cret"))
  }
}
