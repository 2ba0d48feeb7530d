// SPDX-License-Identifier: Apache-2.0

internal import ConfigurationText
internal import Facts

/// Reads the configuration files that a section of the facts is told by, and notes what could not be read.
struct SectionFiles {
  /// One file, and where it lies.
  struct File {
    var name: String
    var path: String
  }

  /// A file of a configuration is not larger than this.
  static let largest = 1 << 18
  /// As many files of one kind are read.
  static let most = 512

  let root: Root
  let section: Section
  private(set) var gaps: [Gap] = []

  init(root: Root, section: Section) {
    self.root = root
    self.section = section
  }

  /// The names in a directory; none where it is not there.
  mutating func names(in folder: String) -> [String] {
    do throws(ReadFailure) { return try root.list(folder) } catch {
      if !error.isAbsent { note(error, folder) }
      return []
    }
  }

  /// The files of directories by their names, of equal ones that of the first directory.
  mutating func files(in folders: [String], where isWanted: (_ name: String, _ folder: String) -> Bool) -> [File] {
    var paths: [String: String] = [:]
    for folder in folders {
      for name in names(in: folder) where paths[name] == nil && isWanted(name, folder) {
        paths[name] = "\(folder)/\(name)"
      }
    }
    let sorted = paths.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    if sorted.count > Self.most {
      note(folders[0], .truncated, "\(sorted.count) files, of which \(Self.most) were read")
    }
    return sorted.prefix(Self.most).map { File(name: $0.key, path: $0.value) }
  }

  /// The content of a file, which goes into a recording as `form` of it; `nil` where there is none.
  ///
  /// What was listed and is not there is a link that leads nowhere, as to `/dev/null` in a recorded machine: it only
  /// hides the files of its name in later directories.
  mutating func content(_ path: String, recordedAs form: @escaping ([UInt8]) -> [UInt8]) -> [UInt8]? {
    do throws(ReadFailure) { return try root.read(path, limit: Self.largest, recordedAs: form) } catch {
      if !error.isAbsent, !error.isFolder { note(error, path) }
      return nil
    }
  }

  /// Where a link points; `nil` where there is none.
  mutating func link(_ path: String) -> String? {
    do throws(ReadFailure) { return try root.link(path) } catch {
      note(error, path)
      return nil
    }
  }

  /// Notes for this section what was noted elsewhere.
  mutating func note(_ gap: Gap) {
    gaps.append(Gap(.init(.section, section.rawValue, member: gap.subject.member), gap.reason, detail: gap.detail))
  }

  /// Notes that something was not understood.
  mutating func note(_ path: String, _ error: ConfigurationError) {
    note(path, error.reason == .unsupported || error.reason == .shell ? .unsupported : .malformed, error.description)
  }

  /// Notes that something of a file is not known.
  mutating func note(_ path: String, _ reason: Gap.Reason, _ detail: String) {
    gaps.append(Gap(.init(.section, section.rawValue, member: PlainText.from(path)), reason, detail: detail))
  }

  /// Notes that something could not be read.
  mutating func note(_ failure: ReadFailure, _ path: String) {
    note(path, failure.isNotPermitted ? .notPermitted : .unreadable, PlainText.from(failure.description))
  }
}
