// SPDX-License-Identifier: Apache-2.0

import Facts
import TestSupport
import Testing

@testable import InitramfsArchive

/// Archives that are cut off, damaged or made to cost much.
@Suite struct HostileArchiveTests {
  private static let small = CpioArchive.of([
    .init("init", [1, 2, 3]), .init("lib/modules/6.1/virtio_blk.ko", [1]), .init("lib/modules/6.1/virtio_pci.ko", [1]),
  ])

  /// A file that is cut off anywhere is never taken for a whole one, but where nothing but what is loaded early is left.
  @Test(arguments: [nil] + Compressor.there.map(Optional.some)) func cutAtEveryByte(_ compressor: Compressor?) throws {
    guard compressor != .bzip2 else { return }
    let early = CpioArchive.of([.init("kernel/x86/microcode/AuthenticAMD.bin", [1])])
    let bytes = try early + (compressor?.compressed(Self.small) ?? Self.small)
    #expect(ArchiveReading(bytes).drivers("6.1") == ["virtio_blk", "virtio_pci"])
    for end in 0..<bytes.count {
      switch ArchiveReading(Array(bytes.prefix(end))) {
      case .failed(let reason): #expect(reason == .truncated, "\(end)")
      case .whole(let contents): #expect(!contents.holdsMore && contents.drivers.isEmpty, "\(end)")
      }
    }
  }

  /// Any one byte changed costs no more than an error, and gives a whole archive only where nothing shows it.
  @Test(arguments: [nil] + Compressor.there.map(Optional.some)) func anyByteChanged(_ compressor: Compressor?) throws {
    guard compressor != .bzip2 else { return }
    let bytes = try compressor?.compressed(Self.small) ?? Self.small
    for place in bytes.indices {
      for change: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = bytes
        changed[place] ^= change
        let reading = ArchiveReading(changed)
        #expect(reading.contents == ArchiveReading(changed, piece: 13).contents, "\(place)")
      }
    }
  }

  @Test(arguments: [
    (0, ArchiveError.Reason.malformed), (4097, .malformed), (0xFFFF_FFFF, .malformed), (4096, .truncated),
  ]) func lengthsOfNames(_ size: Int, _ reason: ArchiveError.Reason) {
    var entry = CpioArchive.Entry("init")
    entry.saidNameSize = size
    #expect(ArchiveReading(CpioArchive.of([entry])) == .failed(reason))
  }

  @Test func contentBeyondTheEnd() {
    var entry = CpioArchive.Entry("init")
    for size in [0xFFFF_FFFF, 0x8000_0000, 1 << 20] {
      entry.saidSize = size
      #expect(ArchiveReading(CpioArchive.of([entry])) == .failed(.truncated))
    }
  }

  @Test(arguments: ["070707", "0707ff", "070701 00000000", "000000"]) func noHeader(_ magic: String) {
    #expect(ArchiveReading(CpioArchive.of([.init("init")], magic: magic)) == .failed(.malformed))
  }

  @Test(
    arguments: [
      ([], ArchiveError.Reason.truncated), ([0], .truncated), ([0, 0, 0, 0], .truncated), ([0x30], .truncated),
      ([0x1F], .truncated), ([0x42, 0x5A], .unsupported), ([0x89, 0x4C, 0x5A], .unsupported),
      ([0x7F, 0x45], .malformed),
      ([0, 0x30, 0x37], .malformed), ([0x02, 0x21, 0x4C, 0x18], .truncated), ([0x04, 0x22, 0x4D, 0x18], .malformed),
      ([0x02, 0x21, 0x4C, 0x19], .malformed), ([0x02, 0x21, 0x4C, 0x18, 0xFF, 0xFF, 0xFF, 0xFF], .malformed),
      ([0x28, 0xB5, 0x2F, 0xFD], .truncated), ([0x28, 0xB5, 0x2F, 0xFE, 0, 0, 0, 0], .malformed),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .truncated),
      // A window of two gigabytes; a dictionary of one.
      ([0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0, 0, 0, 0], .unsupported),
      ([0x5D, 0x00, 0x00, 0x00, 0x40, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0], .unsupported),
    ] as [([UInt8], ArchiveError.Reason)]) func beginnings(_ bytes: [UInt8], _ reason: ArchiveError.Reason)
  {
    #expect(ArchiveReading(bytes) == .failed(reason))
    #expect(ArchiveReading(bytes, piece: 1) == .failed(reason))
  }

  @Test func aCompressedPartHoldsArchivesOnly() throws {
    let gzip = Compressor.gzip
    let inside = try gzip.compressed(Self.small + gzip.compressed(Self.small))
    #expect(ArchiveReading(inside) == .failed(.malformed))
    #expect(try ArchiveReading(gzip.compressed([0, 0, 0, 0] + Self.small)).contents != nil)
    #expect(try ArchiveReading(gzip.compressed(Array("x".utf8))) == .failed(.malformed))
    #expect(try ArchiveReading(gzip.compressed([])) == .failed(.truncated))
    #expect(try ArchiveReading(gzip.compressed(CpioArchive().bytes + Self.small.dropLast(124))) == .failed(.truncated))
  }

  /// A file of zeros that takes a thousandth of what it says.
  @Test(arguments: Compressor.there) func bombs(_ compressor: Compressor) throws {
    guard compressor != .bzip2 else { return }
    var entry = CpioArchive.Entry("zeros", [UInt8](repeating: 0, count: 40 << 20))
    entry.saidSize = 0x7FFF_FFFF
    let bomb = try compressor.compressed(CpioArchive.of([entry]))
    #expect(bomb.count < 1 << 20)
    var limits = ArchiveLimits()
    limits.outputBytes = 32 << 20
    #expect(ArchiveReading(bomb, limits: limits) == .failed(.tooLarge))
    // Eight parts, each within the bound.
    limits.outputBytes = 64 << 20
    entry.saidSize = nil
    let part = try compressor.compressed(CpioArchive.of([entry]))
    #expect(ArchiveReading(part, limits: limits).contents != nil)
    #expect(ArchiveReading(part + part, limits: limits) == .failed(.tooLarge))
    var asked = 0
    let late = ArchiveReading(
      part,
      isLate: {
        asked += 1
        return asked > 3
      })
    #expect(late == .failed(.timedOut))
  }

  @Test func countsAreBounded() {
    var limits = ArchiveLimits()
    limits.entries = 3
    #expect(ArchiveReading(CpioArchive.of([.init("a"), .init("b")]), limits: limits).contents != nil)
    #expect(ArchiveReading(CpioArchive.of([.init("a"), .init("b"), .init("c")]), limits: limits) == .failed(.tooLarge))
    limits = ArchiveLimits()
    limits.inputBytes = Self.small.count
    #expect(ArchiveReading(Self.small, limits: limits).contents != nil)
    limits.inputBytes -= 1
    #expect(ArchiveReading(Self.small, limits: limits) == .failed(.tooLarge))
    let releases = (1...17).map { CpioArchive.Entry("lib/modules/\($0)/x.ko") }
    #expect(ArchiveReading(CpioArchive.of(Array(releases.prefix(16)))).contents?.drivers.count == 16)
    #expect(ArchiveReading(CpioArchive.of(releases)) == .failed(.tooLarge))
    let rules = (1...65).map { CpioArchive.Entry("etc/udev/rules.d/\($0)-persistent-net.rules", [1]) }
    #expect(ArchiveReading(CpioArchive.of(Array(rules.prefix(64)))).contents?.persistentRules.count == 64)
    #expect(ArchiveReading(CpioArchive.of(rules)) == .failed(.tooLarge))
  }

  @Test func theTrailerEndsAnArchiveWhateverItHolds() {
    let trailer = CpioArchive.Entry("TRAILER!!!", [1, 2, 3, 4, 5], mode: 0)
    var archive = CpioArchive()
    archive.add(trailer)
    #expect(ArchiveReading(archive.bytes + Self.small).drivers("6.1") == ["virtio_blk", "virtio_pci"])
    // One that is named so and something more is a file.
    #expect(
      ArchiveReading(CpioArchive.of([.init("TRAILER!!!x"), .init("lib/modules/6.1/nvme.ko")])).drivers("6.1") == [
        "nvme"
      ])
  }

  @Test func archivesBeginAtFourBytes() {
    for zeros in 0..<8 {
      let reading = ArchiveReading(Self.small + [UInt8](repeating: 0, count: zeros) + Self.small)
      #expect((reading.contents != nil) == (zeros % 4 == 0), "\(zeros)")
    }
  }
}
