// SPDX-License-Identifier: Apache-2.0

/// Reads what Linux accepts as an initial RAM file system, piece by piece (driver-api/early-userspace/buffer-format.rst):
/// cpio archives in a row, each as it is or compressed, with zero bytes between them.
///
/// Memory is bounded by the limits, whatever the archive holds; nothing of it is kept but names.
public struct InitramfsReader {
  /// What was found so far.
  public private(set) var contents = InitramfsContents()

  private enum Place {
    /// Between archives.
    case between
    /// In an archive that is not compressed.
    case plain
    /// In a compressed part.
    case compressed(any SegmentDecoder)
    /// In what is no archive; allowed is only a boot configuration at the end.
    case behind
  }

  private let limits: ArchiveLimits
  private let isLate: () -> Bool
  private var place = Place.between
  private var parser: CpioParser
  /// Bytes read of the file.
  private var position = 0
  /// Bytes that came out of compressed parts, and how many of the part at hand.
  private var unfolded = 0
  private var unfoldedOfPart = 0
  /// The first byte of a part whose second one is not there yet.
  private var held: UInt8?
  private var archives = 0
  /// The last bytes, where no archive is.
  private var tail: [UInt8] = []

  /// The mark at the end of a boot configuration, which is appended to the file (admin-guide/bootconfig.rst).
  private static let bootConfiguration = Array("#BOOTCONFIG\n".utf8)

  /// A reader; `isLate` says whether the time for it is over, and is asked every 64 KiB or so.
  public init(limits: ArchiveLimits = ArchiveLimits(), isLate: @escaping () -> Bool = { false }) {
    self.limits = limits
    self.isLate = isLate
    parser = CpioParser(limits)
  }

  /// Takes the next bytes of the file.
  public mutating func take(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) {
    guard piece.count <= limits.inputBytes - position else {
      throw ArchiveError(.tooLarge, "larger than \(limits.inputBytes >> 20) MiB")
    }
    try checkTime()
    var rest = piece
    while !rest.isEmpty {
      let count: Int
      switch place {
      case .between: count = try begin(rest)
      case .plain:
        count = try takePlain(rest)
        if parser.isAtRest { place = .between }
      case .compressed(let decoder): count = try unfold(rest, decoder)
      case .behind:
        tail = (tail + rest.suffix(Self.bootConfiguration.count)).suffix(Self.bootConfiguration.count)
        count = rest.count
      }
      position += count
      rest = rest.after(count)
    }
  }

  /// Says that the file has ended; throws if it ends in the middle of something, or holds no archive.
  public func finish() throws(ArchiveError) {
    switch place {
    case .between:
      if held != nil || archives == 0 { throw ArchiveError(.truncated, position == 0 ? "it is empty" : Self.cut) }
    case .plain: throw ArchiveError(.truncated, Self.cut)
    case .compressed(let decoder):
      try decoder.finish()
      guard parser.isAtRest, unfoldedOfPart > 0 else { throw ArchiveError(.truncated, Self.cut) }
    case .behind:
      guard tail == Self.bootConfiguration else {
        throw ArchiveError(.malformed, "no archive where one has to be")
      }
    }
  }

  private static let cut = "the archive is cut off"

  private func checkTime() throws(ArchiveError) {
    if isLate() { throw ArchiveError(.timedOut, "unpacking it takes longer than the time that was given") }
  }

  // MARK: between archives

  /// Passes over zeros, and finds out what begins behind them; returns how many bytes are done with.
  private mutating func begin(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) -> Int {
    guard held == nil else { return try beginPart(piece) }
    guard let start = piece.firstIndex(where: { $0 != 0 }) else { return piece.count }
    // Where it is not aligned, the kernel takes it for a compressed part.
    if piece[start] == UInt8(ascii: "0"), (position + start) % 4 == 0 {
      archives += 1
      parser.begin()
      place = .plain
      return start
    }
    held = piece[start]
    return start + 1
  }

  private mutating func beginPart(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) -> Int {
    guard let first = held, let second = piece.first else { return 0 }
    held = nil
    guard let compression = Compression(magic: first, second) else {
      guard archives > 0 else { throw ArchiveError(.malformed, "neither a cpio archive nor a compressed one") }
      place = .behind
      return 0
    }
    archives += 1
    unfoldedOfPart = 0
    let decoder = try compression.decoder(limits)
    place = .compressed(decoder)
    _ = try withUnsafeBytes(of: first) { bytes throws(ArchiveError) in try unfold(bytes, decoder) }
    return 0
  }

  // MARK: archives

  private mutating func takePlain(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) -> Int {
    try parser.take(piece) { name, entry throws(ArchiveError) in try contents.take(name, entry, limits) }
  }

  private mutating func unfold(
    _ piece: UnsafeRawBufferPointer, _ decoder: any SegmentDecoder
  ) throws(ArchiveError) -> Int {
    let count = try decoder.decode(piece) { bytes throws(ArchiveError) in try takeUnfolded(bytes) }
    if decoder.isEnded {
      guard parser.isAtRest, unfoldedOfPart > 0 else { throw ArchiveError(.truncated, Self.cut) }
      place = .between
    }
    return count
  }

  /// Takes what came out of a compressed part: archives, and zeros between them; the kernel takes nothing else there.
  private mutating func takeUnfolded(_ piece: UnsafeRawBufferPointer) throws(ArchiveError) {
    unfolded += piece.count
    guard unfolded <= limits.outputBytes else {
      throw ArchiveError(.tooLarge, "it unfolds to more than \(limits.outputBytes >> 20) MiB")
    }
    try checkTime()
    var rest = piece
    while !rest.isEmpty {
      let count: Int
      if parser.isAtRest {
        count = rest.firstIndex { $0 != 0 } ?? rest.count
        if count < rest.count {
          guard rest[count] == UInt8(ascii: "0"), (unfoldedOfPart + count) % 4 == 0 else {
            throw ArchiveError(.malformed, "no cpio archive in a compressed part")
          }
          parser.begin()
        }
      } else {
        count = try takePlain(rest)
      }
      unfoldedOfPart += count
      rest = rest.after(count)
    }
  }
}
