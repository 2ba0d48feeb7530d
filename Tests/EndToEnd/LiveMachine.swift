// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The machine that the tests run on, which all of them share: a test that makes one of its disks fall silent wants to
/// be the only one that looks at it.
enum LiveMachine {
  /// Looks at this machine's disks beside other tests that do.
  static func look<Result>(_ body: () throws -> Result) throws -> Result { try hold(LOCK_SH, body) }

  /// Looks at this machine's disks alone.
  static func lookAlone<Result>(_ body: () throws -> Result) throws -> Result { try hold(LOCK_EX, body) }

  private static func hold<Result>(_ kind: Int32, _ body: () throws -> Result) throws -> Result {
    // Test runs in other checkouts share the machine too.
    let file = open("/tmp/wholeimage-live-machine.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    defer { if file >= 0 { close(file) } }
    while flock(file, kind) != 0, errno == EINTR {}
    return try body()
  }
}
