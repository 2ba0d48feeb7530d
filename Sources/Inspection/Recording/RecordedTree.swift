// SPDX-License-Identifier: Apache-2.0

internal import LVMMetadata

/// The files of a recording: a directory tree that stands for `/`, built from what was read.
///
/// A path that leads through a recorded link is put where the link leads, so that every entry lies in real folders.
struct RecordedTree: Sendable {
  /// What lies at a path.
  enum Node: Equatable, Sendable {
    case folder
    case file([UInt8])
    case link(String)
    /// A regular file that stands for a block device: its size in bytes and what is known of it, in whole sectors.
    case device(size: UInt64, regions: [ByteRegion])
    /// A name that a listing showed and that was not looked at.
    case name
  }

  /// What asking for a path finds.
  enum Place: Equatable {
    case node(Node)
    /// Nothing: `ENOENT`.
    case missing
    /// A part of the path before the last is no folder: `ENOTDIR`.
    case blocked
  }

  /// The nodes by path, without `/` itself; each lies in a folder that is here too.
  private(set) var nodes: [String: Node] = [:]

  /// No path takes more links than this (path_resolution(7)).
  private static let mostLinks = 40

  /// Puts a node at a path, with the folders above it; whether that was possible beside what is there.
  @discardableResult
  mutating func put(_ node: Node, at path: String) -> Bool {
    let isLink = if case .link = node { true } else { false }
    guard let parts = resolve(path, followingLast: !isLink), !parts.isEmpty else { return node == .folder }
    var folder = ""
    for part in parts.dropLast() {
      folder += "/" + part
      switch nodes[folder] {
      case nil, .name?: nodes[folder] = .folder
      case .folder?: break
      default: return false
      }
    }
    let place = folder + "/" + (parts.last ?? "")
    switch (nodes[place], node) {
    case (nil, _), (.name?, _): nodes[place] = node
    case (_, .name), (.folder?, .folder): break
    // Of a file that was only known to exist, the content counts.
    case (.file?, .file(let bytes)): if !bytes.isEmpty { nodes[place] = node }
    case (.file([])?, .device), (.link?, .link): nodes[place] = node
    default: return false
    }
    return true
  }

  /// What asking for a path finds.
  func find(_ path: String, followingLast: Bool = true) -> Place {
    guard let parts = resolve(path, followingLast: followingLast) else { return .blocked }
    guard !parts.isEmpty else { return .node(.folder) }
    var place = ""
    for part in parts.dropLast() {
      place += "/" + part
      switch nodes[place] {
      case .folder?: break
      case nil: return .missing
      default: return .blocked
      }
    }
    return nodes[place + "/" + (parts.last ?? "")].map { .node($0) } ?? .missing
  }

  /// The names on the way to where a path leads; `nil` if it leads through too many links.
  private func resolve(_ path: String, followingLast: Bool) -> [String]? {
    var pending = Array(path.split(separator: "/").reversed())
    var done: [String] = []
    var links = 0
    while let part = pending.popLast() {
      switch part {
      case ".": continue
      case "..": _ = done.popLast()
      default:
        done.append(String(part))
        guard followingLast || !pending.isEmpty, case .link(let target)? = nodes["/" + done.joined(separator: "/")]
        else { continue }
        links += 1
        guard links <= Self.mostLinks else { return nil }
        if target.hasPrefix("/") { done = [] } else { _ = done.popLast() }
        pending += target.split(separator: "/").reversed()
      }
    }
    return done
  }

  /// The nodes in the order of their paths, folders before what lies in them.
  var sorted: [(path: String, node: Node)] {
    nodes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { (path: $0.key, node: $0.value) }
  }
}

extension RecordedTree {
  /// What is known of a device of that size in whole sectors, as a file with holes has it; those of zeros are left out.
  static func knownSectors(_ regions: [ByteRegion], size: UInt64) -> [ByteRegion] {
    let sector: UInt64 = 512
    // Two regions may share a sector.
    var sectors: [UInt64: [UInt8]] = [:]
    for region in regions where region.offset < size {
      let stop = min(size, region.offset + UInt64(region.bytes.count))
      var start = region.offset / sector * sector
      while start < stop {
        let end = min(start + sector, size)
        let from = max(start, region.offset)
        let known = region.bytes[Int(from - region.offset)..<Int(min(end, stop) - region.offset)]
        if known.contains(where: { $0 != 0 }) {
          var bytes = sectors[start] ?? [UInt8](repeating: 0, count: Int(end - start))
          bytes.replaceSubrange(Int(from - start)..<Int(from - start) + known.count, with: known)
          sectors[start] = bytes
        }
        start = end
      }
    }
    let known = sectors.sorted { $0.key < $1.key }.map { ByteRegion(offset: $0.key, bytes: $0.value) }
    return ByteRecording(regions: known).regions
  }
}
