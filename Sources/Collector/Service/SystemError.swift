// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What an error number means (strerror(3), errno(3)).
enum SystemError {
  /// The C library's words for it; safe among threads since glibc 2.32.
  static func text(_ number: Int32) -> String { String(cString: strerror(number)) }
}
