// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Glibc
import Readiness
import Synchronization
import TestSupport
import Testing

@testable import Inspection

/// Boot loaders as distributions lay them out (`Tests/Fixtures/boot`), and what the rules say of them.
@Suite struct BootTreeTests {
  struct Tree: Sendable, CustomTestStringConvertible {
    var name: String
    var loader: BootLoader
    /// The number of entries, and of those for repairs.
    var entries: Int
    var recoveries: Int
    /// The title, kernel's release and root of the entry that is started.
    var title: String
    var release: String
    var root: String
    /// The path of its kernel.
    var kernel: String
    var initramfs: Int = 1
    var ownBoot = false
    var isUEFI = false
    /// Rules that fail.
    var failed: [String] = []
    var testDescription: String { name }
  }

  static let uuid = "01020304-0506-0708-090a-0b0c0d0e0f10"
  static let rules = ["boot-files-missing", "boot-root-missing", "boot-root-unstable-name"]

  static let trees: [Tree] = [
    Tree(
      name: "debian-12-lvm", loader: .grub2, entries: 5, recoveries: 2, title: "Debian GNU/Linux",
      release: "6.1.0-18-amd64", root: "/dev/mapper/ecs--vg-root", kernel: "/boot/vmlinuz-6.1.0-18-amd64"),
    Tree(
      name: "ubuntu-22.04-uefi", loader: .grub2, entries: 3, recoveries: 1, title: "Ubuntu",
      release: "5.15.0-25-generic", root: "LABEL=root", kernel: "/boot/vmlinuz-5.15.0-25-generic", initramfs: 0,
      isUEFI: true),
    Tree(
      name: "rhel-8", loader: .grub2, entries: 3, recoveries: 1,
      title: "Red Hat Enterprise Linux (4.18.0-513.el8.x86_64) 8.9 (Ootpa)", release: "4.18.0-513.el8.x86_64",
      root: "UUID=\(uuid)", kernel: "/boot/vmlinuz-4.18.0-513.el8.x86_64", ownBoot: true),
    Tree(
      name: "rhel-9-uefi", loader: .grub2, entries: 2, recoveries: 1,
      title: "Red Hat Enterprise Linux (5.14.0-362.8.1.el9_3.x86_64) 9.3 (Plow)",
      release: "5.14.0-362.8.1.el9_3.x86_64", root: "UUID=\(uuid)",
      kernel: "/boot/vmlinuz-5.14.0-362.8.1.el9_3.x86_64", isUEFI: true),
    Tree(
      name: "centos-7", loader: .grub2, entries: 2, recoveries: 1,
      title: "CentOS Linux (3.10.0-1160.el7.x86_64) 7 (Core)", release: "3.10.0-1160.el7.x86_64",
      root: "UUID=\(uuid)", kernel: "/boot/vmlinuz-3.10.0-1160.el7.x86_64", ownBoot: true),
    Tree(
      name: "openeuler-22.03", loader: .grub2, entries: 1, recoveries: 0,
      title: "openEuler (5.10.0-60.18.0.50.oe2203.x86_64) 22.03 LTS", release: "5.10.0-60.18.0.50.oe2203.x86_64",
      root: "/dev/vda1", kernel: "/boot/vmlinuz-5.10.0-60.18.0.50.oe2203.x86_64", failed: ["boot-root-unstable-name"]),
    Tree(
      name: "centos-6", loader: .grubLegacy, entries: 1, recoveries: 0, title: "CentOS (2.6.32-754.el6.x86_64)",
      release: "2.6.32-754.el6.x86_64", root: "UUID=\(uuid)", kernel: "/boot/vmlinuz-2.6.32-754.el6.x86_64",
      ownBoot: true),
    Tree(
      name: "fedora-systemd-boot", loader: .systemdBoot, entries: 2, recoveries: 0,
      title: "Fedora Linux 40 (Cloud Edition)", release: "6.8.5-301.fc40.x86_64", root: "UUID=\(uuid)",
      kernel: "/boot/efi/277d0a7f3e6741c79fe8f42aa3bec61b/6.8.5-301.fc40.x86_64/linux", isUEFI: true),
  ]

  /// Every file of a tree with its bytes.
  static func files(_ name: String) throws -> [(path: String, data: Data)] {
    let folder = Fixture.folder.appending(path: "boot/\(name)")
    return try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().compactMap { path in
      var isFolder: ObjCBool = false
      let full = folder.appending(path: path)
      guard FileManager.default.fileExists(atPath: full.path, isDirectory: &isFolder), !isFolder.boolValue else {
        return nil
      }
      return (path, try Data(contentsOf: full))
    }
  }

  /// The machine of a tree; what is written goes through `change`.
  static func machine(
    _ tree: Tree, system: String = "debian", _ change: (String, String) -> String? = { $1 }
  ) throws -> RecordedMachine {
    let machine = try RecordedMachine()
    try machine.write("etc/os-release", "ID=\(system)\nPRETTY_NAME=\"\(system)\"\n")
    if tree.isUEFI { try machine.write("sys/firmware/efi/fw_platform_size", "64\n") }
    if tree.name.hasSuffix("lvm") {
      try addVolume(machine)
    } else {
      try machine.addDisk("vda", size: 128 << 20, serial: "root0")
      try machine.addPartition(1, of: "vda", start: 1 << 20, size: 32 << 20, content: [Fixture.ext4()])
      try machine.mount("vda1", on: "/", type: "ext4")
    }
    if tree.ownBoot {
      try machine.addPartition(
        2, of: "vda", start: 64 << 20, size: 32 << 20, content: [Fixture.ext4(uuid: Array(17...32), label: "boot")])
      try machine.mount("vda2", on: "/boot", type: "ext4")
    }
    for file in try files(tree.name) {
      guard let text = change(file.path, String(decoding: file.data, as: UTF8.self)) else { continue }
      let name = file.path.split(separator: "/").last ?? ""
      // The files are there for their names; what is in them is another section's.
      try machine.write(file.path, ["initr", "initramfs"].contains { name.hasPrefix($0) } ? initramfs : text)
      for prefix in ["vmlinuz-", "linux"] where name.hasPrefix(prefix) {
        let release = prefix == "linux" ? file.path.split(separator: "/").dropLast().last ?? "" : name.dropFirst(8)
        guard release.first?.isNumber == true, !release.contains("rescue") else { continue }
        try machine.write("lib/modules/\(release)/modules.builtin", "kernel/virtio_blk.ko\nkernel/virtio_pci.ko\n")
      }
    }
    return machine
  }

  /// An initial RAM file system that finds virtio disks.
  private static let initramfs: String = {
    var archive = CpioArchive()
    for name in ["virtio_blk", "virtio_pci"] { archive.add(CpioArchive.Entry("lib/modules/1/\(name).ko")) }
    archive.add(CpioArchive.Entry("TRAILER!!!"))
    return String(decoding: archive.bytes, as: UTF8.self)
  }()

  /// A volume group on one disk, whose volume holds the root.
  private static func addVolume(_ machine: RecordedMachine) throws {
    let volume = try #require(try Fixture.devices("linear").first)
    try machine.addDisk("vda", size: volume.size, serial: "root0", content: volume.content)
    let group = try #require(try machine.inspected().volumeGroups?.first)
    for (index, logical) in (group.logicalVolumes.value ?? []).enumerated() {
      try machine.addMapping(
        index, name: index == 0 ? "ecs--vg-root" : "ecs--vg-data\(index)",
        uuid: "LVM-" + (group.uuid + logical.uuid).replacing("-", with: ""), over: ["vda"],
        size: Int(logical.sizeBytes.value ?? 0), content: index == 0 ? [Fixture.ext4()] : [])
    }
    try machine.mount("dm-0", on: "/", type: "ext4")
  }

  static func findings(_ facts: GuestFacts, _ outcome: Outcome) -> [Finding] {
    RuleSet.current.judge(facts, scope: .guest).findings.filter { rules.contains($0.rule) && $0.outcome == outcome }
  }

  @Test(arguments: trees) func whatIsStarted(_ tree: Tree) throws {
    let facts = try Self.machine(tree, system: tree.name.hasPrefix("ubuntu") ? "ubuntu" : "rhel").inspected()
    #expect(facts.gaps == [], "\(facts.gaps ?? [])")
    let boot = try #require(facts.boot)
    #expect(boot.loader == .value(tree.loader))
    #expect(boot.runningRoot == .value("UUID=\(Self.uuid)") && boot.consoles == ["ttyS0"])
    let entries = try #require(boot.entries)
    #expect(entries.count == tree.entries && entries.filter(\.isRecovery).count == tree.recoveries)
    let started = entries.filter { $0.isDefault == .value(true) }
    let entry = try #require(started.first)
    #expect(started.count == 1 && entries.allSatisfy { $0.isDefault.isKnown })
    #expect(entry.title == tree.title && entry.kernelVersion == .value(tree.release))
    #expect(entry.root == .value(tree.root))
    #expect(entry.rootDevice == .value(tree.name.hasSuffix("lvm") ? "dm-0" : "vda1"))
    #expect(entry.kernel.path == .value(tree.kernel))
    #expect(entry.initramfs.count == tree.initramfs && entry.initramfs.allSatisfy { $0.path.value != nil })
    #expect(facts.state(of: .boot) == .complete)
    #expect(Self.findings(facts, .fail).map(\.rule) == tree.failed)
    #expect(Self.findings(facts, .unknown).isEmpty)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
    #expect(try GuestFacts(json: facts.json) == facts)
  }

  /// The same with a root that is none of the machine's devices.
  private static func lost(_ text: String) -> String {
    ["UUID=\(uuid)", "LABEL=root", "/dev/mapper/ecs--vg-root", "/dev/vda1"].reduce(text) {
      $0.replacing("root=\($1)", with: "root=UUID=deadbeef-0000-4000-8000-000000000000")
    }
  }

  @Test(arguments: trees) func aRootThatIsLost(_ tree: Tree) throws {
    let facts = try Self.machine(tree) { Self.lost($1) }.inspected()
    let findings = Self.findings(facts, .fail)
    #expect(findings.first?.rule == "boot-root-missing" && findings.first?.severity == .blocker)
    #expect(findings.allSatisfy { $0.rule == "boot-root-missing" })
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .notReady)
  }

  /// The kernel of the entry that is started is not there.
  @Test(arguments: trees) func aKernelThatIsLost(_ tree: Tree) throws {
    let machine = try Self.machine(tree)
    try machine.remove(String(tree.kernel.dropFirst()))
    let facts = try machine.inspected()
    let finding = try #require(Self.findings(facts, .fail).first)
    #expect(finding.rule == "boot-files-missing" && finding.severity == .blocker)
    #expect(facts.gaps == [])
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .notReady)
  }

  @Test func anInitramfsThatIsLost() throws {
    let tree = Self.trees[0]
    let machine = try Self.machine(tree)
    try machine.remove("boot/initrd.img-6.1.0-17-amd64")
    let other = try machine.inspected()
    #expect(Self.findings(other, .fail).map(\.severity) == [.warning, .note])
    try machine.remove("boot/initrd.img-6.1.0-18-amd64")
    let finding = try #require(Self.findings(try machine.inspected(), .fail).first)
    #expect(finding.severity == .blocker)
    #expect(finding.remedy.flatMap(\.commands) == ["sudo update-initramfs -c -k 6.1.0-18-amd64"])
  }

  /// Every read of the loader's files that fails leaves a gap and makes no lost machine ready; one that was cut or
  /// emptied makes none ready either.
  @Test(
    arguments: trees.filter {
      ["debian-12-lvm", "rhel-8", "rhel-9-uefi", "centos-6", "fedora-systemd-boot"].contains($0.name)
    })
  func everyReadFailsOnce(_ tree: Tree) throws {
    let machine = try Self.machine(tree) { Self.lost($1) }
    let reads = Mutex<[String]>([])
    func inspect(failing place: Int?, _ fault: Root.Fault = .empty) throws -> GuestFacts {
      let count = Atomic<Int>(0)
      let root = try Root(path: machine.path) { operation, path in
        let index = count.wrappingAdd(1, ordering: .relaxed).oldValue
        if place == nil { reads.withLock { $0.append("\(operation) \(path)") } }
        return index == place ? fault : nil
      }
      return try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect()
    }
    _ = try inspect(failing: nil)
    var seen = 0
    for (index, read) in reads.withLock({ $0 }).enumerated()
    where read.contains("boot") || read.contains("cmdline") || read.contains("efi/") || read.contains("mountinfo") {
      seen += 1
      for fault in [Root.Fault.fail(EIO), .empty, .short] {
        let facts = try inspect(failing: index, fault)
        let isList = read.hasPrefix("list")
        if case .fail = fault {
          #expect((facts.gaps ?? []).contains { !$0.hidesStorage }, "\(fault) of \(read)")
        } else if isList {
          // A listing that lost names does not tell.
          continue
        }
        let verdict = RuleSet.current.judge(facts, scope: .guest).verdict
        #expect(verdict != .ready, "\(fault) of \(read)")
      }
    }
    #expect(seen >= 3)
  }

  /// A recording gives the same facts and takes no secret along.
  @Test(arguments: trees) func aRecordingHoldsNoSecret(_ tree: Tree) throws {
    let machine = try Self.machine(tree)
    try machine.write("proc/cmdline", "root=UUID=\(Self.uuid) console=ttyS0 token=s3cret\n")
    let recording = try MachineRecorder(Root(path: machine.path), agentVersion: "test", usesHelpers: false).record()
    let unpacked = try Unpacked(recording)
    let again = try Inspector(.machine(unpacked.root), agentVersion: "test", usesHelpers: false).inspect()
    #expect(again.boot == recording.facts.boot)
    #expect(try machine.inspected().boot == again.boot)
    var archive: [UInt8] = []
    recording.writeArchive(folder: "recording", time: 0) { archive += $0 }
    #expect(!String(decoding: archive, as: UTF8.self).contains("s3cret"))
  }

  // MARK: what cannot be told

  @Test func nothingAtAll() throws {
    let tree = Tree(
      name: "none", loader: .other, entries: 0, recoveries: 0, title: "", release: "", root: "", kernel: "")
    let machine = try RecordedMachine()
    try machine.addDisk("vda", size: 64 << 20, serial: "root0", content: [Fixture.ext4()])
    try machine.mount("vda", on: "/", type: "ext4")
    let facts = try machine.inspected()
    #expect(facts.boot?.loader == Observed<BootLoader>.none && facts.boot?.entries == [] && facts.gaps == [], "\(tree)")
    #expect(Self.findings(facts, .unknown).map(\.severity) == [.note, .note, .note])
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  @Test func aFileSystemThatIsNotMounted() throws {
    // The entries lead to the file system of /boot, and that is another one now.
    let tree = Self.trees[4]
    let machine = try Self.machine(tree) { $1.replacing("11121314-1516-1718", with: "99999999-1516-1718") }
    let facts = try machine.inspected()
    #expect(facts.boot?.entries?.allSatisfy { !$0.kernel.path.isKnown } == true)
    let finding = try #require(Self.findings(facts, .unknown).first)
    #expect(finding.rule == "boot-files-missing" && finding.severity == .warning)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  /// Entries of the specification with variables are GRUB's, whose script is on a partition that is not seen.
  @Test func entriesOfAScriptOutOfSight() throws {
    let machine = try Self.machine(Self.trees[2])
    try machine.remove("boot/grub2/grub.cfg")
    let facts = try machine.inspected()
    #expect(facts.boot?.loader == .unknown && facts.boot?.entries == [])
    #expect((facts.gaps ?? []).map(\.subject.member) == ["/boot/loader/entries"])
    #expect(Self.findings(facts, .fail) == [])
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  /// Whoever looks below an automount has it mounted.
  @Test func anAutomountIsNotTouched() throws {
    var tree = Self.trees[7]
    tree.isUEFI = true
    let machine = try Self.machine(tree)
    try machine.mountOther(on: "/boot/efi", type: "autofs")
    let asked = Mutex<[String]>([])
    let root = try Root(path: machine.path) { _, path in
      asked.withLock { $0.append(path) }
      return nil
    }
    let facts = try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect()
    #expect(asked.withLock { $0 }.allSatisfy { !$0.hasPrefix("/boot/efi") })
    #expect(facts.boot?.loader == .unknown)
    #expect((facts.gaps ?? []).map(\.reason) == [.unsupported])
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
  }

  @Test func scriptsOfTwoMakers() throws {
    let tree = Self.trees[1]
    let machine = try Self.machine(tree, system: "ubuntu")
    try machine.write("boot/efi/EFI/other/grub.cfg", "menuentry x { linux /gone root=UUID=0; }\n")
    // The distribution's own is the one.
    #expect(try machine.inspected().boot?.entries?.count == 3)
    try machine.write("etc/os-release", "ID=debian\n")
    let facts = try machine.inspected()
    #expect(facts.boot?.entries?.count == 4)
    #expect(facts.boot?.entries?.allSatisfy { !$0.isDefault.isKnown } == true)
    // Which kernel is started is not known, so neither is whether that of the other menu finds the disk.
    let findings = RuleSet.current.judge(facts, scope: .guest).refusals
    #expect(findings.map(\.rule) == ["initramfs-without-virtio"])
  }

  @Test(arguments: [
    "menuentry x {\n linux /boot/a root=UUID=0\n", "", "}\n", "menuentry x { linux /boot/a }\n### BEGIN x ###\n",
  ])
  func aScriptThatMakesNoSense(_ text: String) throws {
    let machine = try Self.machine(Self.trees[5]) { $0.hasSuffix("grub.cfg") ? text : $1 }
    let facts = try machine.inspected()
    #expect(facts.state(of: .boot) == .partial)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict != .ready)
  }
}
