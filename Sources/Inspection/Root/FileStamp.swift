// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import Glibc

/// What tells a file from what it was before, without a look into it: it changes with every write to the file, and
/// with every other file that takes its name (inode(7)).
struct FileStamp: Equatable, Sendable, JSONConvertible {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int
  /// When anything of it was last changed, in nanoseconds since 1970: nobody can set that time.
  private let changed: Int

  /// Of an open file.
  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    changed = Self.nanoseconds(status.st_ctim)
  }

  /// Whether another write could still leave the stamp as it is.
  ///
  /// The kernel's clock for files ticks some hundred times a second. True also of a stamp from the future, where a clock
  /// was set.
  var isFresh: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return changed > Self.nanoseconds(now) - 2_000_000_000
  }

  private static func nanoseconds(_ time: timespec) -> Int { time.tv_sec &* 1_000_000_000 &+ time.tv_nsec }

  /// Reads the document form; throws where it is not one.
  init(json: JSON) throws(DocumentError) {
    let members = try json.asObject()
    device = try members.required("device")
    inode = try members.required("inode")
    size = try members.required("size")
    changed = try members.required("changed")
  }

  /// The document form.
  var json: JSON {
    .members(("changed", changed.json), ("device", device.json), ("inode", inode.json), ("size", size.json))
  }
}
