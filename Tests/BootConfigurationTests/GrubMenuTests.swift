// SPDX-License-Identifier: Apache-2.0

import BootConfiguration
import Facts
import Testing

/// What GRUB shows for a script, and what it starts.
@Suite struct GrubMenuTests {
  private static let body =
    "{\n linux /vmlinuz-1.2.3 root=UUID=0 ro quiet console=tty0 console=ttyS0 key=s3cret\n initrd /i\n}\n"
  private static let three = """
    menuentry 'A' --class os $menuentry_id_option 'id-a' \(body)\
    submenu 'More' --id more {
    menuentry 'B' --id id-b \(body)\
    menuentry 'C' --id id-c \(body)\
    }
    menuentry 'Firmware' { fwsetup }
    """

  @Test(
    arguments: [
      ("", [0]), ("set default=\"2\"\n", [2]), ("set default=0\n", [0]), ("set default=9\n", [0]),
      ("default='id-a'\n", [0]), ("set default='More>C'\n", [1, 1]), ("set default='more>id-c'\n", [1, 1]),
      ("set default='1>1'\n", [1, 1]), ("set default=1\n", [1, 0]), ("set default='More'\n", [1, 0]),
      ("set default='nowhere'\n", [0]), ("set default=\"${saved_entry}\"\n", [0]),
      ("load_env\nset default=\"${saved_entry}\"\n", [1, 1]), ("load_env next_entry\nset default=$saved_entry\n", [0]),
      ("load_env\nif [ \"${next_entry}\" ]; then set default=${next_entry}; fi\n", [2]),
      ("read x\nset default=$x\n", nil), ("set default=0\nif hwmatch x 3; then set default=2; fi\n", nil),
      ("set default=2\nif hwmatch x 3; then set default=2; else set default=2; fi\n", [2]),
      ("if hwmatch x; then menuentry 'Z' { true }; fi\nset default=2\n", nil),
      ("if hwmatch x; then menuentry 'Z' { true }; fi\nset default=id-a\n", [1]),
      ("if [ -f /no ]; then menuentry 'Z' { true }; fi\nset default=2\n", [2]),
    ] as [(String, [Int]?)]) func whichEntryIsStarted(_ head: String, _ start: [Int]?)
  {
    let around = GrubAround(block: ["saved_entry": "More>C", "next_entry": "2"])
    let menu = around.menu(head + "menuentry_id_option=--id\n" + Self.three)
    #expect(menu.start == start)
    #expect(menu.doubts.isEmpty)
  }

  @Test func anEnvironmentThatCannotBeReadLeavesItOpen() {
    let menu = GrubAround(block: nil).menu("load_env\nset default=\"${saved_entry}\"\n" + Self.three)
    #expect(menu.start == nil)
    // What is set afterwards is known all the same.
    #expect(GrubAround(block: nil).menu("load_env\nset default=0\n" + Self.three).start == [0])
  }

  @Test func whatAnEntryLoads() throws {
    let menu = GrubAround().menu(
      """
      function start {
        linux16 ($root)/vmlinuz-$1 root="${how}=0" single
      }
      set how=LABEL
      menuentry "one" {
        set root='hd0,msdos1'
        if [ x$feature_platform_search_hint = xy ]; then
          search --no-floppy --fs-uuid --set=root --hint='hd0,msdos1' --hint hd1 11-22
        else
          search --no-floppy --fs-uuid --set=root 33-44
        fi
        start 5.10
        initrd16 /early.cpio /initrd-5.10
      }
      menuentry two {
        search.fs_label data root hd0,gpt1
        linuxefi /vmlinuz rd.lvm.lv=a/b
        initrdefi newc:x:/initrd $nothing
      }
      menuentry three { multiboot /xen.gz; module /vmlinuz placeholder root=UUID=5; module --nounzip /initrd; }
      menuentry four { linux $unset/x root=/dev/sda1; initrd ${cmdpath}/i; }
      """)
    let kernels = menu.entries.map(\.kernel)
    try #require(kernels.count == 4)
    #expect(kernels[0]?.kernel.place == GrubPath(device: "UUID=11-22", path: "/vmlinuz-5.10"))
    #expect(kernels[0]?.arguments.root == .value("LABEL=0") && kernels[0]?.arguments.isForRepair == true)
    #expect(kernels[0]?.initramfs.map(\.written) == ["/early.cpio", "/initrd-5.10"])
    #expect(kernels[1]?.kernel.place == GrubPath(device: "LABEL=data", path: "/vmlinuz"))
    #expect(kernels[1]?.arguments.root == Observed<String>.none)
    #expect(kernels[1]?.initramfs.map(\.written) == ["/initrd"])
    #expect(kernels[2]?.kernel.written == "/vmlinuz" && kernels[2]?.arguments.root == .value("UUID=5"))
    #expect(kernels[2]?.initramfs.map(\.written) == ["/initrd"])
    #expect(kernels[3]?.kernel.place == GrubPath(device: "/dev/vda1", path: "/x"))
    #expect(kernels[3]?.initramfs == [LoadedFile(written: "${cmdpath}/i", place: nil)])
    #expect(menu.entries.map(\.line) == [5, 15, 20, 21])
  }

  @Test func waysThatCannotBeToldTakeNothingForGranted() {
    let menu = GrubAround().menu(
      "menuentry a { if hwmatch x; then linux /a root=UUID=1; initrd /i; else linux /a root=UUID=2; fi; }\n"
        + "menuentry b { linux /a root=UUID=1; if hwmatch x; then initrd /i; fi; }\n"
        + "menuentry c { linux /a $x ${unread}; }\nmenuentry d { read x; linux /a $x; }\n"
        + "menuentry e { read x; linux /a root=UUID=3 $x; }\n")
    #expect(
      menu.entries.map { $0.kernel?.arguments.root } == [
        .unknown, .value("UUID=1"), Observed.none, .unknown, .value("UUID=3"),
      ])
    #expect(menu.entries.map { $0.kernel?.isCertain } == [false, false, true, true, true])
    #expect(menu.doubts.map(\.reason) == [.unsupported, .unsupported])
  }

  @Test func otherFiles() {
    var around = GrubAround()
    let main = GrubPath(device: "UUID=11", path: "/boot/grub/grub.cfg")
    around.scripts = [
      main: "set default=1\nmenuentry x \(Self.body)menuentry y \(Self.body)",
      GrubPath(device: "/dev/vda1", path: "/boot/grub/custom.cfg"): "menuentry custom \(Self.body)",
    ]
    around.present[GrubPath(device: "/dev/vda1", path: "/boot/grub/custom.cfg")] = true
    let stub = around.menu(
      "search.fs_uuid 11 root hd0,gpt2\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n")
    #expect(stub.entries.map(\.title) == ["x", "y"] && stub.start == [1])
    #expect(
      stub.entries.map { $0.kernel?.kernel.place }
        == Array(repeating: GrubPath(device: "UUID=11", path: "/vmlinuz-1.2.3"), count: 2))
    #expect(stub.entries.map(\.file) == ["/boot/grub/grub.cfg", "/boot/grub/grub.cfg"])
    let custom = around.menu(
      "menuentry a \(Self.body)if [ -f ${config_directory}/custom.cfg ]; then\nsource ${config_directory}/custom.cfg\nfi\n"
    )
    #expect(custom.entries.map(\.title) == ["a", "custom"])
    #expect(around.menu("configfile /nowhere.cfg\n").doubts.map(\.reason) == [.unsupported])
    #expect(around.menu("configfile ${cmdpath}/x\n").doubts.map(\.reason) == [.unsupported])
    // One that reads in itself ends.
    around.scripts[main] = "source $prefix/grub.cfg\nsource $prefix/grub.cfg\nmenuentry x \(Self.body)"
    let endless = around.menu("search.fs_uuid 11\nset prefix=($root)/boot/grub\nsource $prefix/grub.cfg\n")
    #expect(endless.doubts.contains { $0.reason == .tooMuch })
  }

  @Test func entriesOfTheSpecification() {
    func entry(_ name: String, _ text: String) -> BootLoaderEntry {
      BootLoaderEntry(parsing: Array(text.utf8), name: name, file: "/boot/loader/entries/" + name)
    }
    var around = GrubAround(block: ["kernelopts": "root=UUID=7 ro", "saved_entry": "m-4.18.0-80.el8"])
    around.shown = [
      entry("m-0-rescue.conf", "title Rescue\nlinux /vmlinuz-0-rescue\ninitrd /r.img\noptions $kernelopts\n"),
      entry(
        "m-4.18.0-80.el8.conf",
        "title Old\nlinux /vmlinuz-4.18\ninitrd /i.img $tuned_initrd\noptions $kernelopts $tuned_params\n"),
      entry(
        "m-4.18.0-147.el8.conf",
        "title New\nlinux /vmlinuz-4.18.147\ninitrd /j.img\ninitrd /k.img\noptions root=LABEL=x a=b\n"),
      entry("m-5.conf", "title Program\nefi /shell.efi\n"),
    ]
    let menu = around.menu("load_env\nset default=\"${saved_entry}\"\nsearch --fs-uuid --set=root 11\nblscfg\n")
    #expect(menu.entries.map(\.title) == ["New", "Old", "Rescue"])
    #expect(menu.start == [1])
    #expect(menu.entries.map { $0.kernel?.arguments.root } == [.value("LABEL=x"), .value("UUID=7"), .value("UUID=7")])
    #expect(menu.entries[0].kernel?.initramfs.map(\.written) == ["/j.img", "/k.img"])
    #expect(menu.entries[1].kernel?.initramfs.map(\.written) == ["/i.img"])
    #expect(menu.entries[0].kernel?.kernel.place?.device == "UUID=11")
    around.shown = []
    #expect(around.menu("blscfg\n").doubts.map(\.reason) == [.empty])
  }

  /// SUSE's scripts end with an entry that is not shown and that a key starts.
  @Test func aBlockBehindAnotherCommand() {
    let hidden = """
      if [ "${grub_platform}" = "efi" ]; then
        hiddenentry "Text mode" --hotkey "t" {
          set textmode=true
          terminal_output console
        }
      fi

      """
    let script = GrubScript(parsing: Array("menuentry a \(Self.body)\(hidden)".utf8))
    #expect(script.error == nil && GrubScript(parsing: script.recorded) == script)
    let menu = GrubAround().menu("menuentry a \(Self.body)\(hidden)menuentry b \(Self.body)set default=1\n")
    #expect(menu.entries.map(\.title) == ["a", "b"] && menu.start == [1] && menu.doubts == [])
  }

  /// Costs that double with every line are cut off.
  @Test func hostileScriptsEnd() {
    let doubling = "set a=xxxxxxxxxxxxxxxx\n" + String(repeating: "set a=$a$a\n", count: 40)
    let calls = (0..<30).map { "function f\($0) { f\($0 + 1); f\($0 + 1); }\n" }.joined() + "f0\n"
    let branches = String(repeating: "if hwmatch x; then set a=$b; fi\n", count: 3000)
    let entries = String(repeating: "menuentry x { linux /a; }\n", count: 3000)
    let nested = String(repeating: "if true; then\n", count: 3000)
    let submenus = String(repeating: "submenu x {\n", count: 40) + String(repeating: "}\n", count: 40)
    let variables = (0..<3000).map { "set v\($0)=1\n" }.joined()
    for text in [doubling, calls, branches, entries, nested, submenus, variables] {
      let menu = GrubAround().menu(text)
      #expect(menu.entries.count <= 512)
    }
    #expect(GrubAround().menu(entries).doubts.contains { $0.reason == .tooMuch })
    #expect(GrubAround().menu(nested).doubts.contains { $0.reason == .script })
  }

  /// Each of several ways fills the menu by itself, and together they are cut off as one would be.
  @Test(arguments: [(256, false), (257, true), (512, true)]) func waysThatAreTakenTogether(each: Int, isCut: Bool) {
    let some = String(repeating: "menuentry x { linux /a; }\n", count: each)
    let menu = GrubAround().menu("if hwmatch x; then\n\(some)else\n\(some)fi\n")
    #expect(menu.entries.count == min(2 * each, 512))
    #expect(menu.doubts.contains { $0.reason == .tooMuch } == isCut)
  }
}
