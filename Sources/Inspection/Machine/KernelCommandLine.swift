// SPDX-License-Identifier: Apache-2.0

internal import BootConfiguration
internal import GuestConfiguration

/// The running kernel's command line, which more than one part of an inspection reads.
enum KernelCommandLine {
  static let file = "/proc/cmdline"

  /// What goes into a recording: the arguments that any of them reads, since others may hold secrets.
  static func recorded(_ line: [UInt8]) -> [UInt8] {
    let boot = KernelArguments.recorded(line)
    let cloud = CloudArguments(parsing: line).recorded
    // Without its line break it was cut off, and is so in the recording.
    return boot.dropLast() + (cloud.count > 1 ? [0x20] : []) + (line.last == 0x0A ? cloud : cloud.dropLast())
  }
}
