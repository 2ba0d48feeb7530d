// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The file that always holds the newest report, for those who would rather read than ask.
///
/// Replaced atomically: a reader sees the old one or the new one, never half of either. Gone while no daemon runs.
struct ReadinessFile: Sendable {
  let path: String

  /// Puts a report in place of the one before; why not, if that fails.
  func replace(with report: [UInt8]) -> String? {
    let draft = path + ".new"
    // Left behind by a daemon that was killed, or put there by somebody else: not to be written through.
    unlink(draft)
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard descriptor >= 0 else { return failure("create", draft) }
    // What the group may poll it may read, whatever the file mode mask.
    var isWritten = fchmod(descriptor, 0o640) == 0
    var written = 0
    while isWritten, written < report.count {
      let count = report[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      isWritten = count > 0
      written += max(0, count)
    }
    let problem = isWritten ? nil : failure("write", draft)
    close(descriptor)
    if problem == nil, rename(draft, path) == 0 { return nil }
    let reason = problem ?? failure("replace", path)
    unlink(draft)
    return reason
  }

  /// Removes it, so that nobody takes an old verdict for a daemon's.
  func remove() { unlink(path) }

  private func failure(_ what: String, _ file: String) -> String {
    "cannot \(what) \(file): \(String(cString: strerror(errno))). Use --readiness-file to name another."
  }
}
