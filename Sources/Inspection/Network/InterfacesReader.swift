// SPDX-License-Identifier: Apache-2.0

internal import Facts
internal import NetworkConfiguration

/// `/etc/network/interfaces` with the files that it reads in (interfaces(5)).
struct InterfacesReader {
  private static let main = "/etc/network/interfaces"
  /// Files read in may read in others so deep.
  private static let deepest = 8

  private(set) var files: SectionFiles
  private var parts: [(path: String, file: InterfacesFile)] = []
  private var seen: Set<String> = []

  init(files: SectionFiles) { self.files = files }

  /// What all of them say.
  mutating func read() -> [NetworkInterface] {
    take(Self.main, depth: 0)
    // `auto` may stand in another file than the interface that it starts.
    let automatic = Set(parts.flatMap(\.file.automatic))
    return parts.flatMap { $0.file.interfaces(file: PlainText.from($0.path), automatic: automatic) }
  }

  private mutating func take(_ path: String, depth: Int) {
    // A file that reads in itself, directly or not, is read once.
    guard seen.insert(path).inserted else { return }
    guard depth < Self.deepest, parts.count < SectionFiles.most else {
      files.note(path, .truncated, "too many files are read in")
      return
    }
    guard let bytes = files.content(path, recordedAs: { InterfacesFile(parsing: $0).recorded }) else { return }
    let file = InterfacesFile(parsing: bytes)
    for error in file.errors.prefix(SectionFiles.most) { files.note(path, error) }
    parts.append((path, file))
    for source in file.sources.prefix(SectionFiles.most) { take(source, in: path, depth: depth + 1) }
  }

  private mutating func take(_ source: InterfacesFile.Source, in path: String, depth: Int) {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    var wanted = source.path.hasPrefix("/") ? source.path : "/\(folder)/\(source.path)"
    while wanted.hasSuffix("/") { wanted.removeLast() }
    let pattern = FilePattern(wanted)
    guard let pattern else {
      return files.note(path, .unsupported, "line \(source.line): a pattern that is not understood")
    }
    if source.isDirectory {
      guard !pattern.hasWildcard else {
        return files.note(path, .unsupported, "line \(source.line): a pattern that is not understood")
      }
      for name in files.names(in: wanted) where Self.isRead(name) { take("\(wanted)/\(name)", depth: depth) }
    } else if pattern.hasWildcard {
      // A directory that matches is read as one.
      for name in files.names(in: pattern.folder) where pattern.matches(name) {
        take("\(pattern.folder)/\(name)", depth: depth)
      }
    } else {
      take(wanted, depth: depth)
    }
  }

  /// Only files of such names are read of a directory: letters, digits, `_` and `-`.
  private static func isRead(_ name: String) -> Bool {
    name.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "_-".utf8.contains(byte)
    }
  }
}
