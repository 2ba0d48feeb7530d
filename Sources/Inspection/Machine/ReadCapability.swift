// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The right to read every file, whoever owns it: what a sandboxed inspector has of root's rights.
enum ReadCapability {
  /// CAP_DAC_READ_SEARCH and CAP_DAC_OVERRIDE, which goes further (capabilities(7), linux/capability.h).
  private static let bits: UInt64 = 1 << 2 | 1 << 1

  /// Whether this process has it now (proc(5), `CapEff` of /proc/PID/status).
  static var isHeld: Bool {
    let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, count in
      count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    return effective(in: bytes).map { $0 & bits != 0 } ?? false
  }

  /// The effective capabilities that a status file names; `nil` if it names none.
  static func effective(in status: [UInt8]) -> UInt64? {
    for line in String(decoding: status, as: UTF8.self).split(separator: "\n") where line.hasPrefix("CapEff:") {
      return UInt64(line.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16)
    }
    return nil
  }
}
