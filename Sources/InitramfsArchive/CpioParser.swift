// SPDX-License-Identifier: Apache-2.0

/// A cpio archive in the forms `newc` and `crc`, piece by piece (driver-api/early-userspace/buffer-format.rst).
///
/// An entry is a header of 110 characters, the name and the content, which are padded to four bytes each. What files hold
/// is passed over.
struct CpioParser {
  /// What is said of one entry.
  struct Entry {
    /// File type and permissions (cpio(5)).
    var mode: UInt32
    /// Bytes of content.
    var size: UInt32

    /// Whether it is a regular file or a symbolic link.
    var isFile: Bool { [0o100000, 0o120000].contains(mode & 0o170000) }
    /// Whether it is a folder.
    var isFolder: Bool { mode & 0o170000 == 0o040000 }
  }

  private enum Step { case header, name, content }

  /// Whether the archive has ended and no other has begun: its trailer was read.
  private(set) var isAtRest = true
  private var step = Step.header
  /// What was gathered of a header or name.
  private var gathered: [UInt8] = []
  private var wanted = 0
  private var entry = Entry(mode: 0, size: 0)
  /// Bytes of the name, the zero at its end included.
  private var nameBytes = 0
  /// Bytes of content and padding that are still to be passed over.
  private var skipped: UInt64 = 0
  private var endsBehindContent = false
  private var entries = 0
  private let limits: ArchiveLimits

  private static let headerBytes = 110
  private static let trailer = Array("TRAILER!!!".utf8)

  init(_ limits: ArchiveLimits) {
    self.limits = limits
    gathered.reserveCapacity(512)
  }

  /// Begins an archive.
  mutating func begin() {
    isAtRest = false
    expect(.header, Self.headerBytes)
  }

  /// Takes a piece, up to the end of the archive, and passes names to `note`; returns how many bytes belong to it.
  mutating func take(
    _ piece: UnsafeRawBufferPointer, _ note: (ArraySlice<UInt8>, Entry) throws(ArchiveError) -> Void
  ) throws(ArchiveError) -> Int {
    var position = 0
    while position < piece.count, !isAtRest {
      if step == .content {
        let count = Int(min(skipped, UInt64(piece.count - position)))
        position += count
        skipped -= UInt64(count)
        if skipped == 0 { endContent() }
        continue
      }
      let count = min(wanted - gathered.count, piece.count - position)
      gathered.append(contentsOf: piece[position..<position + count])
      position += count
      guard gathered.count == wanted else { break }
      if step == .header { try takeHeader() } else { try takeName(note) }
    }
    return position
  }

  private mutating func expect(_ step: Step, _ count: Int) {
    self.step = step
    wanted = count
    gathered.removeAll(keepingCapacity: true)
  }

  private mutating func takeHeader() throws(ArchiveError) {
    guard gathered.starts(with: "070701".utf8) || gathered.starts(with: "070702".utf8) else {
      throw ArchiveError(.malformed, "no cpio header where one has to be")
    }
    entries += 1
    guard entries <= limits.entries else { throw ArchiveError(.tooLarge, "more than \(limits.entries) files") }
    // Thirteen numbers of eight digits: the second is the mode, the seventh the size, the twelfth the name's length.
    entry = Entry(mode: try number(1), size: try number(6))
    nameBytes = Int(try number(11))
    guard nameBytes > 0, nameBytes <= limits.nameBytes else {
      throw ArchiveError(.malformed, "a name of \(nameBytes) bytes")
    }
    expect(.name, Self.padded(Self.headerBytes + nameBytes) - Self.headerBytes)
  }

  private func number(_ index: Int) throws(ArchiveError) -> UInt32 {
    var value: UInt32 = 0
    for byte in gathered[(6 + 8 * index)..<(14 + 8 * index)] {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw ArchiveError(.malformed, "a cpio header without a number where one has to be")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private mutating func takeName(_ note: (ArraySlice<UInt8>, Entry) throws(ArchiveError) -> Void) throws(ArchiveError) {
    let name = gathered[..<nameBytes].prefix { $0 != 0 }
    endsBehindContent = name.elementsEqual(Self.trailer)
    if !endsBehindContent { try note(name, entry) }
    skipped = (UInt64(entry.size) + 3) / 4 * 4
    expect(.content, 0)
    if skipped == 0 { endContent() }
  }

  private mutating func endContent() {
    if endsBehindContent { isAtRest = true } else { expect(.header, Self.headerBytes) }
  }

  private static func padded(_ count: Int) -> Int { (count + 3) / 4 * 4 }
}
