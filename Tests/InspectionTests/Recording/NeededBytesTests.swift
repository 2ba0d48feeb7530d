// SPDX-License-Identifier: Apache-2.0

import CLinux
import Facts
import Glibc
import LVMMetadata
import TestSupport
import Testing

@testable import Inspection

/// Of what libblkid read, what stays in a recording.
@Suite struct NeededBytesTests {
  private static let size = 64 << 20
  private static let secret = Array("key material".utf8)

  /// A device on which everything that was read beside `content` is a secret.
  private func kept(_ content: [(offset: Int, bytes: [UInt8])], secrets: [Int]) throws -> DeviceReading {
    let file = try #require(MemoryFile())
    defer { file.close() }
    #expect(ftruncate(file.descriptor, off_t(Self.size)) == 0)
    var reads = DeviceReads(path: "/dev/x", child: getpid())
    for offset in secrets {
      let bytes = (0..<1024).map { Self.secret[$0 % Self.secret.count] }
      #expect(file.write(bytes, at: UInt64(offset)))
      reads.regions.append(ByteRegion(offset: UInt64(offset), bytes: bytes))
    }
    for part in content {
      #expect(file.write(part.bytes, at: UInt64(part.offset)))
      reads.regions.append(ByteRegion(offset: UInt64(part.offset), bytes: part.bytes))
    }
    let request = ProbeRequest(path: "/dev/x", wantsTable: true)
    guard case .read(let reading) = DeviceProbe.read(file.descriptor, request, length: UInt64(Self.size)) else {
      throw MissingReading()
    }
    return NeededBytes.of(reading, reads: reads, request: request, recorded: nil)
  }

  private struct MissingReading: Error {}

  private func holdsSecret(_ reading: DeviceReading) -> Bool {
    reading.recording.regions.contains { region in
      region.bytes.indices.contains { region.bytes[$0...].starts(with: Self.secret) }
    }
  }

  @Test func besideAFileSystemNothingIsKept() throws {
    let reading = try kept([Fixture.ext4()], secrets: [0, 8192, 32768, 65536, Self.size - 4096])
    #expect(reading.signatures != .none && reading.evidence?.bytesSuffice == true)
    #expect(!holdsSecret(reading))
    #expect(reading.recording.regions.flatMap(\.bytes).count { $0 != 0 } <= 1024)
  }

  /// LUKS1: the key slots' material begins at byte 4096, where libblkid looks for other things (LUKS1 on-disk format).
  @Test(arguments: [1, 2]) func keyMaterialOfALockedContainerIsNotKept(version: UInt8) throws {
    var header = [UInt8](repeating: 0, count: 592)
    header.replaceSubrange(0..<8, with: [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE, 0, version])
    header.replaceSubrange(168..<204, with: Array("0a1b2c3d-0000-4000-8000-000000000001".utf8))
    let reading = try kept([(0, header)], secrets: [4096, 8192, 32768, 65536])
    guard case .found(let content) = reading.signatures else {
      Issue.record("\(reading.signatures)")
      return
    }
    #expect(content.type == "crypto_LUKS" && content.uuid == .value("0a1b2c3d-0000-4000-8000-000000000001"))
    #expect(reading.evidence?.bytesSuffice == true && !holdsSecret(reading))
  }

  @Test func memoryInASwapAreaIsNotKept() throws {
    var page = [UInt8](repeating: 0, count: 4096)
    page.replaceSubrange(1024..<1032, with: [1, 0, 0, 0, 0xFF, 0x3F, 0, 0])
    page.replaceSubrange(1036..<1052, with: Array(1...16))
    page.replaceSubrange(4086..<4096, with: Array("SWAPSPACE2".utf8))
    let reading = try kept([(0, page)], secrets: [4096, 8192, 32768, 65536])
    guard case .found(let content) = reading.signatures else {
      Issue.record("\(reading.signatures)")
      return
    }
    #expect(content.type == "swap" && !holdsSecret(reading))
  }

  /// Where nothing was found, what was looked at is all there is to find out why.
  @Test func ofAnUnknownDeviceEverythingIsKept() throws {
    let reading = try kept([], secrets: [8192, 65536])
    #expect(reading.signatures == .none && reading.evidence?.bytesSuffice == true && holdsSecret(reading))
  }

  @Test func bytesThatDoNotGiveTheAnswerAreNotSaidTo() throws {
    let file = try #require(MemoryFile())
    defer { file.close() }
    #expect(ftruncate(file.descriptor, off_t(Self.size)) == 0 && file.write(Fixture.ext4().bytes, at: 1024))
    let request = ProbeRequest(path: "/dev/x", wantsTable: true)
    guard case .read(let reading) = DeviceProbe.read(file.descriptor, request, length: UInt64(Self.size)) else {
      throw MissingReading()
    }
    // As if libblkid had read in a way that the watcher does not know.
    let unseen = NeededBytes.of(
      reading, reads: DeviceReads(path: "/dev/x", child: getpid()), request: request, recorded: nil)
    #expect(unseen.evidence == DeviceEvidence(bytesSuffice: false, sectorBytes: nil))
    #expect(unseen.recording == reading.recording)
  }

  @Test func regionsBesideOthers() {
    let region = ByteRegion(offset: 100, bytes: Array(0..<100))
    func rest(_ others: (Int, Int)...) -> [[Int]] {
      region.without(others.map { ByteRegion(offset: UInt64($0.0), bytes: [UInt8](repeating: 0, count: $0.1)) })
        .map { [Int($0.offset), $0.bytes.count, Int($0.bytes[0])] }
    }
    #expect(rest() == [[100, 100, 0]])
    #expect(rest((0, 100), (200, 5)) == [[100, 100, 0]])
    #expect(rest((0, 300)) == [])
    #expect(rest((90, 20), (120, 10), (190, 20)) == [[110, 10, 10], [130, 60, 30]])
  }

  /// The reads of a process, told by its system calls: this process stands for the child.
  @Test func readsAreTakenFromSystemCalls() {
    var reads = DeviceReads(path: "/dev/x", child: getpid())
    let path = Array("/dev/x".utf8) + [0]
    let other = Array("/sys/x".utf8) + [0]
    let bytes = Array(UInt8(1)...8)
    var sector: UInt32 = 4096
    func call(_ number: Int64, _ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64, result: Int64) {
      var trace = wholeimage_trace()
      trace.number = number
      trace.arguments = (first, second, third, fourth, 0, 0)
      trace.result = result
      reads.note(trace)
    }
    func address(_ pointer: UnsafeRawPointer?) -> UInt64 { UInt64(UInt(bitPattern: pointer)) }
    bytes.withUnsafeBytes { bytes in
      path.withUnsafeBytes { path in
        other.withUnsafeBytes { call(wholeimage_call_openat, 0, address($0.baseAddress), 0, 0, result: 3) }
        call(wholeimage_call_read, 3, address(bytes.baseAddress), 8, 0, result: 8)
        call(wholeimage_call_openat2, 9, address(path.baseAddress), 0, 0, result: 4)
        call(wholeimage_call_read, 3, address(bytes.baseAddress), 8, 0, result: 8)
        call(wholeimage_call_lseek, 4, 4096, 0, 0, result: 4096)
        call(wholeimage_call_read, 4, address(bytes.baseAddress), 8, 0, result: 4)
        call(wholeimage_call_read, 4, address(bytes.baseAddress), 8, 0, result: 2)
        call(wholeimage_call_pread, 4, address(bytes.baseAddress), 8, 65536, result: 8)
        withUnsafeBytes(of: &sector) {
          call(wholeimage_call_ioctl, 4, wholeimage_ioctl_sector_size, address($0.baseAddress), 0, result: 0)
        }
      }
    }
    #expect(
      reads.regions == [
        ByteRegion(offset: 4096, bytes: [1, 2, 3, 4]), ByteRegion(offset: 4100, bytes: [1, 2]),
        ByteRegion(offset: 65536, bytes: bytes),
      ])
    #expect(reads.sectorBytes == 4096 && !reads.hasFailed && !reads.isOverfull)
    call(wholeimage_call_pread, 4, 0, 8, 0, result: Int64(-EIO))
    #expect(reads.hasFailed)
  }
}
