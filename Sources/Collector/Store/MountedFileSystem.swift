// SPDX-License-Identifier: Apache-2.0

/// The file system that a path lies on, from `/proc/self/mountinfo` (proc(5)).
enum MountedFileSystem {
  /// The type of the file system that holds an absolute path; `nil` if the text does not say.
  ///
  /// The mount point that is the longest beginning of the path holds it; of equal ones the last, which covers the
  /// others.
  static func type(of path: String, inMountInfo text: String) -> String? {
    var best: (length: Int, type: String)?
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      // The optional fields end with a lone hyphen; the type follows it.
      guard fields.count > 6, let hyphen = fields.dropFirst(6).firstIndex(of: "-"), hyphen + 1 < fields.count else {
        continue
      }
      let mountPoint = unescaped(fields[4])
      guard contains(mountPoint, path), mountPoint.utf8.count >= best?.length ?? 0 else { continue }
      best = (mountPoint.utf8.count, String(fields[hyphen + 1]))
    }
    return best?.type
  }

  /// Whether a file system of that type is on another machine, or served by a program, where a lock or a flush may
  /// mean nothing.
  static func isRemote(_ type: String) -> Bool {
    let remote: Set<String> = [
      "9p", "acfs", "afs", "afpfs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse", "gfs", "gfs2", "glusterfs",
      "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf",
      "virtiofs", "vmhgfs",
    ]
    return remote.contains(type) || type.hasPrefix("fuse.")
  }

  private static func contains(_ mountPoint: String, _ path: String) -> Bool {
    mountPoint == "/" || path == mountPoint || path.hasPrefix(mountPoint + "/")
  }

  /// Blanks and backslashes stand as three octal digits.
  private static func unescaped(_ field: Substring) -> String {
    guard field.utf8.contains(UInt8(ascii: "\\")) else { return String(field) }
    let bytes = Array(field.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let digits = bytes[min(index + 1, bytes.count)..<min(index + 4, bytes.count)]
      if bytes[index] == UInt8(ascii: "\\"), digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        result.append(value)
        index += 4
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
