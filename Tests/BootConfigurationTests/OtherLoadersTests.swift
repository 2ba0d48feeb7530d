// SPDX-License-Identifier: Apache-2.0

import BootConfiguration
import Facts
import Testing

/// Entries of the Boot Loader Specification, menus of GRUB legacy, and a kernel's command line.
@Suite struct OtherLoadersTests {
  private func entry(_ name: String, _ text: String) -> BootLoaderEntry {
    BootLoaderEntry(parsing: Array(text.utf8), name: name, file: "/e/" + name)
  }

  @Test func anEntry() throws {
    let entry = entry(
      "a+3-1.conf",
      "# x\ntitle Fedora 40\nversion\t6.8.5\nmachine-id abc\nsort-key fedora\noptions root=UUID=1 key=s3cret\n"
        + "options console=ttyS0 single\nlinux /a/linux\ninitrd /a/ucode\ninitrd /a/initrd\n")
    #expect(entry.id == "a" && entry.title == "Fedora 40" && entry.version == "6.8.5" && entry.error == nil)
    let kernel = try #require(entry.plainKernel)
    #expect(kernel.arguments.root == .value("UUID=1") && kernel.arguments.isForRepair)
    #expect(kernel.arguments.consoles == ["ttyS0"])
    #expect(kernel.initramfs.map(\.written) == ["/a/ucode", "/a/initrd"])
    #expect(!String(decoding: entry.recorded, as: UTF8.self).contains("s3cret"))
    #expect(BootLoaderEntry(parsing: entry.recorded, name: "a+3-1.conf", file: entry.file) == entry)
  }

  @Test(
    arguments: [
      ("", .empty), ("title x\n", .noKernel), ("linux /a", .cutOff), ("linux /a\ninitrd /b\noptions root=", nil),
      ("efi /x.efi", nil), ("linux /a\n", .cutOff), ("linux /a\noptions ro\n", nil), ("title x", .cutOff),
      ("title x\nlinux /a\noptions root=UUID=1", .cutOff),
    ] as [(String, BootFileError.Reason?)]) func entriesThatSayTooLittle(
      _ text: String, _ reason: BootFileError.Reason?
    )
  {
    let read = entry("a.conf", text)
    #expect(read.error?.reason == reason)
    #expect(BootLoaderEntry(parsing: read.recorded, name: "a.conf", file: read.file) == read)
  }

  @Test func orders() {
    func keyed(_ name: String, _ key: String, _ version: String) -> BootLoaderEntry {
      entry(name, "version \(version)\nsort-key \(key)\nmachine-id m\nlinux /a\n")
    }
    let entries = [
      entry("a-5.conf", "linux /a\n"), entry("a-10.conf", "linux /a\n"), keyed("x.conf", "xxxx", "5"),
      keyed("y.conf", "xxxx", "10"), keyed("z.conf", "kkkk", "100"), keyed("w.conf", "xxxx", "10~rc1"),
    ]
    #expect(BootLoaderOrder.forSystemdBoot(entries).map(\.id) == ["z", "y", "w", "x", "a-10", "a-5"])
  }

  @Test(
    arguments: [
      ("", 0), ("default b*\n", 1), ("default B.conf\n", 1), ("default b\n", 1), ("default ?.conf\n", 0),
      ("default zzz\n", 0), ("default @saved\n", nil), ("default [ab]*\n", nil), ("timeout 3\n#default b\n", 0),
    ] as [(String, Int?)]) func whatSystemdBootStarts(_ text: String, _ start: Int?)
  {
    let entries = [entry("a.conf", "linux /a\n"), entry("b.conf", "linux /a\n")]
    let file = LoaderConfiguration(parsing: Array(text.utf8))
    #expect(file.start(among: entries) == start && file.error == nil)
    #expect(LoaderConfiguration(parsing: file.recorded) == file)
    #expect(file.start(among: []) == nil)
  }

  @Test func aMenuOfGrubLegacy() {
    let file = LegacyMenu(
      parsing: Array(
        """
        # comment
        default 1
        password --md5 s3cret
        title A
        root (hd0,0)
        kernel /vmlinuz-2.6.32 ro root=UUID=1 key=s3cret
        initrd /initrd.img
        title Xen
        uuid 11-22
        kernel --type=multiboot /xen.gz dom0_mem=1G
        module /vmlinuz root=/dev/xvda1 single
        module /initrd
        title Other
        chainloader +1

        """.utf8))
    let menu = file.menu(file: "/boot/grub/menu.lst")
    #expect(menu.entries.map(\.title) == ["A", "Xen", "Other"] && menu.start == [1])
    #expect(menu.entries.map(\.line) == [4, 8, 13] && file.error == nil)
    #expect(menu.entries[0].kernel?.kernel.place == GrubPath(device: "hd0,0", path: "/vmlinuz-2.6.32"))
    #expect(menu.entries[0].kernel?.initramfs.map(\.written) == ["/initrd.img"])
    #expect(menu.entries[1].kernel?.kernel.place == GrubPath(device: "UUID=11-22", path: "/vmlinuz"))
    #expect(menu.entries[1].kernel?.arguments.isForRepair == true && menu.entries[1].kernel?.initramfs.count == 1)
    #expect(menu.entries[2].kernel == nil)
    #expect(!String(decoding: file.recorded, as: UTF8.self).contains("s3cret"))
    #expect(LegacyMenu(parsing: file.recorded).menu(file: "/boot/grub/menu.lst") == menu)
    #expect(LegacyMenu(parsing: Array("default saved\ntitle A\nkernel /a\n".utf8)).menu(file: "/m").start == nil)
    #expect(LegacyMenu(parsing: []).error?.reason == .empty)
    #expect(LegacyMenu(parsing: Array("title A\nkernel /a".utf8)).error?.reason == .cutOff)
  }

  @Test(
    arguments: [
      ("root=/dev/vda1 ro", "/dev/vda1", [], false), ("ro root=UUID=1 root=UUID=2", "UUID=2", [], false),
      ("ro", nil, [], false),
      ("root=\"LABEL=a b\" console=tty0 console=ttyS0,115200", "LABEL=a b", ["tty0", "ttyS0,115200"], false),
      ("\"root=UUID=1\" single", "UUID=1", [], true), ("systemd.unit=rescue.target", nil, [], true),
      ("systemd.unit=multi-user.target", nil, [], false), ("init=/bin/sh", nil, [], true),
      ("init=/lib/systemd/systemd", nil, [], false),
      ("rd.root=x noroot=y", nil, [], false), ("root=", "", [], false), ("x\u{1}=y root=a\u{1}b", "a\\x01b", [], false),
      ("ro\0root=/dev/vda1\0console=tty0", "/dev/vda1", ["tty0"], false),
      ("\"root=LABEL=a\0b\" ro", "LABEL=a\\x00b", [], false),
    ] as [(String, String?, [String], Bool)]) func commandLines(
      _ line: String, _ root: String?, _ consoles: [String], _ isForRepair: Bool
    )
  {
    let bytes = Array((line + " key=s3cret\n").utf8)
    let arguments = KernelArguments(parsing: bytes)
    #expect(arguments.root == Observed(looked: root) && arguments.consoles == consoles)
    #expect(arguments.isForRepair == isForRepair)
    #expect(KernelArguments(parsing: KernelArguments.recorded(bytes)) == arguments)
    #expect(!String(decoding: KernelArguments.recorded(bytes), as: UTF8.self).contains("s3cret"))
  }

  @Test(
    arguments: [
      ("/boot/vmlinuz-6.1.0-18-amd64", "6.1.0-18-amd64"), ("/vmlinuz-0-rescue-277d0a7f", nil), ("/vmlinuz", nil),
      ("/277d0a7f/6.8.5-301.fc40.x86_64/linux", "6.8.5-301.fc40.x86_64"),
      ("/boot/Image-4.12.14-default", "4.12.14-default"),
      ("/boot/vmlinuz-linux", nil), ("", nil), ("/boot/memtest86+.bin", nil),
    ] as [(String, String?)]) func releases(_ path: String, _ release: String?)
  {
    #expect(KernelFileName.release(of: path) == release)
  }
}
