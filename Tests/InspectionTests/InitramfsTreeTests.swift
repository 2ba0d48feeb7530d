// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import Glibc
import Readiness
import Synchronization
import TestSupport
import Testing

@testable import Inspection

/// Kernels and their initial RAM file systems as distributions lay them out, and what the rules say of them.
@Suite struct InitramfsTreeTests {
  static let rule = "initramfs-without-virtio"
  static let both = ["virtio_blk", "virtio_pci"]

  struct Tree: Sendable, CustomTestStringConvertible {
    var name: String
    /// Initial RAM file systems by their paths, with their kernels and drivers.
    var files: [String: (release: String, drivers: [String])]
    /// Releases with what is built in.
    var kernels: [String: [String]]
    var system = "debian"
    var disk = "vda"
    var outcome = Outcome.pass
    var verdict = Verdict.ready
    var commands: [String] = []
    var testDescription: String { name }
  }

  static let trees: [Tree] = [
    Tree(
      name: "Debian", files: ["boot/initrd.img-6.1.0-18-amd64": ("6.1.0-18-amd64", both)],
      kernels: ["6.1.0-18-amd64": ["virtio"]]),
    Tree(
      name: "Ubuntu, two kernels",
      files: [
        "boot/initrd.img-6.8.0-41-generic": ("6.8.0-41-generic", both),
        "boot/initrd.img-6.8.0-39-generic": ("6.8.0-39-generic", both),
      ], kernels: ["6.8.0-41-generic": [], "6.8.0-39-generic": []], system: "ubuntu"),
    Tree(
      name: "Ubuntu, virtio built in", files: ["boot/initrd.img-6.8.0-1-kvm": ("6.8.0-1-kvm", [])],
      kernels: ["6.8.0-1-kvm": both], system: "ubuntu"),
    Tree(
      name: "RHEL 9, one half built in",
      files: ["boot/initramfs-5.14.0-427.el9.x86_64.img": ("5.14.0-427.el9.x86_64", ["virtio_blk"])],
      kernels: ["5.14.0-427.el9.x86_64": ["virtio_pci"]], system: "rhel"),
    Tree(
      name: "RHEL 9, for another host",
      files: ["boot/initramfs-5.14.0-427.el9.x86_64.img": ("5.14.0-427.el9.x86_64", ["nvme"])],
      kernels: ["5.14.0-427.el9.x86_64": []], system: "rhel", outcome: .fail, verdict: .notReady,
      commands: [
        "echo 'add_drivers+=\" virtio_blk virtio_pci \"' >/etc/dracut.conf.d/virtio.conf",
        "dracut --force /boot/initramfs-5.14.0-427.el9.x86_64.img 5.14.0-427.el9.x86_64",
      ]),
    Tree(
      name: "SLES 15", files: ["boot/initrd-5.14.21-150500.55-default": ("5.14.21-150500.55-default", both)],
      kernels: ["5.14.21-150500.55-default": []], system: "sles"),
    Tree(
      name: "Arch", files: ["boot/initramfs-linux.img": ("6.10.5-arch1-1", both)], kernels: ["6.10.5-arch1-1": []],
      system: "arch"),
    Tree(
      name: "Alpine", files: ["boot/initramfs-lts": ("6.6.47-0-lts", both)], kernels: ["6.6.47-0-lts": []],
      system: "alpine"),
    Tree(
      name: "entries of the machine's own folder",
      files: ["boot/0123456789abcdef0123456789abcdef/6.1.0-18-amd64/initrd": ("6.1.0-18-amd64", both)],
      kernels: ["6.1.0-18-amd64": []]),
    Tree(
      name: "a server that starts from another disk", files: ["boot/initrd.img-6.1.0-18-amd64": ("6.1.0-18-amd64", [])],
      kernels: ["6.1.0-18-amd64": []], disk: "sda", outcome: .fail,
      commands: [
        "printf '%s\\n' virtio_blk virtio_pci >>/etc/initramfs-tools/modules", "update-initramfs -u -k 6.1.0-18-amd64",
      ]),
    Tree(name: "a kernel without one, virtio built in", files: [:], kernels: ["6.1.0": both]),
    Tree(
      name: "a kernel without one, virtio not built in", files: [:], kernels: ["6.1.0": []], outcome: .unknown,
      verdict: .undetermined),
  ]

  static func machine(_ tree: Tree, compressor: Compressor? = nil) throws -> RecordedMachine {
    let machine = try RecordedMachine()
    try machine.write("etc/os-release", "ID=\(tree.system)\nVERSION_ID=\"12\"\nPRETTY_NAME=\"A system\"\n")
    try machine.addDisk(tree.disk, size: 64 << 20, serial: "root0", content: [Fixture.ext4()])
    try machine.mount(tree.disk, on: "/", type: "ext4")
    for (path, content) in tree.files {
      let archive = CpioArchive.initramfs(content.release, drivers: content.drivers)
      try machine.write(path, Data(CpioArchive.microcode + (compressor?.compressed(archive) ?? archive)))
    }
    for (release, builtIn) in tree.kernels {
      let lines = (["kernel/fs/x"] + builtIn.map { "kernel/drivers/\($0)" }).map { "\($0).ko\n" }.joined()
      try machine.write("lib/modules/\(release)/modules.builtin", lines)
      try machine.write("boot/vmlinuz-\(release)", "x")
    }
    return machine
  }

  static func finding(_ facts: GuestFacts) throws -> Finding {
    try #require(RuleSet.current.judge(facts, scope: .guest).findings.first { $0.rule == rule })
  }

  @Test(arguments: trees) func whetherAKernelFindsVirtioDisks(_ tree: Tree) throws {
    let facts = try Self.machine(tree).inspected()
    #expect(facts.gaps == [], "\(facts.gaps ?? [])")
    #expect(facts.state(of: .initramfs) == .complete)
    #expect(facts.initramfs?.map(\.path) == tree.files.keys.map { "/\($0)" }.sorted())
    #expect(facts.kernels?.map(\.version) == tree.kernels.keys.sorted())
    for file in facts.initramfs ?? [] {
      #expect(file.kernelVersion == .value(tree.files[String(file.path.dropFirst())]?.release ?? ""))
      #expect(file.persistentRules == .value([]))
    }
    let finding = try Self.finding(facts)
    #expect(finding.outcome == tree.outcome, "\(finding)")
    #expect(finding.remedy.flatMap(\.commands) == tree.commands)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == tree.verdict)
  }

  @Test(arguments: Compressor.there) func compressedFiles(_ compressor: Compressor) throws {
    let machine = try Self.machine(Self.trees[1], compressor: compressor)
    let facts = try machine.inspected()
    guard compressor != .bzip2 else {
      #expect(facts.gaps?.map(\.reason) == [.unsupported, .unsupported])
      #expect(try Self.finding(facts).severity == .warning)
      #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
      return
    }
    #expect(facts.gaps == [])
    #expect(facts.initramfs?.map(\.drivers) == [.value(Self.both), .value(Self.both)])
  }

  @Test func whatIsNotAnInitramfs() throws {
    var tree = Self.trees[0]
    for name in [
      "initramfs-6.1.0-18-amd64kdump.img", "initrd.img-6.1.0-18-amd64.old", "initramfs-0-rescue-0123.img",
      "initrd.img-6.1.0-18-amd64.bak", "initramfs-linux-fallback.img", "vmlinuz-6.1.0-18-amd64", "initrd.img",
    ] {
      tree.files["boot/\(name)"] = ("6.1.0-18-amd64", [])
    }
    let machine = try Self.machine(tree)
    // A link that leads nowhere, and one that leads to a device.
    try machine.link("boot/initrd.img-6.0", to: "nowhere")
    try machine.link("boot/initrd.img-5.0", to: "/dev")
    let facts = try machine.inspected()
    #expect(facts.initramfs?.map(\.path) == ["/boot/initrd.img-5.0", "/boot/initrd.img-6.1.0-18-amd64"])
    #expect(facts.gaps?.map(\.subject.member) == ["/boot/initrd.img-5.0"])
    #expect(facts.gaps?.map(\.reason) == [.unreadable])
  }

  @Test func theNewestAreRead() throws {
    var tree = Tree(name: "many", files: [:], kernels: [:])
    for index in 1...18 { tree.files["boot/initrd.img-6.\(index)"] = ("6.\(index)", Self.both) }
    let facts = try Self.machine(tree).inspected()
    #expect(facts.initramfs?.count == 16)
    #expect(facts.initramfs?.contains { $0.path.hasSuffix("-6.1") || $0.path.hasSuffix("-6.2") } == false)
    #expect(facts.gaps?.map(\.reason) == [.truncated])
    #expect(facts.state(of: .initramfs) == .partial)
  }

  @Test func whatIsNotLookedInto() throws {
    let unified = try Self.machine(Self.trees[11])
    try unified.write("boot/efi/EFI/Linux/linux-6.1.0.efi", "MZ")
    var facts = try unified.inspected()
    #expect(facts.gaps?.map(\.subject.member) == ["/boot/efi/EFI/Linux/linux-6.1.0.efi"])
    #expect(facts.gaps?.map(\.reason) == [.unsupported])
    #expect(try Self.finding(facts).outcome == .unknown)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
    let automount = try Self.machine(Self.trees[0])
    let table = try String(contentsOfFile: automount.path + "/proc/1/mountinfo", encoding: .utf8)
    try automount.write("proc/1/mountinfo", table + "40 22 0:50 / /boot rw - autofs systemd-1 rw,fd=39\n")
    facts = try automount.inspected()
    #expect((facts.gaps ?? []).contains { $0.subject == .init(.section, "initramfs", member: "/boot") })
    #expect(facts.initramfs == [] && facts.kernels == [])
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .ready)
    try automount.write(
      "proc/1/mountinfo",
      table + "40 22 0:50 / /boot rw - autofs systemd-1 rw,fd=39\n41 40 0:51 / /boot rw - ext4 /dev/x rw\n")
    #expect(try automount.inspected().initramfs?.count == 1)
  }

  /// Whoever reads a file on a suspended device waits with it, and this is no helper that could be left behind.
  @Test func nothingOnASuspendedDeviceIsTouched() throws {
    let machine = try Self.machine(Self.trees[0])
    try machine.addMapping(0, name: "boot", uuid: "", over: ["vda"], size: 64 << 20, content: [Fixture.ext4()])
    try machine.mount("dm-0", on: "/boot", type: "ext4")
    try machine.write("sys/devices/virtual/block/dm-0/dm/suspended", "1\n")
    let touched = Mutex<[String]>([])
    let root = try Root(path: machine.path) { _, path in
      touched.withLock { $0.append(path) }
      return nil
    }
    let facts = try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect()
    #expect(touched.withLock { $0 }.filter { $0.hasPrefix("/boot") } == [])
    #expect(
      (facts.gaps ?? []).contains {
        $0.subject == .init(.section, "initramfs", member: "/boot") && $0.reason == .suspended
      })
    #expect(try Self.finding(facts).outcome == .unknown)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .undetermined)
  }

  @Test func releasesAreInOrder() {
    let names = ["6.10.2", "6.9.10-1", "6.9.9-1", "6.9.9", "5.14.0-427.el9", "5.14.0-70.el9", "5.4", "lts"]
    #expect(names.shuffled().sorted(by: InitramfsFiles.isNewer) == names)
  }

  @Test func aFileThatHoldsNothingButMicrocodeIsCut() throws {
    let machine = try Self.machine(Self.trees[0])
    try machine.write("boot/initrd.img-6.1.0-18-amd64", Data(CpioArchive.microcode))
    let facts = try machine.inspected()
    #expect(facts.gaps?.map(\.reason) == [.truncated])
    let finding = try Self.finding(facts)
    #expect(finding.outcome == .unknown && finding.severity == .blocker)
    #expect(RuleSet.current.judge(facts, scope: .guest).verdict == .undetermined)
  }

  @Test func builtInByTheConfiguration() throws {
    let machine = try Self.machine(Self.trees[0])
    try machine.remove("lib/modules/6.1.0-18-amd64/modules.builtin")
    try machine.write("boot/config-6.1.0-18-amd64", "CONFIG_VIRTIO_BLK=y\nCONFIG_VIRTIO_PCI=m\n")
    #expect(try machine.inspected().kernels?.map(\.builtIn) == [.value(["virtio_blk"])])
    // Only modules that were built for a kernel that is gone.
    try machine.remove("boot/config-6.1.0-18-amd64")
    try machine.write("lib/modules/6.1.0-18-amd64/updates/x.ko", "x")
    try machine.remove("boot/vmlinuz-6.1.0-18-amd64")
    #expect(try machine.inspected().kernels == [])
    // One that has no folder of modules at all.
    try machine.write("boot/vmlinuz-6.2", "x")
    try machine.write("boot/config-6.2", "CONFIG_VIRTIO_BLK=y\n")
    #expect(try machine.inspected().kernels?.map(\.version) == ["6.2"])
    try machine.remove("boot/config-6.2")
    let facts = try machine.inspected()
    #expect(facts.kernels?.map(\.builtIn) == [.unknown])
    #expect(facts.gaps?.count == 1)
  }

  @Test func rulesInsideAreAWarning() throws {
    let machine = try Self.machine(Self.trees[0])
    let rules = CpioArchive.Entry("etc/udev/rules.d/70-persistent-net.rules", [1])
    let archive = CpioArchive.initramfs("6.1.0-18-amd64", drivers: Self.both) + CpioArchive.of([rules])
    try machine.write("boot/initrd.img-6.1.0-18-amd64", Data(archive))
    let facts = try machine.inspected()
    let findings = RuleSet.current.judge(facts, scope: .guest).findings.filter { $0.rule == "network-persistent-names" }
    #expect(findings.map(\.outcome) == [.fail] && findings.map(\.severity) == [.warning])
    #expect(findings.flatMap(\.remedy).flatMap(\.commands) == ["update-initramfs -u -k 6.1.0-18-amd64"])
  }

  /// Every read that fails leaves a gap, and never makes a server ready that was not.
  @Test(arguments: trees) func everyReadFailsOnce(_ tree: Tree) throws {
    let machine = try Self.machine(tree, compressor: .gzip)
    let reads = Mutex<[String]>([])
    func inspect(_ fault: Root.Fault?, at place: Int?) throws -> GuestFacts {
      let count = Atomic<Int>(0)
      let root = try Root(path: machine.path) { operation, path in
        let index = count.wrappingAdd(1, ordering: .relaxed).oldValue
        if place == nil { reads.withLock { $0.append("\(operation) \(path)") } }
        return index == place ? fault : nil
      }
      return try Inspector(.machine(root), agentVersion: "test", usesHelpers: false).inspect()
    }
    let whole = try inspect(nil, at: nil)
    let before = RuleSet.current.judge(whole, scope: .guest).verdict
    for (index, read) in reads.withLock({ $0 }).enumerated()
    where [" /boot", "/modules"].contains(where: read.contains)
      // The boot loader's files are another section's.
      && !["grub", "loader", "/efi", "/EFI", "menu.lst"].contains(where: read.contains)
    {
      for fault in [Root.Fault.fail(EIO), .fail(EACCES), .empty, .short] {
        let facts = try inspect(fault, at: index)
        let after = RuleSet.current.judge(facts, scope: .guest).verdict
        #expect(after == before || after != .ready, "\(fault) of \(read)")
        if case .fail = fault {
          #expect((facts.gaps ?? []).contains { $0.subject.name == "initramfs" && !$0.hidesStorage }, "\(read)")
          #expect(facts.state(of: .initramfs) == .partial, "\(read)")
        } else if !read.hasPrefix("list") {
          #expect(facts.factsDigest == whole.factsDigest || facts.gaps != whole.gaps, "\(fault) of \(read)")
        }
      }
    }
  }

  /// A recording holds names instead of archives, and gives the same facts.
  @Test(arguments: trees) func aRecordingIsSmall(_ tree: Tree) throws {
    let machine = try Self.machine(tree)
    try machine.write("boot/initrd.img-9.9", Data(CpioArchive.initramfs("9.9", drivers: Self.both).dropLast(200)))
    let secret = CpioArchive.of([.init("etc/key", Array("s3cret".utf8)), .init("lib/modules/9.8/nvme.ko")])
    try machine.write("boot/initrd.img-9.8", Data(secret))
    let recording = try MachineRecorder(Root(path: machine.path), agentVersion: "test", usesHelpers: false).record()
    let unpacked = try Unpacked(recording)
    let again = try Inspector(.machine(unpacked.root), agentVersion: "test", usesHelpers: false).inspect()
    #expect(again.initramfs == recording.facts.initramfs)
    #expect(again.kernels == recording.facts.kernels)
    #expect(again.gaps == recording.facts.gaps && again.gaps?.map(\.reason) == [.truncated])
    var archive: [UInt8] = []
    recording.writeArchive(folder: "recording", time: 0) { archive += $0 }
    #expect(!String(decoding: archive, as: UTF8.self).contains("s3cret"))
  }
}
