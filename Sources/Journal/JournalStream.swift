// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SystemPackage

/// The stream that a service manager connects to the journal (systemd.exec(5), `JOURNAL_STREAM`).
enum JournalStream {
  /// Whether standard error is it, by device and inode number: a service may have sent it elsewhere since.
  static var isStandardError: Bool {
    guard let variable = getenv("JOURNAL_STREAM"), let status = try? FileDescriptor.standardError.stat() else {
      return false
    }
    return String(cString: variable) == "\(status.deviceID.rawValue):\(status.inode.rawValue)"
  }
}
