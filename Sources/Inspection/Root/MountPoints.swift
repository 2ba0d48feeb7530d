// SPDX-License-Identifier: Apache-2.0

internal import Facts

/// What is mounted where, and which paths are not to be touched for it: whoever reads a file on a suspended device
/// waits with it, and whoever looks below an automount's point has it mounted.
struct MountPoints {
  /// Every mount point, the longest first; with what keeps one from being touched.
  private let points: [(path: String, obstacle: Gap.Reason?)]

  /// Takes in the mount table, and which devices are suspended.
  init(_ table: MountInfo, mounts: [Mount], suspended: Set<String>) {
    var obstacles: [String: Gap.Reason?] = [:]
    // Of several mounts on one point the last is seen.
    for entry in table.entries { obstacles[entry.mountPoint] = .some(entry.type == "autofs" ? .unsupported : nil) }
    for mount in mounts where suspended.contains(mount.device) { obstacles[mount.mountPoint] = .some(.suspended) }
    points = obstacles.map { (path: $0.key, obstacle: $0.value) }.sorted { one, other in
      let (length, otherLength) = (one.path.utf8.count, other.path.utf8.count)
      return length == otherLength ? one.path < other.path : length > otherLength
    }
  }

  /// The mount point whose file system a path is on.
  func point(of path: String) -> String? { entry(of: path)?.path }

  /// What keeps a path from being touched.
  func obstacle(of path: String) -> Gap.Reason? { entry(of: path)?.obstacle ?? nil }

  /// The same in words.
  static func words(of obstacle: Gap.Reason) -> String {
    obstacle == .suspended ? "its device is suspended" : "it is mounted only when it is used"
  }

  /// Whether a path is a folder or lies below it.
  static func lies(_ path: String, below folder: String) -> Bool {
    folder == "/" || path == folder || path.hasPrefix(folder + "/")
  }

  private func entry(of path: String) -> (path: String, obstacle: Gap.Reason?)? {
    points.first { Self.lies(path, below: $0.path) }
  }
}
