// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
internal import LVMMetadata

/// What a watched child read of a device, told by its system calls.
///
/// Knows read, pread and lseek, which is how libblkid and our own readers read. Should a libblkid read otherwise, its
/// answers are not to be had from these bytes, and the recorder finds that out by trying.
struct DeviceReads {
  /// The bytes as the child got them, in the order of its reads.
  var regions: [ByteRegion] = []
  /// Whether a read of the device failed.
  private(set) var hasFailed = false
  /// Whether more was read than is kept.
  private(set) var isOverfull = false
  /// The logical sector size that the child was told, in bytes.
  private(set) var sectorBytes: Int?

  /// As much as a frame has room for beside what our own readers read.
  static let byteLimit = 100 << 20

  private let path: String
  private let child: pid_t
  private var descriptor: Int32 = -1
  private var position: UInt64 = 0
  private var byteCount = 0

  /// Of a child that will open the device at `path`.
  init(path: String, child: pid_t) {
    self.path = path
    self.child = child
  }

  /// Takes in a system call that has ended.
  mutating func note(_ call: wholeimage_trace) {
    let (first, second, third, fourth, _, _) = call.arguments
    switch call.number {
    case wholeimage_call_openat, wholeimage_call_openat2:
      guard descriptor < 0, call.result >= 0, isPath(at: second) else { return }
      descriptor = Int32(truncatingIfNeeded: call.result)
      position = 0
    case _ where descriptor < 0 || Int32(truncatingIfNeeded: first) != descriptor: break
    case wholeimage_call_close: descriptor = -1
    case wholeimage_call_lseek: if call.result >= 0 { position = UInt64(call.result) }
    case wholeimage_call_read:
      take(at: position, from: second, call.result)
      if call.result > 0 { position += UInt64(call.result) }
    case wholeimage_call_pread: take(at: fourth, from: second, call.result)
    case wholeimage_call_ioctl where second == wholeimage_ioctl_sector_size && call.result == 0:
      if let bytes = memory(at: third, count: 4) {
        sectorBytes = Int(bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
      }
    default: break
    }
  }

  private mutating func take(at offset: UInt64, from address: UInt64, _ result: Int64) {
    guard result >= 0 else {
      if result != Int64(-EINTR) { hasFailed = true }
      return
    }
    guard result > 0 else { return }
    guard result <= Self.byteLimit - byteCount, let bytes = memory(at: address, count: Int(result)) else {
      isOverfull = true
      return
    }
    byteCount += bytes.count
    regions.append(ByteRegion(offset: offset, bytes: bytes))
  }

  private func memory(at address: UInt64, count: Int) -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = max(0, wholeimage_trace_memory(child, address, buffer.baseAddress, count))
    }
    return bytes.count == count ? bytes : nil
  }

  private func isPath(at address: UInt64) -> Bool {
    let wanted = Array(path.utf8) + [0]
    return memory(at: address, count: wanted.count) == wanted
  }
}
