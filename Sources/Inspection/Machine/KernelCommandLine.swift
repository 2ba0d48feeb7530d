// SPDX-License-Identifier: Apache-2.0

internal import BootConfiguration
internal import GuestConfiguration

/// The running kernel's command line, which more than one part of an inspection needs.
///
/// It is read once, so that a recording of a read that failed is one.
struct KernelCommandLine {
  static let file = "/proc/cmdline"
  private static let longest = 1 << 16

  /// Its bytes, to the line break that the kernel ends it with; `nil` where there is no such file.
  let content: Result<[UInt8]?, ReadFailure>

  init(root: Root) {
    do throws(ReadFailure) {
      content = .success(try root.read(Self.file, limit: Self.longest, recordedAs: Self.recorded))
    } catch {
      content = error.isAbsent ? .success(nil) : .failure(error)
    }
  }

  /// What goes into a recording: the arguments that any part reads, since others may hold secrets.
  private static func recorded(_ line: [UInt8]) -> [UInt8] {
    var recorded: [UInt8] = KernelArguments.recorded(line)
    recorded.removeAll { $0 == 0x0A }
    var cloud: [UInt8] = CloudArguments(parsing: line).recorded
    cloud.removeAll { $0 == 0x0A }
    if !cloud.isEmpty { recorded += [0x20] + cloud }
    // Without its line break it was cut off, and is so in the recording.
    return line.last == 0x0A ? recorded + [0x0A] : recorded
  }
}
