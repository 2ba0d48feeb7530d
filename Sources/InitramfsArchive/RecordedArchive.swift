// SPDX-License-Identifier: Apache-2.0

/// The form in which an initial RAM file system goes into recordings, from which the same is read.
///
/// It is an archive of the names that count, without what the files hold, or of the word on why it could not be read.
public enum RecordedArchive {
  /// Stands before the word on why the archive could not be read.
  private static let mark = ".wholeimage-recording/"

  /// The archive for what was found, or for why nothing was.
  public static func bytes(_ contents: InitramfsContents, _ error: ArchiveError?) -> [UInt8] {
    var archive: [UInt8] = []
    func add(_ name: [UInt8], content: [UInt8] = []) {
      let sizes = [0, 0o100644, 0, 0, 1, 0, content.count, 0, 0, 0, 0, name.count + 1, 0]
      archive += "070701".utf8
      for size in sizes {
        let digits = String(size, radix: 16)
        archive += String(repeating: "0", count: 8 - digits.utf8.count).utf8
        archive += digits.utf8
      }
      for part in [name + [0], content] {
        archive += part
        while archive.count % 4 != 0 { archive.append(0) }
      }
    }
    if let error {
      add(Array("\(mark)\(error.reason.rawValue)/\(error.detail)".utf8))
    } else {
      if contents.holdsMore { add(Array("init".utf8)) }
      for release in contents.releases {
        let folder = Array("lib/modules/".utf8) + release + [UInt8(ascii: "/")]
        add(folder + Array("modules.dep".utf8))
        for driver in (contents.drivers[release] ?? []).sorted() { add(folder + Array("\(driver).ko".utf8)) }
      }
      for rule in contents.persistentRules { add(rule, content: [UInt8(ascii: "#")]) }
      if contents.holdsImage { add(Array("image.squashfs".utf8)) }
    }
    add(Array("TRAILER!!!".utf8))
    return archive
  }

  /// Why the archive could not be read that has an entry of this name in its recorded form; `nil` of any other.
  static func error(_ name: ArraySlice<UInt8>) -> ArchiveError? {
    guard name.starts(with: mark.utf8) else { return nil }
    let rest = name.dropFirst(mark.utf8.count)
    let word = rest.prefix { $0 != UInt8(ascii: "/") }
    let detail = rest.dropFirst(word.count + 1)
    guard let reason = ArchiveError.Reason(rawValue: String(decoding: word, as: UTF8.self)),
      detail.allSatisfy({ (0x20..<0x7F).contains($0) })
    else { return ArchiveError(.malformed, "a recording of an archive that makes no sense") }
    return ArchiveError(reason, String(decoding: detail, as: UTF8.self))
  }
}

extension InitramfsContents {
  /// Takes in one entry of an archive, or of the recorded form of one.
  mutating func take(
    _ path: ArraySlice<UInt8>, _ entry: CpioParser.Entry, _ limits: ArchiveLimits
  ) throws(ArchiveError) {
    if let error = RecordedArchive.error(path) { throw error }
    try note(path, entry, limits)
  }
}
