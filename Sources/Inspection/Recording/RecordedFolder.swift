// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LVMMetadata

/// A recording laid out in a directory of its own, as tar would unpack it.
struct RecordedFolder {
  private let folder: String
  /// What was made, in order.
  private var made: [(path: String, isFolder: Bool)] = []

  /// Lays a tree out in an empty directory; leaves nothing behind if that fails.
  init(tree: RecordedTree, manifest: [UInt8], at folder: String) throws(ReadFailure) {
    self.folder = folder
    do throws(ReadFailure) {
      try add(.file(manifest), at: RecordingManifest.file)
      for (path, node) in tree.sorted { try add(node, at: path) }
    } catch {
      remove()
      throw error
    }
  }

  /// Removes what was laid out, and nothing else.
  func remove() {
    for (path, isFolder) in made.reversed() {
      if isFolder { rmdir(path) } else { unlink(path) }
    }
  }

  private mutating func add(_ node: RecordedTree.Node, at place: String) throws(ReadFailure) {
    let path = folder + place
    switch node {
    case .folder:
      guard mkdir(path, 0o700) == 0 else { throw failure(path) }
      made.append((path, true))
    case .link(let target):
      guard symlink(target, path) == 0 else { throw failure(path) }
      made.append((path, false))
    case .file(let bytes): try add(path, size: UInt64(bytes.count), parts: [(0, bytes)])
    case .name: try add(path, size: 0, parts: [])
    case .device(let size, let regions):
      try add(path, size: size, parts: regions.map { ($0.offset, $0.bytes) })
    }
  }

  private mutating func add(
    _ path: String, size: UInt64, parts: [(offset: UInt64, bytes: [UInt8])]
  ) throws(ReadFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    made.append((path, false))
    guard let length = off_t(exactly: size), ftruncate(descriptor, length) == 0 else { throw failure(path) }
    for part in parts {
      var written = 0
      while written < part.bytes.count {
        let count = part.bytes[written...].withUnsafeBytes {
          pwrite(descriptor, $0.baseAddress, $0.count, off_t(part.offset) + off_t(written))
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw failure(path) }
        written += count
      }
    }
  }

  private func failure(_ path: String) -> ReadFailure { ReadFailure(operation: "write", path: path, code: errno) }
}
