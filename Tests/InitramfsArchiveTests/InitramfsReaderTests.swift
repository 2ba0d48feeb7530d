// SPDX-License-Identifier: Apache-2.0

import Facts
import Foundation
import TestSupport
import Testing

@testable import InitramfsArchive

/// Whole archives, as distributions make them.
@Suite struct InitramfsReaderTests {
  static let release = "6.1.0-18-amd64"
  static let drivers = ["virtio_blk", "virtio_pci"]
  static let archive = CpioArchive.initramfs(release, drivers: drivers)

  @Test(.enabled(if: Compressor.there.count == Compressor.allCases.count, "every compressor is installed"))
  func everyCompressorIsThere() { #expect(Compressor.there.count == 6) }

  @Test func plain() {
    let reading = ArchiveReading(Self.archive)
    #expect(reading.drivers(Self.release) == Self.drivers)
    #expect(reading.contents?.holdsMore == true)
    #expect(reading.contents?.persistentRules == [])
  }

  @Test(arguments: Compressor.there) func compressed(_ compressor: Compressor) throws {
    let bytes = try compressor.compressed(Self.archive)
    if compressor == .bzip2 {
      #expect(ArchiveReading(bytes) == .failed(.unsupported))
      return
    }
    let expected = ArchiveReading(Self.archive)
    for (place, before) in [[], CpioArchive.microcode, CpioArchive.microcode + [0, 0, 0, 0]].enumerated() {
      for behind in [[], [0], [UInt8](repeating: 0, count: 4096)] {
        #expect(ArchiveReading(before + bytes + behind) == expected, "\(compressor) \(place) \(behind.count)")
      }
    }
    for piece in [1, 2, 3, 7, 511, 4096] {
      #expect(
        ArchiveReading(CpioArchive.microcode + bytes, piece: piece) == expected, "\(compressor), pieces of \(piece)")
    }
  }

  /// Ubuntu puts modules and firmware, compressed themselves, into archives of their own before the main one.
  @Test(arguments: Compressor.there) func severalArchives(_ compressor: Compressor) throws {
    guard compressor != .bzip2 else { return }
    let early = CpioArchive.of([.init("usr/lib/modules/6.8.0-41-generic/kernel/drivers/block/virtio_blk.ko.zst", [1])])
    let main = try compressor.compressed(
      CpioArchive.of([.init("init", [1]), .init("usr/lib/modules/6.8.0-41-generic/kernel/virtio_pci.ko.zst", [1])])
        + CpioArchive.of([.init("usr/lib/modules/6.8.0-41-generic/nvme.ko", [1])]))
    let reading = ArchiveReading(CpioArchive.microcode + early + main)
    #expect(reading.drivers("6.8.0-41-generic") == ["nvme", "virtio_blk", "virtio_pci"])
  }

  @Test func onlyWhatIsLoadedEarly() {
    #expect(ArchiveReading(CpioArchive.microcode).contents?.holdsMore == false)
    #expect(ArchiveReading(CpioArchive.of([.init("early_cpio", [0x31])])).contents?.holdsMore == false)
    #expect(
      ArchiveReading(CpioArchive.of([.init("kernel/firmware/acpi/dsdt.aml", [1])])).contents?.holdsMore == false)
  }

  @Test(
    arguments: [
      ("lib/modules/6.1/kernel/drivers/block/virtio_blk.ko", "virtio_blk"),
      ("./usr/lib/modules/6.1/virtio-blk.ko.xz", "virtio_blk"), ("/lib/modules/6.1/updates/nvme.ko.zst", "nvme"),
      ("nix/store/x-linux/lib/modules/6.1/kernel/virtio_net.ko.gz", "virtio_net"),
      ("usr/lib/modules/6.1/kernel/virtio_blk.ko.bz2", nil), ("usr/lib/modules/6.1/kernel/xvirtio_blk.ko", nil),
      ("usr/lib/modules/6.1/virtio_blk", nil), ("usr/lib/modules/6.1/.ko", nil),
    ] as [(String, String?)]) func names(_ path: String, _ driver: String?)
  {
    let reading = ArchiveReading(CpioArchive.of([.init(path, [1])]))
    #expect(reading.drivers("6.1") == (driver.map { [$0] } ?? []))
  }

  @Test(arguments: [
    "modules/6.1/virtio_blk.ko", "xlib/modules/6.1/virtio_blk.ko", "lib/modules/virtio_blk.ko",
    "lib/modules//virtio_blk.ko", "lib/modulesx/6.1/virtio_blk.ko", "lib/modules/6.1",
  ]) func whatLiesElsewhereIsNoModule(_ path: String) {
    #expect(ArchiveReading(CpioArchive.of([.init(path, [1])])).contents?.drivers == [:])
  }

  @Test func foldersAreNoModules() {
    let reading = ArchiveReading(CpioArchive.of([.folder("lib/modules/6.1/virtio_blk.ko"), .init("init")]))
    #expect(reading.contents?.drivers == [:])
    let link = CpioArchive.Entry.link("lib/modules/6.1/virtio_blk.ko", to: "../x.ko")
    #expect(ArchiveReading(CpioArchive.of([link])).drivers("6.1") == ["virtio_blk"])
  }

  @Test func rulesForLastingNames() {
    let folder = "etc/udev/rules.d/"
    let reading = ArchiveReading(
      CpioArchive.of([
        .init(folder + "70-persistent-net.rules", [1]), .init("./" + folder + "30-net_persistent-names.rules", [1]),
        .init(folder + "75-persistent-net-generator.rules"), .init(folder + "60-persistent-storage.rules", [1]),
        .init("usr/lib/udev/rules.d/75-persistent-net.rules", [1]), .folder(folder + "persistent-net.rules"),
        .init(folder + "70-persistent-net.rules.bak", [1]),
      ]))
    #expect(
      reading.contents?.persistentRules.map { String(decoding: $0, as: UTF8.self) }
        == [folder + "70-persistent-net.rules", folder + "30-net_persistent-names.rules"])
  }

  @Test(arguments: ["squashfs-root.img", "usr/lib/modules.sqfs", "erofs-root.img", "root.squashfs"])
  func imagesMayHoldModules(_ name: String) {
    #expect(ArchiveReading(CpioArchive.of([.init(name, [1])])).contents?.holdsImage == true)
  }

  @Test func aBootConfigurationAtTheEnd() {
    let tail = Array("kernel.x = 1\n".utf8) + [0, 0, 0] + [16, 0, 0, 0, 1, 2, 3, 4] + Array("#BOOTCONFIG\n".utf8)
    #expect(ArchiveReading(Self.archive + tail) == ArchiveReading(Self.archive))
    #expect(ArchiveReading(Self.archive + tail, piece: 5) == ArchiveReading(Self.archive))
    #expect(ArchiveReading(Self.archive + tail.dropLast()) == .failed(.malformed))
    #expect(ArchiveReading(tail) == .failed(.malformed))
  }

  @Test func theFormWithChecksums() {
    let bytes = CpioArchive.of([.init("lib/modules/6.1/nvme.ko", [1, 2, 3])], magic: "070702")
    #expect(ArchiveReading(bytes).drivers("6.1") == ["nvme"])
  }

  @Test func theRecordedFormSaysTheSame() throws {
    let entries: [CpioArchive.Entry] = [
      .init("init"), .init("lib/modules/6.1/virtio_blk.ko", [1]), .init("lib/modules/5.10\u{1}\\x/modules.dep", [1]),
      .init("etc/udev/rules.d/70-persistent-net.rules", [1, 2]), .init("squashfs-root.img", [1]),
    ]
    for count in 0...entries.count {
      let contents = try #require(ArchiveReading(CpioArchive.of(Array(entries.prefix(count)))).contents)
      #expect(ArchiveReading(RecordedArchive.bytes(contents, nil)).contents == contents)
    }
    for reason in ArchiveError.Reason.allCases {
      let error = ArchiveError(reason, "why / not")
      #expect(ArchiveReading(RecordedArchive.bytes(InitramfsContents(), error)) == .failed(reason))
    }
  }

  /// GNU cpio's own archive, compared with what it lists.
  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cpio")
        || FileManager.default.isExecutableFile(atPath: "/bin/cpio"), "cpio is installed"))
  func whatCpioMakes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "wholeimage-cpio-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for driver in InstalledKernel.drivers {
      let file = folder.appending(path: "usr/lib/modules/6.1/kernel/\(driver)/\(driver).ko")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data((0..<Int.random(in: 0..<9000)).map { _ in UInt8.random(in: 0...255) }).write(to: file)
    }
    for format in ["newc", "crc"] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "cd \"$0\" && find . | cpio --quiet -o -H \(format)", folder.path]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
      process.waitUntilExit()
      #expect(ArchiveReading(bytes).drivers("6.1") == InstalledKernel.drivers)
    }
  }
}
