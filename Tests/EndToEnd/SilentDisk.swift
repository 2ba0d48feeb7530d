// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A block device that never answers when it is told not to: a loop device over a file that this process serves by
/// FUSE (include/uapi/linux/fuse.h of the kernel, protocol 7.31).
///
/// When the process ends, the kernel fails every request, and nobody waits any longer.
final class SilentDisk: @unchecked Sendable {
  /// The path of the loop device.
  private(set) var path = ""
  /// A file beside it for a lock.
  let lock: String
  /// The file under it, which does not answer either.
  var file: String { folder + "/disk" }
  private let folder: String
  private let channel: Int32
  private let size: UInt64
  private let condition = NSCondition()
  private var isSilent = false
  private var waiting: [(request: UInt64, count: Int)] = []

  /// Whether this process may make one.
  static var isAvailable: Bool { LoopDevices.areAvailable && access("/dev/fuse", R_OK | W_OK) == 0 }

  /// A disk that answers every read with zeros until it falls silent.
  init(mebibytes: Int) throws {
    size = UInt64(mebibytes) << 20
    folder = NSTemporaryDirectory() + "wholeimage-silent-" + UUID().uuidString
    lock = folder + ".lock"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    channel = open("/dev/fuse", O_RDWR | O_CLOEXEC)
    let options = "fd=\(channel),rootmode=40000,user_id=0,group_id=0,allow_other"
    guard channel >= 0, mount("wholeimage-test", folder, "fuse.wholeimage-test", 0, options) == 0 else {
      throw CocoaError(.fileReadUnknown, userInfo: ["mount": String(cString: strerror(errno))])
    }
    let server = FileServer(channel: channel, size: size)
    Thread.detachNewThread { server.serve(self.answerRead) }
    let loop = try Program.run("losetup", ["-f", "--show", "\(folder)/disk"])
    guard loop.status == 0 else { throw CocoaError(.fileReadUnknown, userInfo: ["losetup": loop.errors]) }
    path = loop.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// From now on no read gets an answer.
  func fallSilent() { condition.withLock { isSilent = true } }

  /// Waits until somebody is stuck in a read.
  func awaitReader() {
    condition.withLock { while waiting.isEmpty { condition.wait() } }
  }

  /// Answers everybody who waits, and everybody after them.
  func speakAgain() {
    let late = condition.withLock {
      isSilent = false
      defer { waiting = [] }
      return waiting
    }
    for read in late { FileServer.answer(channel, read.request, [UInt8](repeating: 0, count: read.count)) }
  }

  private func answerRead(_ request: UInt64, _ count: Int) {
    let answers = condition.withLock {
      if isSilent {
        waiting.append((request, count))
        condition.broadcast()
      }
      return !isSilent
    }
    if answers { FileServer.answer(channel, request, [UInt8](repeating: 0, count: count)) }
  }

  /// Detaches and unmounts everything.
  func remove() {
    speakAgain()
    _ = try? Program.run("losetup", ["-d", path])
    umount2(folder, Int32(MNT_DETACH))
    close(channel)
    for path in [folder, lock] { try? FileManager.default.removeItem(atPath: path) }
  }
}

/// One file, `disk`, in one directory.
private struct FileServer {
  let channel: Int32
  let size: UInt64

  /// Serves until the file system is unmounted.
  func serve(_ read: (UInt64, Int) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(channel, &buffer, buffer.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count >= 40 else { return }
      let request = Array(buffer[..<count])
      let unique = Self.number(request, 8, 8)
      let node = Self.number(request, 16, 8)
      switch Self.number(request, 4, 4) {
      case 1: lookUp(unique, String(decoding: request[40...].prefix { $0 != 0 }, as: UTF8.self))
      case 2, 36, 42: break
      case 3: Self.answer(channel, unique, Self.bytes(1, 8) + Self.bytes(0, 8) + attributes(node))
      // Direct: what was read before is not answered from memory.
      case 14, 27: Self.answer(channel, unique, Self.bytes(1, 8) + Self.bytes(1, 4) + Self.bytes(0, 4))
      case 15:
        let offset = Self.number(request, 48, 8)
        let wanted = Self.number(request, 56, 4)
        read(unique, Int(min(wanted, size - min(offset, size))))
      case 18, 25, 29: Self.answer(channel, unique, [])
      case 26:
        let version = Self.bytes(7, 4) + Self.bytes(31, 4)
        Self.answer(
          channel, unique,
          version + Self.bytes(128 << 10, 4) + Self.bytes(0, 4) + Self.bytes(16, 2) + Self.bytes(12, 2)
            + Self.bytes(128 << 10, 4) + Self.bytes(1, 4) + [UInt8](repeating: 0, count: 36))
      default: Self.answer(channel, unique, [], error: -ENOSYS)
      }
    }
  }

  private func lookUp(_ unique: UInt64, _ name: String) {
    guard name == "disk" else { return Self.answer(channel, unique, [], error: -ENOENT) }
    Self.answer(
      channel, unique,
      Self.bytes(2, 8) + Self.bytes(0, 8) + Self.bytes(1, 8) + Self.bytes(1, 8) + Self.bytes(0, 8)
        + attributes(2))
  }

  /// struct fuse_attr: the directory is node 1, the file node 2.
  private func attributes(_ node: UInt64) -> [UInt8] {
    let isFile = node == 2
    let bytes = isFile ? size : 4096
    return Self.bytes(node, 8) + Self.bytes(bytes, 8) + Self.bytes(bytes / 512, 8) + [UInt8](repeating: 0, count: 36)
      + Self.bytes(UInt64(isFile ? S_IFREG | 0o600 : S_IFDIR | 0o700), 4) + Self.bytes(1, 4)
      + [UInt8](repeating: 0, count: 12) + Self.bytes(4096, 4) + Self.bytes(0, 4)
  }

  static func answer(_ channel: Int32, _ unique: UInt64, _ body: [UInt8], error: Int32 = 0) {
    let header = bytes(UInt64(16 + body.count), 4) + bytes(UInt64(UInt32(bitPattern: error)), 4) + bytes(unique, 8)
    let answer = header + body
    _ = write(channel, answer, answer.count)
  }

  private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
    guard bytes.count >= offset + count else { return 0 }
    return bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
