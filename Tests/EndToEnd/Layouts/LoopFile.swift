// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A sparse file and the loop device on it, without a program for each step: a layout has many (loop(4)).
struct LoopFile {
  private static let setFile: UInt = 0x4C00
  private static let clearFile: UInt = 0x4C01
  private static let setCapacity: UInt = 0x4C07
  private static let nextFree: UInt = 0x4C82

  let path: String
  /// The device, while there is one.
  private(set) var device: String?

  init(path: String, sectors: Int) throws {
    self.path = path
    let file = try Self.open(path, O_RDWR | O_CREAT)
    defer { close(file) }
    guard ftruncate(file, sectors * 512) == 0 else { throw Self.failure("truncate", path) }
  }

  mutating func attach() throws {
    guard device == nil else { return }
    let file = try Self.open(path, O_RDWR)
    defer { close(file) }
    let control = try Self.open("/dev/loop-control", O_RDWR)
    defer { close(control) }
    while true {
      let number = ioctl(control, Self.nextFree, 0)
      guard number >= 0 else { throw Self.failure("find a free loop device for", path) }
      let name = "/dev/loop\(number)"
      let loop = try Self.open(name, O_RDWR)
      defer { close(loop) }
      if ioctl(loop, Self.setFile, file) == 0 {
        device = name
        return
      }
      // Somebody else was faster.
      guard errno == EBUSY else { throw Self.failure("attach", name) }
    }
  }

  mutating func detach() {
    guard let name = device, let loop = try? Self.open(name, O_RDWR) else { return }
    defer { close(loop) }
    if ioctl(loop, Self.clearFile, 0) == 0 { device = nil }
  }

  /// Makes the file larger, and the device with it.
  func grow(toSectors sectors: Int) throws {
    let file = try Self.open(path, O_RDWR)
    defer { close(file) }
    guard ftruncate(file, sectors * 512) == 0 else { throw Self.failure("truncate", path) }
    guard let device else { return }
    let loop = try Self.open(device, O_RDWR)
    defer { close(loop) }
    guard ioctl(loop, Self.setCapacity, 0) == 0 else { throw Self.failure("grow", device) }
  }

  /// Changes one bit of a byte, through the device if there is one.
  func flip(at offset: Int) throws {
    let target = try Self.open(device ?? path, O_RDWR)
    defer { close(target) }
    var byte: UInt8 = 0
    guard pread(target, &byte, 1, offset) == 1 else { throw Self.failure("read", path) }
    byte ^= 1
    guard pwrite(target, &byte, 1, offset) == 1, fsync(target) == 0 else { throw Self.failure("write", path) }
  }

  private static func open(_ path: String, _ flags: CInt) throws -> CInt {
    let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("open", path) }
    return descriptor
  }

  private static func failure(_ action: String, _ path: String) -> LayoutRig.Failure {
    LayoutRig.Failure(description: "cannot \(action) \(path): \(String(cString: strerror(errno)))")
  }
}
