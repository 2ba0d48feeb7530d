// SPDX-License-Identifier: Apache-2.0

internal import Collector
internal import Glibc

/// What a command prints.
enum StandardOutput {
  /// A line; an error where it cannot be written whole.
  static func write(_ line: String) throws(CollectorFailure) { try write(Array((line + "\n").utf8)) }

  /// Bytes as they are; an error where they cannot be written whole.
  static func write(_ bytes: [UInt8]) throws(CollectorFailure) {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw CollectorFailure(.inputOutput, "the output cannot be written: error \(errno)") }
      written += count
    }
  }
}
