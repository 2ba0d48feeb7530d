// SPDX-License-Identifier: Apache-2.0

internal import BootConfiguration
internal import GuestConfiguration

/// The running kernel's command line, which more than one part of an inspection reads.
enum KernelCommandLine {
  static let file = "/proc/cmdline"

  /// What goes into a recording: the arguments that any of them reads, since others may hold secrets.
  static func recorded(_ line: [UInt8]) -> [UInt8] {
    var recorded: [UInt8] = KernelArguments.recorded(line)
    recorded.removeAll { $0 == 0x0A }
    var cloud: [UInt8] = CloudArguments(parsing: line).recorded
    cloud.removeAll { $0 == 0x0A }
    if !cloud.isEmpty { recorded += [0x20] + cloud }
    // Without its line break it was cut off, and is so in the recording.
    return line.last == 0x0A ? recorded + [0x0A] : recorded
  }
}
