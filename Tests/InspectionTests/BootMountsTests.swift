// SPDX-License-Identifier: Apache-2.0

import BootConfiguration
import Facts
import TestSupport
import Testing

@testable import Inspection

/// Where the running system has what a boot loader names.
@Suite struct BootMountsTests {
  private static let uuid = "0a0a0a0a-0000-4000-8000-000000000000"

  private static func device(_ name: String, uuid: String, type: String = "ext4") -> Device {
    var device = Device(name: name, kind: .partition)
    device.content = .value(Content(usage: "filesystem", type: type, uuid: .value(uuid)))
    return device
  }

  private static func mounts(_ lines: [String], _ devices: [Device], root: Root) -> BootMounts {
    let table = MountInfo(parsing: Array((lines.joined(separator: "\n") + "\n").utf8))
    var names = DeviceNames(devices, root: root)
    names.learnContents(devices, volumeGroups: [])
    let mounted = MountedDevices(table, names: names)
    let points = MountPoints(table, mounts: mounted.mounts, suspended: [])
    return BootMounts(points, mounts: mounted.mounts, names: names, devices: devices, groups: [])
  }

  /// SLES with snapshots: the root is a part of btrfs, and other parts are mounted in it.
  @Test func partsOfBtrfs() throws {
    let machine = try RecordedMachine()
    let mounts = Self.mounts(
      [
        "30 1 0:30 /@/.snapshots/1/snapshot / rw - btrfs /dev/vda2 rw",
        "31 30 0:30 /@/.snapshots /.snapshots rw - btrfs /dev/vda2 rw",
        "32 30 0:30 /@/boot/grub2/i386-pc /boot/grub2/i386-pc rw - btrfs /dev/vda2 rw",
        "33 30 0:30 /@/var /var rw - btrfs /dev/vda2 rw",
      ], [Self.device("vda2", uuid: Self.uuid, type: "btrfs")], root: try Root(path: machine.path))
    func paths(_ path: String) -> BootMounts.Candidates {
      mounts.candidates(for: GrubPath(device: "UUID=\(Self.uuid)", path: path))
    }
    #expect(paths("/boot/vmlinuz").paths.first == "/boot/vmlinuz" && paths("/boot/vmlinuz").isComplete)
    #expect(paths("/@/.snapshots/1/snapshot/boot/vmlinuz").paths.contains("/boot/vmlinuz"))
    #expect(paths("/@/.snapshots/2/snapshot/boot/vmlinuz").paths.contains("/.snapshots/2/snapshot/boot/vmlinuz"))
    #expect(paths("/.snapshots/grub-snapshot.cfg").paths.contains("/.snapshots/grub-snapshot.cfg"))
    #expect(paths("/.snapshots/grub-snapshot.cfg").isComplete)
    #expect(!paths("/@home/vmlinuz").isComplete)
    #expect(
      mounts.place(of: "/boot/grub2/grub.cfg")
        == GrubPath(device: "/dev/vda2", path: "/@/.snapshots/1/snapshot/boot/grub2/grub.cfg"))
  }

  @Test func whatIsMountedOver() throws {
    let machine = try RecordedMachine()
    let devices = [Self.device("vda1", uuid: Self.uuid), Self.device("vda2", uuid: "1" + Self.uuid.dropFirst())]
    for (index, device) in devices.enumerated() {
      var numbered = device
      numbered.number = .value("253:\(index)")
      #expect(numbered.number.isKnown)
    }
    let mounts = Self.mounts(
      ["30 1 0:9 / / rw - ext4 /dev/vda1 rw", "31 30 0:9 / /boot rw - ext4 /dev/vda2 rw"], devices,
      root: try Root(path: machine.path))
    // The root's own /boot is hidden.
    let hidden = mounts.candidates(for: GrubPath(device: "UUID=\(Self.uuid)", path: "/boot/vmlinuz"))
    #expect(hidden.paths.isEmpty && !hidden.isComplete)
    let own = mounts.candidates(for: GrubPath(device: "/dev/vda2", path: "/vmlinuz"))
    #expect(own.paths == ["/boot/vmlinuz"] && own.isComplete)
    let unnamed = mounts.candidates(for: GrubPath(device: "hd0,msdos1", path: "/vmlinuz"))
    #expect(unnamed.paths.prefix(2) == ["/vmlinuz", "/boot/vmlinuz"] && unnamed.isComplete)
    for path in ["/../etc/shadow", "/a\\x00b", "", "/" + String(repeating: "a", count: 2000)] {
      #expect(mounts.candidates(for: GrubPath(device: nil, path: path)).paths.isEmpty)
    }
    #expect(mounts.place(of: "/boot/grub/grub.cfg") == GrubPath(device: "/dev/vda2", path: "/grub/grub.cfg"))
  }

  /// A whole SLES, of which the mount table says where things are.
  @Test func aTreeOfSLES() throws {
    let machine = try RecordedMachine()
    for file in try BootTreeTests.files("sles-15") { try machine.write(file.path, file.data) }
    let root = try Root(path: machine.path)
    let devices = [Self.device("vda2", uuid: BootTreeTests.uuid, type: "btrfs")]
    let mounts = Self.mounts(
      [
        "30 1 0:30 /@/.snapshots/1/snapshot / rw - btrfs /dev/vda2 rw",
        "31 30 0:30 /@/.snapshots /.snapshots rw - btrfs /dev/vda2 rw",
      ], devices, root: root)
    var names = DeviceNames(devices, root: root)
    names.learnContents(devices, volumeGroups: [])
    var guest = Guest()
    guest.firmware = .value("bios")
    var inspection = BootInspection(
      root: root, mounts: mounts, names: names, commandLine: KernelCommandLine(root: root), guest: guest)
    inspection.run()
    let entries = inspection.facts.entries ?? []
    #expect(inspection.gaps.map(\.subject.member) == ["entries[].default"], "\(inspection.gaps)")
    #expect(entries.map(\.title).first == "SLES 15-SP5" && entries.count == 3)
    #expect(entries.allSatisfy { $0.rootDevice == .value("vda2") })
    #expect(entries.allSatisfy { $0.kernel.path == .value("/boot/vmlinuz-5.14.21-150500.53-default") })
    #expect(entries.allSatisfy { $0.initramfs.map(\.path) == [.value("/boot/initrd-5.14.21-150500.53-default")] })
    #expect(entries.map(\.isRecovery) == [false, false, true])
  }
}
